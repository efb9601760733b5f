/* SPDX-License-Identifier: Apache-2.0 */
/* The headers of the upgrade page, and what contacts and links become. */
#include <stdio.h>

#include "unit/check_main.h"
#include "unit/page_sample.h"

static char headers[8192];

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

Suite *
test_suite(void)
{
    Suite *suite = suite_create("page_headers");
    TCase *tcase = tcase_create("page_headers");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_loop_test(tcase, contacts, 0, TLSF_COUNTOF(CONTACTS));
    tcase_add_test(tcase, long_link_is_left_out);
    tcase_add_test(tcase, all_headers);
    tcase_add_test(tcase, upgrade_required);
    suite_add_tcase(suite, tcase);
    return suite;
}
