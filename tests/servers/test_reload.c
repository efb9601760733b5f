/* SPDX-License-Identifier: Apache-2.0 */
/* Counters live in memory that outlasts reloads and killed workers: a known
 * number of clients is sent through both and the sums are compared exactly. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "servers/harness.h"
#include "servers/tool.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define BLOCK       "tlsfloor TLSv1.2\ntlsfloor_stage block"
#define REFUSE      "tlsfloor TLSv1.2\ntlsfloor_stage refuse"

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
    ck_assert_double_eq(
        ts_metric(&now, "tlsfloor_stage_info", "vhost", b, NULL), 0);
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

/* Hosts that clients visit while they come and go. */
static const ts_site load_sites[] = {
    {.name = "a.test", .directives = BLOCK},
    {.name = "refuse.test", .directives = REFUSE},
    {.name = "guest.test", .directives = BLOCK},
    {0},
};

static const ts_site fewer_load_sites[] = {
    {.name = "a.test", .directives = BLOCK},
    {.name = "refuse.test", .directives = REFUSE},
    {.name = "new.test", .directives = REFUSE},
    {0},
};

static const ts_conf load_conf = {.sites = load_sites};
static const ts_conf fewer_load_conf = {.sites = fewer_load_sites};

/* What the clients of one test saw, in memory that they share. */
typedef struct tally {
    _Atomic unsigned long visits;
    _Atomic unsigned long handshakes;
    _Atomic unsigned long refused;
    _Atomic unsigned long pages;
    _Atomic unsigned long sites;
    _Atomic unsigned long guests; /* visits to the host that comes and goes */
    _Atomic bool is_over;
} tally;

/* Old and new clients in turn, until told to stop. */
static void
keep_visiting(const ts_server *s, tally *t)
{
    static const ts_client clients[] = {
        {.sni = "a.test", .max = TLS1_VERSION},
        {.sni = "a.test", .max = TLS1_2_VERSION},
        {.sni = "guest.test", .max = TLS1_1_VERSION},
        {.sni = "a.test"},
        {.sni = "refuse.test", .max = TLS1_1_VERSION},
        {.sni = "guest.test"},
        {.sni = "refuse.test", .max = TLS1_2_VERSION},
    };

    for (size_t i = 0; !t->is_over; i++) {
        const ts_client *client = &clients[i % COUNT(clients)];
        ts_answer a = ts_visit(s, client);

        t->visits++;
        t->handshakes += a.is_handshaken;
        t->refused += a.alert == 70;
        t->pages += a.status == 403;
        t->sites += a.status == 200;
        t->guests += client->sni[0] == 'g';
    }
}

static tally *
share_tally(void)
{
    tally *t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    ck_assert_ptr_ne(t, MAP_FAILED);
    return t;
}

/* The server's sums are exactly what the clients saw. */
static void
assert_sums(const ts_server *s, const tally *t)
{
    ts_scrape now = ts_scrape_of(s);

    ck_assert_uint_eq(t->visits, t->refused + t->pages + t->sites);
    ck_assert_uint_eq(t->handshakes, t->pages + t->sites);
    ck_assert_double_eq(ts_metric(&now, "tlsfloor_hellos_total", NULL),
                        (double)t->visits);
    ck_assert_double_eq(ts_metric(&now, "tlsfloor_handshakes_total", NULL),
                        (double)t->handshakes);
    ck_assert_double_eq(ts_metric(&now, "tlsfloor_rescued_total", NULL),
                        (double)t->pages);
    ck_assert_double_eq(ts_metric(&now, "tlsfloor_refused_total", NULL),
                        (double)t->refused);
    ck_assert_double_eq(
        ts_metric(&now, "tlsfloor_handshake_failures_total", NULL),
        (double)t->refused);
    ck_assert_double_eq(
        ts_metric(&now, "tlsfloor_requests_total", "action", "page", NULL),
        (double)t->pages);
    ck_assert_double_eq(
        ts_metric(&now, "tlsfloor_requests_total", "action", "pass", NULL),
        (double)t->sites);
    ck_assert_double_eq(ts_metric(&now, "tlsfloor_requests_total", NULL),
                        (double)(t->pages + t->sites));
}

START_TEST(test_sums_through_reloads_under_load)
{
    enum { CLIENTS = 3, RELOADS = 4, AT_LEAST = 60 };
    ts_server *s = ts_server_start((ts_kind)_i, &load_conf);
    const char *guest = ts_vhost(s, "guest.test");
    pid_t clients[CLIENTS];
    tally *t = share_tally();

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

        ts_server_reload(s, i % 2 == 0 ? &fewer_load_conf : &load_conf);
        for (int64_t end = ts_clock() + TS_PATIENCE_MS;
             t->visits < seen + AT_LEAST && ts_wait(end);) {
        }
        ck_assert_uint_ge(t->visits, seen + AT_LEAST);
    }
    t->is_over = true;
    for (int i = 0; i < CLIENTS; i++) {
        waitpid(clients[i], NULL, 0);
    }
    ts_accounts_balance(s);
    assert_sums(s, t);

    /* Without its host a name belongs to the default host. */
    ts_scrape now = ts_scrape_of(s);
    double guests =
        ts_metric(&now, "tlsfloor_hellos_total", "vhost", guest, NULL);
    ck_assert_double_gt(guests, 0);
    ck_assert_double_lt(guests, (double)t->guests);
}
END_TEST

/* A hello whose handshake is not over: counted, and in neither sum, also when
 * it ends in a worker of an older generation. */
START_TEST(test_handshake_in_progress_through_a_reload)
{
    ts_server *s = ts_server_start((ts_kind)_i, &first_conf);
    ts_text hello = ts_hello_bytes(&(ts_hello){.sni = "b.test"}, 0);
    char piece[64];
    int fd = ts_connect(s->ports[0]);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(send(fd, hello.data, hello.n, MSG_NOSIGNAL),
                     (ssize_t)hello.n);
    ck_assert_int_gt(recv(fd, piece, sizeof(piece), 0), 0);
    for (int i = 0; i < 2; i++) {
        ts_scrape now = ts_scrape_of(s);

        ck_assert_double_eq(ts_metric(&now, "tlsfloor_hellos_total", NULL), 1);
        ck_assert_double_eq(ts_metric(&now, "tlsfloor_handshakes_total", NULL),
                            0);
        ck_assert_double_eq(
            ts_metric(&now, "tlsfloor_handshake_failures_total", NULL), 0);
        if (i == 0) {
            ts_server_reload(s, &second_conf);
        }
    }
    close(fd);
    ts_metric_eventually(s, 1, "tlsfloor_handshake_failures_total", "reason",
                         "eof", NULL);
    ts_accounts_balance(s);
}
END_TEST

/* Our module is loaded, and there is not a single directive of ours. */
static ts_conf
without_directives(const ts_site *sites)
{
    char *folder = ts_absolute(ts_env("MODULE_DIR", "build"));

    return (ts_conf){
        .sites = sites,
        .is_stock = true,
        .nginx_main =
            ts_format("load_module %s/ngx_http_tlsfloor_module.so;", folder),
        .apache =
            ts_format("LoadModule tlsfloor_module %s/mod_tlsfloor.so", folder)};
}

/* Off, nothing is counted and nothing forgotten. */
START_TEST(test_off_and_on_again)
{
    static const ts_site off_sites[] = {
        {.name = "a.test"}, {.name = "b.test"}, {0}};
    static const ts_conf off_conf = {.sites = off_sites};
    ts_conf bare_conf = without_directives(off_sites);
    ts_client old = {.sni = "a.test", .max = TLS1_VERSION};
    ts_server *s = ts_server_start((ts_kind)_i, &first_conf);

    visit_times(s, "a.test", 2);
    ts_server_reload(s, &off_conf);
    visit_times(s, "a.test", 3);
    ck_assert_int_eq(ts_visit(s, &old).alert, 70);
    ts_metric_eventually(s, 2, "tlsfloor_hellos_total", NULL);
    ck_assert_ptr_null(strstr(ts_scrape_of(s).text, "tlsfloor_stage_info{"));
    ts_server_reload(s, &bare_conf);
    visit_times(s, "a.test", 3);
    ts_server_reload(s, &first_conf);
    visit_times(s, "a.test", 1);
    ck_assert_int_eq(ts_visit(s, &old).status, 403);
    ts_metric_eventually(s, 4, "tlsfloor_hellos_total", NULL);
    ts_accounts_balance(s);
}
END_TEST

/* A floor is in force for whoever comes after the reload. */
START_TEST(test_floor_after_a_reload)
{
    static const ts_site higher[] = {
        {.name = "a.test",
         .directives = "tlsfloor TLSv1.3\ntlsfloor_stage refuse"},
        {.name = "b.test", .directives = "tlsfloor TLSv1.3"},
        {0},
    };
    static const ts_conf higher_conf = {.sites = higher};
    ts_server *s = ts_server_start((ts_kind)_i, &first_conf);
    ts_client client = {.sni = "a.test", .max = TLS1_2_VERSION};

    ck_assert_int_eq(ts_visit(s, &client).status, 200);
    ts_server_reload(s, &higher_conf);
    ck_assert_int_eq(ts_visit(s, &client).alert, 70);
    client.sni = "b.test";
    ck_assert_int_eq(ts_visit(s, &client).status, 200);
    ts_metric_eventually(s, 1, "tlsfloor_stage_info", "vhost",
                         ts_vhost(s, "a.test"), "floor", "TLSv1.3", NULL);
    ts_metric_eventually(s, 1, "tlsfloor_below_floor_requests_total", "vhost",
                         ts_vhost(s, "b.test"), NULL);
    ts_server_reload(s, &first_conf);
    client.sni = "a.test";
    ck_assert_int_eq(ts_visit(s, &client).status, 200);
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
        {.name = "a.test", .directives = REFUSE},
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
    tcase_add_loop_test(tcase, test_handshake_in_progress_through_a_reload, 0,
                        TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_off_and_on_again, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_floor_after_a_reload, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_floor_too_high_at_a_reload, 0,
                        TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_stage_after_a_reload, 0, TS_N_SERVERS);
    return suite;
}
