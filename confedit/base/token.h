/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A token is a kind and a span of a file; nothing is copied. The tokens of a
 * file, put together, are the file, whatever bytes it holds: what a server
 * would refuse is a token too.
 */
#ifndef CE_TOKEN_H
#define CE_TOKEN_H

#include <stddef.h>

#include "tlsf_str.h"

typedef enum ce_token_kind {
    CE_TOKEN_BLANK,     /* white space; Apache: an empty line */
    CE_TOKEN_COMMENT,   /* nginx: up to the line end; Apache: with it */
    CE_TOKEN_WORD,      /* nginx: with its quotes */
    CE_TOKEN_SEMICOLON, /* nginx */
    CE_TOKEN_OPEN,      /* nginx: {   Apache: a line <Name …> */
    CE_TOKEN_CLOSE,     /* nginx: }   Apache: a line </Name> */
    CE_TOKEN_LUA,       /* nginx: what is between the braces of a Lua block */
    CE_TOKEN_DIRECTIVE, /* Apache: any other line */
    CE_TOKEN_BAD        /* nginx: a byte after a quote that ends a word */
} ce_token_kind;

typedef struct ce_token {
    ce_token_kind kind;
    size_t at;  /* offset of the first byte */
    size_t len; /* bytes, never 0 */
} ce_token;

/* An argument as the server reads it, and where it is written. */
typedef struct ce_word {
    tlsf_str value; /* quotes and escapes taken away */
    size_t at;      /* offset of the first byte, its quote included */
    size_t len;     /* bytes, quotes included */
} ce_word;

#endif
