/* SPDX-License-Identifier: Apache-2.0 */
/* Requests so broken that the server answers them before any module has its
 * turn. Its answer may be the site's own: error_page and ErrorDocument lead to
 * files, named locations, upstreams, other sites or texts. In `block` it is
 * the page all the same. */
#include <string.h>

#include "servers/harness.h"
#include "servers/tool.h"
#include "servers/upstream.h"
#include "servers/ways.h"

#define NGINX(target)                                                          \
    "error_page 400 403 404 405 413 414 421 494 495 496 497 500 501 502 505 "  \
    "= " target ";"                                                            \
    "location /up/ { proxy_pass http://127.0.0.1:@upstream@; }"                \
    "location @named { return 200 'SITE named'; }"                             \
    "location @up { proxy_pass http://127.0.0.1:@upstream@; }"                 \
    "location = /text { return 200 'SITE text'; }"

#define APACHE(target)                                                         \
    "ErrorDocument 400 " target "\n"                                           \
    "ErrorDocument 403 " target "\n"                                           \
    "ErrorDocument 404 " target "\n"                                           \
    "ErrorDocument 405 " target "\n"                                           \
    "ErrorDocument 413 " target "\n"                                           \
    "ErrorDocument 414 " target "\n"                                           \
    "ErrorDocument 417 " target "\n"                                           \
    "ErrorDocument 421 " target "\n"                                           \
    "ErrorDocument 500 " target "\n"                                           \
    "ErrorDocument 501 " target "\n"                                           \
    "ErrorDocument 505 " target "\n"                                           \
    "Header always set X-Site yes\n"                                           \
    "ProxyPass /up/ http://127.0.0.1:@upstream@/up/\n"

/* Where errors lead: one site each, on either listener. */
#define SITES(way, number)                                                     \
    {.name = way ".plain.test", .listener = number, .directives = TS_BLOCK},   \
        {.name = way ".file.test",                                             \
         .listener = number,                                                   \
         .directives = TS_BLOCK,                                               \
         .nginx = NGINX("/index.txt"),                                         \
         .apache = APACHE("/index.txt")},                                      \
        {.name = way ".text.test",                                             \
         .listener = number,                                                   \
         .directives = TS_BLOCK,                                               \
         .nginx = NGINX("/text"),                                              \
         .apache = APACHE("\"SITE text\"")},                                   \
        {.name = way ".named.test",                                            \
         .listener = number,                                                   \
         .directives = TS_BLOCK,                                               \
         .nginx = NGINX("@named"),                                             \
         .apache = APACHE("/index.txt?named")},                                \
        {.name = way ".upstream.test",                                         \
         .listener = number,                                                   \
         .directives = TS_BLOCK,                                               \
         .nginx = NGINX("/up/error"),                                          \
         .apache = APACHE("/up/error")},                                       \
        {.name = way ".namedup.test",                                          \
         .listener = number,                                                   \
         .directives = TS_BLOCK,                                               \
         .nginx = NGINX("@up"),                                                \
         .apache = APACHE("/up/error?named")},                                 \
    {                                                                          \
        .name = way ".elsewhere.test", .listener = number,                     \
        .directives = TS_BLOCK, .nginx = NGINX("https://site.example/SITE"),   \
        .apache = APACHE("https://site.example/SITE")                          \
    }

static const ts_site sites[] = {
    SITES("rescued", 0),
    SITES("native", 1),
    {0},
};

static const char *const targets[] = {
    "plain.test",    "file.test",    "text.test",      "named.test",
    "upstream.test", "namedup.test", "elsewhere.test",
};

enum { N_TARGETS = sizeof(targets) / sizeof(targets[0]) };

static const ts_conf conf = {TS_WAYS_LISTENERS, .sites = sites};

/* Where a modern client's broken request comes to. */
typedef enum way_out {
    NOT_ASKED,
    OWN,     /* the server's own text, whatever is configured */
    LED,     /* what is configured */
    LED_PART /* the same, but nginx has no URI for a named location */
} way_out;

/* @ is the site's name, # nine thousand letters. */
typedef struct broken_case {
    const char *name;
    const char *request;
    way_out nginx;
    way_out apache;
} broken_case;

#define HOST "Host: @\r\n"
#define END  "Connection: close\r\n\r\n"

static const broken_case broken[] = {
    {"no Host", "GET / HTTP/1.1\r\n" END, OWN, OWN},
    {"an empty Host", "GET / HTTP/1.1\r\nHost: \r\n" END, LED, OWN},
    {"a bad Host", "GET / HTTP/1.1\r\nHost: a b\r\n" END, LED, OWN},
    {"a Host with a slash", "GET / HTTP/1.1\r\nHost: a/b\r\n" END, LED, OWN},
    {"two Hosts", "GET / HTTP/1.1\r\n" HOST HOST END, LED, OWN},
    {"a bad escape", "GET /%zz HTTP/1.1\r\n" HOST END, LED_PART, LED},
    {"an escaped NUL", "GET /%00 HTTP/1.1\r\n" HOST END, LED_PART, LED},
    {"above the root", "GET /../../x HTTP/1.1\r\n" HOST END, LED_PART, LED},
    {"a long URI", "GET /# HTTP/1.1\r\n" HOST END, LED_PART, OWN},
    {"a long header", "GET / HTTP/1.1\r\nX: #\r\n" HOST END, LED, OWN},
    {"a header without a name", "GET / HTTP/1.1\r\n: x\r\n" HOST END, LED, OWN},
    {"a bad request line", "GET / HTTP/1.1 x\r\n" HOST END, LED_PART, OWN},
    {"no URI", "GET\r\n" HOST END, LED_PART, OWN},
    {"a method in small letters", "get / HTTP/1.1\r\n" HOST END, LED_PART, LED},
    {"binary", "\x16\x03\x01\r\n\r\n", LED_PART, OWN},
    {"HTTP/3.0", "GET / HTTP/3.0\r\n" HOST END, LED_PART, NOT_ASKED},
    {"HTTP/x", "GET / HTTP/x\r\n" HOST END, LED_PART, OWN},
    {"a bad length", "POST / HTTP/1.1\r\n" HOST "Content-Length: -1\r\n" END,
     LED, OWN},
    {"two lengths",
     "POST / HTTP/1.1\r\n" HOST
     "Content-Length: 1\r\nContent-Length: 2\r\n" END,
     LED, OWN},
    {"length and chunks",
     "POST / HTTP/1.1\r\n" HOST
     "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n" END "0\r\n\r\n",
     LED, NOT_ASKED},
    {"an unknown coding",
     "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: secret\r\n" END, LED, OWN},
    {"too much", "POST / HTTP/1.1\r\n" HOST "Content-Length: 9000000\r\n" END,
     NOT_ASKED, NOT_ASKED},
    {"an unknown expectation",
     "GET / HTTP/1.1\r\n" HOST "Expect: nothing\r\n" END, NOT_ASKED, LED},
    {"TRACE", "TRACE / HTTP/1.1\r\n" HOST END, LED, NOT_ASKED},
    {"CONNECT", "CONNECT @:443 HTTP/1.1\r\n" HOST END, LED_PART, LED},
};

enum { N_BROKEN = sizeof(broken) / sizeof(broken[0]) };

static const char *
worded(const char *request, const char *site)
{
    ts_text made = {NULL, 0};

    for (;; request++) {
        size_t plain = strcspn(request, "@#");

        ts_append(&made, request, plain);
        request += plain;
        if (*request == '\0') {
            return made.data;
        }
        for (int i = 0; *request == '#' && i < 9000; i++) {
            ts_append(&made, "a", 1);
        }
        ts_appendf(&made, "%s", *request == '@' ? site : "");
    }
}

static double
pages(const ts_scrape *scrape)
{
    return ts_metric(scrape, "tlsfloor_requests_total", "action", "page", NULL);
}

/* Counted once, too: nginx counts a request without a host where it asks for
 * the error page, the default site. */
START_TEST(test_errors_are_the_page)
{
    ts_server *s = ts_on(_i / N_BROKEN);
    const broken_case *c = &broken[_i % N_BROKEN];

    ts_upstream_open(s);
    for (int i = 0; i < N_TARGETS * TS_N_WAYS; i++) {
        const ts_way *way = &ts_ways[i % TS_N_WAYS];
        const char *target = targets[i / TS_N_WAYS];
        ts_scrape before = ts_scrape_of(s);
        ts_answer a = ts_way_visit(
            s, way, target, worded(c->request, ts_way_site(way, target)));

        ts_way_assert_page(s, way, &a, ts_format("%s, %s", target, c->name));
        ck_assert_uint_eq(ts_upstream_count(), 0);
        ts_metric_eventually(s, pages(&before) + 1, "tlsfloor_requests_total",
                             "action", "page", NULL);
    }
}
END_TEST

/* The same requests by a modern client come out where they are led. */
START_TEST(test_errors_of_modern_clients)
{
    ts_server *s = ts_on(_i / N_BROKEN);
    const broken_case *c = &broken[_i % N_BROKEN];
    way_out where = s->kind == TS_NGINX ? c->nginx : c->apache;

    ts_upstream_open(s);
    for (int i = 0; i < N_TARGETS && where != NOT_ASKED; i++) {
        const char *request =
            worded(c->request, ts_way_site(&ts_ways[0], targets[i]));
        ts_answer a = ts_way_modern(s, &ts_ways[0], targets[i], request);
        bool is_site = strstr(a.raw, "SITE") != NULL;
        bool is_named = strncmp(targets[i], "named", 5) == 0;

        ck_assert_msg(is_site == (i > 0 && where != OWN &&
                                  !(is_named && where == LED_PART)),
                      "%s, %s, %s: %d\n%s", ts_kind_name(s->kind), targets[i],
                      c->name, a.status, a.raw);
    }
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("gate_errors");
    TCase *tcase = ts_tcase(suite, "errors", &conf);

    tcase_add_loop_test(tcase, test_errors_are_the_page, 0,
                        TS_N_SERVERS * N_BROKEN);
    tcase_add_loop_test(tcase, test_errors_of_modern_clients, 0,
                        TS_N_SERVERS * N_BROKEN);
    return suite;
}
