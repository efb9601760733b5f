/* SPDX-License-Identifier: Apache-2.0 */
/* Stages where the server's own protocols let old clients in: what is served,
 * warned, gated, and refused for one virtual host alone. Floors above TLS 1.2.
 */
#include <string.h>

#include "servers/harness.h"
#include "servers/tool.h"

#define STAGE(stage) "tlsfloor TLSv1.2\ntlsfloor_stage " stage
#define NEXT(stage)  "tlsfloor TLSv1.3\ntlsfloor_stage " stage

static const ts_site sites[] = {
    {.name = "observe.test", .directives = STAGE("observe")},
    {.name = "warn.test",
     .directives = "tlsfloor TLSv1.2\n"
                   "tlsfloor_stage warn 2020-08-23\n"
                   "tlsfloor_stage block 2999-09-20\n"
                   "tlsfloor_stage refuse 2999-09-25\n"
                   "tlsfloor_contact https://help.test/tls"},
    {.name = "silent.test", .directives = STAGE("warn")},
    {.name = "block.test", .directives = STAGE("block")},
    {.name = "norescue.test",
     .directives = STAGE("block") "\ntlsfloor_rescue off"},
    {.name = "refuse.test", .directives = STAGE("refuse")},
    {.name = "off.test"},
    {.name = "next.test", .listener = 1, .directives = NEXT("block")},
    {.name = "last.test", .listener = 1, .directives = NEXT("refuse")},
    {.name = "seen.test", .listener = 1, .directives = NEXT("observe")},
    {0},
};

static const ts_conf conf = {
    .listeners = {{.protocols = "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3",
                   .ciphers = "ALL:@SECLEVEL=0"}},
    .n_listeners = 2,
    .sites = sites,
};

static ts_answer
visit_old(const ts_server *s, const char *site, int version)
{
    return ts_visit(s, &(ts_client){.sni = site, .to = site, .max = version});
}

START_TEST(test_served_and_counted)
{
    ts_server *s = ts_on(_i);
    ts_scrape before = ts_scrape_of(s);
    ts_answer a = visit_old(s, "observe.test", TLS1_VERSION);

    ck_assert_str_eq(a.body, "SITE observe.test\n");
    ck_assert_ptr_null(ts_header(&a, "Deprecation"));
    ts_moved(s, &before, ts_served("observe.test", "TLSv1"));
    ck_assert_str_eq(visit_old(s, "off.test", TLS1_VERSION).body,
                     "SITE off.test\n");
    ts_moved(s, &before, "");
}
END_TEST

START_TEST(test_warned)
{
    ts_server *s = ts_on(_i);
    ts_scrape before = ts_scrape_of(s);
    ts_answer a = visit_old(s, "warn.test", TLS1_1_VERSION);

    ck_assert_str_eq(a.body, "SITE warn.test\n");
    ck_assert_ptr_nonnull(ts_header(&a, "Deprecation"));
    ck_assert_ptr_nonnull(ts_header(&a, "Sunset"));
    ck_assert_ptr_nonnull(strstr(ts_header(&a, "Sunset"), "Sep 2999"));
    ck_assert_ptr_nonnull(ts_header(&a, "Link"));
    ck_assert_ptr_nonnull(strstr(ts_header(&a, "Link"), "https://help.test/"));
    ts_moved(s, &before, ts_let_in("warn.test", "TLSv1.1", "warn"));

    a = visit_old(s, "silent.test", TLS1_VERSION);
    ck_assert_str_eq(a.body, "SITE silent.test\n");
    ck_assert_ptr_null(ts_header(&a, "Sunset"));
    ts_moved(s, &before, ts_let_in("silent.test", "TLSv1", "warn"));

    a = visit_old(s, "warn.test", TLS1_2_VERSION);
    ck_assert_ptr_null(ts_header(&a, "Deprecation"));
    ck_assert_ptr_null(ts_header(&a, "Sunset"));
    ck_assert_ptr_null(ts_header(&a, "Link"));
    ts_moved(s, &before, ts_served("warn.test", "TLSv1.2"));
}
END_TEST

/* The server let it in by itself: gated, not rescued. */
START_TEST(test_gated)
{
    ts_server *s = ts_on(_i);
    ts_scrape before = ts_scrape_of(s);
    ts_answer a = visit_old(s, "block.test", TLS1_VERSION);

    ts_assert_page(s, &a, "TLSv1");
    ts_moved(s, &before, ts_let_in("block.test", "TLSv1", "page"));
    a = visit_old(s, "norescue.test", TLS1_1_VERSION);
    ts_assert_page(s, &a, "TLSv1.1");
    ts_moved(s, &before, ts_let_in("norescue.test", "TLSv1.1", "page"));
}
END_TEST

/* Alert 70 for one virtual host; its neighbours go on as ever. */
START_TEST(test_refused)
{
    static const int versions[] = {TLS1_VERSION, TLS1_1_VERSION};
    static const char *const names[] = {"TLSv1", "TLSv1.1"};
    ts_server *s = ts_on(_i);
    ts_scrape before = ts_scrape_of(s);

    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(visit_old(s, "refuse.test", versions[i]).alert, 70);
        ts_moved(s, &before, ts_refused("refuse.test", names[i]));
        ck_assert_int_eq(visit_old(s, "off.test", versions[i]).status, 200);
        ck_assert_int_eq(visit_old(s, "observe.test", versions[i]).status, 200);
        ts_moved(s, &before, ts_served("observe.test", names[i]));
    }
    ck_assert_str_eq(visit_old(s, "refuse.test", TLS1_2_VERSION).body,
                     "SITE refuse.test\n");
    ts_moved(s, &before, ts_served("refuse.test", "TLSv1.2"));
}
END_TEST

/* A session from a neighbour does not open a virtual host that refuses. */
START_TEST(test_refused_with_a_session)
{
    ts_server *s = ts_on(_i);
    ts_answer a = visit_old(s, "observe.test", TLS1_VERSION);

    ck_assert_ptr_nonnull(a.session);
    a = ts_visit(s, &(ts_client){.sni = "refuse.test",
                                 .max = TLS1_VERSION,
                                 .session = a.session});
    ck_assert_int_eq(a.alert, 70);
}
END_TEST

/* Let in under one name, asking for another: the request's host decides. */
START_TEST(test_hosts_on_a_connection_of_the_servers_own)
{
    ts_server *s = ts_on(_i);
    ts_client client = {.sni = "observe.test", .max = TLS1_VERSION};
    ts_scrape before = ts_scrape_of(s);

    client.host = "refuse.test";
    ts_answer a = ts_visit(s, &client);
    ts_assert_page(s, &a, "TLSv1");
    client.host = "off.test";
    ck_assert_str_eq(ts_visit(s, &client).body, "SITE off.test\n");
    ts_moved(s, &before,
             "hellos observe.test TLSv1 +2\n"
             "handshakes observe.test TLSv1 0 +2\n"
             "requests refuse.test TLSv1 page +1\n");
}
END_TEST

START_TEST(test_floor_above_tls12)
{
    ts_server *s = ts_on(_i);
    ts_scrape before = ts_scrape_of(s);
    ts_answer a = visit_old(s, "next.test", TLS1_2_VERSION);

    ts_assert_page(s, &a, "TLSv1.2");
    ck_assert_ptr_nonnull(strstr(a.body, "TLS 1.3"));
    ts_moved(s, &before, ts_let_in("next.test", "TLSv1.2", "page"));

    a = visit_old(s, "next.test", TLS1_VERSION);
    ts_assert_page(s, &a, "TLSv1");
    ts_moved(s, &before, ts_rescued("next.test", "TLSv1"));

    a = visit_old(s, "next.test", 0);
    ck_assert_str_eq(a.body, "SITE next.test\n");
    ts_moved(s, &before, ts_served("next.test", "TLSv1.3"));

    ck_assert_int_eq(visit_old(s, "last.test", TLS1_2_VERSION).alert, 70);
    ts_moved(s, &before, ts_refused("last.test", "TLSv1.2"));
    ck_assert_int_eq(visit_old(s, "last.test", 0).status, 200);
    ts_moved(s, &before, ts_served("last.test", "TLSv1.3"));

    ck_assert_int_eq(visit_old(s, "seen.test", TLS1_2_VERSION).status, 200);
    ts_moved(s, &before, ts_served("seen.test", "TLSv1.2"));
}
END_TEST

START_TEST(test_accounts_balance)
{
    ts_accounts_balance(ts_on(_i));
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("stages");
    TCase *tcase = ts_tcase(suite, "stages", &conf);

    tcase_add_loop_test(tcase, test_served_and_counted, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_warned, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_gated, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_refused, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_refused_with_a_session, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_hosts_on_a_connection_of_the_servers_own, 0,
                        TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_floor_above_tls12, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_accounts_balance, 0, TS_N_SERVERS);
    return suite;
}
