/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the JSON answers. */
#include "report_parts.h"

#include "protocols.h"

void
ce_report_put_set(ce_json *json, const char *name, unsigned set)
{
    ce_json_open(json, name, '[');
    for (unsigned v = 0; v < TLSF_VERSION_OTHER; v++) {
        if (set & CE_BIT(v)) {
            ce_json_text(json, NULL, tlsf_version_name((tlsf_version)v));
        }
    }
    ce_json_close(json);
}

void
ce_report_put_text(ce_json *json, const char *name, const char *text)
{
    if (text != NULL) {
        ce_json_text(json, name, tlsf_str_of(text));
    }
}

void
ce_report_put_place(ce_json *json, ce_place place)
{
    ce_report_put_text(json, "file", place.file);
    if (place.line != 0) {
        ce_json_number(json, "line", place.line);
        ce_json_number(json, "column", place.column);
    }
}
