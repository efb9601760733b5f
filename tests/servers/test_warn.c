/* SPDX-License-Identifier: Apache-2.0 */
/* In `warn` a below-floor client is served like anybody, with three headers
 * more, whatever answers. They are for it alone: no cache gives them to
 * others. */
#include <string.h>

#include "servers/harness.h"
#include "servers/talk.h"
#include "servers/tool.h"
#include "servers/upstream.h"

static const ts_site sites[] = {
    {.name = "warn.test",
     .directives = "tlsfloor TLSv1.2\n"
                   "tlsfloor_stage warn 2020-01-01\n"
                   "tlsfloor_stage block 2999-01-01\n"
                   "tlsfloor_contact https://help.test/",
     .nginx = "error_page 404 /index.txt;"
              "location / { }"
              "location = /redirect { return 301 https://site.example/; }"
              "location = /closed { deny all; }"
              "location /up/ { proxy_pass http://127.0.0.1:@upstream@; }"
              "location /cached/ { proxy_cache kept;"
              "    proxy_pass http://127.0.0.1:@upstream@; }",
     .apache = "ErrorDocument 404 /index.txt\n"
               "Redirect 301 /redirect https://site.example/\n"
               "<Location /closed>\nRequire all denied\n</Location>\n"
               "ProxyPass /up/ http://127.0.0.1:@upstream@/up/\n"
               "ProxyPass /cached/ http://127.0.0.1:@upstream@/cached/\n"
               "CacheEnable disk /cached/\n"
               "CacheRoot @prefix@/tmp\n"},
    {0},
};

static const ts_conf conf = {
    .listeners = {{.protocols = "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3",
                   .ciphers = "ALL:@SECLEVEL=0"}},
    .sites = sites,
    .nginx = "proxy_cache_path @prefix@/tmp/cache keys_zone=kept:64k;",
};

static ts_answer
get(const ts_server *s, int max, const char *path)
{
    return ts_visit(
        s, &(ts_client){.sni = "warn.test",
                        .max = max,
                        .request = ts_format("GET %s HTTP/1.1\r\n"
                                             "Host: warn.test\r\n"
                                             "Connection: close\r\n\r\n",
                                             path)});
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

/* Each of the three exactly once, or none of them. */
static void
assert_notice(const ts_server *s, const ts_answer *a, unsigned times,
              const char *name)
{
    static const char *const headers[] = {
        "\r\nDeprecation: @1577836800\r\n",
        "\r\nSunset: Tue, 01 Jan 2999 00:00:00 GMT\r\n",
        "\r\nLink: <https://help.test/>; rel=\"deprecation\"",
    };

    for (int i = 0; i < 3; i++) {
        ck_assert_msg(count(a->head, headers[i]) == times, "%s, %s: %s\n%s",
                      ts_kind_name(s->kind), name, headers[i] + 2, a->head);
    }
}

/* A path and its status. */
static const struct {
    const char *path;
    int status;
} paths[] = {
    {"/", 200},       {"/none", 404}, {"/redirect", 301},
    {"/closed", 403}, {"/up/x", 200}, {"/%zz", 400},
};

enum { N_PATHS = sizeof(paths) / sizeof(paths[0]) };

START_TEST(test_every_answer_is_marked)
{
    ts_server *s = ts_on(_i);

    ts_upstream_open(s);
    for (int i = 0; i < N_PATHS; i++) {
        ts_answer old = get(s, TLS1_VERSION, paths[i].path);
        ts_answer modern = get(s, TLS1_2_VERSION, paths[i].path);

        ck_assert_int_eq(old.status, paths[i].status);
        assert_notice(s, &old, 1, paths[i].path);
        ck_assert_int_eq(modern.status, paths[i].status);
        assert_notice(s, &modern, 0, paths[i].path);
        ck_assert_str_eq(old.body, modern.body);
    }
}
END_TEST

/* Whoever fills the cache, and whoever is answered from it. */
START_TEST(test_caches_do_not_spread_it)
{
    static const int fillers[] = {TLS1_VERSION, TLS1_3_VERSION};
    ts_server *s = ts_on(_i);

    ts_upstream_open(s);
    for (int i = 0; i < 2; i++) {
        const char *path = ts_format("/cached/%d", i);
        ts_answer first = get(s, fillers[i], path);
        ts_answer second = get(s, fillers[i], path);
        unsigned heard = ts_upstream_count();
        ts_answer old = get(s, TLS1_1_VERSION, path);
        ts_answer modern = get(s, TLS1_3_VERSION, path);

        ck_assert_uint_eq(ts_upstream_count(), heard);
        assert_notice(s, &first, i == 0, "first");
        assert_notice(s, &second, i == 0, "second");
        assert_notice(s, &old, 1, "from the cache");
        assert_notice(s, &modern, 0, "from the cache");
        ck_assert_str_eq(old.body, "SITE upstream\n");
        ck_assert_str_eq(modern.body, "SITE upstream\n");
    }
}
END_TEST

/* Nothing is left out for being warned: the connection is kept, what is not
 * modified is not sent, HEAD has no body. */
START_TEST(test_served_like_anybody)
{
    ts_server *s = ts_on(_i);
    ts_client client = {.sni = "warn.test", .max = TLS1_VERSION};
    ts_talk talk = ts_talk_begin(s, &client);
    ts_answer a = ts_talk_ask(&talk, "warn.test");
    const char *request = ts_format("GET / HTTP/1.1\r\nHost: warn.test\r\n"
                                    "If-None-Match: %s\r\n\r\n",
                                    ts_header(&a, "ETag"));

    assert_notice(s, &a, 1, "first");
    ck_assert_ptr_nonnull(ts_header(&a, "ETag"));
    ck_assert(ts_talk_say(&talk, request, strlen(request)));
    a = ts_talk_hear(&talk, true);
    ck_assert_int_eq(a.status, 304);
    assert_notice(s, &a, 1, "not modified");
    request = "HEAD / HTTP/1.1\r\nHost: warn.test\r\nConnection: close\r\n\r\n";
    ck_assert(ts_talk_say(&talk, request, strlen(request)));
    a = ts_talk_hear(&talk, true);
    ck_assert_int_eq(a.status, 200);
    assert_notice(s, &a, 1, "HEAD");
    ck_assert(ts_talk_is_closed(&talk));
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("warn");
    TCase *tcase = ts_tcase(suite, "warn", &conf);

    tcase_add_loop_test(tcase, test_every_answer_is_marked, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_caches_do_not_spread_it, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_served_like_anybody, 0, TS_N_SERVERS);
    return suite;
}
