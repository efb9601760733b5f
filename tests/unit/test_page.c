/* SPDX-License-Identifier: Apache-2.0 */
/* The upgrade page in its three forms: what it says, what it escapes. Its
 * headers: test_page_headers.c. */
#include <stdio.h>
#include <stdlib.h>

#include "unit/check_main.h"
#include "unit/page_sample.h"

#define FIREFOX                                                                \
    "Mozilla/5.0 (Windows NT 6.1; rv:52.0) Gecko/20100101 Firefox/52.0"

/* A clock change between now and then: each date has its own offset. */
static int64_t
berlin(int64_t at)
{
    return at < BLOCK_AT ? HOUR : 2 * HOUR;
}

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
    tcase_add_test(tcase, choice);
    tcase_add_test(tcase, sink_too_small);
    suite_add_tcase(suite, tcase);
    return suite;
}
