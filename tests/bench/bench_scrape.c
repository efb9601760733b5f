/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a scrape of many virtual hosts does to others, on real servers that are
 * one process: small requests follow one another while a scrape is answered.
 * How long each has to wait, and how much of that the server spends on other
 * things, is compared with small requests alone.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/bench.h"

enum { SCRAPES = 5 };

static const double most_ms = 20;

/* Of small requests, in milliseconds. */
typedef struct waits {
    double longest;      /* by the clock on the wall */
    double longest_busy; /* of the server's processor time */
    unsigned n;
} waits;

static double
read_ms(clockid_t clock)
{
    struct timespec t;

    ts_require(clock_gettime(clock, &t) == 0, "clock_gettime failed");
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static clockid_t
clock_of(const ts_server *s)
{
    clockid_t clock = 0;

    ts_require(clock_getcpuclockid(s->pid, &clock) == 0, "no clock of it");
    return clock;
}

/* Each host is visited by a modern client and by one that gets the page. */
static void
make_traffic(const ts_server *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *site = tb_site(i);

        ts_require(
            ts_visit(s, &(ts_client){.sni = site}).status == 200 &&
                ts_visit(s, &(ts_client){.sni = site, .max = TLS1_1_VERSION})
                        .status == 403,
            "%s: an odd answer", site);
    }
}

static void
ping(const ts_server *s, waits *w)
{
    clockid_t clock = clock_of(s);
    double begin = read_ms(CLOCK_MONOTONIC);
    double busy = read_ms(clock);

    ts_require(ts_fetch(s->status_port, "/tlsfloor/", NULL).status == 200,
               "no answer");
    busy = read_ms(clock) - busy;
    begin = read_ms(CLOCK_MONOTONIC) - begin;
    w->longest = begin > w->longest ? begin : w->longest;
    w->longest_busy = busy > w->longest_busy ? busy : w->longest_busy;
    w->n++;
}

/* Small requests while a child does something. */
static waits
ping_while(const ts_server *s, void (*child)(const ts_server *s))
{
    waits w = {0, 0, 0};
    pid_t pid = fork();

    ts_require(pid >= 0, "fork failed");
    if (pid == 0) {
        child(s);
        _exit(0);
    }
    while (waitpid(pid, NULL, WNOHANG) == 0) {
        ping(s, &w);
    }
    return w;
}

static void
scrape(const ts_server *s)
{
    for (int i = 0; i < SCRAPES; i++) {
        ts_fetch(s->status_port, "/tlsfloor/metrics", NULL);
    }
}

static void
be_quiet(const ts_server *s)
{
    int64_t deadline = ts_clock() + 300;

    (void)s;
    while (ts_wait(deadline)) {
    }
}

/* KiB of memory that the process shares, all in all and really there. */
static void
read_shared(const ts_server *s, unsigned long *size, unsigned long *there)
{
    const char *at =
        ts_read_file(ts_format("/proc/%d/smaps", (int)s->pid)).data;
    bool is_shared = false;

    *size = 0;
    *there = 0;
    for (; *at != '\0'; at += strcspn(at, "\n"), at += *at == '\n') {
        size_t address = strcspn(at, " ");
        unsigned long kib = 0;

        if (at[address] == ' ' && strchr("r-", at[address + 1]) != NULL &&
            memchr(at, '-', address) != NULL) {
            is_shared = at[address + 4] == 's';
        } else if (is_shared && sscanf(at, "Size: %lu kB", &kib) == 1) {
            *size += kib;
        } else if (is_shared && sscanf(at, "Rss: %lu kB", &kib) == 1) {
            *there += kib;
        }
    }
}

static void
measure(ts_kind kind, size_t n)
{
    unsigned long before[2];
    unsigned long after[2];
    ts_server *stock = ts_server_start(kind, tb_conf(n, TB_STOCK | TB_SINGLE));
    read_shared(stock, &before[0], &before[1]);
    ts_server_stop(stock);

    ts_server *s = ts_server_start(kind, tb_conf(n, TB_SINGLE));
    make_traffic(s, n);
    read_shared(s, &after[0], &after[1]);
    waits alone = ping_while(s, be_quiet);
    double cpu = read_ms(clock_of(s));
    size_t bytes = ts_fetch(s->status_port, "/tlsfloor/metrics", NULL).raw_n;
    cpu = read_ms(clock_of(s)) - cpu;
    waits during = ping_while(s, scrape);

    tb_say("%-7s %5zu %9zu %8.1f %8.1f %8.1f %10.1f %10.1f (at most %.0f)",
           ts_kind_name(kind), n, bytes, cpu, alone.longest, during.longest,
           alone.longest_busy, during.longest_busy, most_ms);
    if (kind == TS_NGINX) {
        tb_judge(during.longest_busy, most_ms);
    }
    tb_say("\n%14s shared memory: %lu KiB more mapped, %lu KiB more in use\n",
           "", after[0] - before[0], after[1] - before[1]);
    ts_server_stop(s);
}

int
main(void)
{
    tb_begin("scrape");
    tb_say("A scrape, and small requests meanwhile, in milliseconds\n"
           "%-7s %5s %9s %8s  %17s  %21s\n"
           "%-7s %5s %9s %8s %8s %8s %10s %10s\n",
           "", "", "scrape's", "server's", "longest wait",
           "of it, server's own time", "server", "hosts", "bytes", "time",
           "alone", "during", "alone", "during");
    for (ts_kind kind = TS_NGINX; kind < TS_N_SERVERS; kind++) {
        for (size_t i = 0; i < TB_N_SIZES; i++) {
            measure(kind, tb_sizes[i]);
        }
    }
    return tb_end();
}
