/* SPDX-License-Identifier: Apache-2.0 */
/* Members that every JSON answer has alike. */
#ifndef CE_REPORT_PARTS_H
#define CE_REPORT_PARTS_H

#include "diag.h"
#include "json_out.h"

/* A list of versions by name, of a set of CE_BIT. */
void ce_report_put_set(ce_json *json, const char *name, unsigned set);

/* A text; no member when it is NULL. */
void ce_report_put_text(ce_json *json, const char *name, const char *text);

/* "file", "line" and "column", as far as the place has them. */
void ce_report_put_place(ce_json *json, ce_place place);

#endif
