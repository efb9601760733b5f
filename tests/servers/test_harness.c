/* SPDX-License-Identifier: Apache-2.0 */
/* The harness itself, against both servers as they are, without our modules. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "servers/harness.h"
#include "servers/tool.h"

static const ts_site sites[] = {
    {.name = "a.test", .aliases = "*.a.test"},
    {.name = "b.test", .certs = TS_ECDSA},
    {.name = "old.test", .listener = 1},
    {0},
};

static const ts_conf conf = {
    .listeners = {{.has_http2 = true},
                  {.protocols = "TLSv1 TLSv1.1 TLSv1.2",
                   .ciphers = "ALL:@SECLEVEL=0"}},
    .n_listeners = 2,
    .sites = sites,
    .is_stock = true,
};

static const ts_site fewer_sites[] = {
    {.name = "a.test"},
    {.name = "c.test"},
    {.name = "old.test", .listener = 1},
    {0},
};

static const ts_site single_site[] = {
    {.name = "a.test"},
    {0},
};

static const ts_conf other_conf = {
    .n_listeners = 2,
    .sites = fewer_sites,
    .is_stock = true,
};

START_TEST(test_modern_client_gets_the_site)
{
    ts_server *s = ts_on(_i);
    ts_answer a = ts_visit(s, &(ts_client){.sni = "a.test"});
    ts_answer b =
        ts_visit(s, &(ts_client){.sni = "b.test", .max = TLS1_2_VERSION});

    ck_assert_int_eq(a.status, 200);
    ck_assert_str_eq(a.body, "SITE a.test\n");
    ck_assert_str_eq(a.version, "TLSv1.3");
    ck_assert_str_eq(ts_header(&a, "content-type"), "text/plain");
    ck_assert_str_eq(b.body, "SITE b.test\n");
    ck_assert_str_eq(b.version, "TLSv1.2");
    ck_assert_ptr_nonnull(strstr(b.cipher, "ECDSA"));
}
END_TEST

START_TEST(test_old_client_is_turned_away)
{
    ts_server *s = ts_on(_i);
    ts_answer a =
        ts_visit(s, &(ts_client){.sni = "a.test", .max = TLS1_VERSION});

    ck_assert(a.is_connected);
    ck_assert(!a.is_handshaken);
    ck_assert_int_eq(a.alert, 70);
}
END_TEST

START_TEST(test_old_client_gets_in_where_allowed)
{
    ts_server *s = ts_on(_i);
    ts_answer a = ts_visit(s, &(ts_client){.sni = "old.test",
                                           .to = "old.test",
                                           .max = TLS1_1_VERSION});

    ck_assert_str_eq(a.version, "TLSv1.1");
    ck_assert_str_eq(a.body, "SITE old.test\n");
}
END_TEST

START_TEST(test_sessions_resume)
{
    ts_server *s = ts_on(_i);
    ts_client client = {.sni = "a.test"};
    ts_answer first = ts_visit(s, &client);

    client.session = first.session;
    ck_assert(!first.is_resumed);
    ck_assert_ptr_nonnull(first.session);
    ck_assert(ts_visit(s, &client).is_resumed);
}
END_TEST

START_TEST(test_rejected_certificate_gives_an_alert)
{
    ts_server *s = ts_on(_i);
    ts_answer a = ts_visit(
        s, &(ts_client){.sni = "a.test",
                        .reject = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT});

    ck_assert(!a.is_handshaken);
    ck_assert_int_eq(a.alert, -1);
}
END_TEST

START_TEST(test_http2_by_alpn)
{
    ts_server *s = ts_on(_i);
    ts_answer a = ts_visit(
        s, &(ts_client){.sni = "a.test", .alpn = "h2,http/1.1", .request = ""});

    ck_assert_str_eq(a.alpn, "h2");
}
END_TEST

START_TEST(test_hand_made_hellos)
{
    ts_server *s = ts_on(_i);
    ts_hello hello = {.version = 0x0301, .sni = "a.test"};

    ck_assert_int_eq(ts_say_hello(s, "a.test", &hello, TS_WAIT).alert, 70);
    ck_assert_uint_eq(
        ts_say_hello(s, "old.test", &hello, TS_ANSWER).server_hello, 0x0301);
    hello.version = 0x0303;
    ts_text split = ts_hello_bytes(&hello, 1);
    ck_assert_uint_eq(
        ts_send(s, "a.test", split.data, split.n, TS_ANSWER).server_hello,
        0x0303);
    hello.version = 0x0301;
    hello.is_sslv2 = true;
    ck_assert_uint_eq(
        ts_say_hello(s, "old.test", &hello, TS_ANSWER).server_hello, 0x0301);
}
END_TEST

START_TEST(test_plain_http_on_the_tls_port)
{
    ts_server *s = ts_on(_i);
    const char request[] = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
    ts_reply r = ts_send(s, "a.test", request, strlen(request), TS_WAIT);

    ck_assert(r.is_closed);
    ck_assert_ptr_nonnull(strstr(r.bytes, "400 Bad Request"));
}
END_TEST

START_TEST(test_worker_killed_and_replaced)
{
    ts_server *s = ts_on(_i);
    pid_t pids[TS_MAX_WORKERS];

    ck_assert_uint_ge(ts_server_workers(s, pids), 2);
    ts_server_kill_worker(s);
    ck_assert_int_eq(ts_visit(s, &(ts_client){.sni = "a.test"}).status, 200);
}
END_TEST

START_TEST(test_log_since_a_mark)
{
    ts_server *s = ts_on(_i);

    ts_server_mark_log(s);
    ts_visit(s, &(ts_client){.sni = "a.test", .max = TLS1_VERSION});
    ck_assert(ts_server_says(s, "unsupported protocol"));
    ts_server_mark_log(s);
    ck_assert_uint_eq(ts_server_said(s, "unsupported protocol"), 0);
}
END_TEST

START_TEST(test_reload_and_stop)
{
    ts_server *s = ts_server_start((ts_kind)_i, &conf);
    ts_client client = {.sni = "c.test"};
    char *folder = ts_format("%s", s->prefix);

    ck_assert_str_eq(ts_visit(s, &client).body, "SITE a.test\n");
    ts_server_reload(s, &other_conf);
    ck_assert_str_eq(ts_visit(s, &client).body, "SITE c.test\n");
    ts_server_reload(s, &conf);
    ck_assert_str_eq(ts_visit(s, &client).body, "SITE a.test\n");
    ts_server_stop(s);
    ck_assert(!ts_visit(s, &client).is_connected);
    ck_assert(getenv("KEEP") != NULL || ts_read_file(folder).n == 0);
}
END_TEST

START_TEST(test_single_process)
{
    static const ts_conf single = {
        .sites = single_site,
        .is_stock = true,
        .is_single = true,
    };
    ts_server *s = ts_server_start((ts_kind)_i, &single);

    ck_assert_int_eq(ts_visit(s, &(ts_client){.sni = "a.test"}).status, 200);
}
END_TEST

START_TEST(test_bad_configuration_is_told)
{
    static const ts_conf bad = {
        .sites = single_site,
        .is_stock = true,
        .nginx = "no_such_directive;",
        .apache = "NoSuchDirective",
    };
    char *complaint = NULL;

    ck_assert_ptr_null(ts_server_try((ts_kind)_i, &bad, &complaint));
    ck_assert_ptr_nonnull(strcasestr(
        complaint, _i == TS_NGINX ? "no_such_directive" : "NoSuchDirective"));
}
END_TEST

START_TEST(test_real_clients)
{
    ts_server *s = ts_on(_i / TS_N_PEERS);
    ts_peer peer = (ts_peer)(_i % TS_N_PEERS);

    if (ts_peer_lacks(peer) != NULL) {
        ts_skip(__func__, ts_peer_lacks(peer));
        return;
    }
    for (int minor = 0; minor <= 2; minor++) {
        char *version = ts_format("1.%d", minor);
        ts_answer a = ts_peer_visit(peer, s, "old.test", version);

        ck_assert_msg(a.status == 200, "%s with TLS %s: %d %s",
                      ts_peer_name(peer), version, a.status, a.error);
        ck_assert_str_eq(a.body, "SITE old.test\n");
    }
    ck_assert_int_eq(ts_peer_visit(peer, s, "a.test", "1.0").status, 0);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("harness");
    TCase *pair = ts_tcase(suite, "stock servers", &conf);
    TCase *own = ts_tcase(suite, "servers of one test", NULL);

    tcase_add_loop_test(pair, test_modern_client_gets_the_site, 0,
                        TS_N_SERVERS);
    tcase_add_loop_test(pair, test_old_client_is_turned_away, 0, TS_N_SERVERS);
    tcase_add_loop_test(pair, test_old_client_gets_in_where_allowed, 0,
                        TS_N_SERVERS);
    tcase_add_loop_test(pair, test_sessions_resume, 0, TS_N_SERVERS);
    tcase_add_loop_test(pair, test_rejected_certificate_gives_an_alert, 0,
                        TS_N_SERVERS);
    tcase_add_loop_test(pair, test_http2_by_alpn, 0, TS_N_SERVERS);
    tcase_add_loop_test(pair, test_hand_made_hellos, 0, TS_N_SERVERS);
    tcase_add_loop_test(pair, test_plain_http_on_the_tls_port, 0, TS_N_SERVERS);
    tcase_add_loop_test(pair, test_worker_killed_and_replaced, 0, TS_N_SERVERS);
    tcase_add_loop_test(pair, test_log_since_a_mark, 0, TS_N_SERVERS);
    tcase_add_loop_test(pair, test_real_clients, 0, TS_N_SERVERS * TS_N_PEERS);
    tcase_add_loop_test(own, test_reload_and_stop, 0, TS_N_SERVERS);
    tcase_add_loop_test(own, test_single_process, 0, TS_N_SERVERS);
    tcase_add_loop_test(own, test_bad_configuration_is_told, 0, TS_N_SERVERS);
    return suite;
}
