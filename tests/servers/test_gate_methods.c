/* SPDX-License-Identifier: Apache-2.0 */
/* In `block` whatever a below-floor client asks, in whatever way, it gets the
 * page; what stands behind the server never hears of it, and a request's body
 * is neither asked for nor waited for. */
#include <stdlib.h>
#include <string.h>

#include "servers/harness.h"
#include "servers/talk.h"
#include "servers/tool.h"
#include "servers/upstream.h"
#include "servers/ways.h"

#define SITE                                                                   \
    .directives = TS_BLOCK,                                                    \
    .nginx = "location / { proxy_pass http://127.0.0.1:@upstream@;"            \
             "    client_max_body_size 0; proxy_request_buffering off; }",     \
    .apache = "TraceEnable extended\n"                                         \
              "ProxyPass / http://127.0.0.1:@upstream@/"

/* Neighbours, by Host header; there is one of each on either listener. */
#define OBSERVE .directives = "tlsfloor TLSv1.2"
#define REFUSE  .directives = "tlsfloor TLSv1.2\ntlsfloor_stage refuse"

static const ts_site sites[] = {
    {.name = "rescued.block.test", SITE},
    {.name = "rescued.observe.test", OBSERVE},
    {.name = "rescued.refuse.test", REFUSE},
    {.name = "rescued.off.test"},
    {.name = "native.block.test", .listener = 1, SITE},
    {.name = "native.observe.test", .listener = 1, OBSERVE},
    {.name = "native.refuse.test", .listener = 1, REFUSE},
    {.name = "native.off.test", .listener = 1},
    {0},
};

static const ts_conf conf = {TS_WAYS_LISTENERS, .sites = sites};

/* A request in the words of HTTP; @ stands for the site's name. */
typedef struct request_case {
    const char *name;
    const char *request;
    unsigned n_heard; /* requests of a modern client that reach the upstream */
} request_case;

#define REST " HTTP/1.1\r\nHost: @\r\nConnection: close\r\n"
#define END  "\r\n"

static const request_case requests[] = {
    {"GET", "GET /" REST END, 1},
    {"POST", "POST /" REST "Content-Length: 4\r\n" END "body", 1},
    {"POST without a body", "POST /" REST "Content-Length: 0\r\n" END, 1},
    {"POST in chunks",
     "POST /" REST "Transfer-Encoding: chunked\r\n" END
     "4\r\nbody\r\n0\r\n\r\n",
     1},
    {"PUT", "PUT /x" REST "Content-Length: 4\r\n" END "body", 1},
    {"DELETE", "DELETE /x" REST END, 1},
    {"PATCH", "PATCH /x" REST "Content-Length: 4\r\n" END "body", 1},
    {"PROPFIND", "PROPFIND /" REST "Depth: 1\r\n" END, 1},
    {"an unknown method", "BREW /" REST END, 1},
    {"OPTIONS", "OPTIONS /" REST END, 1},
    {"OPTIONS *", "OPTIONS *" REST END, 0},
    {"TRACE", "TRACE /" REST END, 0},
    {"CONNECT", "CONNECT site.example:443" REST END, 0},
    {"CONNECT to itself", "CONNECT @:443" REST END, 0},
    {"an absolute URI", "GET https://@/" REST END, 1},
    {"another site's absolute URI", "GET http://site.example/" REST END, 1},
    {"HTTP/1.0", "GET / HTTP/1.0\r\nHost: @\r\n" END, 1},
    {"HTTP/1.0 without Host", "GET / HTTP/1.0\r\n" END, 0},
    {"HTTP/1.0, kept alive",
     "GET / HTTP/1.0\r\nHost: @\r\nConnection: keep-alive\r\n" END, 0},
    {"websocket",
     "GET / HTTP/1.1\r\nHost: @\r\nConnection: Upgrade, close\r\n"
     "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
     "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" END,
     1},
    {"HTTP/2 in plain text",
     "GET / HTTP/1.1\r\nHost: @\r\nConnection: Upgrade, HTTP2-Settings, close"
     "\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n" END,
     1},
    {"blank lines first", "\r\n\r\nGET /" REST END, 1},
    {"pipelined",
     "GET / HTTP/1.1\r\nHost: @\r\n\r\n"
     "GET /second HTTP/1.1\r\nHost: @\r\n\r\n"
     "GET /third" REST END,
     3},
    {"pipelined behind a body",
     "POST / HTTP/1.1\r\nHost: @\r\nContent-Length: 4\r\n\r\nbody"
     "GET /second" REST END,
     2},
};

enum { N_REQUESTS = sizeof(requests) / sizeof(requests[0]) };

static const char *
worded(const char *request, const char *site)
{
    ts_text made = {NULL, 0};

    for (;; request++) {
        size_t plain = strcspn(request, "@");

        ts_append(&made, request, plain);
        request += plain;
        if (*request == '\0') {
            return made.data;
        }
        ts_appendf(&made, "%s", site);
    }
}

START_TEST(test_every_request_gets_the_page)
{
    ts_server *s = ts_on(_i / N_REQUESTS);
    const request_case *c = &requests[_i % N_REQUESTS];

    ts_upstream_open(s);
    for (int i = 0; i < TS_N_WAYS; i++) {
        const ts_way *way = &ts_ways[i];
        const char *site = ts_way_site(way, "block.test");
        const char *request = worded(c->request, site);
        ts_scrape before = ts_scrape_of(s);
        ts_answer a = ts_way_visit(s, way, "block.test", request);

        ts_way_assert_page(s, way, &a, c->name);
        ts_moved_in(s, &before,
                    way->is_rescued ? ts_rescued(site, way->version)
                                    : ts_let_in(site, way->version, "page"),
                    c->name);
        ck_assert_uint_eq(ts_upstream_count(), 0);
    }
    if (c->n_heard > 0) {
        const char *request = worded(c->request, "rescued.block.test");

        ts_way_served(s, &ts_ways[0], "block.test", request, c->n_heard);
        ck_assert_uint_eq(ts_upstream_count(), c->n_heard);
    }
}
END_TEST

START_TEST(test_head_has_no_body)
{
    ts_server *s = ts_on(_i);

    ts_upstream_open(s);
    for (int i = 0; i < TS_N_WAYS; i++) {
        ts_answer a = ts_way_visit(
            s, &ts_ways[i], "block.test",
            worded("HEAD /" REST END, ts_way_site(&ts_ways[i], "block.test")));

        ck_assert_int_eq(a.status, 403);
        ck_assert_str_eq(ts_header(&a, "Cache-Control"), "no-store");
        ck_assert_str_eq(ts_header(&a, "Connection"), "close");
        ck_assert_int_gt(atoi(ts_header(&a, "Content-Length")), 1000);
        ck_assert_str_eq(a.body, "");
        ck_assert_uint_eq(ts_upstream_count(), 0);
    }
}
END_TEST

/* HTTP/0.9 has no headers: the page is all there is. */
START_TEST(test_http09)
{
    ts_server *s = ts_on(_i);

    ts_upstream_open(s);
    for (int i = 0; i < TS_N_WAYS; i++) {
        ts_answer a =
            ts_way_visit(s, &ts_ways[i], "block.test", "GET /\r\n\r\n");

        ck_assert_ptr_null(strstr(a.raw, "SITE"));
        ck_assert_msg(strstr(a.raw, "TLS 1.2") != NULL, "%s: %s",
                      ts_kind_name(s->kind), a.raw);
        ck_assert_uint_eq(ts_upstream_count(), 0);
    }
}
END_TEST

/* The page comes without 100 Continue and before a byte of the body. */
START_TEST(test_body_is_not_waited_for)
{
    static const char *const bodies[] = {
        "Content-Length: 300000000\r\nExpect: 100-continue\r\n",
        "Content-Length: 300000000\r\n",
        "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n",
        "Transfer-Encoding: chunked\r\n",
    };
    ts_server *s = ts_on(_i);

    ts_upstream_open(s);
    for (int i = 0; i < TS_N_WAYS * 4; i++) {
        const ts_way *way = &ts_ways[i / 4];
        const char *site = ts_way_site(way, "block.test");
        ts_talk talk = ts_talk_begin(
            s, &(ts_client){.sni = site, .to = site, .max = way->max});
        const char *head = ts_format("PUT /x HTTP/1.1\r\nHost: %s\r\n%s\r\n",
                                     site, bodies[i % 4]);

        ts_talk_say(&talk, head, strlen(head));
        ts_answer a = ts_talk_hear(&talk, false);
        ts_way_assert_page(s, way, &a, bodies[i % 4]);
        ck_assert(ts_talk_is_closed(&talk));
        ts_talk_end(&talk);
    }
    ck_assert_uint_eq(ts_upstream_count(), 0);
}
END_TEST

/* A client that sends all of it before it reads still gets the page. */
START_TEST(test_body_in_full_swing)
{
    ts_server *s = ts_on(_i);
    ts_text body = {NULL, 0};

    ts_upstream_open(s);
    while (body.n < 65536) {
        ts_append(&body, "0123456789abcdef", 16);
    }
    for (int i = 0; i < TS_N_WAYS; i++) {
        const ts_way *way = &ts_ways[i];
        const char *site = ts_way_site(way, "block.test");
        ts_talk talk = ts_talk_begin(
            s, &(ts_client){.sni = site, .to = site, .max = way->max});
        const char *head = ts_format(
            "POST /x HTTP/1.1\r\nHost: %s\r\nContent-Length: 3145728\r\n\r\n",
            site);
        bool is_sent = ts_talk_say(&talk, head, strlen(head));

        for (int part = 0; is_sent && part < 3145728 / 65536; part++) {
            is_sent = ts_talk_say(&talk, body.data, body.n);
        }
        ts_answer a = ts_talk_hear(&talk, false);
        ts_way_assert_page(s, way, &a, "3 MB");
        ts_talk_end(&talk);
    }
    ck_assert_uint_eq(ts_upstream_count(), 0);
}
END_TEST

/* On a rescued connection no Host header opens another door. On one that the
 * server let in by itself the request's host decides alone. */
START_TEST(test_other_hosts)
{
    static const char *const hosts[] = {"observe.test", "off.test",
                                        "refuse.test", "unknown.test"};
    ts_server *s = ts_on(_i);

    ts_upstream_open(s);
    for (int i = 0; i < TS_N_WAYS * 4; i++) {
        const ts_way *way = &ts_ways[i / 4];
        const char *host = ts_way_site(way, hosts[i % 4]);
        ts_answer a =
            ts_way_visit(s, way, "block.test", worded("GET /" REST END, host));

        if (way->is_rescued || i % 4 >= 2) {
            ts_way_assert_page(s, way, &a, host);
        } else {
            ck_assert_str_eq(a.body, ts_format("SITE %s\n", host));
        }
    }
    ck_assert_uint_eq(ts_upstream_count(), 0);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("gate_methods");
    TCase *tcase = ts_tcase(suite, "methods", &conf);

    tcase_add_loop_test(tcase, test_every_request_gets_the_page, 0,
                        TS_N_SERVERS * N_REQUESTS);
    tcase_add_loop_test(tcase, test_head_has_no_body, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_http09, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_body_is_not_waited_for, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_body_in_full_swing, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_other_hosts, 0, TS_N_SERVERS);
    return suite;
}
