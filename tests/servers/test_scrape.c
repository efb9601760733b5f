/* SPDX-License-Identifier: Apache-2.0 */
/* A scrape of a thousand virtual hosts that all have traffic is complete, and
 * keeps nobody waiting. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "servers/harness.h"
#include "servers/reader.h"
#include "servers/tool.h"
#include "unit/openmetrics.h"

enum {
    N_MANY = 1000,
    BUSY_MS = 20,    /* of the worker, while a small request waits for it */
    DELAY_MS = 1000, /* in all; the machine may have other things to do */
    N_SMALL = 50
};

static ts_site many[N_MANY + 1];

/* The kernel would take in the whole scrape for somebody who does not read. */
static const ts_conf many_conf = {
    .sites = many,
    .is_single = true,
    .nginx = "server {\n"
             "    listen 127.0.0.1:@status@ sndbuf=32k;\n"
             "    add_header TS-Generation 1 always;\n"
             "    location /tlsfloor/ {\n"
             "        tlsfloor_status;\n"
             "    }\n"
             "}\n",
    .apache = "SendBufferSize 32768\n",
};

static void
describe_many(void)
{
    for (int i = 0; i < N_MANY; i++) {
        many[i].name = ts_format("host%d.test", i);
        many[i].certs = TS_ECDSA;
        many[i].directives = "tlsfloor TLSv1.2";
    }
}

/* Each of them has a modern visitor and an old one that is turned away. */
static void
fill_many(ts_server *s)
{
    ts_scrape scrape = ts_scrape_of(s);
    ts_hello old = {.version = 0x0301};

    if (ts_metric(&scrape, "tlsfloor_hellos_total", NULL) > 0) {
        return;
    }
    for (int i = 0; i < N_MANY; i++) {
        old.sni = many[i].name;
        ck_assert_int_eq(ts_visit(s, &(ts_client){.sni = many[i].name}).status,
                         200);
        ck_assert_int_eq(ts_say_hello(s, many[i].name, &old, TS_WAIT).alert,
                         70);
    }
    ts_accounts_balance(s);
}

/* Each host has this sample, in the order of the configuration. */
static void
assert_all_have(const ts_server *s, const char *text, const char *metric,
                const char *rest)
{
    for (int i = 0; i < N_MANY; i++) {
        char *line = ts_format("\n%s{vhost=\"host%d.test:%u\"%s", metric, i,
                               s->ports[0], rest);
        const char *found = strstr(text, line);

        ck_assert_msg(found != NULL, "%s: no %s", ts_kind_name(s->kind), line);
        text = found + strlen(line) - 1;
        free(line);
    }
}

START_TEST(test_a_thousand_hosts)
{
    ts_server *s = ts_on(_i);

    fill_many(s);
    const char *text = ts_scrape_of(s).text;
    assert_all_have(s, text, "tlsfloor_hellos_total",
                    ",offered=\"TLSv1\"} 1\n");
    assert_all_have(s, text, "tlsfloor_handshakes_total",
                    ",version=\"TLSv1.3\",resumed=\"0\"} 1\n");
    assert_all_have(s, text, "tlsfloor_refused_total",
                    ",offered=\"TLSv1\"} 1\n");
    assert_all_have(s, text, "tlsfloor_stage_info", ",floor=\"TLSv1.2\",");
    ts_assert_promtool(s, text);

    ts_answer a = ts_metrics_as(s, "application/openmetrics-text");
    ck_assert_ptr_null(om_first_error(a.body, strlen(a.body)));
    a = ts_fetch(s->status_port, "/tlsfloor/status.json", NULL);
    ts_run run =
        ts_filter(s,
                  "jq -e '(.vhosts | length) == 1000 and "
                  "([.vhosts[] | select(.requests[\"TLSv1.3\"].pass > 0 "
                  "and .refused.TLSv1 == 1)] | length) == 1000'",
                  a.body);
    ck_assert_msg(run.code == 0, "%s%s", run.out, run.err);
}
END_TEST

/* The processor's time that a process used so far, in microseconds. */
static int64_t
busy_us(pid_t pid)
{
    clockid_t clock = 0;
    struct timespec used = {0, 0};

    ck_assert_int_eq(clock_getcpuclockid(pid, &clock), 0);
    ck_assert_int_eq(clock_gettime(clock, &used), 0);
    return (int64_t)used.tv_sec * 1000000 + used.tv_nsec / 1000;
}

/* Ask for the metrics and do not read. */
static int
begin_scrape(const ts_server *s)
{
    static const char request[] = "GET /tlsfloor/metrics HTTP/1.1\r\n"
                                  "Host: localhost\r\n"
                                  "Connection: close\r\n\r\n";
    struct timeval patience = {TS_PATIENCE_MS / 1000, 0};
    int fd = ts_connect(s->status_port);

    ck_assert_int_ge(fd, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    ck_assert_int_eq(send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL),
                     sizeof(request) - 1);
    return fd;
}

static ts_answer
end_scrape(int fd, ts_text got)
{
    ts_answer answer = {.alert = -1, .raw = "", .head = "", .body = ""};
    char piece[65536];
    ssize_t n = 0;

    while ((n = recv(fd, piece, sizeof(piece), 0)) > 0) {
        ts_append(&got, piece, (size_t)n);
    }
    ck_assert_int_eq(n, 0);
    close(fd);
    ts_answer_read(&answer, got.data, got.n);
    ck_assert_int_eq(answer.status, 200);
    return answer;
}

/* How long small requests had to wait. */
typedef struct waits {
    size_t n;
    int64_t busy_us[N_SMALL]; /* of the worker's own time */
    int64_t longest_ms;       /* of anybody's */
} waits;

static void
make_small_request(const ts_server *s, waits *w)
{
    int64_t begin = ts_clock();
    int64_t busy = busy_us(s->pid);

    ck_assert_int_eq(ts_fetch(s->status_port, "/tlsfloor/", NULL).status, 200);
    w->busy_us[w->n++] = busy_us(s->pid) - busy;
    if (ts_clock() - begin > w->longest_ms) {
        w->longest_ms = ts_clock() - begin;
    }
}

static int
compare(const void *a, const void *b)
{
    const int64_t *one = a;
    const int64_t *other = b;

    return *one < *other ? -1 : *one > *other;
}

static void
assert_short(const ts_server *s, waits *w)
{
    qsort(w->busy_us, w->n, sizeof(w->busy_us[0]), compare);
    ck_assert_msg(
        w->busy_us[w->n - 1] < BUSY_MS * 1000 && w->longest_ms < DELAY_MS,
        "%s: a request waited %d us of the worker's time, %d ms",
        ts_kind_name(s->kind), (int)w->busy_us[w->n - 1], (int)w->longest_ms);
}

/*
 * While somebody reads a scrape who has stopped reading, others are answered;
 * and what he reads afterwards was written afterwards.
 */
START_TEST(test_stalled_reader_of_a_scrape)
{
    ts_server *s = ts_on(_i);
    const char *last = many[N_MANY - 1].name;
    waits w = {0};
    ts_text got = {NULL, 0};
    char piece[1024];

    fill_many(s);
    ts_scrape before = ts_scrape_of(s);
    double n = ts_metric(&before, "tlsfloor_requests_total", "vhost",
                         ts_vhost(s, last), "version", "TLSv1.3", NULL);
    int fd = begin_scrape(s);
    ts_append(&got, piece, (size_t)recv(fd, piece, sizeof(piece), 0));
    for (int i = 0; i < N_SMALL; i++) {
        make_small_request(s, &w);
    }
    ck_assert_int_eq(ts_visit(s, &(ts_client){.sni = last}).status, 200);
    ts_metric_eventually(s, n + 1, "tlsfloor_requests_total", "vhost",
                         ts_vhost(s, last), "version", "TLSv1.3", NULL);

    ts_scrape late = {end_scrape(fd, got).body};
    ck_assert_double_eq(ts_metric(&late, "tlsfloor_requests_total", "vhost",
                                  ts_vhost(s, last), "version", "TLSv1.3",
                                  NULL),
                        n + 1);
    assert_short(s, &w);
    ts_assert_promtool(s, late.text);
}
END_TEST

/*
 * A request that comes right behind a scrape waits for a small part of it only
 * (half of them: this process, too, must get the processor now and then).
 */
START_TEST(test_request_behind_a_scrape)
{
    ts_server *s = ts_on(_i);
    waits w = {0};

    fill_many(s);
    int64_t whole = busy_us(s->pid);
    ts_scrape_of(s);
    whole = busy_us(s->pid) - whole;
    for (int i = 0; i < N_SMALL; i++) {
        int fd = begin_scrape(s);

        make_small_request(s, &w);
        end_scrape(fd, (ts_text){NULL, 0});
    }
    assert_short(s, &w);
    ck_assert_msg(w.busy_us[N_SMALL / 2] < whole / 4,
                  "%s: a request waits %d us of the worker's time; a scrape "
                  "takes %d us",
                  ts_kind_name(s->kind), (int)w.busy_us[N_SMALL / 2],
                  (int)whole);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("scrape");
    TCase *tcase = ts_tcase(suite, "a thousand hosts", &many_conf);

    describe_many();
    tcase_add_loop_test(tcase, test_a_thousand_hosts, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_stalled_reader_of_a_scrape, 0,
                        TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_request_behind_a_scrape, 0, TS_N_SERVERS);
    return suite;
}
