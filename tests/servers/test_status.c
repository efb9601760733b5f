/* SPDX-License-Identifier: Apache-2.0 */
/* Who may see the status, and what else the handler answers. Its numbers are in
 * other suites. That a below-floor client never reaches it: test_gate_paths.c.
 */
#include <string.h>

#include "servers/harness.h"
#include "servers/tool.h"

/* On a TLS site: /local/ and /any/ have the handler of that kind. */
static const ts_site sites[] = {
    {.name = "status.test",
     .directives = "tlsfloor TLSv1.2\ntlsfloor_stage block",
     .nginx = "location /local/ { tlsfloor_status local; }"
              "location /any/ { tlsfloor_status any; }"
              "location /closed/ { tlsfloor_status any; deny all; }",
     .apache = "<Location /local/>\n"
               "  SetHandler tlsfloor-status\n"
               "  TLSFloorStatus local\n"
               "</Location>\n"
               "<Location /any/>\n"
               "  SetHandler tlsfloor-status\n"
               "  TLSFloorStatus any\n"
               "</Location>\n"
               "<Location /closed/>\n"
               "  SetHandler tlsfloor-status\n"
               "  TLSFloorStatus any\n"
               "  Require all denied\n"
               "</Location>"},
    {0},
};

/* The plain port has the handler as it is by default. A server that believes a
 * header about its clients' address is no reason to believe it here. */
static const ts_conf conf = {
    .sites = sites,
    .nginx = "set_real_ip_from 127.0.0.1; real_ip_header X-Client;",
    .apache = "RemoteIPHeader X-Client\nRemoteIPInternalProxy 127.0.0.1",
};

static ts_answer
ask(const ts_server *s, const char *request)
{
    return ts_visit(s, &(ts_client){.sni = "status.test", .request = request});
}

static ts_answer
get(const ts_server *s, const char *path, const char *headers)
{
    return ask(s, ts_format("GET %s HTTP/1.1\r\nHost: status.test\r\n"
                            "Connection: close\r\n%s\r\n",
                            path, headers));
}

/* What shows that somebody stands in between. */
static const char *const proxies[] = {
    "Forwarded: for=127.0.0.1\r\n", "X-Forwarded-For: 127.0.0.1\r\n",
    "x-real-ip: 127.0.0.1\r\n",     "Via: 1.1 proxy\r\n",
    "X-Forwarded-For:\r\n",
};

START_TEST(test_local)
{
    ts_server *s = ts_on(_i);

    ck_assert_int_eq(get(s, "/local/metrics", "").status, 200);
    ck_assert_int_eq(get(s, "/local/status.json", "").status, 200);
    ck_assert_int_eq(get(s, "/local/", "").status, 200);
    ck_assert_int_eq(get(s, "/local/metrics", "X-Client: 8.8.8.8\r\n").status,
                     200);
    for (size_t i = 0; i < sizeof(proxies) / sizeof(proxies[0]); i++) {
        ts_answer a = get(s, "/local/metrics", proxies[i]);

        ck_assert_msg(a.status == 403, "%s, %s: %d", ts_kind_name(s->kind),
                      proxies[i], a.status);
        ck_assert_ptr_null(strstr(a.raw, "tlsfloor_"));
        ck_assert_int_eq(get(s, "/local/metrics",
                             ts_format("%sX-Client: 127.0.0.1\r\n", proxies[i]))
                             .status,
                         403);
    }
}
END_TEST

START_TEST(test_local_is_the_default)
{
    ts_server *s = ts_on(_i);
    unsigned port = s->status_port;

    ck_assert_int_eq(ts_fetch(port, "/tlsfloor/metrics", NULL).status, 200);
    for (size_t i = 0; i < sizeof(proxies) / sizeof(proxies[0]); i++) {
        ck_assert_int_eq(ts_fetch(port, "/tlsfloor/metrics", proxies[i]).status,
                         403);
    }
}
END_TEST

/* Whoever may come is left to the server's own rules. */
START_TEST(test_any)
{
    ts_server *s = ts_on(_i);

    for (size_t i = 0; i < sizeof(proxies) / sizeof(proxies[0]); i++) {
        ts_answer a = get(s, "/any/metrics", proxies[i]);

        ck_assert_int_eq(a.status, 200);
        ck_assert_ptr_nonnull(strstr(a.body, "tlsfloor_build_info"));
    }
    ck_assert_int_eq(get(s, "/closed/metrics", "").status, 403);
}
END_TEST

START_TEST(test_methods)
{
    static const char *const methods[] = {"POST",    "PUT",   "DELETE",
                                          "OPTIONS", "PATCH", "BREW"};
    ts_server *s = ts_on(_i);

    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        ts_answer a = ask(s, ts_format("%s /any/metrics HTTP/1.1\r\n"
                                       "Host: status.test\r\n"
                                       "Content-Length: 4\r\n"
                                       "Connection: close\r\n\r\nbody",
                                       methods[i]));

        ck_assert_msg(a.status == 405, "%s, %s: %d", ts_kind_name(s->kind),
                      methods[i], a.status);
        ck_assert_ptr_null(strstr(a.raw, "tlsfloor_"));
    }
}
END_TEST

START_TEST(test_head)
{
    static const char *const paths[] = {"/any/metrics", "/any/status.json",
                                        "/any/"};
    ts_server *s = ts_on(_i);

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        ts_answer a = ask(s, ts_format("HEAD %s HTTP/1.1\r\n"
                                       "Host: status.test\r\n"
                                       "Connection: close\r\n\r\n",
                                       paths[i]));

        ck_assert_int_eq(a.status, 200);
        ck_assert_str_eq(a.body, "");
    }
}
END_TEST

START_TEST(test_unknown_pages)
{
    static const char *const paths[] = {"/any/none", "/any/metrics/x",
                                        "/any/metricsx", "/any/status"};
    ts_server *s = ts_on(_i);

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        ts_answer a = get(s, paths[i], "");

        ck_assert_msg(a.status == 404, "%s, %s: %d", ts_kind_name(s->kind),
                      paths[i], a.status);
    }
    ck_assert_int_eq(get(s, "/any/metrics?x=1", "").status, 200);
}
END_TEST

/* Never kept by anybody; the type by Accept; the index names the pages. */
START_TEST(test_what_it_answers)
{
    ts_server *s = ts_on(_i);
    ts_answer a = get(s, "/any/metrics", "");

    ck_assert_str_eq(ts_header(&a, "Cache-Control"), "no-store");
    ck_assert_str_eq(ts_header(&a, "Content-Type"),
                     "text/plain; version=0.0.4; charset=utf-8");
    a = get(s, "/any/metrics",
            "Accept: application/openmetrics-text;version=1.0.0\r\n");
    ck_assert_str_eq(
        ts_header(&a, "Content-Type"),
        "application/openmetrics-text; version=1.0.0; charset=utf-8");
    a = get(s, "/any/status.json", "");
    ck_assert_str_eq(ts_header(&a, "Cache-Control"), "no-store");
    ck_assert_str_eq(ts_header(&a, "Content-Type"), "application/json");
    a = get(s, "/any/", "");
    ck_assert_str_eq(ts_header(&a, "Cache-Control"), "no-store");
    ck_assert_ptr_nonnull(strstr(a.body, "metrics"));
    ck_assert_ptr_nonnull(strstr(a.body, "status.json"));
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("status");
    TCase *tcase = ts_tcase(suite, "status", &conf);

    tcase_add_loop_test(tcase, test_local, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_local_is_the_default, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_any, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_methods, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_head, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_unknown_pages, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_what_it_answers, 0, TS_N_SERVERS);
    return suite;
}
