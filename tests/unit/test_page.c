/* SPDX-License-Identifier: Apache-2.0 */
/* The upgrade page in its three forms: what it says, what it escapes, its
 * headers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "tlsf_page.h"
#include "unit/check_main.h"

#define IE9 "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)"
#define FIREFOX                                                                \
    "Mozilla/5.0 (Windows NT 6.1; rv:52.0) Gecko/20100101 Firefox/52.0"
#define HOUR 3600

/* Midnights in Tokyo: 15:00 UTC of the day before. */
#define WARN_AT   1802790000 /* 17 February 2027 */
#define BLOCK_AT  1803826800 /* 1 March 2027 */
#define REFUSE_AT 1804863600 /* 13 March 2027 */

static char body[65536];
static char headers[8192];
static tlsf_settings settings;
static tlsf_page page;

static int64_t
tokyo(int64_t at)
{
    (void)at;
    return 9 * HOUR;
}

/* A clock change between now and then: each date has its own offset. */
static int64_t
berlin(int64_t at)
{
    return at < BLOCK_AT ? HOUR : 2 * HOUR;
}

static void
setup(void)
{
    settings = (tlsf_settings){
        .floor = TLSF_TLSV12,
        .n_stages = 3,
        .stages = {{TLSF_STAGE_WARN, true, WARN_AT},
                   {TLSF_STAGE_BLOCK, true, BLOCK_AT},
                   {TLSF_STAGE_REFUSE, true, REFUSE_AT}},
        .page_code = 403,
        .contact = TLSF_LIT("https://help.example.org/tls?a=1&b=2"),
        .alternative = TLSF_LIT("Call +81 3 0000 0000"),
        .site = TLSF_LIT("Example Bank"),
        .n_languages = 2,
        .languages = {TLSF_LANGUAGE_EN, TLSF_LANGUAGE_JA},
    };
    page = (tlsf_page){
        .settings = &settings,
        .host_name = TLSF_LIT("www.example.org"),
        .facts = {TLSF_TLSV1, TLSF_TLSV11, true},
        .required = TLSF_TLSV12,
        .client = tlsf_client_read(TLSF_LIT(IE9)),
        .form = TLSF_FORM_HTML,
        .now = BLOCK_AT + 42,
        .utc_offset = tokyo,
        .request_id = TLSF_LIT("5f3c-1"),
        .is_http11 = true,
    };
}

static const char *
render(tlsf_form form)
{
    tlsf_buf buf = {body, sizeof(body) - 1, 0};
    tlsf_out out = tlsf_out_to_buf(&buf);

    page.form = form;
    tlsf_page_write(&page, &out);
    ck_assert_int_eq(out.err, TLSF_OK);
    ck_assert_uint_eq(out.n, buf.used);
    body[buf.used] = '\0';
    ck_assert_uint_eq(strlen(body), buf.used);
    ck_assert_msg(strstr(body, "{{") == NULL, "a slot is left: %s", body);
    return body;
}

static void
collect(void *to, tlsf_str name, tlsf_str value)
{
    size_t used = strlen(headers);

    (void)to;
    for (size_t i = 0; i < value.len; i++) {
        ck_assert((unsigned char)value.data[i] >= ' ');
        ck_assert((unsigned char)value.data[i] < 0x7f);
    }
    snprintf(headers + used, sizeof(headers) - used, "%.*s: %.*s\n",
             (int)name.len, name.data, (int)value.len, value.data);
}

#define HAS(text, part)                                                        \
    ck_assert_msg(strstr(text, part), "%s in %s", part, text)
#define LACKS(text, part)                                                      \
    ck_assert_msg(!strstr(text, part), "no %s in %s", part, text)

START_TEST(html_says_it_all)
{
    const char *html = render(TLSF_FORM_HTML);

    ck_assert_uint_gt(strlen(html), 1024);
    ck_assert_ptr_eq(strstr(html, "<!-- This connection was made with TLS 1.0, "
                                  "but this server requires TLS 1.2 or newer"),
                     html);
    ck_assert_ptr_eq(strchr(html, '\n') - 4, strstr(html, " -->\n"));
    HAS(html, "<html lang=\"en\" dir=\"ltr\">");
    HAS(html, "Internet Explorer 9 on Windows 7, over TLS 1.0");
    HAS(html, "account and your data are untouched");
    HAS(html, "<li>In Internet Explorer open Tools, Internet Options");
    HAS(html, "You can do this today");
    HAS(html, "every browser, device and program");
    HAS(html, "This applies now.");
    HAS(html, "From 13 March 2027 on");
    LACKS(html, "1 March 2027");
    HAS(html, "<a href=\"https://help.example.org/tls?a=1&amp;b=2\">");
    HAS(html, "Another way in: Call +81 3 0000 0000");
    HAS(html, "2027-03-01 00:00:42 UTC+09:00");
    HAS(html, "<b>5f3c-1</b>");
    HAS(html, "TLS 1.0 (at most offered: TLS 1.1)");
    LACKS(html, "<script");
    LACKS(html, "http-equiv=\"refresh");
    LACKS(html, "src=");
}
END_TEST

START_TEST(html_in_japanese)
{
    page.language = TLSF_LANGUAGE_JA;
    const char *html = render(TLSF_FORM_HTML);

    HAS(html, "<!-- This connection was made with TLS 1.0");
    HAS(html, "<html lang=\"ja\" dir=\"ltr\">");
    HAS(html, "Windows 7 の Internet Explorer 9");
    HAS(html, "インターネット オプション");
    HAS(html, "2027年3月13日以降");
    HAS(html, "TLS 1.2 以降");
    LACKS(html, "March");
}
END_TEST

START_TEST(what_is_not_known_is_left_out)
{
    settings.n_stages = 1;
    settings.stages[0] = (tlsf_stage_step){TLSF_STAGE_OBSERVE, false, 0};
    settings.contact = settings.alternative = (tlsf_str){NULL, 0};
    settings.site = page.host_name = page.request_id = (tlsf_str){NULL, 0};
    page.client = tlsf_client_read((tlsf_str){NULL, 0});
    page.facts.offered = TLSF_VERSION_OTHER;
    const char *html = render(TLSF_FORM_HTML);

    LACKS(html, "<h2>When</h2>");
    LACKS(html, "<h2>Help</h2>");
    LACKS(html, "Request ID");
    LACKS(html, "at most offered");
    HAS(html, "You reached this site with this browser or program, over");
    HAS(html, "Browser or program: <b>not known</b>");
    HAS(html, "Operating system: <b>not known</b>");
}
END_TEST

START_TEST(dates_before_the_cut)
{
    page.now = BLOCK_AT - HOUR;
    const char *html = render(TLSF_FORM_HTML);

    LACKS(html, "This applies now");
    HAS(html, "From 1 March 2027 on, Example Bank can be used with");
    HAS(html, "From 13 March 2027 on, connections older than TLS 1.2");
    page.now = REFUSE_AT;
    html = render(TLSF_FORM_HTML);
    HAS(html, "This applies now");
    LACKS(html, "March 2027 on");
}
END_TEST

/* 15:00 UTC is no midnight in Berlin, and summer time begins in between. */
START_TEST(dates_in_the_servers_zone)
{
    page.now = BLOCK_AT - HOUR;
    page.utc_offset = berlin;
    const char *text = render(TLSF_FORM_TEXT);

    HAS(text, "From 28 February 2027, 17:00 UTC+02:00 on");
    HAS(text, "Time: 2027-02-28 15:00:00 UTC+01:00\n");
    page.utc_offset = NULL;
    text = render(TLSF_FORM_TEXT);
    HAS(text, "From 28 February 2027, 15:00 UTC on");
    HAS(text, "Time: 2027-02-28 14:00:00 UTC\n");
}
END_TEST

START_TEST(plain_text)
{
    const char *text = render(TLSF_FORM_TEXT);

    ck_assert_ptr_eq(strstr(text, "This connection was made with TLS 1.0"),
                     text);
    HAS(text, "\n1. In Internet Explorer open");
    HAS(text, "Contact: https://help.example.org/tls?a=1&b=2\n");
    HAS(text, "Request ID: 5f3c-1\n");
    HAS(text, "Required: TLS 1.2 or newer\n");
    LACKS(text, "<");
}
END_TEST

/* jq reads what we wrote; without jq the test checks less. */
static void
check_json(const char *json, const char *filter)
{
    char command[512];
    FILE *jq = NULL;

    if (system("command -v jq > /dev/null") != 0) {
        return;
    }
    snprintf(command, sizeof(command), "jq -e '%s' > /dev/null", filter);
    jq = popen(command, "w");
    ck_assert_ptr_nonnull(jq);
    fputs(json, jq);
    ck_assert_msg(pclose(jq) == 0, "%s: %s", filter, json);
}

START_TEST(problem_document)
{
    const char *json = render(TLSF_FORM_JSON);

    HAS(json, "\"type\": \"https://www.rfc-editor.org/info/bcp195\"");
    HAS(json, "\"sunset\": \"2027-03-12T15:00:00Z\"");
    check_json(json,
               ".status == 403 and .tls_version == \"TLSv1\" and .offered == "
               "\"TLSv1.1\" and .required == \"TLSv1.2\" and .client == \"ie\" "
               "and .client_version == \"9\" and .system == \"Windows 7\"");
    check_json(json,
               ".verdict == \"needs-enabling\" and (.advice | length) == 1 and "
               ".instance == \"urn:tlsfloor:request:5f3c-1\" and (.detail | "
               "contains(\"untouched\"))");
    check_json(json, ".help == \"https://help.example.org/tls?a=1&b=2\"");
    page.language = TLSF_LANGUAGE_JA;
    check_json(render(TLSF_FORM_JSON), ".title | contains(\"TLS\")");
    settings.n_stages = 0;
    settings.contact = page.request_id = (tlsf_str){NULL, 0};
    page.client = tlsf_client_read((tlsf_str){NULL, 0});
    check_json(render(TLSF_FORM_JSON),
               "[.sunset, .help, .instance, .client_version, .system] | "
               "all(. == null)");
}
END_TEST

/* Markup, quotes, a NUL, broken UTF-8, a comment's end, line breaks. */
#define HOSTILE "</b>\"'<script>&\\ \0\xff\xc0\x80-->\r\n{{TITLE}}{site}"

START_TEST(hostile_texts)
{
    tlsf_str hostile = {HOSTILE, sizeof(HOSTILE) - 1};
    static const tlsf_form forms[] = {TLSF_FORM_HTML, TLSF_FORM_TEXT,
                                      TLSF_FORM_JSON};

    settings.contact = settings.alternative = settings.site = hostile;
    page.request_id = page.host_name = hostile;
    page.client = tlsf_client_read(hostile);
    for (size_t i = 0; i < TLSF_COUNTOF(forms); i++) {
        tlsf_buf buf = {body, sizeof(body) - 1, 0};
        tlsf_out out = tlsf_out_to_buf(&buf);
        page.form = forms[i];
        tlsf_page_write(&page, &out);
        ck_assert_int_eq(out.err, TLSF_OK);
        ck_assert_ptr_null(memchr(body, '\0', buf.used));
        ck_assert(forms[i] == TLSF_FORM_HTML ||
                  memchr(body, '\r', buf.used) == NULL);
        ck_assert_ptr_null(memchr(body, 0xff, buf.used));
        body[buf.used] = '\0';
        /* what came from outside is no template */
        HAS(body, "{{TITLE}}{site}");
        if (forms[i] == TLSF_FORM_HTML) {
            LACKS(body, "<script");
            HAS(body, "&lt;/b&gt;&quot;");
        }
    }
    check_json(body, ".help | startswith(\"</b>\")");
    check_json(body, ".instance | test(\"^[!-~]*$\")");
}
END_TEST

static const struct {
    const char *contact;
    const char *html;  /* in the page */
    const char *links; /* the Link header, "" for none */
} CONTACTS[] = {
    {"https://help.example.org/", "<a href=\"https://help.example.org/\">",
     "<https://help.example.org/>; rel=\"deprecation\", "
     "<https://help.example.org/>; rel=\"sunset\", "
     "<https://help.example.org/>; rel=\"help\""},
    {"HTTP://x/\">'<i>", "<a href=\"HTTP://x/%22%3E%27%3Ci%3E\">",
     "<HTTP://x/%22%3E%27%3Ci%3E>; rel=\"help\""},
    {"help@example.org", "<a href=\"mailto:help@example.org\">help@",
     "<mailto:help@example.org>; rel=\"help\""},
    {"mailto:help+tls@example.org",
     "<a href=\"mailto:help+tls@example.org\">mailto:",
     "<mailto:help+tls@example.org>; rel=\"help\""},
    {"Help desk, room 12", "Contact: Help desk, room 12<", ""},
    {"Help desk <help@example.org>", "Help desk &lt;help@example.org&gt;<", ""},
    {"javascript:alert(1)", "Contact: javascript:alert(1)<", ""},
    {"https://x/\r\nSet-Cookie: a=b", "Contact: https://x/", ""},
    {"https://", "Contact: https://<", ""},
    {"a@b@c", "Contact: a@b@c<", ""},
    {"@example.org", "Contact: @example.org<", ""},
    {"https://x/日本",
     "<a href=\"https://x/%E6%97%A5%E6%9C%AC\">https://x/日本",
     "<https://x/%E6%97%A5%E6%9C%AC>; rel=\"help\""},
};

START_TEST(contacts)
{
    settings.contact = tlsf_str_of(CONTACTS[_i].contact);
    HAS(render(TLSF_FORM_HTML), CONTACTS[_i].html);
    headers[0] = '\0';
    tlsf_page_notice_headers(&settings, collect, NULL);
    LACKS(headers, "Set-Cookie");
    if (CONTACTS[_i].links[0] == '\0') {
        LACKS(headers, "Link:");
    } else {
        HAS(headers, CONTACTS[_i].links);
    }
}
END_TEST

START_TEST(long_link_is_left_out)
{
    static char url[4096];

    memset(url, 'a', sizeof(url));
    memcpy(url, "https://", 8);
    settings.contact = (tlsf_str){url, sizeof(url)};
    headers[0] = '\0';
    tlsf_page_notice_headers(&settings, collect, NULL);
    LACKS(headers, "Link:");
    HAS(headers, "Deprecation: @1802790000\n");
}
END_TEST

START_TEST(all_headers)
{
    headers[0] = '\0';
    tlsf_page_headers(&page, collect, NULL);
    HAS(headers, "Cache-Control: no-store\n");
    HAS(headers, "Content-Language: en\n");
    HAS(headers, "Content-Security-Policy: default-src 'none'; "
                 "style-src 'unsafe-inline'; base-uri 'none'; "
                 "form-action 'none'; frame-ancestors 'none'\n");
    HAS(headers, "X-Content-Type-Options: nosniff\n");
    HAS(headers, "Deprecation: @1802790000\n");
    HAS(headers, "Sunset: Fri, 12 Mar 2027 15:00:00 GMT\n");
    LACKS(headers, "Upgrade");
    settings.n_stages = 0;
    headers[0] = '\0';
    tlsf_page_notice_headers(&settings, collect, NULL);
    ck_assert_str_eq(headers, "Link: <https://help.example.org/tls?a=1&b=2>; "
                              "rel=\"help\"\n");
}
END_TEST

START_TEST(upgrade_required)
{
    settings.page_code = 426;
    page.required = TLSF_TLSV13;
    headers[0] = '\0';
    tlsf_page_headers(&page, collect, NULL);
    ck_assert_uint_eq(tlsf_page_status(&page), 426);
    HAS(headers, "\nUpgrade: TLS/1.3, HTTP/1.1\nConnection: Upgrade\n");
    page.is_http11 = false;
    headers[0] = '\0';
    tlsf_page_headers(&page, collect, NULL);
    ck_assert_uint_eq(tlsf_page_status(&page), 403);
    LACKS(headers, "Upgrade");
}
END_TEST

START_TEST(choice)
{
    tlsf_page_request request = {
        .user_agent = TLSF_LIT(FIREFOX),
        .accept = TLSF_LIT("application/json"),
        .accept_language = TLSF_LIT("ja-JP,en;q=0.5"),
    };

    tlsf_page_choose(&page, &request);
    ck_assert_int_eq(page.form, TLSF_FORM_JSON);
    ck_assert_int_eq(page.language, TLSF_LANGUAGE_JA);
    ck_assert_int_eq(page.client.family, TLSF_FAMILY_FIREFOX);
    ck_assert(tlsf_str_eq(tlsf_page_content_type(&page),
                          TLSF_LIT("application/problem+json")));
    request.accept = TLSF_LIT("text/html");
    tlsf_page_choose(&page, &request);
    ck_assert(tlsf_str_eq(tlsf_page_content_type(&page),
                          TLSF_LIT("text/html; charset=utf-8")));
    request.accept = TLSF_LIT("text/plain");
    tlsf_page_choose(&page, &request);
    ck_assert(tlsf_str_eq(tlsf_page_content_type(&page),
                          TLSF_LIT("text/plain; charset=utf-8")));
}
END_TEST

START_TEST(sink_too_small)
{
    char small[100];
    tlsf_buf buf = {small, sizeof(small), 0};
    tlsf_out out = tlsf_out_to_buf(&buf);

    tlsf_page_write(&page, &out);
    ck_assert_int_eq(out.err, TLSF_ENOSPC);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("page");
    TCase *tcase = tcase_create("page");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, html_says_it_all);
    tcase_add_test(tcase, html_in_japanese);
    tcase_add_test(tcase, what_is_not_known_is_left_out);
    tcase_add_test(tcase, dates_before_the_cut);
    tcase_add_test(tcase, dates_in_the_servers_zone);
    tcase_add_test(tcase, plain_text);
    tcase_add_test(tcase, problem_document);
    tcase_add_test(tcase, hostile_texts);
    tcase_add_loop_test(tcase, contacts, 0, TLSF_COUNTOF(CONTACTS));
    tcase_add_test(tcase, long_link_is_left_out);
    tcase_add_test(tcase, all_headers);
    tcase_add_test(tcase, upgrade_required);
    tcase_add_test(tcase, choice);
    tcase_add_test(tcase, sink_too_small);
    suite_add_tcase(suite, tcase);
    return suite;
}
