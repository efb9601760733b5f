/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small checker of OpenMetrics text, as strict as the part of the format
 * that we write: families are contiguous and have a type before their samples,
 * units end their family's name, samples carry their type's suffix, labels are
 * named once and escaped, values are whole numbers, no series comes twice, and
 * `# EOF` ends it. Source: OpenMetrics 1.0.0, sections 4.2 to 4.7 and 5.
 */
#ifndef OPENMETRICS_H
#define OPENMETRICS_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { OM_FAMILIES = 64 };

typedef struct om_check {
    const char *error; /* the first, or NULL */
    char family[OM_FAMILIES][96];
    size_t n_families;
    char suffix[8]; /* of the family's samples; NUL alone: no type yet */
    bool is_typed;
    bool has_samples;
    char **series; /* name and labels, NUL-terminated */
    size_t n_series;
} om_check;

static bool
om_fail(om_check *c, const char *error)
{
    c->error = error;
    return false;
}

static size_t
om_name_len(const char *s)
{
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                         "0123456789_");

    return n > 0 && s[0] >= '0' && s[0] <= '9' ? 0 : n;
}

/* "# TYPE name what": enter the family, then see to the keyword. */
static bool
om_meta(om_check *c, char *line)
{
    static const char *const types[][2] = {
        {"counter", "_total"}, {"gauge", ""}, {"info", "_info"}};
    char *name = line + 7;
    size_t len = om_name_len(name);

    if (len == 0 || len >= sizeof(c->family[0]) || name[len] != ' ') {
        return om_fail(c, "metadata without a name");
    }
    name[len] = '\0';
    const char *what = name + len + 1;
    size_t i = 0;
    while (i < c->n_families && strcmp(c->family[i], name) != 0) {
        i++;
    }
    if (i == c->n_families) {
        if (i == OM_FAMILIES) {
            return om_fail(c, "too many families");
        }
        strcpy(c->family[c->n_families++], name);
        c->is_typed = false;
        c->has_samples = false;
    } else if (i + 1 < c->n_families || c->has_samples) {
        return om_fail(c, "a family in two places");
    }
    if (strncmp(line, "# TYPE ", 7) == 0) {
        for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++) {
            if (strcmp(what, types[t][0]) == 0) {
                strcpy(c->suffix, types[t][1]);
                c->is_typed = true;
                return true;
            }
        }
        return om_fail(c, "unknown type");
    }
    if (strncmp(line, "# UNIT ", 7) == 0) {
        size_t n = strlen(what);

        return (len > n && name[len - n - 1] == '_' &&
                strcmp(name + len - n, what) == 0) ||
               om_fail(c, "the name does not end in the unit");
    }
    return strncmp(line, "# HELP ", 7) == 0 || om_fail(c, "unknown keyword");
}

/* {a="b",c="d"}; returns what follows, or NULL. */
static char *
om_labels(om_check *c, char *s)
{
    const char *names[8];
    size_t lens[8];
    size_t n = 0;

    do {
        s++;
        size_t len = om_name_len(s);
        for (size_t i = 0; i < n; i++) {
            if (lens[i] == len && strncmp(names[i], s, len) == 0) {
                om_fail(c, "a label twice");
                return NULL;
            }
        }
        if (len == 0 || n == 8 || strncmp(s + len, "=\"", 2) != 0) {
            om_fail(c, "no label");
            return NULL;
        }
        names[n] = s;
        lens[n++] = len;
        for (s += len + 2; *s != '"'; s++) {
            if (*s == '\\' && strchr("\\\"n", s[1]) != NULL) {
                s++;
            } else if (*s == '\\') {
                om_fail(c, "unknown escape");
            }
            if (*s == '\0') {
                om_fail(c, "a label value without an end");
                return NULL;
            }
        }
        s++;
    } while (*s == ',');
    if (*s != '}') {
        om_fail(c, "labels without an end");
        return NULL;
    }
    return s + 1;
}

static bool
om_sample(om_check *c, char *line)
{
    size_t len = om_name_len(line);

    if (c->n_families == 0 || !c->is_typed) {
        return om_fail(c, "a sample before its type");
    }
    const char *family = c->family[c->n_families - 1];
    size_t n = strlen(family);
    if (len != n + strlen(c->suffix) || strncmp(line, family, n) != 0 ||
        strncmp(line + n, c->suffix, len - n) != 0) {
        return om_fail(c, "a sample outside its family, or with no suffix");
    }
    char *end = line[len] == '{' ? om_labels(c, line + len) : line + len;
    if (end == NULL) {
        return false;
    }
    size_t digits = end[0] == ' ' ? strspn(end + 1, "0123456789") : 0;
    if (digits == 0 || end[1 + digits] != '\0') {
        return om_fail(c, "no value");
    }
    if (strcmp(c->suffix, "_info") == 0 && strcmp(end, " 1") != 0) {
        return om_fail(c, "an info that is not 1");
    }
    *end = '\0';
    c->series[c->n_series++] = line;
    c->has_samples = true;
    return c->error == NULL;
}

static int
om_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The first thing wrong with the text, or NULL. */
static const char *
om_first_error(const char *text, size_t n)
{
    om_check c = {0};
    char *copy = malloc(n + 1);
    size_t lines = 0;
    bool is_ended = false;

    memcpy(copy, text, n);
    copy[n] = '\0';
    for (size_t i = 0; i < n; i++) {
        lines += copy[i] == '\n';
    }
    c.series = malloc((lines + 1) * sizeof(*c.series));
    for (char *line = copy; c.error == NULL && line < copy + n;) {
        char *end = strchr(line, '\n');

        if (end == NULL || is_ended) {
            om_fail(&c, is_ended ? "text after EOF" : "an open last line");
            break;
        }
        *end = '\0';
        is_ended = strcmp(line, "# EOF") == 0;
        if (!is_ended) {
            line[0] == '#' ? om_meta(&c, line) : om_sample(&c, line);
        }
        line = end + 1;
    }
    if (c.error == NULL && !is_ended) {
        om_fail(&c, "no EOF");
    }
    qsort(c.series, c.n_series, sizeof(*c.series), om_compare);
    for (size_t i = 1; c.error == NULL && i < c.n_series; i++) {
        if (strcmp(c.series[i - 1], c.series[i]) == 0) {
            om_fail(&c, "a series twice");
        }
    }
    free(c.series);
    free(copy);
    return c.error;
}

#endif
