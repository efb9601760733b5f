/* SPDX-License-Identifier: Apache-2.0 */
/* The counters' room is chosen at the start and stays, whatever a reload asks
 * for. */
#include <string.h>

#include "servers/harness.h"
#include "servers/tool.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define FLOOR       "tlsfloor TLSv1.2"

static const ts_site first_sites[] = {
    {.name = "a.test", .directives = FLOOR},
    {.name = "b.test", .directives = FLOOR},
    {0},
};

static const ts_site second_sites[] = {
    {.name = "a.test", .directives = FLOOR},
    {.name = "c.test", .directives = FLOOR},
    {.name = "d.test", .directives = FLOOR},
    {0},
};

static void
visit(const ts_server *s, const char *site)
{
    ck_assert_int_eq(ts_visit(s, &(ts_client){.sni = site}).status, 200);
}

/* A table cannot grow while old workers count in it: nginx keeps its old
 * configuration, Apache the old size. */
START_TEST(test_another_zone_size_is_refused)
{
    static const ts_conf small = {.sites = first_sites,
                                  .directives = "tlsfloor_zone 3"};
    static const ts_conf large = {.sites = second_sites,
                                  .directives = "tlsfloor_zone 400"};
    ts_server *s = ts_server_start((ts_kind)_i, &small);
    pid_t pid = s->pid;

    visit(s, "a.test");
    if (s->kind == TS_NGINX) {
        ck_assert(ts_server_refuses(
            s, &large,
            "tlsfloor_zone: the counters run with room for 3 virtual hosts, "
            "which cannot change in a reload; write tlsfloor_zone 3, or stop "
            "nginx and start it again"));
        visit(s, "b.test");
    } else {
        ts_server_reload(s, &large);
        ck_assert(ts_server_says(
            s, "TLSFloorZone: the counters run with room for 3 virtual hosts, "
               "which cannot change in a graceful restart and stays; write "
               "TLSFloorZone 3, or stop httpd and start it again"));
        visit(s, "c.test"); /* has the third row */
        visit(s, "d.test");
        ts_metric_eventually(s, 1, "tlsfloor_hellos_total", "vhost",
                             "_overflow", NULL);
    }
    visit(s, "a.test");
    ts_metric_eventually(s, 2, "tlsfloor_hellos_total", "vhost",
                         ts_vhost(s, "a.test"), NULL);
    ts_server_reload(s, &small);
    visit(s, "a.test");
    ts_metric_eventually(s, 3, "tlsfloor_hellos_total", "vhost",
                         ts_vhost(s, "a.test"), NULL);
    ck_assert_int_eq(s->pid, pid);
}
END_TEST

/* Without a number given the size stays what it was at the start. */
START_TEST(test_more_hosts_after_a_reload)
{
    enum { MANY = 300, ROWS = 256 };
    static ts_site many[MANY + 1];
    static const ts_conf first_conf = {.sites = first_sites};
    static const ts_conf many_conf = {.sites = many};
    ts_server *s = ts_server_start((ts_kind)_i, &first_conf);

    for (int i = 0; i < MANY; i++) {
        many[i].name = i == 0 ? "a.test" : ts_format("host%d.test", i);
        many[i].certs = TS_ECDSA;
        many[i].directives = FLOOR;
    }
    visit(s, "a.test");
    ts_server_reload(s, &many_conf);
    ck_assert(ts_server_says(s, "the table has room for 256 virtual hosts; 45 "
                                "more are counted together as _overflow"));
    visit(s, "a.test");
    visit(s, many[ROWS - 2].name); /* b.test still has one */
    visit(s, many[ROWS - 1].name);
    visit(s, many[MANY - 1].name);
    ts_accounts_balance(s);

    ts_scrape now = ts_scrape_of(s);
    const struct {
        const char *vhost;
        double hellos;
    } rows[] = {{ts_vhost(s, "a.test"), 2},
                {ts_vhost(s, many[ROWS - 2].name), 1},
                {"_overflow", 2}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        ck_assert_double_eq(ts_metric(&now, "tlsfloor_hellos_total", "vhost",
                                      rows[i].vhost, NULL),
                            rows[i].hellos);
    }
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("resize");
    TCase *tcase = ts_tcase(suite, "resize", NULL);

    tcase_add_loop_test(tcase, test_another_zone_size_is_refused, 0,
                        TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_more_hosts_after_a_reload, 0, TS_N_SERVERS);
    return suite;
}
