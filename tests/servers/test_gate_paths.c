/* SPDX-License-Identifier: Apache-2.0 */
/* In `block` every path of a site leads a below-floor client to the page,
 * whatever stands behind it. Each case shows first that a modern client does
 * reach what stands there. */
#include <string.h>

#include "servers/harness.h"
#include "servers/tool.h"
#include "servers/upstream.h"
#include "servers/ways.h"

/* Also at server level: what runs before any location is looked for. */
static const char nginx_site[] =
    "rewrite ^/moved$ /SITE redirect;"
    "rewrite ^/rewritten$ /index.txt last;"
    "if ($request_uri = /if) { return 200 'SITE if'; }"
    "error_page 404 /errors/404;"
    "error_page 403 @named;"
    "error_page 401 410 /errors/other;"
    "location / { }"
    "location /errors/ { internal; return 200 'SITE error'; }"
    "location @named { return 200 'SITE named'; }"
    "location = /return { return 200 'SITE return'; }"
    "location = /gone { return 410; }"
    "location = /redirect { return 301 https://site.example/SITE; }"
    "location = /auth { auth_basic 'SITE'; auth_basic_user_file none; }"
    "location = /denied { deny all; }"
    "location = /limited { limit_req zone=tight; try_files /index.txt =404; }"
    "location = /fallback { try_files /none @named; }"
    "location /up/ { proxy_pass http://127.0.0.1:@upstream@; }"
    "location /cached/ { proxy_cache kept;"
    "    proxy_pass http://127.0.0.1:@upstream@; }"
    "location = /asks { auth_request /up/auth; mirror /up/mirror;"
    "    try_files /index.txt =404; }"
    "location /tlsfloor/ { tlsfloor_status any; }";

static const char apache_site[] =
    "RewriteEngine on\n"
    "RewriteRule ^/moved$ /SITE [R]\n"
    "RewriteRule ^/rewritten$ /index.txt [PT]\n"
    "RewriteRule ^/limited$ /index.txt [PT]\n"
    "RewriteRule ^/asks$ http://127.0.0.1:@upstream@/up/asks [P]\n"
    "RewriteRule ^/if$ - [R=410]\n"
    "ErrorDocument 410 \"SITE gone\"\n"
    "ErrorDocument 404 /index.txt\n"
    "ErrorDocument 403 /up/403\n"
    "ErrorDocument 401 https://site.example/SITE\n"
    "Redirect gone /gone\n"
    "Redirect gone /return\n"
    "RedirectMatch 301 ^/redirect$ https://site.example/SITE\n"
    "<Location /auth>\n"
    "  AuthType Basic\n"
    "  AuthName SITE\n"
    "  AuthUserFile none\n"
    "  Require valid-user\n"
    "</Location>\n"
    "<Location /denied>\n"
    "  Require all denied\n"
    "</Location>\n"
    "FallbackResource /index.txt\n"
    "ProxyPass /up/ http://127.0.0.1:@upstream@/up/\n"
    "ProxyPass /cached/ http://127.0.0.1:@upstream@/cached/\n"
    "CacheEnable disk /cached/\n"
    "CacheRoot @prefix@/tmp\n"
    "<Location /tlsfloor/>\n"
    "  SetHandler tlsfloor-status\n"
    "  TLSFloorStatus any\n"
    "</Location>\n"
    "<Location /server-status>\n"
    "  SetHandler server-status\n"
    "</Location>\n";

#define SITE .directives = TS_BLOCK, .nginx = nginx_site, .apache = apache_site

static const ts_site sites[] = {
    {.name = "rescued.block.test", SITE},
    {.name = "native.block.test", .listener = 1, SITE},
    {0},
};

static const ts_conf conf = {
    TS_WAYS_LISTENERS,
    .sites = sites,
    .nginx = "limit_req_zone $server_name zone=tight:64k rate=1r/m;"
             "proxy_cache_path @prefix@/tmp/cache keys_zone=kept:64k;",
};

/* A path and what a modern client gets there. */
typedef struct path_case {
    const char *path;
    int status[TS_N_SERVERS]; /* nginx, Apache; 0: not there */
    const char *word;         /* in it; NULL: "SITE" */
} path_case;

static const path_case paths[] = {
    {"/", {200, 200}, NULL},
    {"/index.txt", {200, 200}, NULL},
    {"/none", {404, 200}, NULL},
    {"/redirect", {301, 301}, NULL},
    {"/moved", {302, 302}, NULL},
    {"/rewritten", {200, 200}, NULL},
    {"/if", {200, 410}, NULL},
    {"/return", {200, 410}, NULL},
    {"/gone", {410, 410}, NULL},
    {"/auth", {401, 401}, NULL},
    {"/denied", {403, 200}, NULL},
    {"/limited", {200, 200}, NULL},
    {"/fallback", {200, 200}, NULL},
    {"/up/x", {200, 200}, NULL},
    {"/cached/first", {200, 200}, NULL},
    {"/asks", {200, 200}, NULL},
    {"/tlsfloor/metrics", {200, 200}, "tlsfloor_hellos_total"},
    {"/tlsfloor/status.json", {200, 200}, "\"hellos\""},
    {"/server-status", {0, 200}, "Apache Server Status"},
    {"//../%2e%2e/index.txt", {0, 0}, NULL},
    {"/a%2fb?x=%00", {0, 0}, NULL},
};

enum { N_PATHS = sizeof(paths) / sizeof(paths[0]) };

static const char *
get(const char *path, const ts_way *way)
{
    return ts_format("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
                     path, ts_way_site(way, "block.test"));
}

static const char *
moved(const ts_way *way)
{
    const char *site = ts_way_site(way, "block.test");

    return way->is_rescued ? ts_rescued(site, way->version)
                           : ts_let_in(site, way->version, "page");
}

START_TEST(test_every_path_leads_to_the_page)
{
    ts_server *s = ts_on(_i / N_PATHS);
    const path_case *path = &paths[_i % N_PATHS];
    ts_scrape before;

    ts_upstream_open(s);
    for (int i = 0; i < TS_N_WAYS; i++) {
        const ts_way *way = &ts_ways[i];
        const char *request = get(path->path, way);

        /* The limit of nginx lets one of them in. */
        if (path->status[s->kind] != 0 && i % 2 == 0) {
            ts_answer modern = ts_way_served(s, way, "block.test", request, 1);

            ck_assert_msg(modern.status == path->status[s->kind],
                          "%s, modern, %s: %d", ts_kind_name(s->kind),
                          path->path, modern.status);
            ck_assert_ptr_nonnull(
                strstr(modern.raw, path->word != NULL ? path->word : "SITE"));
        }
        before = ts_scrape_of(s);
        unsigned heard = ts_upstream_count();
        ts_answer a = ts_way_visit(s, way, "block.test", request);
        ts_way_assert_page(s, way, &a, path->path);
        ts_moved_in(s, &before, moved(way), path->path);
        ck_assert_uint_eq(ts_upstream_count(), heard);
    }
}
END_TEST

/* What a modern client put into the cache answers it without the upstream. */
START_TEST(test_primed_cache)
{
    ts_server *s = ts_on(_i);

    ts_upstream_open(s);
    for (int i = 0; i < TS_N_WAYS; i++) {
        const ts_way *way = &ts_ways[i];
        const char *request = get("/cached/primed", way);

        for (int visits = 0; visits < 2; visits++) {
            ts_answer modern = ts_way_modern(s, way, "block.test", request);

            ck_assert_str_eq(modern.body, "SITE upstream\n");
        }
        unsigned heard = ts_upstream_count();
        ck_assert_str_eq(ts_way_modern(s, way, "block.test", request).body,
                         "SITE upstream\n");
        ck_assert_uint_eq(ts_upstream_count(), heard);
        ts_answer a = ts_way_visit(s, way, "block.test", request);
        ts_way_assert_page(s, way, &a, "primed");
        ck_assert_uint_eq(ts_upstream_count(), heard);
        /* Nor does the page get into the cache. */
        ck_assert_str_eq(ts_way_modern(s, way, "block.test", request).body,
                         "SITE upstream\n");
    }
}
END_TEST

/* nginx's limit is used up; the page is no matter of limits. */
START_TEST(test_exhausted_limit)
{
    ts_server *s = ts_on(TS_NGINX);

    for (int i = 0; i < TS_N_WAYS; i++) {
        const ts_way *way = &ts_ways[i];
        const char *request = get("/limited", way);
        int64_t deadline = ts_clock() + TS_PATIENCE_MS;

        while (ts_way_modern(s, way, "block.test", request).status != 503) {
            ck_assert(ts_wait(deadline));
        }
        for (int visits = 0; visits < 3; visits++) {
            ts_answer a = ts_way_visit(s, way, "block.test", request);

            ts_way_assert_page(s, way, &a, "limited");
        }
    }
}
END_TEST

/* A password opens nothing. */
START_TEST(test_credentials)
{
    ts_server *s = ts_on(_i);

    for (int i = 0; i < TS_N_WAYS; i++) {
        const ts_way *way = &ts_ways[i];
        ts_answer a = ts_way_visit(
            s, way, "block.test",
            ts_format("GET /auth HTTP/1.1\r\nHost: %s\r\n"
                      "Authorization: Basic dTpw\r\nCookie: id=1\r\n"
                      "Range: bytes=0-9\r\nIf-None-Match: *\r\n"
                      "If-Modified-Since: Thu, 01 Jan 2099 00:00:00 GMT\r\n"
                      "Upgrade: h2c\r\nConnection: close, Upgrade\r\n\r\n",
                      ts_way_site(way, "block.test")));

        ts_way_assert_page(s, way, &a, "credentials and conditions");
    }
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("gate_paths");
    TCase *tcase = ts_tcase(suite, "paths", &conf);

    tcase_add_loop_test(tcase, test_every_path_leads_to_the_page, 0,
                        TS_N_SERVERS * N_PATHS);
    tcase_add_loop_test(tcase, test_primed_cache, 0, TS_N_SERVERS);
    tcase_add_test(tcase, test_exhausted_limit);
    tcase_add_loop_test(tcase, test_credentials, 0, TS_N_SERVERS);
    return suite;
}
