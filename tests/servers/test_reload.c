/* SPDX-License-Identifier: Apache-2.0 */
/* Counters live in memory that outlasts reloads and killed workers: a known
 * number of clients is sent through both and the sums are compared exactly. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "servers/harness.h"
#include "servers/tool.h"

#define BLOCK "tlsfloor TLSv1.2\ntlsfloor_stage block"

static const ts_site first_sites[] = {
    {.name = "a.test", .directives = BLOCK},
    {.name = "b.test", .directives = BLOCK},
    {0},
};

static const ts_site second_sites[] = {
    {.name = "a.test", .directives = BLOCK},
    {.name = "c.test", .directives = BLOCK},
    {.name = "d.test", .directives = BLOCK},
    {0},
};

static const ts_conf first_conf = {.sites = first_sites};
static const ts_conf second_conf = {.sites = second_sites};

static void
visit_times(const ts_server *s, const char *site, int times)
{
    for (int i = 0; i < times; i++) {
        ck_assert_int_eq(ts_visit(s, &(ts_client){.sni = site}).status, 200);
    }
}

START_TEST(test_virtual_hosts_come_and_go)
{
    ts_server *s = ts_server_start((ts_kind)_i, &first_conf);
    const char *b = ts_vhost(s, "b.test");

    visit_times(s, "a.test", 3);
    visit_times(s, "b.test", 2);
    ts_server_reload(s, &second_conf);
    visit_times(s, "a.test", 1);
    visit_times(s, "c.test", 1);

    ts_scrape now = ts_scrape_of(s);
    ck_assert_double_eq(ts_metric(&now, "tlsfloor_handshakes_total", "vhost",
                                  ts_vhost(s, "a.test"), NULL),
                        4);
    ck_assert_double_eq(
        ts_metric(&now, "tlsfloor_handshakes_total", "vhost", b, NULL), 2);
    ts_server_reload(s, &first_conf);
    visit_times(s, "b.test", 1);
    now = ts_scrape_of(s);
    ck_assert_double_eq(
        ts_metric(&now, "tlsfloor_handshakes_total", "vhost", b, NULL), 3);
    ck_assert_double_eq(ts_metric(&now, "tlsfloor_requests_total", NULL), 8);
}
END_TEST

START_TEST(test_killed_workers)
{
    ts_server *s = ts_server_start((ts_kind)_i, &first_conf);

    for (int i = 1; i <= 3; i++) {
        visit_times(s, "a.test", 2);
        ts_server_kill_worker(s);
        ts_scrape now = ts_scrape_of(s);
        ck_assert_double_eq(ts_metric(&now, "tlsfloor_handshakes_total", NULL),
                            2 * i);
        ck_assert_double_eq(ts_metric(&now, "tlsfloor_hellos_total", NULL),
                            2 * i);
    }
}
END_TEST

/* What the clients of one test saw, in memory that they share. */
typedef struct tally {
    _Atomic unsigned long visits;
    _Atomic unsigned long handshakes;
    _Atomic unsigned long pages;
    _Atomic unsigned long sites;
    _Atomic bool is_over;
} tally;

/* Old and new clients in turn, until told to stop. */
static void
keep_visiting(const ts_server *s, tally *t)
{
    static const int versions[] = {TLS1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION,
                                   TLS1_1_VERSION};

    for (size_t i = 0; !t->is_over; i++) {
        ts_answer a =
            ts_visit(s, &(ts_client){.sni = "a.test", .max = versions[i % 4]});

        t->visits++;
        t->handshakes += a.is_handshaken;
        t->pages += a.status == 403;
        t->sites += a.status == 200;
    }
}

START_TEST(test_sums_through_reloads_under_load)
{
    enum { CLIENTS = 3, RELOADS = 4 };
    ts_server *s = ts_server_start((ts_kind)_i, &first_conf);
    pid_t clients[CLIENTS];
    tally *t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    ck_assert_ptr_ne(t, MAP_FAILED);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = fork();
        ck_assert_int_ge(clients[i], 0);
        if (clients[i] == 0) {
            keep_visiting(s, t);
            _exit(0);
        }
    }
    for (int i = 0; i < RELOADS; i++) {
        unsigned long seen = t->visits;

        ts_server_reload(s, i % 2 == 0 ? &second_conf : &first_conf);
        for (int64_t end = ts_clock() + TS_PATIENCE_MS;
             t->visits < seen + 40 && ts_wait(end);) {
        }
        ck_assert_uint_ge(t->visits, seen + 40);
    }
    t->is_over = true;
    for (int i = 0; i < CLIENTS; i++) {
        waitpid(clients[i], NULL, 0);
    }

    ts_scrape now = ts_scrape_of(s);
    ck_assert_uint_gt(t->pages, 40);
    ck_assert_uint_gt(t->sites, 40);
    ck_assert_double_eq(ts_metric(&now, "tlsfloor_handshakes_total", NULL),
                        (double)t->handshakes);
    ck_assert_double_eq(
        ts_metric(&now, "tlsfloor_requests_total", "action", "page", NULL),
        (double)t->pages);
    ck_assert_double_eq(
        ts_metric(&now, "tlsfloor_requests_total", "action", "pass", NULL),
        (double)t->sites);
    ts_accounts_balance(s);
}
END_TEST

/* A table cannot grow while old workers count in it: said, never done. */
START_TEST(test_another_zone_size_is_refused)
{
    static const ts_conf small = {.sites = first_sites,
                                  .directives = "tlsfloor_zone 300"};
    static const ts_conf large = {.sites = first_sites,
                                  .directives = "tlsfloor_zone 400"};
    ts_server *s = ts_server_start((ts_kind)_i, &small);

    visit_times(s, "a.test", 1);
    ck_assert(ts_server_refuses(
        s, &large, _i == TS_NGINX ? "tlsfloor_zone" : "TLSFloorZone"));
    if (_i == TS_NGINX) {
        visit_times(s, "a.test", 1);
        ts_metric_eventually(s, 2, "tlsfloor_hellos_total", NULL);
    }
}
END_TEST

/* A running server must not end of it: nginx refuses the reload, Apache, which
 * cannot, goes on with the module off for that host. */
START_TEST(test_floor_too_high_at_a_reload)
{
    static const ts_site high_sites[] = {
        {.name = "a.test",
         .listener = 0,
         .directives = "tlsfloor TLSv1.3\ntlsfloor_stage block"},
        {.name = "b.test", .directives = BLOCK},
        {0},
    };
    static const ts_conf high = {.listeners = {{.protocols = "TLSv1.2"}},
                                 .sites = high_sites};
    ts_server *s = ts_server_start((ts_kind)_i, &first_conf);
    ts_client old = {.sni = "b.test", .max = TLS1_VERSION};

    if (_i == TS_NGINX) {
        ck_assert(ts_server_refuses(s, &high, "is above"));
    } else {
        ts_server_reload(s, &high);
        ck_assert(ts_server_says(s, "is above"));
        ck_assert(ts_server_says(s, "tlsfloor: off for \"a.test\""));
    }
    visit_times(s, "a.test", 1);
    ts_answer a = ts_visit(s, &old);
    ts_assert_page(s, &a, "TLSv1");
}
END_TEST

/* A connection that a rescue opened stays shut after a reload. */
START_TEST(test_stage_after_a_reload)
{
    static const ts_site refusing[] = {
        {.name = "a.test",
         .directives = "tlsfloor TLSv1.2\ntlsfloor_stage refuse"},
        {0},
    };
    static const ts_conf refuse_conf = {.sites = refusing};
    ts_server *s = ts_server_start((ts_kind)_i, &first_conf);
    ts_client old = {.sni = "a.test", .max = TLS1_VERSION};
    ts_answer a = ts_visit(s, &old);

    ts_assert_page(s, &a, "TLSv1");
    old.session = a.session;
    ts_server_reload(s, &refuse_conf);
    ck_assert_int_eq(ts_visit(s, &old).alert, 70);
    ts_server_reload(s, &first_conf);
    a = ts_visit(s, &old);
    ts_assert_page(s, &a, "TLSv1");
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("reload");
    TCase *tcase = ts_tcase(suite, "reload", NULL);

    tcase_add_loop_test(tcase, test_virtual_hosts_come_and_go, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_killed_workers, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_sums_through_reloads_under_load, 0,
                        TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_another_zone_size_is_refused, 0,
                        TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_floor_too_high_at_a_reload, 0,
                        TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_stage_after_a_reload, 0, TS_N_SERVERS);
    return suite;
}
