/* SPDX-License-Identifier: Apache-2.0 */
/* Writes JSON; called by the reports. */
#include "json_out.h"

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

/* Bytes of the character that begins here; 0: it is no UTF-8. */
static size_t
length_of(const unsigned char *p, size_t n)
{
    static const struct {
        unsigned char mask, lead;
        unsigned least; /* smaller ones are not in the shortest form */
    } forms[] = {{0x80, 0x00, 0},
                 {0xe0, 0xc0, 0x80},
                 {0xf0, 0xe0, 0x800},
                 {0xf8, 0xf0, 0x10000}};

    for (size_t i = 0; i < TLSF_COUNTOF(forms) && i < n; i++) {
        if ((p[0] & forms[i].mask) != forms[i].lead) {
            continue;
        }
        unsigned code = p[0] & (unsigned char)~forms[i].mask;

        for (size_t k = 1; k <= i; k++) {
            if ((p[k] & 0xc0) != 0x80) {
                return 0;
            }
            code = code << 6 | (p[k] & 0x3f);
        }
        return code < forms[i].least || code > 0x10ffff ||
                       (code >= 0xd800 && code <= 0xdfff)
                   ? 0
                   : i + 1;
    }
    return 0;
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
        n = length_of(p + i, text.len - i);
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
