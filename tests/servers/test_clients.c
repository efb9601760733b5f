/* SPDX-License-Identifier: Apache-2.0 */
/* Real clients, one of them genuinely old, get the page and are counted. */
#include <string.h>

#include "servers/harness.h"
#include "servers/tool.h"

static const ts_site sites[] = {
    {.name = "observe.test", .directives = "tlsfloor TLSv1.2"},
    {.name = "block.test",
     .directives = "tlsfloor TLSv1.2\ntlsfloor_stage block"},
    {.name = "aead.test",
     .listener = 1,
     .certs = TS_RSA,
     .directives = "tlsfloor TLSv1.2\ntlsfloor_stage block"},
    {.name = "h2.test",
     .listener = 2,
     .directives = "tlsfloor TLSv1.2\ntlsfloor_stage block"},
    {0},
};

/* HTTP/2 has a port of its own: to other clients Apache then offers it with
 * an Upgrade header, and Node 0.12 drops an answer that has one. */
static const ts_conf conf = {
    .listeners = {[1] = {.ciphers = "ECDHE-RSA-AES128-GCM-SHA256"},
                  [2] = {.has_http2 = true}},
    .n_listeners = 3,
    .sites = sites,
};

/* A test for each server and client; false when the client is missing. */
static bool
pick(int i, const char *test, ts_server **s, ts_peer *peer)
{
    *s = ts_on(i / TS_N_PEERS);
    *peer = (ts_peer)(i % TS_N_PEERS);
    if (ts_peer_lacks(*peer) != NULL) {
        ts_skip(test, ts_peer_lacks(*peer));
        return false;
    }
    return true;
}

/* The page in whatever form this client is given it. */
static void
assert_page(const ts_server *s, ts_peer peer, const ts_answer *a)
{
    ck_assert_msg(a->status == 403, "%s, %s: %d %s", ts_kind_name(s->kind),
                  ts_peer_name(peer), a->status, a->error);
    ck_assert_ptr_null(strstr(a->raw, "SITE"));
    ck_assert_ptr_nonnull(strstr(a->body, "TLS 1.2"));
    ck_assert_str_eq(ts_header(a, "Cache-Control"), "no-store");
}

START_TEST(test_old_clients_get_the_page)
{
    static const char *const hosts[] = {"block.test", "aead.test"};
    static const char *const versions[] = {"TLSv1", "TLSv1.1"};
    ts_server *s = NULL;
    ts_peer peer = TS_CURL;

    if (!pick(_i, __func__, &s, &peer)) {
        return;
    }
    ts_scrape before = ts_scrape_of(s);
    for (int i = 0; i < 4; i++) {
        const char *host = hosts[i / 2];
        ts_answer a = ts_peer_visit(peer, s, host, i % 2 == 0 ? "1.0" : "1.1");

        assert_page(s, peer, &a);
        ts_moved_in(s, &before, ts_rescued(host, versions[i % 2]),
                    ts_peer_name(peer));
    }
}
END_TEST

START_TEST(test_old_clients_are_refused_while_observed)
{
    ts_server *s = NULL;
    ts_peer peer = TS_CURL;

    if (!pick(_i, __func__, &s, &peer)) {
        return;
    }
    ts_scrape before = ts_scrape_of(s);
    ts_answer a = ts_peer_visit(peer, s, "observe.test", "1.0");
    ck_assert_int_eq(a.status, 0);
    ts_moved_in(s, &before, ts_refused("observe.test", "TLSv1"),
                ts_peer_name(peer));
}
END_TEST

START_TEST(test_modern_clients_get_the_site)
{
    ts_server *s = NULL;
    ts_peer peer = TS_CURL;

    if (!pick(_i, __func__, &s, &peer)) {
        return;
    }
    ts_scrape before = ts_scrape_of(s);
    for (int minor = 2; minor <= (peer == TS_NODE012 ? 2 : 3); minor++) {
        ts_answer a =
            ts_peer_visit(peer, s, "block.test", minor == 2 ? "1.2" : "1.3");

        ck_assert_msg(a.status == 200, "%s, %s: %d %s", ts_kind_name(s->kind),
                      ts_peer_name(peer), a.status, a.error);
        ck_assert_str_eq(a.body, "SITE block.test\n");
        ts_moved_in(s, &before,
                    ts_served("block.test", minor == 2 ? "TLSv1.2" : "TLSv1.3"),
                    ts_peer_name(peer));
    }
}
END_TEST

/* Label values are families of the client table, never the header itself. */
START_TEST(test_families_are_counted)
{
    static const char *const agents[][2] = {
        {"Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)",
         "ie"},
        {"Mozilla/5.0 (Windows NT 6.1; rv:24.0) Gecko/20100101 Firefox/24.0",
         "firefox"},
        {"Java/1.7.0_80", "java"},
        {"curl/7.88.1", "curl"},
    };
    ts_server *s = ts_on(_i);
    ts_scrape before = ts_scrape_of(s);

    for (size_t i = 0; i < sizeof(agents) / sizeof(agents[0]); i++) {
        ts_answer a =
            ts_visit(s, &(ts_client){.sni = "block.test",
                                     .max = TLS1_VERSION,
                                     .headers = ts_format("User-Agent: %s\r\n",
                                                          agents[i][0])});

        ck_assert_int_eq(a.status, 403);
        ts_moved_in(s, &before,
                    ts_format("%sbelow_floor_requests block.test %s +1\n",
                              ts_rescued("block.test", "TLSv1"), agents[i][1]),
                    agents[i][0]);
    }
}
END_TEST

/* HTTP/2 over TLS 1.0 is what curl really does when it may. */
START_TEST(test_http2_over_an_old_version)
{
    ts_server *s = ts_on(_i);
    unsigned port = ts_port_of(s, "h2.test");
    ts_scrape before = ts_scrape_of(s);
    const char *const argv[] = {"curl",
                                "-qsSik",
                                "--http2",
                                "--max-time",
                                "8",
                                "--noproxy",
                                "*",
                                "--ciphers",
                                "DEFAULT@SECLEVEL=0",
                                "--tls-max",
                                "1.0",
                                "--tlsv1.0",
                                "--resolve",
                                ts_format("h2.test:%u:127.0.0.1", port),
                                ts_format("https://h2.test:%u/", port),
                                NULL};
    ts_run run = ts_exec(argv, NULL);

    ck_assert_ptr_nonnull(strstr(run.out, " 403"));
    ck_assert_ptr_null(strstr(run.out, "SITE"));
    ck_assert_ptr_nonnull(strstr(run.out, "TLS 1.2"));
    ts_moved(s, &before, ts_rescued("h2.test", "TLSv1"));
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("clients");
    TCase *tcase = ts_tcase(suite, "clients", &conf);
    int all = TS_N_SERVERS * TS_N_PEERS;

    tcase_add_loop_test(tcase, test_old_clients_get_the_page, 0, all);
    tcase_add_loop_test(tcase, test_old_clients_are_refused_while_observed, 0,
                        all);
    tcase_add_loop_test(tcase, test_modern_clients_get_the_site, 0, all);
    tcase_add_loop_test(tcase, test_families_are_counted, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_http2_over_an_old_version, 0, TS_N_SERVERS);
    return suite;
}
