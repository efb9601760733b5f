/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of counters and its reports in this process, without a server:
 * bytes per virtual host, and the time that each part of a report takes, when
 * every counter of every host has a value.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/bench.h"
#include "tlsf_metrics.h"

/* A part is flushed at PART bytes, as nginx's adapter does it. */
enum { PART = 32768, ROOM = 65536, MAX_PARTS = 4096, TIMES = 7 };

static const double most_bytes = 4096;
static const double most_us = 20000;

typedef struct scrape {
    size_t n_parts;
    size_t bytes;
    double us[MAX_PARTS]; /* the best of all times */
} scrape;

static double
now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
fill_row(tlsf_row *row)
{
    tlsf_counter *cells = (tlsf_counter *)(void *)row->hellos;
    size_t n = (size_t)((tlsf_counter *)(void *)(row + 1) - cells);

    for (size_t i = 0; i < n; i++) {
        atomic_store(&cells[i], 1000000 + i);
    }
}

static const tlsf_host **
make_hosts(tlsf_table *table, size_t n)
{
    static const tlsf_settings settings = {.floor = TLSF_TLSV12};
    const tlsf_host **hosts = calloc(n, sizeof(*hosts));

    ts_require(hosts != NULL, "out of memory");
    for (size_t i = 0; i < n; i++) {
        tlsf_host *host = calloc(1, sizeof(*host));

        ts_require(host != NULL, "out of memory");
        host->settings = &settings;
        host->name = tlsf_str_of(tb_site(i));
        host->port = 443;
        host->row = tlsf_table_row(
            table, tlsf_str_of(ts_format("%s:443", host->name.data)));
        fill_row(host->row);
        hosts[i] = host;
    }
    return hosts;
}

static void
write_report(tlsf_report report, scrape *s)
{
    static char room[ROOM];
    bool has_more = true;

    s->n_parts = 0;
    s->bytes = 0;
    while (has_more) {
        tlsf_buf buf = {room, sizeof(room), 0};
        tlsf_out out = tlsf_out_to_buf(&buf);
        double begin = now_us();

        while (has_more && buf.used < PART) {
            has_more = tlsf_report_next(&report, &out);
        }
        double us = now_us() - begin;

        ts_require(s->n_parts < MAX_PARTS && out.err == TLSF_OK, "no room");
        if (s->us[s->n_parts] == 0 || us < s->us[s->n_parts]) {
            s->us[s->n_parts] = us;
        }
        s->n_parts++;
        s->bytes += buf.used;
    }
}

static void
say_report(const char *name, size_t n, const tlsf_report *report)
{
    scrape *s = calloc(1, sizeof(*s));
    double longest = 0;
    double sum = 0;

    ts_require(s != NULL, "out of memory");
    for (int i = 0; i < TIMES; i++) {
        write_report(*report, s);
    }
    for (size_t i = 0; i < s->n_parts; i++) {
        sum += s->us[i];
        longest = s->us[i] > longest ? s->us[i] : longest;
    }
    tb_say("%5zu  %-12s %9zu %6zu %11.0f %13.0f (at most %.0f)", n, name,
           s->bytes, s->n_parts, sum, longest, most_us);
    tb_judge(longest, most_us);
    tb_say("\n");
    free(s);
}

static void
say_bytes(void)
{
    tb_say("Shared memory of the counters, in bytes\n%5s  %10s %10s %14s\n",
           "hosts", "table", "per host", "default zone");
    for (size_t i = 0; i < TB_N_SIZES; i++) {
        size_t n = tb_sizes[i];
        double each = (double)tlsf_table_size(n) / (double)n;

        tb_say("%5zu  %10zu %10.0f %14zu  (per host at most %.0f)", n,
               tlsf_table_size(n), each,
               tlsf_table_size(tlsf_settings_default_zone(n)), most_bytes);
        tb_judge(each, most_bytes);
        tb_say("\n");
    }
}

int
main(void)
{
    static const tlsf_build build = {
        TLSF_LIT_INIT("1.0"), TLSF_LIT_INIT("none"), TLSF_LIT_INIT("none")};

    tb_begin("table");
    say_bytes();
    tb_say("\nReports when every counter has a value, processor time in "
           "microseconds\n%5s  %-12s %9s %6s %11s %13s\n",
           "hosts", "report", "bytes", "parts", "whole", "longest part");
    for (size_t i = 0; i < TB_N_SIZES; i++) {
        size_t n = tb_sizes[i];
        tlsf_table *table =
            aligned_alloc(64, (tlsf_table_size(n) + 63) / 64 * 64);

        ts_require(table != NULL, "out of memory");
        memset(table, 0, tlsf_table_size(n));
        tlsf_table_init(table, n);
        tlsf_report report = {.table = table,
                              .hosts = make_hosts(table, n),
                              .n_hosts = n,
                              .build = &build,
                              .now = 1800000000};
        report.kind = TLSF_REPORT_OPENMETRICS;
        say_report("openmetrics", n, &report);
        report.kind = TLSF_REPORT_JSON;
        say_report("json", n, &report);
        free(table);
    }
    return tb_end();
}
