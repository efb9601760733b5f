/* SPDX-License-Identifier: Apache-2.0 */
/* What the page tells which client, over a real connection: the client and its
 * system by name, the verdict, what to do, in English and Japanese. All rows
 * of the table: unit/test_client.c. */
#include <string.h>

#include "servers/harness.h"
#include "servers/tool.h"
#include "servers/ways.h"

static const ts_site sites[] = {
    {.name = "rescued.page.test", .directives = TS_BLOCK},
    {.name = "native.page.test", .listener = 1, .directives = TS_BLOCK},
    {0},
};

static const ts_conf conf = {TS_WAYS_LISTENERS, .sites = sites};

/* A User-Agent; the JSON document's facts as a filter of jq; words that the
 * page has in English and in Japanese. */
typedef struct advice_case {
    const char *name;
    const char *agent;
    const char *filter;
    const char *english;
    const char *japanese;
} advice_case;

static const advice_case cases[] = {
    {"Internet Explorer 9 on Windows 7",
     "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)",
     ".client == \"ie\" and .client_version == \"9\" and "
     ".system == \"Windows 7\" and .verdict == \"needs-enabling\"",
     "In Internet Explorer open Tools, Internet Options, Advanced. Under "
     "Security tick TLS 1.2",
     "「インターネット オプション」を開き"},
    {"Firefox 24",
     "Mozilla/5.0 (Windows NT 6.1; rv:24.0) Gecko/20100101 Firefox/24.0",
     ".client == \"firefox\" and .client_version == \"24\" and "
     ".verdict == \"needs-enabling\"",
     "look for security.tls.version.max and set it to 3",
     "security.tls.version.max を検索して、値を 3 に変更"},
    {"Firefox 22, which cannot",
     "Mozilla/5.0 (Windows NT 6.1; rv:22.0) Gecko/20100101 Firefox/22.0",
     ".client == \"firefox\" and .verdict == \"unsupported\"",
     "Update Firefox: version 27 or newer", "Firefox を更新してください"},
    {"Java 7", "Java/1.7.0_80",
     ".client == \"java\" and .verdict == \"needs-enabling\"",
     "-Dhttps.protocols=TLSv1.2", "-Dhttps.protocols=TLSv1.2 を付けて"},
    {"a modern browser with an old hello",
     "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, "
     "like Gecko) Chrome/120.0.0.0 Safari/537.36",
     ".client == \"chrome\" and .verdict == \"default\" and "
     "(.advice | length) == 4 and (.advice[0] | contains(\"by hand\")) and "
     "(.advice[1] | contains(\"operating system\")) and "
     "(.advice[2] | contains(\"Security software\")) and "
     "(.advice[3] | contains(\"technical support\"))",
     "Normally Chrome 120", "手動でオフにされている可能性"},
    {"nobody knows", "Something/1.0",
     ".client == \"other\" and .verdict == \"unknown\"",
     "We cannot tell from here what is missing",
     "こちらで特定できませんでした"},
};

enum { N_CASES = sizeof(cases) / sizeof(cases[0]) };

static ts_answer
visit(const ts_server *s, const ts_way *way, const advice_case *c,
      const char *accept)
{
    const char *site = ts_way_site(way, "page.test");

    return ts_visit(
        s, &(ts_client){.sni = site,
                        .to = site,
                        .max = way->max,
                        .headers = ts_format("User-Agent: %s\r\nAccept: %s\r\n",
                                             c->agent, accept)});
}

START_TEST(test_advice)
{
    ts_server *s = ts_on(_i / N_CASES);
    const advice_case *c = &cases[_i % N_CASES];

    for (int i = 0; i < TS_N_WAYS; i++) {
        const ts_way *way = &ts_ways[i];
        ts_answer html = visit(s, way, c, "text/html");
        ts_answer json = visit(s, way, c, "application/json");
        ts_answer japanese =
            visit(s, way, c, "text/html\r\nAccept-Language: ja");

        ts_assert_page(s, &html, way->version);
        ts_assert_page(s, &json, way->version);
        ts_assert_page(s, &japanese, way->version);
        ck_assert_msg(strstr(html.body, c->english) != NULL, "%s: %s", c->name,
                      html.body);
        ck_assert_msg(strstr(japanese.body, c->japanese) != NULL, "%s: %s",
                      c->name, japanese.body);
        ts_assert_json(&json, c->filter);
        /* What was detected, and that nothing is lost. */
        ck_assert_ptr_nonnull(strstr(html.body, way->max == TLS1_VERSION
                                                    ? "over TLS 1.0."
                                                    : "over TLS 1.1."));
        ck_assert_ptr_nonnull(
            strstr(html.body, "Your account and your data are untouched."));
    }
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("advice");
    TCase *tcase = ts_tcase(suite, "advice", &conf);

    tcase_add_loop_test(tcase, test_advice, 0, TS_N_SERVERS * N_CASES);
    return suite;
}
