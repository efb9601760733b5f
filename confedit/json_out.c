/* SPDX-License-Identifier: Apache-2.0 */
/* Writes JSON; called by the reports. */
#include "json_out.h"

#include "terminal.h"

static void
begin_value(ce_json *json, const char *name)
{
    if (json->depth > 0) {
        bool *has_one = &json->has_one[json->depth - 1];

        fprintf(json->to, "%s\n%*s", *has_one ? "," : "", (int)json->depth * 2,
                "");
        *has_one = true;
    }
    if (name != NULL) {
        fprintf(json->to, "\"%s\": ", name);
    }
}

void
ce_json_open(ce_json *json, const char *name, char open)
{
    begin_value(json, name);
    putc(open, json->to);
    json->has_one[json->depth] = false;
    json->close[json->depth++] = open == '{' ? '}' : ']';
}

void
ce_json_close(ce_json *json)
{
    json->depth--;
    if (json->has_one[json->depth]) {
        fprintf(json->to, "\n%*s", (int)json->depth * 2, "");
    }
    putc(json->close[json->depth], json->to);
    if (json->depth == 0) {
        putc('\n', json->to);
    }
}

static void
put_escape(FILE *to, unsigned char c)
{
    static const char letters[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    const char *pair = c == '\0' ? NULL : strchr(letters, c);

    /* Each stands before its letter. */
    if (pair != NULL && (pair - letters) % 2 == 0) {
        putc('\\', to);
        putc(pair[1], to);
    } else {
        fprintf(to, "\\u%04X", c);
    }
}

void
ce_json_text(ce_json *json, const char *name, tlsf_str text)
{
    const unsigned char *p = (const unsigned char *)text.data;

    begin_value(json, name);
    putc('"', json->to);
    for (size_t i = 0, n; i < text.len; i += n) {
        size_t plain = i;

        while (plain < text.len && p[plain] >= 0x20 && p[plain] < 0x7f &&
               p[plain] != '"' && p[plain] != '\\') {
            plain++;
        }
        fwrite(p + i, 1, plain - i, json->to);
        i = plain;
        if (i == text.len) {
            break;
        }
        n = ce_utf8_length(tlsf_str_sub(text, i, text.len - i));
        if (n == 0) {
            fputs("\xef\xbf\xbd", json->to);
            n = 1;
        } else if (n == 1 && p[i] != 0x7f) {
            put_escape(json->to, p[i]);
        } else {
            fwrite(p + i, 1, n, json->to);
        }
    }
    putc('"', json->to);
}

void
ce_json_number(ce_json *json, const char *name, size_t number)
{
    begin_value(json, name);
    fprintf(json->to, "%zu", number);
}

void
ce_json_bool(ce_json *json, const char *name, bool value)
{
    begin_value(json, name);
    fputs(value ? "true" : "false", json->to);
}

void
ce_json_null(ce_json *json, const char *name)
{
    begin_value(json, name);
    fputs("null", json->to);
}
