/* SPDX-License-Identifier: Apache-2.0 */
/* Who is never rescued, and what a rescued connection never reaches. */
#include <string.h>

#include "servers/harness.h"
#include "servers/tool.h"

#define BLOCK "tlsfloor TLSv1.2\ntlsfloor_stage block"

/* Who must never get in: each a site of its own on one listener. */
#define CERTS                                                                  \
    .nginx = "ssl_verify_client on;"                                           \
             "ssl_client_certificate @certs@/ca.pem;",                         \
    .apache = "SSLVerifyClient require\n"                                      \
              "SSLCACertificateFile @certs@/ca.pem"

static const ts_site never_sites[] = {
    {.name = "observe.test", .directives = "tlsfloor TLSv1.2"},
    {.name = "warn.test",
     .directives = "tlsfloor TLSv1.2\ntlsfloor_stage warn"},
    {.name = "refuse.test",
     .directives = "tlsfloor TLSv1.2\ntlsfloor_stage refuse"},
    {.name = "norescue.test", .directives = BLOCK "\ntlsfloor_rescue off"},
    {.name = "later.test",
     .directives = "tlsfloor TLSv1.2\ntlsfloor_stage block 2999-01-01"},
    {.name = "low.test",
     .directives = "tlsfloor TLSv1.1\ntlsfloor_stage block"},
    {.name = "cert.test", .directives = BLOCK, CERTS},
    {.name = "ecdhe.test", .directives = BLOCK "\ntlsfloor_rescue ecdhe"},
    {.name = "off.test"},
    {.name = "block.test", .directives = BLOCK},
    {0},
};

static const ts_conf never_conf = {
    .sites = never_sites,
    .nginx = "ssl_session_cache shared:all:1m;",
    .apache = "SSLSessionCache shmcb:@prefix@/tmp/sessions",
};

/* The first six, whose name alone decides; low.test for TLS 1.1. */
START_TEST(test_never_rescued)
{
    ts_server *s = ts_on(_i / 6);
    const char *site = never_sites[_i % 6].name;
    bool is_low = strcmp(site, "low.test") == 0;
    ts_scrape before = ts_scrape_of(s);
    ts_answer a = ts_visit(
        s, &(ts_client){.sni = site,
                        .max = is_low ? TLS1_1_VERSION : TLS1_VERSION});

    ck_assert_int_eq(a.alert, 70);
    ts_moved(s, &before, ts_refused(site, is_low ? "TLSv1.1" : "TLSv1"));
}
END_TEST

/* Its neighbours are rescued, on the same port. */
START_TEST(test_module_off_is_never_rescued)
{
    ts_server *s = ts_on(_i);
    ts_scrape before = ts_scrape_of(s);
    ts_answer off =
        ts_visit(s, &(ts_client){.sni = "off.test", .max = TLS1_VERSION});
    ts_answer on =
        ts_visit(s, &(ts_client){.sni = "block.test", .max = TLS1_VERSION});

    ck_assert_int_eq(off.alert, 70);
    ts_assert_page(s, &on, "TLSv1");
    ts_moved(s, &before, ts_rescued("block.test", "TLSv1"));
}
END_TEST

START_TEST(test_fallback_is_never_rescued)
{
    ts_server *s = ts_on(_i);
    ts_scrape before = ts_scrape_of(s);
    ts_answer a = ts_visit(s, &(ts_client){.sni = "block.test",
                                           .max = TLS1_1_VERSION,
                                           .has_fallback_scsv = true});

    ck_assert_int_eq(a.alert, 70);
    ts_moved(s, &before,
             ts_format("%sfallback_scsv block.test +1\n",
                       ts_refused("block.test", "TLSv1.1")));
}
END_TEST

START_TEST(test_client_certificates_forbid_a_rescue)
{
    ts_server *s = ts_on(_i);
    ts_scrape before = ts_scrape_of(s);
    ts_answer a = ts_visit(s, &(ts_client){.sni = "cert.test",
                                           .max = TLS1_VERSION,
                                           .cert = "client"});

    ck_assert_int_eq(a.alert, 70);
    ts_moved(s, &before, ts_refused("cert.test", "TLSv1"));
}
END_TEST

START_TEST(test_ecdhe_forbids_rsa_key_exchange)
{
    ts_server *s = ts_on(_i);
    ts_scrape before = ts_scrape_of(s);
    ts_client client = {.sni = "ecdhe.test", .max = TLS1_VERSION};
    ts_answer a = ts_visit(s, &client);

    ts_assert_page(s, &a, "TLSv1");
    ts_moved(s, &before, ts_rescued("ecdhe.test", "TLSv1"));
    client.ciphers = "AES128-SHA";
    ck_assert(!ts_visit(s, &client).is_handshaken);
    ts_moved(s, &before, ts_refused("ecdhe.test", "TLSv1"));
}
END_TEST

START_TEST(test_sslv3_is_counted_only)
{
    ts_server *s = ts_on(_i);
    ts_hello hello = {.version = 0x0300};
    ts_scrape before = ts_scrape_of(s);

    ts_say_hello(s, "observe.test", &hello, TS_WAIT);
    ts_moved(s, &before, ts_refused("observe.test", "SSLv3"));
}
END_TEST

/* RC4 and 3DES, which no library of today has. */
START_TEST(test_hopeless_ciphers_are_counted_and_told_once)
{
    ts_server *s = ts_on(_i);
    ts_hello hello = {
        .version = 0x0301, .sni = "block.test", .suites = "0004 0005 000a"};
    ts_scrape before = ts_scrape_of(s);

    for (int i = 0; i < 3; i++) {
        ts_reply r = ts_say_hello(s, "block.test", &hello, TS_WAIT);

        ck_assert_uint_eq(r.server_hello, 0);
        ck_assert_int_ge(r.alert, 0);
    }
    ts_scrape after = ts_scrape_of(s);
    const char *vhost = ts_vhost(s, "block.test");
    ck_assert_double_eq(
        ts_metric(&after, "tlsfloor_hellos_total", "vhost", vhost, NULL) -
            ts_metric(&before, "tlsfloor_hellos_total", "vhost", vhost, NULL),
        3);
    ts_accounts_balance(s);
    ck_assert(ts_server_says(s, "tlsfloor"));
    ck_assert_uint_eq(ts_server_said(s, "cannot be rescued"), 1);
}
END_TEST

/* A rescued connection opens no other door: the Host header changes nothing. */
START_TEST(test_other_hosts_on_a_rescued_connection)
{
    static const char *const hosts[] = {"observe.test", "warn.test", "off.test",
                                        "refuse.test", "later.test"};
    ts_server *s = ts_on(_i);

    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        ts_answer a = ts_visit(s, &(ts_client){.sni = "block.test",
                                               .host = hosts[i],
                                               .max = TLS1_VERSION});

        ck_assert_str_eq(a.version, "TLSv1");
        ck_assert_ptr_null(strstr(a.raw, "SITE"));
        ck_assert_msg(a.status == 403 || a.status == 421, "%s, Host %s: %d",
                      ts_kind_name(s->kind), hosts[i], a.status);
    }
}
END_TEST

START_TEST(test_pipelined_requests_on_a_rescued_connection)
{
    ts_server *s = ts_on(_i);
    ts_answer a = ts_visit(
        s, &(ts_client){.sni = "block.test",
                        .max = TLS1_VERSION,
                        .request = "GET / HTTP/1.1\r\nHost: block.test\r\n\r\n"
                                   "GET / HTTP/1.1\r\nHost: off.test\r\n\r\n"});

    ts_assert_page(s, &a, "TLSv1");
    ck_assert_ptr_null(strstr(a.body, "HTTP/1.1 "));
}
END_TEST

/* A session of TLS 1.2 is no ticket for TLS 1.0, and none crosses over. */
START_TEST(test_sessions_across_versions)
{
    ts_server *s = ts_on(_i);
    ts_answer modern =
        ts_visit(s, &(ts_client){.sni = "block.test", .max = TLS1_2_VERSION});
    ts_client old = {.sni = "block.test", .max = TLS1_VERSION};

    ck_assert_str_eq(modern.body, "SITE block.test\n");
    ts_answer rescued_one = ts_visit(s, &old);
    old.sni = "off.test";
    old.session = rescued_one.session;
    ck_assert_int_eq(ts_visit(s, &old).alert, 70);

    ts_client again = {
        .sni = "block.test", .max = TLS1_2_VERSION, .session = modern.session};
    ts_answer a = ts_visit(s, &again);
    ck_assert(a.is_resumed);
    ck_assert_str_eq(a.body, "SITE block.test\n");
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
    Suite *suite = suite_create("never");
    TCase *tcase = ts_tcase(suite, "never rescued", &never_conf);

    tcase_add_loop_test(tcase, test_never_rescued, 0, TS_N_SERVERS * 6);
    tcase_add_loop_test(tcase, test_module_off_is_never_rescued, 0,
                        TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_fallback_is_never_rescued, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_client_certificates_forbid_a_rescue, 0,
                        TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_ecdhe_forbids_rsa_key_exchange, 0,
                        TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_sslv3_is_counted_only, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_hopeless_ciphers_are_counted_and_told_once,
                        0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_other_hosts_on_a_rescued_connection, 0,
                        TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_pipelined_requests_on_a_rescued_connection,
                        0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_sessions_across_versions, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_accounts_balance, 0, TS_N_SERVERS);
    return suite;
}
