/* SPDX-License-Identifier: Apache-2.0 */
/* Writes JSON; called by the reports. */
#include "json_out.h"

#include "terminal.h"

static void
flush(ce_json *json)
{
    fwrite(json->room, 1, json->n, json->to);
    json->n = 0;
}

static void
put(ce_json *json, const char *bytes, size_t n)
{
    if (n > sizeof(json->room) - json->n) {
        flush(json);
    }
    if (n > sizeof(json->room)) {
        fwrite(bytes, 1, n, json->to);
        return;
    }
    memcpy(json->room + json->n, bytes, n);
    json->n += n;
}

static void
put_text(ce_json *json, const char *text)
{
    put(json, text, strlen(text));
}

/* A new line, indented for the level. */
static void
begin_line(ce_json *json)
{
    static const char blanks[] = "\n                                ";

    put(json, blanks, 1 + (size_t)json->depth * 2);
}

static void
begin_value(ce_json *json, const char *name)
{
    if (json->depth > 0) {
        bool *has_one = &json->has_one[json->depth - 1];

        if (*has_one) {
            put(json, ",", 1);
        }
        begin_line(json);
        *has_one = true;
    }
    if (name != NULL) {
        put(json, "\"", 1);
        put_text(json, name);
        put(json, "\": ", 3);
    }
}

void
ce_json_open(ce_json *json, const char *name, char open)
{
    begin_value(json, name);
    put(json, &open, 1);
    json->has_one[json->depth] = false;
    json->close[json->depth++] = open == '{' ? '}' : ']';
}

void
ce_json_close(ce_json *json)
{
    json->depth--;
    if (json->has_one[json->depth]) {
        begin_line(json);
    }
    put(json, &json->close[json->depth], 1);
    if (json->depth == 0) {
        put(json, "\n", 1);
        flush(json);
    }
}

static void
put_escape(ce_json *json, unsigned char c)
{
    static const char letters[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    const char *pair = c == '\0' ? NULL : strchr(letters, c);

    /* Each stands before its letter. */
    if (pair != NULL && (pair - letters) % 2 == 0) {
        put(json, "\\", 1);
        put(json, pair + 1, 1);
    } else {
        char code[8];

        snprintf(code, sizeof(code), "\\u%04X", c);
        put_text(json, code);
    }
}

void
ce_json_text(ce_json *json, const char *name, tlsf_str text)
{
    const char *p = text.data;

    begin_value(json, name);
    put(json, "\"", 1);
    for (size_t i = 0, n; i < text.len; i += n) {
        size_t plain = i;

        while (plain < text.len && p[plain] >= ' ' && p[plain] < 0x7f &&
               p[plain] != '"' && p[plain] != '\\') {
            plain++;
        }
        put(json, p + i, plain - i);
        i = plain;
        if (i == text.len) {
            break;
        }
        n = ce_utf8_length(tlsf_str_sub(text, i, text.len - i));
        if (n == 0) {
            put(json, "\xef\xbf\xbd", 3);
            n = 1;
        } else if (n == 1 && p[i] != 0x7f) {
            put_escape(json, (unsigned char)p[i]);
        } else {
            put(json, p + i, n);
        }
    }
    put(json, "\"", 1);
}

void
ce_json_number(ce_json *json, const char *name, size_t number)
{
    begin_value(json, name);
    char digits[24];

    snprintf(digits, sizeof(digits), "%zu", number);
    put_text(json, digits);
}

void
ce_json_bool(ce_json *json, const char *name, bool value)
{
    begin_value(json, name);
    put_text(json, value ? "true" : "false");
}

void
ce_json_null(ce_json *json, const char *name)
{
    begin_value(json, name);
    put_text(json, "null");
}
