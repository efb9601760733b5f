/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the tests of reports: a table with two configured virtual hosts, one of
 * them configured twice, and a report as one text.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tlsf_metrics.h"

#define NOW ((int64_t)1798761600) /* 2027-01-01T00:00:00Z */

/* Text as a string that can grow. */
typedef struct text {
    char *data;
    size_t n;
    size_t room;
} text;

static tlsf_table *table;
static tlsf_settings settings[3];
static tlsf_host hosts[3];
static const tlsf_host *host_list[3] = {&hosts[0], &hosts[1], &hosts[2]};
static const tlsf_build build = {TLSF_LIT_INIT("0.1.0"),
                                 TLSF_LIT_INIT("nginx/1.22.1"),
                                 TLSF_LIT_INIT("OpenSSL 3.0.0 \"quoted\"")};
static text written;

static int
grow(void *to, const char *bytes, size_t n)
{
    text *t = to;

    if (t->n + n + 1 > t->room) {
        t->room = (t->n + n + 1) * 2;
        t->data = realloc(t->data, t->room);
    }
    memcpy(t->data + t->n, bytes, n);
    t->n += n;
    t->data[t->n] = '\0';
    return TLSF_OK;
}

static void
make_table(size_t n)
{
    size_t size = (tlsf_table_size(n) + 63) / 64 * 64;

    free(table);
    table = aligned_alloc(64, size);
    memset(table, 0, size);
    tlsf_table_init(table, n);
}

static tlsf_row *
row_of(const char *key)
{
    return tlsf_table_row(table, tlsf_str_of(key));
}

/* a.test: floor 1.2, warn now, block later; b.test: floor 1.3, observe. */
static void
make(void)
{
    make_table(8);
    settings[0] =
        (tlsf_settings){.floor = TLSF_TLSV12,
                        .n_stages = 2,
                        .stages = {{TLSF_STAGE_WARN, false, 0},
                                   {TLSF_STAGE_BLOCK, true, NOW + 86400}}};
    settings[1] = (tlsf_settings){.floor = TLSF_TLSV13};
    settings[2] = (tlsf_settings){.floor = TLSF_TLSV11,
                                  .n_stages = 1,
                                  .stages = {{TLSF_STAGE_REFUSE, false, 0}}};
    hosts[0] = (tlsf_host){.row = row_of("a.test:443"),
                           .settings = &settings[0],
                           .name = TLSF_LIT("A.test")};
    hosts[1] = (tlsf_host){.row = row_of("b.test:443"),
                           .settings = &settings[1],
                           .name = TLSF_LIT("b.test")};
    hosts[2] = (tlsf_host){.row = row_of("a.test:443"),
                           .settings = &settings[2],
                           .name = TLSF_LIT("a.test")};
}

static void
drop(void)
{
    free(table);
    table = NULL;
    free(written.data);
    written = (text){NULL, 0, 0};
}

static tlsf_report
report_of(tlsf_report_kind kind)
{
    return (tlsf_report){.kind = kind,
                         .table = table,
                         .hosts = host_list,
                         .n_hosts = TLSF_COUNTOF(host_list),
                         .build = &build,
                         .now = NOW};
}

static const char *
write_report(tlsf_report_kind kind)
{
    tlsf_report report = report_of(kind);
    tlsf_out out = {grow, &written, 0, TLSF_OK};

    written.n = 0;
    while (tlsf_report_next(&report, &out)) {
    }
    ck_assert_int_eq(out.err, TLSF_OK);
    ck_assert(!tlsf_report_next(&report, &out));
    ck_assert_uint_eq(out.n, written.n);
    return written.data;
}

/* Pipe the report into a program; skipped where it is not installed. */
static void
pass_to(const char *program, const char *command)
{
    char find[128];

    snprintf(find, sizeof(find), "command -v %s > /dev/null", program);
    if (system(find) != 0) {
        return;
    }
    FILE *pipe = popen(command, "w");
    ck_assert_ptr_nonnull(pipe);
    fwrite(written.data, 1, written.n, pipe);
    ck_assert_msg(pclose(pipe) == 0, "%s\n%s", command, written.data);
}

/* Every cell of a row; the key stays. */
static void
fill(tlsf_row *row, uint64_t value)
{
    tlsf_counter *cells = row->hellos;
    size_t n = (sizeof(*row) - offsetof(tlsf_row, hellos)) / sizeof(*cells);

    for (size_t i = 0; i < n; i++) {
        atomic_store(&cells[i], value);
    }
}

/* The last instant that has a date, so that JSON can show it. */
static void
fill_table(size_t n)
{
    make_table(n);
    for (size_t i = 0; i < n; i++) {
        char key[64];

        snprintf(key, sizeof(key), "host-%zu.example.org:443", i);
        fill(row_of(key), 253402300799);
    }
    fill(tlsf_table_overflow(table), 1);
    for (size_t i = 0; i < TLSF_N_PARTS; i++) {
        atomic_store(&table->errors[i], 7);
    }
    hosts[0].row = &table->rows[0];
    hosts[1].row = &table->rows[1];
    hosts[2].row = &table->rows[0];
}

#endif
