/* SPDX-License-Identifier: Apache-2.0 */
/* The gate over HTTP/2: a TLS 1.2 client under a floor of TLSv1.3 speaks it,
 * and so does a rescued one. Several streams of one connection each get the
 * page; whose host is asked decides, stream by stream. */
#include <stdlib.h>
#include <string.h>

#include "servers/harness.h"
#include "servers/tool.h"
#include "servers/upstream.h"

#define SITE(stage)                                                            \
    .directives = "tlsfloor TLSv1.3\ntlsfloor_stage " stage,                   \
    .nginx = "error_page 400 404 405 414 494 = /text;"                         \
             "location = /text { return 200 'SITE text'; }"                    \
             "location = /redirect { return 301 https://site.example/; }"      \
             "location / { proxy_pass http://127.0.0.1:@upstream@; }",         \
    .apache = "ErrorDocument 400 \"SITE text\"\n"                              \
              "ErrorDocument 404 \"SITE text\"\n"                              \
              "ErrorDocument 405 \"SITE text\"\n"                              \
              "ErrorDocument 414 \"SITE text\"\n"                              \
              "Redirect 301 /redirect https://site.example/\n"                 \
              "ProxyPass /redirect !\n"                                        \
              "ProxyPass / http://127.0.0.1:@upstream@/"

static const ts_site sites[] = {
    {.name = "block.test", SITE("block")},
    {.name = "observe.test", SITE("observe")},
    {.name = "off.test"},
    {0},
};

static const ts_conf conf = {
    .listeners = {{.has_http2 = true}},
    .sites = sites,
    .apache = "H2ModernTLSOnly off",
};

/* One run of curl over HTTP/2, whatever it asks for. */
typedef struct run_case {
    const char *name;
    const char *args[8]; /* before the URL; NULL ends */
    const char *path;
} run_case;

static const run_case cases[] = {
    {"GET", {NULL}, "/"},
    {"HEAD", {"--head", NULL}, "/"},
    {"POST", {"--data", "body", NULL}, "/"},
    {"PUT", {"--upload-file", "-", NULL}, "/x"},
    {"PUT that expects",
     {"-H", "Expect: 100-continue", "--upload-file", "-", NULL},
     "/x"},
    {"OPTIONS", {"-X", "OPTIONS", NULL}, "/"},
    {"TRACE", {"-X", "TRACE", NULL}, "/"},
    {"BREW", {"-X", "BREW", NULL}, "/"},
    {"a redirect", {NULL}, "/redirect"},
    {"a bad escape", {NULL}, "/%zz"},
    {"an escaped NUL", {NULL}, "/%00"},
    {"above the root", {"--path-as-is", NULL}, "/../../x"},
    {"observed host", {"-H", "Host: observe.test", NULL}, "/"},
    {"host without the module", {"-H", "Host: off.test", NULL}, "/"},
    {"unknown host", {"-H", "Host: unknown.test", NULL}, "/"},
};

enum { N_CASES = sizeof(cases) / sizeof(cases[0]), MAX_ARGS = 48 };

/* Said after each answer: protocol, status, connections made for it. */
#define SAID "\n[%{http_version} %{http_code} %{num_connects}]\n"

static ts_run
curl(const ts_server *s, const char *tls, const char *const *args,
     const char *const *urls)
{
    unsigned port = s->ports[0];
    const char *argv[MAX_ARGS] = {
        "curl",      "-qsSik",    "--http2",
        "--noproxy", "*",         "--max-time",
        "8",         "--ciphers", "DEFAULT@SECLEVEL=0",
        "--tls-max", tls,         "--tlsv1.0",
        "-w",        SAID,        "--resolve",
        NULL};
    size_t n = 15;

    argv[n++] = ts_format("block.test:%u:127.0.0.1", port);
    while (*args != NULL) {
        argv[n++] = *args++;
    }
    while (*urls != NULL) {
        argv[n++] = ts_format("https://block.test:%u%s", port, *urls++);
    }
    return ts_exec(argv, "body\n");
}

static unsigned
count(const char *text, const char *word)
{
    unsigned n = 0;

    while ((text = strstr(text, word)) != NULL) {
        text += strlen(word);
        n++;
    }
    return n;
}

static void
assert_page(const ts_server *s, const ts_run *run, const char *name)
{
    ck_assert_msg(strstr(run->out, "\n[2 403 1]") != NULL, "%s, %s: %s%s",
                  ts_kind_name(s->kind), name, run->out, run->err);
    ck_assert_ptr_null(strstr(run->out, "SITE"));
    ck_assert_ptr_null(strstr(run->out, "location:"));
    ck_assert_ptr_null(strstr(run->out, "HTTP/2 100"));
    ck_assert_ptr_nonnull(strstr(run->out, "cache-control: no-store"));
    ck_assert_ptr_null(strstr(run->out, "connection:"));
    ck_assert_uint_eq(ts_upstream_count(), 0);
}

/* A TLS 1.2 client is let in; a TLS 1.0 client is rescued. */
START_TEST(test_every_request_gets_the_page)
{
    ts_server *s = ts_on(_i / N_CASES);
    const run_case *c = &cases[_i % N_CASES];
    const char *urls[] = {c->path, NULL};
    bool is_other = strstr(c->name, "host") != NULL;

    ts_upstream_open(s);
    ts_run old = curl(s, "1.0", c->args, urls);
    assert_page(s, &old, c->name);
    if (!is_other || strcmp(c->name, "unknown host") == 0) {
        ts_run run = curl(s, "1.2", c->args, urls);
        assert_page(s, &run, c->name);
    }
    if (!is_other) {
        ts_run modern = curl(s, "1.3", c->args, urls);
        ck_assert_msg(strstr(modern.out, " 403 ") == NULL, "%s, %s, modern: %s",
                      ts_kind_name(s->kind), c->name, modern.out);
    }
}
END_TEST

/* The request's host decides where the server itself let the client in:
 * coalesced connections are not cut. */
START_TEST(test_other_hosts_of_a_connection_let_in)
{
    static const char *const observe[] = {"-H", "Host: observe.test", NULL};
    static const char *const off[] = {"-H", "Host: off.test", NULL};
    static const char *const urls[] = {"/", NULL};
    ts_server *s = ts_on(_i);

    ts_upstream_open(s);
    ck_assert_ptr_nonnull(
        strstr(curl(s, "1.2", observe, urls).out, "SITE upstream"));
    ck_assert_ptr_nonnull(
        strstr(curl(s, "1.2", off, urls).out, "SITE off.test"));
}
END_TEST

/* One connection, many streams, one after the other and side by side. */
START_TEST(test_several_streams)
{
    static const char *const versions[] = {"1.2", "1.0"};
    static const char *const none[] = {NULL};
    static const char *const parallel[] = {"--parallel", NULL};
    static const char *const urls[] = {"/a", "/b",   "/c?d", "/redirect",
                                       "/e", "/%zz", "/f",   NULL};
    ts_server *s = ts_on(_i);

    ts_upstream_open(s);
    for (int i = 0; i < 4; i++) {
        const char *tls = versions[i % 2];
        ts_scrape before = ts_scrape_of(s);
        ts_run run = curl(s, tls, i < 2 ? none : parallel, urls);
        const char *version = i % 2 == 0 ? "TLSv1.2" : "TLSv1";
        const char *vhost = ts_vhost(s, "block.test");

        ck_assert_msg(count(run.out, "\n[2 403 ") == 7, "%s: %s%s",
                      ts_kind_name(s->kind), run.out, run.err);
        ck_assert_uint_eq(count(run.out, "cache-control: no-store"), 7);
        ck_assert_ptr_null(strstr(run.out, "SITE"));
        ck_assert_uint_eq(ts_upstream_count(), 0);
        ts_metric_eventually(s,
                             7 + ts_metric(&before, "tlsfloor_requests_total",
                                           "vhost", vhost, "version", version,
                                           "action", "page", NULL),
                             "tlsfloor_requests_total", "vhost", vhost,
                             "version", version, "action", "page", NULL);
    }
}
END_TEST

/* 3 MB that nobody reads must not break the page, nor the connection. */
START_TEST(test_large_body)
{
    static const char *const urls[] = {"/x", NULL};
    ts_server *s = ts_on(_i);
    char *path = ts_format("%s/tmp/large", s->prefix);
    ts_text body = {NULL, 0};

    while (body.n < 3000000) {
        ts_append(&body, "0123456789abcdef", 16);
    }
    ts_write_file(path, body.data);
    ts_upstream_open(s);

    const char *const args[] = {"--data-binary", ts_format("@%s", path), NULL};
    ts_run run = curl(s, "1.2", args, urls);
    ck_assert_msg(strstr(run.out, "HTTP/2 403") != NULL, "%s: %s%s",
                  ts_kind_name(s->kind), run.out, run.err);
    ck_assert_ptr_null(strstr(run.out, "SITE"));
    ck_assert_uint_eq(ts_upstream_count(), 0);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("gate_http2");
    TCase *tcase = ts_tcase(suite, "http2", &conf);

    tcase_add_loop_test(tcase, test_every_request_gets_the_page, 0,
                        TS_N_SERVERS * N_CASES);
    tcase_add_loop_test(tcase, test_other_hosts_of_a_connection_let_in, 0,
                        TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_several_streams, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_large_body, 0, TS_N_SERVERS);
    return suite;
}
