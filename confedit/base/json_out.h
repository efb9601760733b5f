/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON written as it comes, so that an answer about many thousand servers
 * needs no memory: indented by two, members in the order in which they are
 * put.
 *
 *     ce_json_open(&json, NULL, '{');
 *     ce_json_text(&json, "name", name);
 *     ce_json_close(&json);
 *
 * Every function takes the member's name first, NULL within a list.
 */
#ifndef CE_JSON_OUT_H
#define CE_JSON_OUT_H

#include <stdio.h>

#include "tlsf_str.h"

#define CE_JSON_DEPTH 16

typedef struct ce_json {
    FILE *to;
    unsigned depth;
    char close[CE_JSON_DEPTH]; /* what ends each level */
    bool has_one[CE_JSON_DEPTH];
    char room[8192]; /* what is not written yet */
    size_t n;
} ce_json;

/* Begin an object or list; open is '{' or '['. At most CE_JSON_DEPTH levels. */
void ce_json_open(ce_json *json, const char *name, char open);

/* End the innermost; after the outermost a line end, and all is written. */
void ce_json_close(ce_json *json);

/* Bytes as text; what is no UTF-8 becomes U+FFFD bytewise. */
void ce_json_text(ce_json *json, const char *name, tlsf_str text);

void ce_json_number(ce_json *json, const char *name, size_t number);

void ce_json_bool(ce_json *json, const char *name, bool value);

void ce_json_null(ce_json *json, const char *name);

#endif
