/* SPDX-License-Identifier: Apache-2.0 */
/* The page as real servers send it: status, headers, length, the number of the
 * request. Its forms and words: test_page_forms.c. */
#include <string.h>

#include "servers/harness.h"
#include "servers/tool.h"
#include "servers/ways.h"

static const ts_site sites[] = {
    {.name = "page.test", .directives = TS_BLOCK},
    {.name = "c421.test", .directives = TS_BLOCK "\ntlsfloor_page_code 421"},
    {.name = "c426.test", .directives = TS_BLOCK "\ntlsfloor_page_code 426"},
    {.name = "c499.test", .directives = TS_BLOCK "\ntlsfloor_page_code 499"},
    {.name = "c503.test", .directives = TS_BLOCK "\ntlsfloor_page_code 503"},
    {.name = "next.test",
     .listener = 1,
     .directives = "tlsfloor TLSv1.3\ntlsfloor_stage block\n"
                   "tlsfloor_page_code 426"},
    {0},
};

static const ts_conf conf = {
    .listeners = {[1] = {.has_http2 = true}},
    .n_listeners = 2,
    .sites = sites,
};

static ts_answer
visit(const ts_server *s, const char *site, const char *headers)
{
    return ts_visit(s, &(ts_client){.sni = site,
                                    .to = site,
                                    .max = TLS1_VERSION,
                                    .headers = headers});
}

START_TEST(test_status_codes)
{
    static const int codes[] = {421, 499, 503};
    ts_server *s = ts_on(_i);

    for (int i = 0; i < 3; i++) {
        const char *site = ts_format("c%d.test", codes[i]);
        ts_answer a = visit(s, site, "Accept: application/json\r\n");

        ck_assert_int_eq(a.status, codes[i]);
        ck_assert_ptr_null(strstr(a.raw, "SITE"));
        ts_assert_json(&a, ts_format(".status == %d", codes[i]));
        ts_assert_length(&a);
        ck_assert_str_eq(ts_header(&a, "Connection"), "close");
    }
}
END_TEST

/* 426 over HTTP/1.1 with Upgrade (RFC 9110 15.5.22); 403 over HTTP/1.0. */
START_TEST(test_upgrade_required)
{
    ts_server *s = ts_on(_i);
    ts_answer a = visit(s, "c426.test", "Accept: application/json\r\n");

    ck_assert_int_eq(a.status, 426);
    ck_assert_str_eq(ts_header(&a, "Upgrade"), "TLS/1.2, HTTP/1.1");
    ck_assert_ptr_nonnull(strstr(a.head, "\r\nConnection: Upgrade"));
    ck_assert_ptr_nonnull(strstr(a.head, "close"));
    ts_assert_json(&a, ".status == 426");
    ts_assert_length(&a);

    a = ts_visit(s, &(ts_client){.sni = "c426.test",
                                 .max = TLS1_VERSION,
                                 .request = "GET / HTTP/1.0\r\n"
                                            "Host: c426.test\r\n\r\n"});
    ck_assert_int_eq(a.status, 403);
    ck_assert_ptr_null(ts_header(&a, "Upgrade"));
}
END_TEST

START_TEST(test_no_upgrade_over_http2)
{
    ts_server *s = ts_on(_i);
    unsigned port = ts_port_of(s, "next.test");
    const char *const argv[] = {"curl",
                                "-qsSik",
                                "--http2",
                                "--noproxy",
                                "*",
                                "--max-time",
                                "8",
                                "--tls-max",
                                "1.2",
                                "-H",
                                "Accept: application/json",
                                "--resolve",
                                ts_format("next.test:%u:127.0.0.1", port),
                                ts_format("https://next.test:%u/", port),
                                NULL};
    ts_run run = ts_exec(argv, NULL);

    ck_assert_msg(strncmp(run.out, "HTTP/2 403", 10) == 0, "%s%s", run.out,
                  run.err);
    ck_assert_ptr_null(strstr(run.out, "upgrade:"));
    ck_assert_ptr_nonnull(strstr(run.out, "\"status\": 403"));
    ck_assert_ptr_nonnull(strstr(run.out, "\"required\": \"TLSv1.3\""));

    ts_answer a = ts_visit(s, &(ts_client){.sni = "next.test",
                                           .to = "next.test",
                                           .max = TLS1_2_VERSION});
    ck_assert_int_eq(a.status, 426);
    ck_assert_str_eq(ts_header(&a, "Upgrade"), "TLS/1.3, HTTP/1.1");
}
END_TEST

START_TEST(test_headers)
{
    ts_server *s = ts_on(_i);
    ts_answer a = visit(s, "page.test", "Accept: text/html\r\n");
    const char *csp = ts_header(&a, "Content-Security-Policy");

    ts_assert_page(s, &a, "TLSv1");
    ck_assert_ptr_nonnull(csp);
    ck_assert_ptr_nonnull(strstr(csp, "default-src 'none'"));
    ck_assert_ptr_null(strstr(csp, "script-src"));
    ck_assert_str_eq(ts_header(&a, "X-Content-Type-Options"), "nosniff");
    ck_assert_str_eq(ts_header(&a, "Content-Language"), "en");
    /* Without dates there is nothing to announce. */
    ck_assert_ptr_null(ts_header(&a, "Deprecation"));
    ck_assert_ptr_null(ts_header(&a, "Sunset"));
    ck_assert_ptr_null(ts_header(&a, "Retry-After"));
    ck_assert_ptr_null(ts_header(&a, "ETag"));
    ck_assert_ptr_null(ts_header(&a, "Last-Modified"));
    ck_assert_ptr_null(ts_header(&a, "Accept-Ranges"));
}
END_TEST

START_TEST(test_head)
{
    static const char *const accepts[] = {"text/html", "application/json",
                                          "text/plain"};
    ts_server *s = ts_on(_i);

    for (int i = 0; i < 3; i++) {
        ts_client client = {.sni = "page.test", .max = TLS1_VERSION};

        client.request = ts_format("HEAD / HTTP/1.1\r\nHost: page.test\r\n"
                                   "Accept: %s\r\n\r\n",
                                   accepts[i]);
        ts_answer head = ts_visit(s, &client);
        ts_answer get =
            visit(s, "page.test", ts_format("Accept: %s\r\n", accepts[i]));

        ck_assert_int_eq(head.status, 403);
        ck_assert_str_eq(head.body, "");
        ck_assert_str_eq(ts_header(&head, "Content-Length"),
                         ts_header(&get, "Content-Length"));
        ck_assert_str_eq(ts_header(&head, "Content-Type"),
                         ts_header(&get, "Content-Type"));
    }
}
END_TEST

/* The number on the page is the one of nginx's $request_id and of Apache's
 * mod_unique_id; a different one each time. */
START_TEST(test_request_id)
{
    ts_server *s = ts_on(_i);
    ts_answer a = visit(s, "page.test", "");
    ts_answer b = visit(s, "page.test", "");
    const char *first = strstr(a.body, "Request ID: ");
    const char *second = strstr(b.body, "Request ID: ");

    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_nonnull(second);
    ck_assert_uint_ge(strcspn(first, "\n"), strlen("Request ID: ") + 24);
    ck_assert(strncmp(first, second, strcspn(first, "\n")) != 0);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("page");
    TCase *tcase = ts_tcase(suite, "page", &conf);

    tcase_add_loop_test(tcase, test_status_codes, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_upgrade_required, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_no_upgrade_over_http2, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_headers, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_head, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_request_id, 0, TS_N_SERVERS);
    return suite;
}
