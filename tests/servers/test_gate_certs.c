/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts that require client certificates: nobody is rescued there and the
 * start says so. Where the server lets old versions in by itself, nginx's
 * error_page for 495 and 496 is the page; plain HTTP (497) is not our matter.
 */
#include <string.h>

#include "servers/harness.h"
#include "servers/tool.h"
#include "servers/ways.h"

#define LED                                                                    \
    "error_page 400 421 495 496 497 = /text;"                                  \
    "location = /text { return 200 'SITE text'; }"

#define ERRORS                                                                 \
    "ErrorDocument 400 \"SITE text\"\n"                                        \
    "ErrorDocument 403 \"SITE text\"\n"                                        \
    "ErrorDocument 421 \"SITE text\"\n"

#define BLOCK .directives = TS_BLOCK, .nginx = LED, .apache = ERRORS

#define CERT                                                                   \
    .directives = TS_BLOCK,                                                    \
    .nginx = LED "ssl_verify_client on;"                                       \
                 "ssl_client_certificate @certs@/ca.pem;",                     \
    .apache = ERRORS "SSLVerifyClient require\n"                               \
                     "SSLCACertificateFile @certs@/ca.pem"

/* A certificate for a part of the site: Apache asks when it is reached. */
#define PART                                                                   \
    .directives = TS_BLOCK,                                                    \
    .nginx = LED "ssl_verify_client optional;"                                 \
                 "ssl_client_certificate @certs@/ca.pem;"                      \
                 "if ($uri = /part) { return 403 'SITE text'; }",              \
    .apache = ERRORS "SSLCACertificateFile @certs@/ca.pem\n"                   \
                     "<Location /part>\nSSLVerifyClient require\n</Location>"

static const ts_site sites[] = {
    {.name = "rescued.block.test", BLOCK},
    {.name = "rescued.cert.test", CERT},
    {.name = "rescued.part.test", PART},
    {.name = "native.block.test", .listener = 1, BLOCK},
    {.name = "native.cert.test", .listener = 1, CERT},
    {.name = "native.part.test", .listener = 1, PART},
    {0},
};

static const ts_conf conf = {TS_WAYS_LISTENERS, .sites = sites};

static const char *
everything_said(const ts_server *s)
{
    return ts_format("%s%s",
                     ts_read_file(ts_format("%s/out.txt", s->prefix)).data,
                     ts_read_file(ts_format("%s/error.log", s->prefix)).data);
}

START_TEST(test_start_says_that_nobody_is_rescued)
{
    ts_server *s = ts_on(_i);
    const char *log = everything_said(s);
    const char *line = strstr(log, "client certificates are required, so "
                                   "nobody is rescued there");

    ck_assert_ptr_nonnull(line);
    ck_assert_ptr_nonnull(strstr(log, ".cert.test\" and 1 other: client"));
    /* Said once for both sites; Apache reads its configuration twice. */
    ck_assert_ptr_null(strstr(line + 1, "client certificates"));
}
END_TEST

START_TEST(test_nobody_is_rescued)
{
    ts_server *s = ts_on(_i);
    ts_scrape before = ts_scrape_of(s);
    ts_answer a = ts_visit(s, &(ts_client){.sni = "rescued.cert.test",
                                           .max = TLS1_VERSION,
                                           .cert = "client"});

    ck_assert_int_eq(a.alert, 70);
    ts_moved(s, &before, ts_refused("rescued.cert.test", "TLSv1"));
}
END_TEST

/* With any certificate or none: nginx completes the handshake and answers 496
 * or 495, Apache ends it. */
START_TEST(test_let_in_with_any_certificate)
{
    static const char *const certs[] = {NULL, "stranger", "client"};
    ts_server *s = ts_on(_i);

    for (int i = 0; i < TS_N_WAYS * 3; i++) {
        const ts_way *way = &ts_ways[i / 3];
        const char *cert = certs[i % 3];
        const char *site = "native.cert.test";

        if (way->is_rescued) {
            continue;
        }
        ts_answer a = ts_visit(
            s, &(ts_client){
                   .sni = site, .to = site, .max = way->max, .cert = cert});
        if (s->kind == TS_NGINX || i % 3 == 2) {
            ts_way_assert_page(s, way, &a, cert == NULL ? "none" : cert);
        } else {
            ck_assert(!a.is_handshaken);
        }
        a = ts_visit(s, &(ts_client){.sni = site, .to = site, .cert = cert});
        ck_assert(i % 3 == 2 || s->kind == TS_NGINX || a.status == 0);
        ck_assert(a.status == 0 || strstr(a.raw, "SITE") != NULL);
    }
}
END_TEST

START_TEST(test_certificate_for_a_part)
{
    ts_server *s = ts_on(_i);

    for (int i = 0; i < TS_N_WAYS; i++) {
        const ts_way *way = &ts_ways[i];
        const char *request = ts_format(
            "GET /part HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
            ts_way_site(way, "part.test"));
        ts_answer a = ts_way_visit(s, way, "part.test", request);

        ts_way_assert_page(s, way, &a, "part");
        ck_assert_ptr_nonnull(
            strstr(ts_way_modern(s, way, "part.test", request).raw, "SITE"));
    }
}
END_TEST

/* Let in under another name: 421 or 400, which leads to the site. */
START_TEST(test_other_hosts_certificate)
{
    ts_server *s = ts_on(_i);

    for (int i = 0; i < TS_N_WAYS; i++) {
        const ts_way *way = &ts_ways[i];
        const char *request =
            ts_format("GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
                      ts_way_site(way, "cert.test"));
        ts_answer a = ts_way_visit(s, way, "block.test", request);

        ts_way_assert_page(s, way, &a, "another host's certificate");
        a = ts_way_modern(s, way, "block.test", request);
        ck_assert_ptr_nonnull(strstr(a.raw, "SITE"));
    }
}
END_TEST

/* It never had TLS, so it is no business of the gate. */
START_TEST(test_plain_http_is_left_alone)
{
    ts_server *s = ts_on(_i);
    ts_answer a = ts_fetch(s->ports[0], "/", NULL);

    ck_assert_int_eq(a.status, s->kind == TS_NGINX ? 200 : 400);
    ck_assert_ptr_null(strstr(a.raw, "or newer"));
    ck_assert(s->kind != TS_NGINX || strstr(a.raw, "SITE text") != NULL);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("gate_certs");
    TCase *tcase = ts_tcase(suite, "certificates", &conf);

    tcase_add_loop_test(tcase, test_start_says_that_nobody_is_rescued, 0,
                        TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_nobody_is_rescued, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_let_in_with_any_certificate, 0,
                        TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_certificate_for_a_part, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_other_hosts_certificate, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_plain_http_is_left_alone, 0, TS_N_SERVERS);
    return suite;
}
