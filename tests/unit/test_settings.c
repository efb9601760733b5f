/* SPDX-License-Identifier: Apache-2.0 */
/* Directives: what they set, and how contexts are merged. */
#include <stdio.h>

#include "unit/check_main.h"
#include "unit/directive_line.h"

/* 2027-03-01T00:00:00Z */
#define MARCH ((int64_t)1803859200)
#define DAY   ((int64_t)86400)

START_TEST(accepts_every_floor)
{
    static const struct {
        const char *word;
        tlsf_version floor;
    } floors[] = {{"off", TLSF_FLOOR_OFF},
                  {"TLSv1.1", TLSF_TLSV11},
                  {"TLSv1.2", TLSF_TLSV12},
                  {"TLSv1.3", TLSF_TLSV13}};

    for (size_t i = 0; i < TLSF_COUNTOF(floors); i++) {
        tlsf_settings settings = TLSF_SETTINGS_INIT;

        ck_assert_int_eq(apply(&settings, TLSF_DIRECTIVE_FLOOR, floors[i].word),
                         TLSF_OK);
        ck_assert_int_eq(settings.floor, floors[i].floor);
        ck_assert_int_eq(tlsf_settings_is_on(&settings), i > 0);
    }
}
END_TEST

START_TEST(accepts_a_schedule)
{
    static const tlsf_stage_step want[] = {
        {TLSF_STAGE_WARN, false, 0},
        {TLSF_STAGE_BLOCK, true, MARCH - EAST},
        {TLSF_STAGE_OBSERVE, true, MARCH + DAY},
        {TLSF_STAGE_REFUSE, true, MARCH + 2 * DAY - EAST},
    };
    static const char *const lines[] = {"warn", "block|2027-03-01",
                                        "observe|2027-03-02T00:00:00Z",
                                        "refuse|2027-03-03T00:00:00+09:00"};
    tlsf_settings settings = TLSF_SETTINGS_INIT;

    for (size_t i = 0; i < TLSF_COUNTOF(lines); i++) {
        ck_assert_msg(apply(&settings, TLSF_DIRECTIVE_STAGE, lines[i]) ==
                          TLSF_OK,
                      "%s", said());
    }
    ck_assert_uint_eq(settings.n_stages, TLSF_COUNTOF(want));
    for (size_t i = 0; i < TLSF_COUNTOF(want); i++) {
        ck_assert_int_eq(settings.stages[i].stage, want[i].stage);
        ck_assert_int_eq(settings.stages[i].is_dated, want[i].is_dated);
        ck_assert_int_eq(settings.stages[i].at, want[i].at);
    }
}
END_TEST

START_TEST(stages_are_bounded)
{
    tlsf_settings settings = TLSF_SETTINGS_INIT;
    char line[64];

    for (int i = 0; i < TLSF_MAX_STAGES; i++) {
        snprintf(line, sizeof(line), "warn|2027-03-%02d", i + 1);
        ck_assert_int_eq(apply(&settings, TLSF_DIRECTIVE_STAGE, line), TLSF_OK);
    }
    ck_assert_int_eq(apply(&settings, TLSF_DIRECTIVE_STAGE, "warn|2028-01-01"),
                     TLSF_EINVAL);
    ck_assert_ptr_nonnull(strstr(said(), "the limit is 16"));
}
END_TEST

START_TEST(reads_the_rest)
{
    tlsf_settings s = TLSF_SETTINGS_INIT;

    ck_assert_int_eq(apply(&s, TLSF_DIRECTIVE_RESCUE, "off"), TLSF_OK);
    ck_assert_int_eq(s.rescue, TLSF_RESCUE_OFF);
    ck_assert_int_eq(apply(&s, TLSF_DIRECTIVE_PAGE_CODE, "599"), TLSF_OK);
    ck_assert_uint_eq(s.page_code, 599);
    ck_assert_int_eq(apply(&s, TLSF_DIRECTIVE_SITE, " A & B "), TLSF_OK);
    ck_assert(tlsf_str_eq(s.site, TLSF_LIT("A & B")));
    ck_assert_int_eq(apply(&s, TLSF_DIRECTIVE_LANGUAGES, "ja|en"), TLSF_OK);
    ck_assert_uint_eq(s.n_languages, 2);
    ck_assert_int_eq(s.languages[0], TLSF_LANGUAGE_JA);
    ck_assert_int_eq(s.languages[1], TLSF_LANGUAGE_EN);
}
END_TEST

START_TEST(merges_defaults)
{
    tlsf_settings s = TLSF_SETTINGS_INIT;

    tlsf_settings_merge(&s, NULL);
    ck_assert_uint_eq(s.given, 0);
    ck_assert_int_eq(s.floor, TLSF_FLOOR_OFF);
    ck_assert_uint_eq(s.n_stages, 0);
    ck_assert_int_eq(s.rescue, TLSF_RESCUE_ON);
    ck_assert_uint_eq(s.page_code, 403);
    ck_assert_ptr_null(s.contact.data);
    ck_assert_ptr_null(s.alternative.data);
    ck_assert_ptr_null(s.site.data);
    ck_assert_uint_eq(s.n_languages, TLSF_N_LANGUAGES);
    ck_assert_int_eq(s.languages[0], 0);
}
END_TEST

/* A list given inside replaces the outer one; single ones override. */
START_TEST(merges_contexts)
{
    tlsf_settings outer = TLSF_SETTINGS_INIT;
    tlsf_settings inner = TLSF_SETTINGS_INIT;

    apply(&outer, TLSF_DIRECTIVE_FLOOR, "TLSv1.2");
    apply(&outer, TLSF_DIRECTIVE_STAGE, "warn");
    apply(&outer, TLSF_DIRECTIVE_STAGE, "block|2027-03-01");
    apply(&outer, TLSF_DIRECTIVE_CONTACT, "outer");
    apply(&outer, TLSF_DIRECTIVE_LANGUAGES, "ja");
    apply(&inner, TLSF_DIRECTIVE_STAGE, "refuse|2028-01-01");
    apply(&inner, TLSF_DIRECTIVE_RESCUE, "ecdhe");
    tlsf_settings_merge(&outer, NULL);
    tlsf_settings_merge(&inner, &outer);

    ck_assert_int_eq(inner.floor, TLSF_TLSV12);
    ck_assert_uint_eq(inner.n_stages, 1);
    ck_assert_int_eq(inner.stages[0].stage, TLSF_STAGE_REFUSE);
    ck_assert_int_eq(inner.rescue, TLSF_RESCUE_ECDHE);
    ck_assert_int_eq(outer.rescue, TLSF_RESCUE_ON);
    ck_assert(tlsf_str_eq(inner.contact, TLSF_LIT("outer")));
    ck_assert_uint_eq(inner.n_languages, 1);
    ck_assert_uint_eq(inner.page_code, 403);

    tlsf_settings again = inner;
    tlsf_settings_merge(&again, &outer);
    ck_assert_mem_eq(&again, &inner, sizeof(inner));
}
END_TEST

START_TEST(reads_the_zone)
{
    static const struct {
        const char *word;
        size_t rows; /* 0: refused */
    } zones[] = {{"1", 1},    {"65536", 65536}, {"0", 0},  {"65537", 0},
                 {"256k", 0}, {"", 0},          {"-1", 0}, {"00256", 256}};

    for (size_t i = 0; i < TLSF_COUNTOF(zones); i++) {
        tlsf_str arg = tlsf_str_of(zones[i].word);
        size_t rows = 0;

        begin();
        int rc = tlsf_settings_parse_zone(&arg, 1, &apache, &rows, &out);
        ck_assert_int_eq(rc, zones[i].rows > 0 ? TLSF_OK : TLSF_EINVAL);
        ck_assert_uint_eq(rows, zones[i].rows);
    }
    begin();
    size_t rows = 0;
    ck_assert_int_eq(tlsf_settings_parse_zone(NULL, 0, &apache, &rows, &out),
                     TLSF_EINVAL);
    ck_assert_str_eq(said(), "TLSFloorZone takes 1 argument, 0 given, for "
                             "example: TLSFloorZone 1024");
}
END_TEST

START_TEST(reads_the_status)
{
    static const tlsf_str args[] = {
        TLSF_LIT_INIT("any"), TLSF_LIT_INIT("local"), TLSF_LIT_INIT("all")};
    bool is_local = false;

    begin();
    ck_assert_int_eq(
        tlsf_settings_parse_status(NULL, 0, &nginx, false, &is_local, &out),
        TLSF_OK);
    ck_assert(is_local);
    ck_assert_int_eq(
        tlsf_settings_parse_status(args, 1, &nginx, false, &is_local, &out),
        TLSF_OK);
    ck_assert(!is_local);
    ck_assert_int_eq(
        tlsf_settings_parse_status(args + 1, 1, &nginx, false, &is_local, &out),
        TLSF_OK);
    ck_assert(is_local);
    ck_assert_int_eq(
        tlsf_settings_parse_status(args + 2, 1, &nginx, false, &is_local, &out),
        TLSF_EINVAL);
    ck_assert_str_eq(said(),
                     "tlsfloor_status: \"all\" does not say who may see the "
                     "status; write local or any, for example: "
                     "tlsfloor_status local");
    begin();
    ck_assert_int_eq(
        tlsf_settings_parse_status(args, 2, &nginx, false, &is_local, &out),
        TLSF_EINVAL);
    ck_assert_str_eq(
        said(), "tlsfloor_status takes at most 1 argument, 2 given; put an "
                "argument with blanks in double quotes, for example: "
                "tlsfloor_status local");
}
END_TEST

/* In the same words as every other directive. */
START_TEST(refuses_zone_and_status_given_twice)
{
    tlsf_str arg = TLSF_LIT("300");
    tlsf_str any = TLSF_LIT("any");
    size_t rows = 200;
    bool is_local = true;

    begin();
    ck_assert_int_eq(tlsf_settings_parse_zone(&arg, 1, &apache, &rows, &out),
                     TLSF_EINVAL);
    ck_assert_uint_eq(rows, 200);
    ck_assert_str_eq(said(), "TLSFloorZone is given twice here; keep one of "
                             "the two, for example: TLSFloorZone 1024");
    begin();
    ck_assert_int_eq(
        tlsf_settings_parse_status(&any, 1, &nginx, true, &is_local, &out),
        TLSF_EINVAL);
    ck_assert(is_local);
    ck_assert_str_eq(said(), "tlsfloor_status is given twice here; keep one of "
                             "the two, for example: tlsfloor_status local");
}
END_TEST

START_TEST(sizes_the_zone)
{
    static const struct {
        size_t hosts;
        size_t zone;
    } sizes[] = {{0, 256},   {1, 256},     {128, 256},
                 {129, 512}, {1000, 2048}, {1024, 2048}};

    for (size_t i = 0; i < TLSF_COUNTOF(sizes); i++) {
        ck_assert_uint_eq(tlsf_settings_default_zone(sizes[i].hosts),
                          sizes[i].zone);
    }
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("settings");
    TCase *tcase = tcase_create("settings");

    tcase_add_test(tcase, accepts_every_floor);
    tcase_add_test(tcase, accepts_a_schedule);
    tcase_add_test(tcase, stages_are_bounded);
    tcase_add_test(tcase, reads_the_rest);
    tcase_add_test(tcase, merges_defaults);
    tcase_add_test(tcase, merges_contexts);
    tcase_add_test(tcase, reads_the_zone);
    tcase_add_test(tcase, reads_the_status);
    tcase_add_test(tcase, refuses_zone_and_status_given_twice);
    tcase_add_test(tcase, sizes_the_zone);
    suite_add_tcase(suite, tcase);
    return suite;
}
