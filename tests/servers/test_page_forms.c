/* SPDX-License-Identifier: Apache-2.0 */
/* Which form the page has, in which language, with which words of the
 * administrator, and bytes of a hostile client. What it says to which client:
 * test_advice.c. */
#include <string.h>

#include "servers/harness.h"
#include "servers/tool.h"
#include "servers/ways.h"

#define BAD_TEXT "\"Fish & <b>Chips</b> 'n' \\\"more\\\"\""

static const ts_site sites[] = {
    {.name = "page.test", .directives = TS_BLOCK},
    {.name = "said.test",
     .directives = TS_BLOCK "\n"
                            "tlsfloor_contact https://help.test/tls?a=1&b=2\n"
                            "tlsfloor_alternative " BAD_TEXT "\n"
                            "tlsfloor_site " BAD_TEXT},
    {.name = "mail.test",
     .directives = TS_BLOCK "\n"
                            "tlsfloor_contact help@mail.test\n"
                            "tlsfloor_alternative \"call +1 555 0100\"\n"
                            "tlsfloor_site \"Example Bank\""},
    {.name = "ja.test", .directives = TS_BLOCK "\ntlsfloor_languages ja en"},
    {.name = "jaonly.test", .directives = TS_BLOCK "\ntlsfloor_languages ja"},
    {0},
};

static const ts_conf conf = {.sites = sites};

static ts_answer
visit(const ts_server *s, const char *site, const char *headers)
{
    return ts_visit(
        s, &(ts_client){.sni = site, .max = TLS1_VERSION, .headers = headers});
}

/* Request headers and the form they get. */
typedef struct form_case {
    const char *name;
    const char *headers;
    const char *type;
} form_case;

#define HTML "text/html; charset=utf-8"
#define JSON "application/problem+json"
#define TEXT "text/plain; charset=utf-8"

static const form_case forms[] = {
    {"nothing at all", "", TEXT},
    {"a program", "User-Agent: curl/7.88.1\r\nAccept: */*\r\n", TEXT},
    {"old Internet Explorer",
     "User-Agent: Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)\r\n"
     "Accept: image/gif, image/jpeg, */*\r\n",
     HTML},
    {"old Opera", "User-Agent: Opera/9.80 (Windows NT 6.1)\r\n", HTML},
    {"a browser", "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n",
     HTML},
    {"an API", "Accept: application/json\r\n", JSON},
    {"an API that knows problems", "Accept: application/problem+json\r\n",
     JSON},
    {"HTML rather than JSON", "Accept: application/json;q=0.5, text/html\r\n",
     HTML},
    {"JSON rather than HTML", "Accept: application/json, text/html;q=0.5\r\n",
     JSON},
    {"nonsense", "Accept: ;;;q=/,\xff\r\n", TEXT},
};

enum { N_FORMS = sizeof(forms) / sizeof(forms[0]) };

START_TEST(test_forms)
{
    ts_server *s = ts_on(_i / N_FORMS);
    const form_case *c = &forms[_i % N_FORMS];
    ts_answer a = visit(s, "page.test", c->headers);

    ts_assert_page(s, &a, "TLSv1");
    ck_assert_msg(strcmp(ts_header(&a, "Content-Type"), c->type) == 0,
                  "%s, %s: %s", ts_kind_name(s->kind), c->name,
                  ts_header(&a, "Content-Type"));
    ts_assert_length(&a);
    if (strcmp(c->type, JSON) == 0) {
        ts_assert_json(&a, ".status == 403 and .tls_version == \"TLSv1\" and "
                           ".offered == \"TLSv1\" and .required == \"TLSv1.2\" "
                           "and (.advice | length) > 0 and "
                           "(.type | startswith(\"https://\")) and "
                           "(.title | length) > 0 and (.detail | length) > 0");
    } else if (strcmp(c->type, HTML) == 0) {
        ck_assert(strncmp(a.body, "<!-- This connection", 20) == 0);
        ck_assert_ptr_nonnull(strstr(a.body, "<html lang=\"en\""));
        ck_assert_ptr_nonnull(strstr(a.body, "</html>"));
        ck_assert_uint_gt(strlen(a.body), 1024);
        ck_assert_ptr_null(strstr(a.body, "<script"));
        ck_assert_ptr_null(strstr(a.body, "src="));
    }
}
END_TEST

/* Accept-Language, the site's list, and the language of the answer. */
static const char *const languages[][3] = {
    {"", "page.test", "en"},
    {"Accept-Language: ja\r\n", "page.test", "ja"},
    {"Accept-Language: ja-JP, en;q=0.5\r\n", "page.test", "ja"},
    {"Accept-Language: en;q=0.9, ja;q=0.8\r\n", "page.test", "en"},
    {"Accept-Language: tlh, ja;q=0.1\r\n", "page.test", "ja"},
    {"Accept-Language: fr\r\n", "page.test", "en"},
    {"Accept-Language: *\r\n", "page.test", "en"},
    {"", "ja.test", "ja"},
    {"Accept-Language: en-GB\r\n", "ja.test", "en"},
    {"Accept-Language: fr\r\n", "ja.test", "ja"},
    {"Accept-Language: en\r\n", "jaonly.test", "ja"},
};

enum { N_LANGUAGES = sizeof(languages) / sizeof(languages[0]) };

START_TEST(test_languages)
{
    static const char *const accepts[] = {"Accept: text/html\r\n",
                                          "Accept: application/json\r\n", ""};
    ts_server *s = ts_on(_i / N_LANGUAGES);
    const char *const *c = languages[_i % N_LANGUAGES];
    bool is_japanese = strcmp(c[2], "ja") == 0;

    for (int i = 0; i < 3; i++) {
        ts_answer a = visit(s, c[1], ts_format("%s%s", accepts[i], c[0]));

        ts_assert_page(s, &a, "TLSv1");
        ck_assert_str_eq(ts_header(&a, "Content-Language"), c[2]);
        ck_assert_msg(
            (strstr(a.body, "以降") != NULL) == is_japanese &&
                (strstr(a.body, "or newer") == NULL || !is_japanese || i == 0),
            "%s, %s: %s", ts_kind_name(s->kind), c[0], a.body);
        ts_assert_length(&a);
    }
}
END_TEST

START_TEST(test_words_of_the_administrator)
{
    ts_server *s = ts_on(_i);
    ts_answer a = visit(s, "mail.test", "Accept: text/html\r\n");

    ck_assert_ptr_nonnull(strstr(a.body, "Example Bank"));
    ck_assert_ptr_nonnull(strstr(a.body, "href=\"mailto:help@mail.test\""));
    ck_assert_ptr_nonnull(strstr(a.body, "call +1 555 0100"));
    a = visit(s, "mail.test", "");
    ck_assert_ptr_nonnull(strstr(a.body, "Contact: help@mail.test"));
    ck_assert_ptr_nonnull(strstr(a.body, "Another way in: call +1 555 0100"));

    a = visit(s, "said.test", "Accept: text/html\r\n");
    ck_assert_ptr_nonnull(
        strstr(a.body, "href=\"https://help.test/tls?a=1&amp;b=2\""));
    ck_assert_ptr_nonnull(strstr(a.body, "Fish &amp; &lt;b&gt;Chips&lt;/b&gt; "
                                         "&#39;n&#39; &quot;more&quot;"));
    ck_assert_ptr_null(strstr(a.body, "<b>Chips"));
    ck_assert_ptr_nonnull(strstr(ts_header(&a, "Link"),
                                 "<https://help.test/tls?a=1&b=2>; "
                                 "rel=\"help\""));
    a = visit(s, "said.test", "Accept: application/json\r\n");
    ts_assert_json(&a, ".help == \"https://help.test/tls?a=1&b=2\" and "
                       "(.detail | contains(\"Fish & <b>Chips</b> 'n' "
                       "\\\"more\\\"\"))");
    a = visit(s, "said.test", "");
    ck_assert_ptr_nonnull(strstr(a.body, "Fish & <b>Chips</b> 'n' \"more\""));
}
END_TEST

/* Whatever a client sends, none of it comes back as markup, as a second JSON
 * member or as a control character. */
START_TEST(test_hostile_clients)
{
    static const char *const accepts[] = {"text/html", "application/json",
                                          "text/plain"};
    static const char evil[] =
        "<script>alert(1)</script>\"onload='x'&{{site}}\\\",\"evil\":1"
        "\x1b[31m\xff\xc0\x80\xe3\x81-->";
    ts_server *s = ts_on(_i);

    for (int i = 0; i < 6; i++) {
        ts_client client = {.sni = "page.test", .max = TLS1_VERSION};

        /* Apache takes control characters for a bad request: page as well. */
        client.request = ts_format(
            "GET /%s HTTP/1.1\r\nHost: %s\r\nUser-Agent: Mozilla/5.0 "
            "(Windows NT %s) Firefox/24.%s\r\nAccept-Language: ja-%s\r\n"
            "X-Request-Id: %s\r\nReferer: %s\r\nAccept: %s\r\n\r\n",
            i < 3 ? "" : "%3Cscript%3E\"<script>", i < 3 ? "page.test" : evil,
            evil, evil, evil, evil, evil, accepts[i % 3]);
        ts_answer a = ts_visit(s, &client);

        ts_assert_page(s, &a, "TLSv1");
        ts_assert_length(&a);
        ck_assert_ptr_null(strstr(a.raw, "script>"));
        ck_assert_ptr_null(strstr(a.raw, "alert"));
        ck_assert_ptr_null(strchr(a.raw, '\x1b'));
        ck_assert_ptr_null(strchr(a.raw, '\xff'));
        ck_assert_ptr_null(strstr(a.raw, "{{"));
        if (strcmp(ts_header(&a, "Content-Type"), JSON) == 0) {
            ts_assert_json(&a, "(has(\"evil\") | not) and .status == 403");
        }
    }
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("page_forms");
    TCase *tcase = ts_tcase(suite, "forms", &conf);

    tcase_add_loop_test(tcase, test_forms, 0, TS_N_SERVERS * N_FORMS);
    tcase_add_loop_test(tcase, test_languages, 0, TS_N_SERVERS * N_LANGUAGES);
    tcase_add_loop_test(tcase, test_words_of_the_administrator, 0,
                        TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_hostile_clients, 0, TS_N_SERVERS);
    return suite;
}
