/* SPDX-License-Identifier: Apache-2.0 */
/* Which form and which language: headers of real clients and odd ones. */
#include "unit/check_main.h"

#include "tlsf_accept.h"

#define HTML TLSF_FORM_HTML
#define JSON TLSF_FORM_JSON
#define TEXT TLSF_FORM_TEXT

/* User-Agents; NULL is none. */
#define IE6 "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)"
#define FF  "Mozilla/5.0 (Windows NT 6.1; rv:24.0) Gecko/20100101 Firefox/24.0"
#define OP  "Opera/9.80 (Windows NT 5.1) Presto/2.12.388 Version/12.16"

/* clang-format off */
static const struct {
    const char *name;
    tlsf_form form;
    const char *agent;
    const char *accept; /* NULL: absent */
} forms[] = {
    /* Real clients. */
    {"Firefox 24", HTML, FF,
     "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
    {"Opera 12", HTML, OP,
     "text/html, application/xml;q=0.9, application/xhtml+xml, image/png, "
     "image/webp, image/jpeg, image/gif, image/x-xbitmap, */*;q=0.1"},
    {"old IE, first visit", HTML, IE6,
     "image/gif, image/x-xbitmap, image/jpeg, image/pjpeg, "
     "application/x-shockwave-flash, application/vnd.ms-excel, */*"},
    {"old IE, reload", HTML, IE6, "*/*"},
    {"curl", TEXT, "curl/7.19.7", "*/*"},
    {"wget", TEXT, "Wget/1.12 (linux-gnu)", "*/*"},
    {"python-requests", TEXT, "python-requests/2.2.1", "*/*"},
    {"axios", JSON, "axios/0.19.0", "application/json, text/plain, */*"},
    {"axios in a browser", JSON, FF, "application/json, text/plain, */*"},
    {"jQuery getJSON", JSON, IE6,
     "application/json, text/javascript, */*; q=0.01"},
    {"RestSharp", JSON, "RestSharp 104.0",
     "application/json, application/xml, text/json, text/x-json, "
     "text/javascript, text/xml"},
    {"HttpURLConnection", HTML, "Java/1.6.0_45",
     "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"},
    {"GitHub's media type", JSON, "x", "application/vnd.github.v3+json"},
    {"problem+json", JSON, "x", "application/problem+json"},

    /* No Accept, or nonsense: any type. */
    {"absent, browser", HTML, IE6, NULL},
    {"absent, Opera", HTML, OP, NULL},
    {"absent, tool", TEXT, "curl/7.19.7", NULL},
    {"absent, no agent", TEXT, NULL, NULL},
    {"empty", HTML, FF, ""},
    {"commas", HTML, FF, " , ,,"},
    {"a word", HTML, FF, "html"},
    {"a slash", HTML, FF, "/"},
    {"agent with Mozilla inside", TEXT, "x Mozilla/5.0", NULL},
    {"agent in lower case", TEXT, "mozilla/5.0", NULL},

    /* Weights. */
    {"JSON before HTML", JSON, FF, "application/json, text/html"},
    {"HTML before JSON", HTML, FF, "text/html, application/json"},
    {"JSON weighs more", JSON, FF, "text/html;q=0.8, application/json;q=0.9"},
    {"HTML weighs more", HTML, FF, "application/json;q=0.8, text/html;q=0.9"},
    {"xhtml weighs more", HTML, FF,
     "text/html;q=0.1, application/json;q=0.8, application/xhtml+xml;q=0.9"},
    {"xhtml alone", HTML, "x", "application/xhtml+xml"},
    {"any type weighs more", HTML, FF, "application/json;q=0.1, */*"},
    {"any type weighs more, tool", TEXT, "x", "application/json;q=0.1, */*"},
    {"plain text weighs more", TEXT, "x", "application/json;q=0.1, text/plain"},
    {"plain text as much", JSON, "x", "text/plain, application/json"},
    {"JSON excluded", HTML, FF, "application/json;q=0, */*"},
    {"JSON excluded, problem wanted", JSON, FF,
     "application/json;q=0, application/problem+json"},
    {"HTML excluded", TEXT, FF, "text/html;q=0, */*"},
    {"HTML excluded, JSON wanted", JSON, FF,
     "text/html;q=0, application/json;q=0.1"},
    {"HTML excluded, xhtml wanted", HTML, FF,
     "text/html;q=0, application/xhtml+xml"},
    {"all excluded", TEXT, FF, "*/*;q=0"},
    {"0.001 counts", JSON, FF, "text/html;q=0.001, application/json;q=0.002"},
    {"a fourth digit does not", HTML, FF,
     "text/html;q=0.5001, application/json;q=0.5009"},
    {"weight without 0", JSON, FF, "text/html;q=.2, application/json;q=.3"},
    {"weight with a point alone", JSON, FF,
     "text/html;q=0., application/json;q=0.1"},
    {"weight above 1", JSON, FF, "application/json;q=7.5, text/html"},
    {"broken weight counts as 1", HTML, FF,
     "text/html;q=x, application/json;q=0.9"},
    {"empty weight counts as 1", HTML, FF,
     "text/html;q=, application/json;q=0.9"},

    /* Grammar. */
    {"case", JSON, FF, "APPLICATION/Json;Q=1, Text/HTML;q=0.9"},
    {"case of html", HTML, "x", "TEXT/HTML"},
    {"spaces", JSON, FF, "\t application/json ;\tq = 1 ,text/html; q=0.5 "},
    {"parameters before q", HTML, FF,
     "application/json;charset=utf-8;q=0.4, text/html;level=1;q=0.5"},
    {"parameters after q", HTML, FF,
     "application/json;q=0.4;ext=1, text/html;q=0.5;ext"},
    {"a comma in quotes", TEXT, "x", "a/b;t=\"text/html, application/json\""},
    {"an escaped quote", TEXT, "x", "a/b;t=\"\\\",text/html\""},
    {"a quote left open", TEXT, "x", "a/b;t=\",text/html"},
    {"a backslash at the end", TEXT, "x", "a/b;t=\"\\"},
    {"a range is no name", TEXT, FF, "application/*"},
    {"any text", TEXT, FF, "text/*"},
    {"text/htmlx", TEXT, FF, "text/htmlx"},
    {"images", TEXT, FF, "image/png,image/*;q=0.8"},
};
/* clang-format on */

START_TEST(form_is_chosen)
{
    tlsf_form form = tlsf_accept_form(tlsf_str_of(forms[_i].accept),
                                      tlsf_str_of(forms[_i].agent));

    ck_assert_msg(form == forms[_i].form, "%s: %d", forms[_i].name, form);
}
END_TEST

static const tlsf_language en_ja[] = {TLSF_LANGUAGE_EN, TLSF_LANGUAGE_JA};
static const tlsf_language ja_en[] = {TLSF_LANGUAGE_JA, TLSF_LANGUAGE_EN};

/* What is chosen when English, or Japanese, is the site's first language. */
/* clang-format off */
static const struct {
    const char *name;
    const char *header; /* NULL: absent */
    tlsf_language of_en_ja;
    tlsf_language of_ja_en;
} languages[] = {
#define EN TLSF_LANGUAGE_EN
#define JA TLSF_LANGUAGE_JA
    {"absent", NULL, EN, JA},
    {"empty", "", EN, JA},
    {"Japanese", "ja", JA, JA},
    {"Japanese of Japan", "ja-JP", JA, JA},
    {"case", "JA-jp", JA, JA},
    {"a long range", "ja-Jpan-JP-u-ca-japanese", JA, JA},
    {"British English", "en-GB", EN, EN},
    {"Firefox", "ja,en-US;q=0.7,en;q=0.3", JA, JA},
    {"order does not matter, weight does", "en;q=0.3, ja;q=0.7", JA, JA},
    {"equal weights: listed first", "ja, en", JA, JA},
    {"equal weights: listed first, other", "en-US, ja-JP", EN, EN},
    {"unknown first", "fr-FR, fr;q=0.9, ja;q=0.1", JA, JA},
    {"unknown alone", "fr", EN, JA},
    {"not a subtag", "jav, jap", EN, JA},
    {"underscore", "ja_JP", EN, JA},
    {"star", "*", EN, JA},
    {"star and a name", "ja, *;q=0.5", JA, JA},
    {"star for those not named", "en;q=0.1, *", JA, JA},
    {"star behind an unknown one", "fr, *;q=0.5", EN, JA},
    {"excluded", "en;q=0", JA, JA},
    {"excluded, other", "ja;q=0", EN, EN},
    {"excluded, with a star", "en;q=0, *", JA, JA},
    {"a region excluded", "ja-JP;q=0", EN, JA},
    {"excluded beats its region", "ja-JP, ja;q=0", EN, EN},
    {"all excluded", "en;q=0, ja;q=0", EN, JA},
    {"star excluded", "*;q=0", EN, JA},
    {"star excluded but one", "ja, *;q=0", JA, JA},
    {"nonsense", ";;q=,,-,\"", EN, JA},
#undef EN
#undef JA
};
/* clang-format on */

START_TEST(language_is_chosen)
{
    tlsf_str header = tlsf_str_of(languages[_i].header);
    const char *name = languages[_i].name;

    ck_assert_msg(tlsf_accept_language(header, en_ja, 2) ==
                      languages[_i].of_en_ja,
                  "%s (en first)", name);
    ck_assert_msg(tlsf_accept_language(header, ja_en, 2) ==
                      languages[_i].of_ja_en,
                  "%s (ja first)", name);
    ck_assert_int_eq(tlsf_accept_language(header, ja_en, 1), TLSF_LANGUAGE_JA);
}
END_TEST

#define OM "application/openmetrics-text"

/* clang-format off */
static const struct {
    const char *name;
    bool is_openmetrics;
    const char *accept;
} scrapes[] = {
    {"Prometheus 2", true,
     OM ";version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1"},
    {"Prometheus 2.5", true,
     OM "; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"},
    {"Prometheus 3", true,
     OM ";version=1.0.0;escaping=allow-utf-8;q=0.6," OM
     ";version=0.0.1;q=0.5,text/plain;version=1.0.0;q=0.4,/;q=0.2"},
    {"Prometheus with protobuf", true,
     "application/vnd.google.protobuf;proto=io.prometheus.client."
     "MetricFamily;encoding=delimited;q=0.5," OM ";version=1.0.0;q=0.4,"
     "text/plain;version=0.0.4;q=0.2,*/*;q=0.1"},
    {"Prometheus 1", false, "text/plain;version=0.0.4;q=0.3,*/*;q=0.1"},
    {"curl", false, "*/*"},
    {"absent", false, NULL},
    {"browser", false, "text/html,*/*;q=0.8"},
    {"alone", true, OM},
    {"case", true, "Application/OpenMetrics-TEXT"},
    {"listed first", true, OM ", text/plain"},
    {"listed second", false, "text/plain, " OM},
    {"weighs less", false, OM ";q=0.3, text/plain;q=0.5"},
    {"less than any text", false, OM ";q=0.3, text/*;q=0.5"},
    {"less than any type", false, OM ";q=0.3, */*"},
    {"the name beats the star", true, OM ";q=0.3, text/plain;q=0.1, */*"},
    {"excluded", false, OM ";q=0"},
    {"text excluded", true, "text/plain;q=0, " OM ";q=0.1, */*"},
};
/* clang-format on */

START_TEST(openmetrics_is_chosen)
{
    ck_assert_msg(tlsf_accept_openmetrics(tlsf_str_of(scrapes[_i].accept)) ==
                      scrapes[_i].is_openmetrics,
                  "%s", scrapes[_i].name);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("accept");
    TCase *t = tcase_create("accept");

    tcase_add_loop_test(t, form_is_chosen, 0, TLSF_COUNTOF(forms));
    tcase_add_loop_test(t, language_is_chosen, 0, TLSF_COUNTOF(languages));
    tcase_add_loop_test(t, openmetrics_is_chosen, 0, TLSF_COUNTOF(scrapes));
    suite_add_tcase(suite, t);
    return suite;
}
