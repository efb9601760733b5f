/* SPDX-License-Identifier: Apache-2.0 */
/* Reads metrics line by line; called by impact.c. */
#include "openmetrics.h"

#include <stdlib.h>

/* A line that is being read. */
typedef struct cursor {
    ce_arena *arena;
    const char *at;
    const char *end;
} cursor;

static bool
take(cursor *c, char wanted)
{
    if (c->at == c->end || *c->at != wanted) {
        return false;
    }
    c->at++;
    return true;
}

static void
skip_blanks(cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t')) {
        c->at++;
    }
}

static tlsf_str
take_name(cursor *c)
{
    const char *from = c->at;

    while (c->at < c->end) {
        char small = tlsf_lower(*c->at);

        if (!(small >= 'a' && small <= 'z') && small != '_' && small != ':' &&
            (c->at == from || !tlsf_is_digit(small))) {
            break;
        }
        c->at++;
    }
    return (tlsf_str){from, (size_t)(c->at - from)};
}

/* Text in quotes, whose escapes are \\, \" and \n. */
static bool
take_value(cursor *c, tlsf_str *value)
{
    bool has_escape = false;

    if (!take(c, '"')) {
        return false;
    }
    const char *from = c->at;
    while (c->at < c->end && *c->at != '"') {
        if (*c->at == '\\') {
            has_escape = true;
            c->at++;
        }
        c->at += c->at < c->end;
    }
    *value = (tlsf_str){from, (size_t)(c->at - from)};
    if (has_escape) {
        char *text = ce_arena_alloc(c->arena, value->len);
        size_t n = 0;

        for (size_t i = 0; i < value->len; i++) {
            char x = from[i];

            if (x == '\\' && i + 1 < value->len) {
                i++;
                x = from[i] == 'n' ? '\n' : from[i];
            }
            text[n++] = x;
        }
        *value = (tlsf_str){text, n};
    }
    return take(c, '"');
}

static bool
take_labels(cursor *c, ce_sample *sample)
{
    if (!take(c, '{')) {
        return true;
    }
    while (!take(c, '}')) {
        ce_label label;

        skip_blanks(c);
        label.name = take_name(c);
        if (label.name.len == 0 || !take(c, '=') ||
            !take_value(c, &label.value) || sample->n == CE_LABELS) {
            return false;
        }
        sample->labels[sample->n++] = label;
        skip_blanks(c);
        if (!take(c, ',') && (c->at == c->end || *c->at != '}')) {
            return false;
        }
        skip_blanks(c);
    }
    return true;
}

static bool
take_number(cursor *c, double *number)
{
    char text[64];
    char *end;
    size_t n = 0;

    skip_blanks(c);
    while (c->at < c->end && *c->at != ' ' && *c->at != '\t' &&
           n + 1 < sizeof(text)) {
        text[n++] = *c->at++;
    }
    text[n] = '\0';
    *number = strtod(text, &end);
    return n > 0 && *end == '\0' &&
           (c->at == c->end || *c->at == ' ' || *c->at == '\t');
}

static bool
take_sample(cursor *c, ce_sample *sample)
{
    sample->name = take_name(c);
    sample->n = 0;
    if (sample->name.len == 0) {
        return false;
    }
    skip_blanks(c);
    return take_labels(c, sample) && take_number(c, &sample->value);
}

int
ce_openmetrics_next(ce_arena *arena, tlsf_str text, size_t *at,
                    ce_sample *sample)
{
    while (*at < text.len) {
        const char *from = text.data + *at;
        const char *feed = memchr(from, '\n', text.len - *at);
        size_t n = feed == NULL ? text.len - *at : (size_t)(feed - from);
        cursor c = {arena, from, from + n};

        if (n > 0 && from[n - 1] == '\r') {
            c.end--;
        }
        skip_blanks(&c);
        if (c.at == c.end || *c.at == '#') {
            *at += n + (feed != NULL);
            continue;
        }
        if (!take_sample(&c, sample)) {
            return -1;
        }
        *at += n + (feed != NULL);
        return 1;
    }
    return 0;
}

tlsf_str
ce_sample_label(const ce_sample *sample, const char *name)
{
    for (size_t i = 0; i < sample->n; i++) {
        if (tlsf_str_eq(sample->labels[i].name, tlsf_str_of(name))) {
            return sample->labels[i].value;
        }
    }
    return (tlsf_str){NULL, 0};
}
