/* SPDX-License-Identifier: Apache-2.0 */
/* User-Agents, what they are, and what the client table says about them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "tlsf_client.h"
#include "tlsf_number.h"
#include "unit/check_main.h"

#define USER_AGENTS "tests/data/user_agents.tsv"

static char text[256];

/* What a writer wrote, "-" for nothing. */
static const char *
written(void (*write)(const tlsf_client *, tlsf_out *), const tlsf_client *c)
{
    tlsf_buf buf = {text, sizeof(text) - 1, 0};
    tlsf_out out = tlsf_out_to_buf(&buf);

    write(c, &out);
    ck_assert_int_eq(out.err, TLSF_OK);
    text[buf.used] = '\0';
    return buf.used == 0 ? "-" : text;
}

static void
write_version(const tlsf_client *client, tlsf_out *out)
{
    tlsf_number_write(&client->version, out);
}

static void
check_str(tlsf_str got, const char *want, const char *line)
{
    ck_assert_msg(tlsf_str_eq(got, tlsf_str_of(want)),
                  "got %.*s, want %s, for %s", (int)got.len, got.data, want,
                  line);
}

static void
check_line(char *line)
{
    char *field[6] = {line};
    size_t n = 1;

    line[strcspn(line, "\n")] = '\0';
    for (char *at = line; n < TLSF_COUNTOF(field); n++) {
        at = strchr(at, '\t');
        ck_assert_msg(at != NULL, "too few fields: %s", line);
        *at++ = '\0';
        field[n] = at;
    }
    tlsf_client client = tlsf_client_read(tlsf_str_of(field[0]));
    check_str(tlsf_family_label(client.family), field[1], field[0]);
    ck_assert_msg(strcmp(written(write_version, &client), field[2]) == 0,
                  "version %s, want %s: %s", text, field[2], field[0]);
    ck_assert_msg(
        strcmp(written(tlsf_client_write_system, &client), field[3]) == 0,
        "system %s, want %s: %s", text, field[3], field[0]);
    tlsf_judgement judgement = tlsf_client_judge(&client, TLSF_TLSV12);
    check_str(tlsf_verdict_name(judgement.verdict), field[4], field[0]);
    ck_assert_uint_gt(judgement.n_advice, 0);
    judgement = tlsf_client_judge(&client, TLSF_TLSV13);
    check_str(tlsf_verdict_name(judgement.verdict), field[5], field[0]);
    ck_assert_uint_gt(judgement.n_advice, 0);
}

START_TEST(every_user_agent)
{
    char line[1024];
    size_t n = 0;
    FILE *file = fopen(USER_AGENTS, "r");

    ck_assert_msg(file != NULL, "cannot open " USER_AGENTS);
    while (fgets(line, sizeof(line), file) != NULL) {
        if (line[0] != '#') {
            check_line(line);
            n++;
        }
    }
    fclose(file);
    ck_assert_uint_gt(n, 150);
}
END_TEST

/* The rows of the two notices: the action that each of them names. */
static const struct {
    const char *user_agent;
    tlsf_version needed;
    tlsf_message advice[TLSF_MAX_ADVICE];
    size_t n;
} ADVICE[] = {
    {"Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)",
     TLSF_TLSV12,
     {TLSF_MESSAGE_IE_ENABLE},
     1},
    {"Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)",
     TLSF_TLSV11,
     {TLSF_MESSAGE_IE_ENABLE},
     1},
    {"Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0)",
     TLSF_TLSV12,
     {TLSF_MESSAGE_IE_WINDOWS7, TLSF_MESSAGE_OTHER_BROWSER},
     2},
    {"Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)",
     TLSF_TLSV12,
     {TLSF_MESSAGE_IE_8, TLSF_MESSAGE_OTHER_BROWSER},
     2},
    {"Mozilla/5.0 (Windows NT 6.1; rv:24.0) Gecko/20100101 Firefox/24.0",
     TLSF_TLSV12,
     {TLSF_MESSAGE_FIREFOX_ENABLE, TLSF_MESSAGE_FIREFOX_UPDATE},
     2},
    {"Java/1.7.0_80",
     TLSF_TLSV12,
     {TLSF_MESSAGE_JAVA_7, TLSF_MESSAGE_PROGRAM_USES},
     2},
    {"Microsoft Office/14.0 (Windows NT 6.1; Microsoft Outlook 14.0.7113; Pro)",
     TLSF_TLSV12,
     {TLSF_MESSAGE_WINHTTP_REGISTRY, TLSF_MESSAGE_SCHANNEL_REGISTRY},
     2},
    /* a modern client with an old hello: the causes in their order */
    {"Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko",
     TLSF_TLSV12,
     {TLSF_MESSAGE_CAUSE_IE, TLSF_MESSAGE_CAUSE_SYSTEM,
      TLSF_MESSAGE_CAUSE_NETWORK, TLSF_MESSAGE_CAUSE_SUPPORT},
     4},
    {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/120.0.0.0 Safari/537.36",
     TLSF_TLSV13,
     {TLSF_MESSAGE_CAUSE_SETTING, TLSF_MESSAGE_CAUSE_SYSTEM,
      TLSF_MESSAGE_CAUSE_NETWORK, TLSF_MESSAGE_CAUSE_SUPPORT},
     4},
    /* works, yet the notice advises the update */
    {"Mozilla/5.0 (iPad; CPU OS 5_1_1 like Mac OS X) AppleWebKit/534.46 "
     "(KHTML, like Gecko) Version/5.1 Mobile/9B206 Safari/7534.48.3",
     TLSF_TLSV12,
     {TLSF_MESSAGE_IOS_UPDATE, TLSF_MESSAGE_CAUSE_SYSTEM,
      TLSF_MESSAGE_CAUSE_NETWORK, TLSF_MESSAGE_CAUSE_SUPPORT},
     4},
    {"",
     TLSF_TLSV12,
     {TLSF_MESSAGE_UPDATE_CLIENT, TLSF_MESSAGE_CAUSE_SETTING,
      TLSF_MESSAGE_CAUSE_NETWORK, TLSF_MESSAGE_CAUSE_SUPPORT},
     4},
};

START_TEST(advice_of_a_row)
{
    tlsf_client client = tlsf_client_read(tlsf_str_of(ADVICE[_i].user_agent));
    tlsf_judgement got = tlsf_client_judge(&client, ADVICE[_i].needed);

    ck_assert_uint_eq(got.n_advice, ADVICE[_i].n);
    for (size_t i = 0; i < got.n_advice; i++) {
        ck_assert_int_eq((int)got.advice[i], (int)ADVICE[_i].advice[i]);
    }
}
END_TEST

START_TEST(parts_of_names)
{
    tlsf_client client = tlsf_client_read(TLSF_LIT(
        "curl/7.19.7 (x86_64-unknown-linux-gnu) libcurl/7.19.7 OpenSSL/1.0.0"));

    ck_assert_str_eq(written(tlsf_client_write, &client),
                     "curl 7.19.7 (OpenSSL 1.0.0)");
    client = tlsf_client_read(TLSF_LIT(
        "Microsoft Office/14.0 (Windows NT 6.1; Microsoft Outlook 14.0.7113)"));
    ck_assert_str_eq(written(tlsf_client_write, &client), "Outlook 2010");
    client = tlsf_client_read(TLSF_LIT("Firefox/"));
    ck_assert_str_eq(written(tlsf_client_write, &client), "Firefox");
}
END_TEST

static const struct {
    const char *a;
    const char *b;
    int want;
} NUMBERS[] = {
    {"4.6", "4.62", -1},
    {"4.62", "4.100", -1},
    {"4.6", "4.6.0", 0},
    {"4.61", "4.62", -1},
    {"10.0", "9.9.9", 1},
    {"1.0.1", "1.0.1e", 0},
    {"99999999999999999999", "4294967295", 0},
};

START_TEST(numbers)
{
    tlsf_number a = tlsf_number_parse(tlsf_str_of(NUMBERS[_i].a));
    tlsf_number b = tlsf_number_parse(tlsf_str_of(NUMBERS[_i].b));

    ck_assert_int_eq(tlsf_number_compare(&a, &b), NUMBERS[_i].want);
    ck_assert_int_eq(tlsf_number_compare(&b, &a), -NUMBERS[_i].want);
}
END_TEST

static const struct {
    const char *number;
    const char *range;
    bool want;
} RANGES[] = {
    {"10.9", "8-10", true},
    {"11", "8-10", false},
    {"7.9", "8-10", false},
    {"6.0", "-6", true},
    {"7", "-6", false},
    {"27", "27-", true},
    {"26.9", "27-", false},
    {"5.1", "5", true},
    {"4.9", "5", false},
    {"1.0.0", "1.0.1-", false},
    {"8.0.261", "8.0.261-8", true},
    {"8.0.251", "8.0.261-8", false},
    {"x", "*", true},
    {"x", "0-", false},
    {"x", "-", false},
};

START_TEST(ranges)
{
    tlsf_number number = tlsf_number_parse(tlsf_str_of(RANGES[_i].number));

    ck_assert_int_eq(tlsf_number_in(&number, tlsf_str_of(RANGES[_i].range)),
                     RANGES[_i].want);
}
END_TEST

/* Any bytes, any length: never past the end (ASan watches). */
START_TEST(odd_bytes)
{
    static const char *const odd[] = {"Trident/",         "MSIE ",
                                      "Mozilla/\xff\xfe", "Java/x",
                                      "Version/Opera/",   "\t \t"};
    static char filler[100000];

    for (size_t i = 0; i < TLSF_COUNTOF(odd); i++) {
        char *exact = strdup(odd[i]);
        tlsf_str user_agent = {exact, strlen(exact)};
        tlsf_client client = tlsf_client_read(user_agent);
        ck_assert(!client.version.is_known);
        free(exact);
    }
    memset(filler, 'M', sizeof(filler));
    memcpy(filler + sizeof(filler) - 8, "MSIE 6.0", 8);
    tlsf_str user_agent = {filler, sizeof(filler)};
    ck_assert_int_eq(tlsf_client_read(user_agent).family, TLSF_FAMILY_OTHER);
}
END_TEST

START_TEST(labels_are_unique)
{
    for (int i = 0; i < TLSF_N_FAMILIES; i++) {
        for (int k = 0; k < i; k++) {
            ck_assert(!tlsf_str_eq(tlsf_family_label((tlsf_family)i),
                                   tlsf_family_label((tlsf_family)k)));
        }
        ck_assert_uint_gt(tlsf_family_people((tlsf_family)i).len, 0);
    }
    ck_assert(tlsf_str_eq(tlsf_system_label(TLSF_SYSTEM_WINDOWS),
                          TLSF_LIT("windows")));
    ck_assert(
        tlsf_str_eq(tlsf_system_people(TLSF_SYSTEM_MACOS), TLSF_LIT("macOS")));
    ck_assert_int_le(TLSF_N_FAMILIES, 48);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("client");
    TCase *tcase = tcase_create("client");

    tcase_add_test(tcase, every_user_agent);
    tcase_add_loop_test(tcase, advice_of_a_row, 0, TLSF_COUNTOF(ADVICE));
    tcase_add_test(tcase, parts_of_names);
    tcase_add_loop_test(tcase, numbers, 0, TLSF_COUNTOF(NUMBERS));
    tcase_add_loop_test(tcase, ranges, 0, TLSF_COUNTOF(RANGES));
    tcase_add_test(tcase, odd_bytes);
    tcase_add_test(tcase, labels_are_unique);
    suite_add_tcase(suite, tcase);
    return suite;
}
