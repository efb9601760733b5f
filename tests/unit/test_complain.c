/* SPDX-License-Identifier: Apache-2.0 */
/* What directives are refused, and in which words. */
#include <stdio.h>

#include "unit/check_main.h"
#include "unit/directive_line.h"

/* Lines that are refused, each on fresh settings or after another line. */
static const struct {
    const char *name;
    tlsf_directive id;
    const char *before; /* line given first, or NULL */
    const char *line;
    const char *complaint; /* without the directive's name */
} refused[] = {
    {"floor, none", TLSF_DIRECTIVE_FLOOR, NULL, NULL,
     " takes 1 argument, 0 given, for example: tlsfloor TLSv1.2"},
    {"floor, two", TLSF_DIRECTIVE_FLOOR, NULL, "TLSv1.2|TLSv1.3",
     " takes 1 argument, 2 given; put an argument with blanks in double "
     "quotes, for example: tlsfloor TLSv1.2"},
    {"floor, number alone", TLSF_DIRECTIVE_FLOOR, NULL, "1.2",
     ": \"1.2\" is no floor; write off, TLSv1.1, TLSv1.2 or TLSv1.3, for "
     "example: tlsfloor TLSv1.2"},
    {"floor, other case", TLSF_DIRECTIVE_FLOOR, NULL, "tlsv1.3",
     ": \"tlsv1.3\" is no floor; small and capital letters differ, write "
     "TLSv1.3, for example: tlsfloor TLSv1.2"},
    {"floor, off in capitals", TLSF_DIRECTIVE_FLOOR, NULL, "OFF",
     ": \"OFF\" is no floor; small and capital letters differ, write off, for "
     "example: tlsfloor TLSv1.2"},
    {"floor, too low", TLSF_DIRECTIVE_FLOOR, NULL, "TLSv1",
     ": \"TLSv1\" cannot be a floor, there is nothing below it to gate; write "
     "off, TLSv1.1, TLSv1.2 or TLSv1.3, for example: tlsfloor TLSv1.2"},
    {"floor, empty", TLSF_DIRECTIVE_FLOOR, NULL, "",
     ": \"\" is no floor; write off, TLSv1.1, TLSv1.2 or TLSv1.3, for "
     "example: tlsfloor TLSv1.2"},
    {"floor, twice", TLSF_DIRECTIVE_FLOOR, "TLSv1.2", "TLSv1.2",
     " is given twice here; keep one of the two, for example: tlsfloor "
     "TLSv1.2"},
    {"stage, none", TLSF_DIRECTIVE_STAGE, NULL, NULL,
     " takes 1 to 3 arguments, 0 given, for example: tlsfloor_stage block "
     "2027-03-01"},
    {"stage, typing error", TLSF_DIRECTIVE_STAGE, NULL, "blok",
     ": \"blok\" is no stage; write observe, warn, block or refuse, for "
     "example: tlsfloor_stage block 2027-03-01"},
    {"stage, share", TLSF_DIRECTIVE_STAGE, NULL, "block|2027-03-01|share=10%",
     ": \"share=10%\" cannot be used: share= is not available in this "
     "version; leave it out, for example: tlsfloor_stage block 2027-03-01"},
    {"stage, share without a date", TLSF_DIRECTIVE_STAGE, NULL,
     "block|share=10%",
     ": \"share=10%\" cannot be used: share= is not available in this "
     "version; leave it out, for example: tlsfloor_stage block 2027-03-01"},
    {"stage, date in two words", TLSF_DIRECTIVE_STAGE, NULL,
     "block|2027-03-01|09:00:00Z",
     ": \"09:00:00Z\" is one argument too many; write a date with a time as "
     "one word, 2027-03-01T09:00:00+09:00, for example: tlsfloor_stage block "
     "2027-03-01"},
    {"stage, second without a date", TLSF_DIRECTIVE_STAGE, "warn", "block",
     ": \"block\" has no date; only the first stage of a list may go without, "
     "for example: tlsfloor_stage block 2027-03-01"},
    {"stage, undated after dated", TLSF_DIRECTIVE_STAGE, "warn|2027-01-01",
     "block",
     ": \"block\" has no date; only the first stage of a list may go without, "
     "for example: tlsfloor_stage block 2027-03-01"},
    {"stage, order", TLSF_DIRECTIVE_STAGE, "warn|2027-03-01T00:00:00Z",
     "block|2027-02-28T00:00:00Z",
     ": \"2027-02-28T00:00:00Z\" is not later than the stage before "
     "(2027-03-01T00:00:00Z); write the stages in the order of their dates, "
     "for example: tlsfloor_stage block 2027-03-01"},
    {"stage, same instant", TLSF_DIRECTIVE_STAGE, "warn|2027-03-01T00:00:00Z",
     "block|2027-03-01T09:00:00+09:00",
     ": \"2027-03-01T09:00:00+09:00\" is not later than the stage before "
     "(2027-03-01T00:00:00Z); write the stages in the order of their dates, "
     "for example: tlsfloor_stage block 2027-03-01"},
    {"rescue", TLSF_DIRECTIVE_RESCUE, NULL, "yes",
     ": \"yes\" is no way to set the rescue; write off, ecdhe or on, for "
     "example: tlsfloor_rescue ecdhe"},
    {"code, too low", TLSF_DIRECTIVE_PAGE_CODE, NULL, "399",
     ": \"399\" is no status for the upgrade page; write a number from 400 to "
     "599, for example: tlsfloor_page_code 403"},
    {"code, too high", TLSF_DIRECTIVE_PAGE_CODE, NULL, "600",
     ": \"600\" is no status for the upgrade page; write a number from 400 to "
     "599, for example: tlsfloor_page_code 403"},
    {"code, huge", TLSF_DIRECTIVE_PAGE_CODE, NULL, "18446744073709552019",
     ": \"18446744073709552019\" is no status for the upgrade page; write a "
     "number from 400 to 599, for example: tlsfloor_page_code 403"},
    {"code, sign", TLSF_DIRECTIVE_PAGE_CODE, NULL, "+403",
     ": \"+403\" is no status for the upgrade page; write a number from 400 "
     "to 599, for example: tlsfloor_page_code 403"},
    {"contact, empty", TLSF_DIRECTIVE_CONTACT, NULL, "",
     ": \"\" is empty; write a text or leave the line out, for example: "
     "tlsfloor_contact \"IT help desk, help@example.com\""},
    {"alternative, blank", TLSF_DIRECTIVE_ALTERNATIVE, NULL, "  ",
     ": \"  \" is empty; write a text or leave the line out, for example: "
     "tlsfloor_alternative \"Call +81 3 0000 0000\""},
    {"site, unquoted", TLSF_DIRECTIVE_SITE, NULL, "Example|Mail",
     " takes 1 argument, 2 given; put an argument with blanks in double "
     "quotes, for example: tlsfloor_site \"Example Mail\""},
    {"languages, none", TLSF_DIRECTIVE_LANGUAGES, NULL, NULL,
     " takes at least 1 argument, 0 given, for example: tlsfloor_languages en "
     "ja"},
    {"languages, twice", TLSF_DIRECTIVE_LANGUAGES, NULL, "en|ja|EN",
     ": \"EN\" is named twice; keep one of the two, for example: "
     "tlsfloor_languages en ja"},
    {"control characters", TLSF_DIRECTIVE_STAGE, NULL, "a\nb\x1b[2J",
     ": \"a b [2J\" is no stage; write observe, warn, block or refuse, for "
     "example: tlsfloor_stage block 2027-03-01"},
};

START_TEST(refuses)
{
    tlsf_settings settings = TLSF_SETTINGS_INIT;
    const char *name = refused[_i].name;
    tlsf_directive id = refused[_i].id;
    tlsf_str spelling = tlsf_directive_name(id, false);

    if (refused[_i].before != NULL) {
        ck_assert_msg(apply(&settings, id, refused[_i].before) == TLSF_OK,
                      "%s: %s", name, said());
    }
    tlsf_settings before = settings;
    ck_assert_msg(apply(&settings, id, refused[_i].line) == TLSF_EINVAL, "%s",
                  name);
    ck_assert_msg(strncmp(said(), spelling.data, spelling.len) == 0 &&
                      strcmp(said() + spelling.len, refused[_i].complaint) == 0,
                  "%s: %s", name, said());
    ck_assert_msg(memcmp(&before, &settings, sizeof(settings)) == 0,
                  "%s changed the settings", name);
}
END_TEST

START_TEST(unknown_language_lists_the_known)
{
    tlsf_settings settings = TLSF_SETTINGS_INIT;

    ck_assert_int_eq(apply(&settings, TLSF_DIRECTIVE_LANGUAGES, "en|tlh"),
                     TLSF_EINVAL);
    ck_assert_ptr_nonnull(strstr(said(), "\"tlh\" is no language of the page"));
    for (int i = 0; i < TLSF_N_LANGUAGES; i++) {
        ck_assert_ptr_nonnull(
            strstr(said(), tlsf_language_tag((tlsf_language)i).data));
    }
}
END_TEST

/* The reason comes from the reader of dates, so only its frame is ours. */
START_TEST(bad_date_says_why)
{
    static const char *const dates[] = {"03-01", "2027-02-30", "tomorrow",
                                        "2027-03-01T09:00:00"};
    tlsf_settings settings = TLSF_SETTINGS_INIT;

    for (size_t i = 0; i < TLSF_COUNTOF(dates); i++) {
        tlsf_str args[] = {TLSF_LIT("block"), tlsf_str_of(dates[i])};
        char want[64];

        begin();
        ck_assert_int_eq(tlsf_settings_apply(&settings, TLSF_DIRECTIVE_STAGE,
                                             args, 2, &apache, &out),
                         TLSF_EINVAL);
        snprintf(want, sizeof(want), "TLSFloorStage: \"%s\" is no date (",
                 dates[i]);
        ck_assert_ptr_nonnull(strstr(said(), want));
        ck_assert_ptr_nonnull(
            strstr(said(), "), for example: TLSFloorStage block 2027-03-01"));
    }
}
END_TEST

START_TEST(long_argument_is_cut)
{
    tlsf_settings settings = TLSF_SETTINGS_INIT;
    char line[512];

    /* 78 letters, then a character of three bytes across the cut. */
    memset(line, 'x', sizeof(line));
    memcpy(line + 78, "\xe2\x82\xac", 3);
    tlsf_str arg = {line, sizeof(line)};
    begin();
    ck_assert_int_eq(tlsf_settings_apply(&settings, TLSF_DIRECTIVE_STAGE, &arg,
                                         1, &nginx, &out),
                     TLSF_EINVAL);
    static const char begin_want[] = "tlsfloor_stage: \"xxx";
    ck_assert_int_eq(strncmp(said(), begin_want, sizeof(begin_want) - 1), 0);
    ck_assert_ptr_nonnull(strstr(said(), "xxx...\" is no stage"));
    ck_assert_uint_eq(strspn(strchr(said(), 'x'), "x"), 78);
}
END_TEST

/* A complaint's example must be a line that is accepted. */
START_TEST(examples_are_accepted)
{
    for (int id = 0; id < TLSF_N_DIRECTIVES; id++) {
        tlsf_settings settings = TLSF_SETTINGS_INIT;
        char line[256];

        apply(&settings, (tlsf_directive)id, NULL);
        char *example = strstr(strstr(said(), "for example: ") + 13, " ") + 1;
        snprintf(line, sizeof(line), "%s", example);
        for (char *c = line; line[0] != '"' && *c != '\0'; c++) {
            *c = *c == ' ' ? '|' : *c;
        }
        ck_assert_msg(apply(&settings, (tlsf_directive)id, line) == TLSF_OK,
                      "%s", said());
        ck_assert_uint_eq(settings.given, 1u << id);
    }
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("complain");
    TCase *tcase = tcase_create("complain");

    tcase_add_loop_test(tcase, refuses, 0, TLSF_COUNTOF(refused));
    tcase_add_test(tcase, unknown_language_lists_the_known);
    tcase_add_test(tcase, bad_date_says_why);
    tcase_add_test(tcase, long_argument_is_cut);
    tcase_add_test(tcase, examples_are_accepted);
    suite_add_tcase(suite, tcase);
    return suite;
}
