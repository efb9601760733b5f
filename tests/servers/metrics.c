/* SPDX-License-Identifier: Apache-2.0 */
/* Scrapes: reading them, and comparing two. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "servers/client.h"
#include "servers/metrics.h"
#include "servers/tool.h"

#define MAX_LABELS 8

/* One line of a scrape: name{label="value",…} number */
typedef struct series {
    char *name;
    size_t n_labels;
    char *labels[MAX_LABELS];
    char *values[MAX_LABELS];
    double number;
} series;

ts_scrape
ts_scrape_of(const ts_server *s)
{
    ts_answer a = ts_fetch(s->status_port, "/tlsfloor/metrics", NULL);

    ts_require(a.status == 200, "%s: /tlsfloor/metrics gives %d\n%s",
               ts_kind_name(s->kind), a.status, a.raw);
    return (ts_scrape){a.body};
}

/* A label's value from behind its opening quote; escapes are undone. */
static char *
read_value(const char **at)
{
    ts_text value = {NULL, 0};

    ts_append(&value, "", 0);
    while (**at != '"' && **at != '\0') {
        char c = *(*at)++;

        if (c == '\\' && **at != '\0') {
            c = *(*at)++;
            c = c == 'n' ? '\n' : c;
        }
        ts_append(&value, &c, 1);
    }
    *at += **at == '"';
    return value.data;
}

/* Read the series at *at and go to the next line; false at the end. */
static bool
next_series(const char **at, series *one)
{
    while (**at == '#' || **at == '\n') {
        *at += strcspn(*at, "\n");
        *at += **at == '\n';
    }
    if (**at == '\0') {
        return false;
    }

    size_t n = strcspn(*at, "{ \n");
    one->name = ts_format("%.*s", (int)n, *at);
    one->n_labels = 0;
    *at += n;
    if (**at == '{') {
        ++*at;
        while (**at != '}' && **at != '\0') {
            ts_require(one->n_labels < MAX_LABELS, "MAX_LABELS is too small");
            n = strcspn(*at, "=");
            one->labels[one->n_labels] = ts_format("%.*s", (int)n, *at);
            *at += n;
            ts_require(strncmp(*at, "=\"", 2) == 0, "no label: %.60s", *at);
            *at += 2;
            one->values[one->n_labels++] = read_value(at);
            *at += **at == ',';
        }
        *at += **at == '}';
    }
    one->number = strtod(*at, NULL);
    *at += strcspn(*at, "\n");
    return true;
}

static const char *
label_of(const series *one, const char *label)
{
    for (size_t i = 0; i < one->n_labels; i++) {
        if (strcmp(one->labels[i], label) == 0) {
            return one->values[i];
        }
    }
    return NULL;
}

static bool
matches(const series *one, const char *name, va_list labels)
{
    va_list list;
    const char *label = NULL;
    bool is_match = strcmp(one->name, name) == 0;

    va_copy(list, labels);
    while (is_match && (label = va_arg(list, const char *)) != NULL) {
        const char *want = va_arg(list, const char *);
        const char *got = label_of(one, label);

        is_match = got != NULL && strcmp(got, want) == 0;
    }
    va_end(list);
    return is_match;
}

static double
sum_of(const ts_scrape *scrape, const char *name, va_list labels)
{
    const char *at = scrape->text;
    double sum = 0;
    series one;

    while (next_series(&at, &one)) {
        if (matches(&one, name, labels)) {
            sum += one.number;
        }
    }
    return sum;
}

double
ts_metric(const ts_scrape *scrape, const char *name, ...)
{
    va_list labels;

    va_start(labels, name);
    double sum = sum_of(scrape, name, labels);
    va_end(labels);
    return sum;
}

void
ts_metric_eventually(const ts_server *s, double want, const char *name, ...)
{
    int64_t deadline = ts_clock() + TS_PATIENCE_MS;
    va_list labels;
    double got = 0;

    va_start(labels, name);
    do {
        ts_scrape now = ts_scrape_of(s);

        got = sum_of(&now, name, labels);
    } while (got != want && ts_wait(deadline));
    va_end(labels);
    ts_require(got == want, "%s: %s is %g, not %g", ts_kind_name(s->kind), name,
               got, want);
}

/* The line of a series in ts_moved's manner, without the step. */
static char *
short_name(const series *one)
{
    ts_text line = {NULL, 0};
    const char *name = one->name;
    size_t n = strlen(name);

    if (strncmp(name, "tlsfloor_", 9) == 0) {
        name += 9;
        n -= 9;
    }
    if (n > 6 && strcmp(name + n - 6, "_total") == 0) {
        n -= 6;
    }
    ts_append(&line, name, n);
    for (size_t i = 0; i < one->n_labels; i++) {
        const char *value = one->values[i];
        size_t len = strlen(value);

        if (strcmp(one->labels[i], "vhost") == 0 &&
            strrchr(value, ':') != NULL) {
            len = (size_t)(strrchr(value, ':') - value);
        }
        ts_appendf(&line, " %.*s", (int)len, value);
    }
    return line.data;
}

static double
value_in(const ts_scrape *scrape, const char *line_name)
{
    const char *at = scrape->text;
    series one;

    while (next_series(&at, &one)) {
        if (strcmp(short_name(&one), line_name) == 0) {
            return one.number;
        }
    }
    return 0;
}

static bool
is_counter(const series *one)
{
    size_t n = strlen(one->name);

    return n > 6 && strcmp(one->name + n - 6, "_total") == 0;
}

/* Left out unless asked for. */
static bool
is_detail(const char *line, const char *want)
{
    static const char *const details[] = {"key_exchange ",
                                          "below_floor_requests "};

    for (size_t i = 0; i < sizeof(details) / sizeof(details[0]); i++) {
        if (strncmp(line, details[i], strlen(details[i])) == 0) {
            return strstr(want, details[i]) == NULL;
        }
    }
    return false;
}

/* All counters that differ, one line each. */
static char *
moves(const ts_scrape *before, const ts_scrape *now, const char *want)
{
    ts_text lines = {NULL, 0};
    const char *at = now->text;
    series one;

    ts_append(&lines, "", 0);
    while (next_series(&at, &one)) {
        if (is_counter(&one)) {
            char *line = short_name(&one);
            double step = one.number - value_in(before, line);

            if (step != 0 && !is_detail(line, want)) {
                ts_appendf(&lines, "%s %+g\n", line, step);
            }
        }
    }
    return lines.data;
}

/* Whether every line of a is a line of b. */
static bool
holds_lines(const char *a, const char *b)
{
    char *in = ts_format("\n%s", b);

    while (*a != '\0') {
        size_t n = strcspn(a, "\n");

        if (n > 0 && strstr(in, ts_format("\n%.*s\n", (int)n, a)) == NULL) {
            return false;
        }
        a += n + (a[n] == '\n');
    }
    return true;
}

void
ts_moved_in(const ts_server *s, ts_scrape *before, const char *want,
            const char *name)
{
    int64_t deadline = ts_clock() + TS_PATIENCE_MS / 2;
    ts_scrape now = ts_scrape_of(s);
    char *got = moves(before, &now, want);

    while (!holds_lines(want, got) || !holds_lines(got, want)) {
        ts_require(ts_wait(deadline),
                   "%s, %s: these counters moved:\n%sand not these:\n%s",
                   ts_kind_name(s->kind), name, got, want);
        now = ts_scrape_of(s);
        got = moves(before, &now, want);
    }
    *before = now;
}

void
ts_moved(const ts_server *s, ts_scrape *before, const char *want)
{
    ts_moved_in(s, before, want, "here");
}

static double
uncounted(const ts_scrape *scrape)
{
    static const char *const reasons[] = {"plain_http", "not_tls",
                                          "malformed_hello"};
    double sum = 0;

    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        sum += ts_metric(scrape, "tlsfloor_handshake_failures_total", "reason",
                         reasons[i], NULL);
    }
    return sum;
}

void
ts_accounts_balance(const ts_server *s)
{
    int64_t deadline = ts_clock() + TS_PATIENCE_MS / 2;
    double hellos = 0;
    double ends = 0;

    do {
        ts_scrape now = ts_scrape_of(s);

        hellos = ts_metric(&now, "tlsfloor_hellos_total", NULL);
        ends = ts_metric(&now, "tlsfloor_handshakes_total", NULL) +
               ts_metric(&now, "tlsfloor_handshake_failures_total", NULL) -
               uncounted(&now);
    } while (hellos != ends && ts_wait(deadline));
    ts_require(hellos == ends, "%s: %g hellos, but %g ends of handshakes",
               ts_kind_name(s->kind), hellos, ends);
}
