/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nginx's configuration files as tokens. White space is blank, tab, CR and LF;
 * words end at white space, ; or { unless quoted; a word may begin anywhere
 * and run over lines when quoted. `${` opens no block. What stands between the
 * braces of a directive whose name ends in `_by_lua_block` is Lua, one token.
 *
 * Source: ngx_conf_read_token (nginx, src/core/ngx_conf_file.c); the Lua
 * module's own reader for its blocks.
 */
#ifndef CE_LEX_NGINX_H
#define CE_LEX_NGINX_H

#include "arena.h"
#include "token.h"

/* nginx refuses words and comments that do not fit its buffer. */
#define CE_NGINX_MAX_TOKEN 4096

typedef struct ce_nginx_lexer {
    tlsf_str bytes;      /* the whole file */
    size_t at;           /* the next token */
    bool is_after_quote; /* the last word ended in a quote */
    bool has_words;      /* the statement has a word already */
    bool is_lua;         /* its name says that its block is Lua */
    bool in_lua;         /* the next token is Lua */
} ce_nginx_lexer;

/* Read the next token; false at the end of the file. */
bool ce_lex_nginx(ce_nginx_lexer *lexer, ce_token *token);

/* Pass over the blanks that stand next, for those who do not want them. */
void ce_lex_nginx_skip(ce_nginx_lexer *lexer);

/*
 * The value of a word: quotes taken away, escapes resolved. Points into the
 * word or the arena.
 */
tlsf_str ce_lex_nginx_value(ce_arena *arena, tlsf_str word);

/* Whether nginx would find the end of this word (a quote is closed). */
bool ce_lex_nginx_is_closed(tlsf_str word);

#endif
