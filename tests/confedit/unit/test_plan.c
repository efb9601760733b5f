/* SPDX-License-Identifier: Apache-2.0 */
/* The words of SSLProtocol, and the sets that commands ask for. */
#include "unit/check_main.h"

#include <stdlib.h>

#include "plan_parts.h"
#include "tlsf_err.h"

#define RAISE CE_VERB_RAISE
#define LOWER CE_VERB_LOWER
#define SET   CE_VERB_SET
#define V10   CE_BIT(TLSF_TLSV1)
#define V11   CE_BIT(TLSF_TLSV11)
#define V12   CE_BIT(TLSF_TLSV12)
#define V13   CE_BIT(TLSF_TLSV13)

static const struct {
    const char *before;
    ce_verb verb;
    tlsf_version floor;
    unsigned protocols;
    bool is_explicit;
    const char *after;
} cases[] = {
    {"all -SSLv2 -SSLv3", RAISE, TLSF_TLSV12, 0, false,
     "all -SSLv2 -SSLv3 -TLSv1 -TLSv1.1"},
    {"all -SSLv2 -SSLv3 -TLSv1 -TLSv1.1", RAISE, TLSF_TLSV12, 0, false,
     "all -SSLv2 -SSLv3 -TLSv1 -TLSv1.1"},
    {"all -SSLv2 -SSLv3 -TLSv1 -TLSv1.1", LOWER, TLSF_TLSV1, 0, false,
     "all -SSLv2 -SSLv3"},
    {"all -SSLv3 -TLSv1 -TLSv1.1", LOWER, TLSF_TLSV11, 0, false,
     "all -SSLv3 -TLSv1"},
    {"-TLSv1 all -SSLv3", RAISE, TLSF_TLSV11, 0, false,
     "-TLSv1 all -SSLv3 -TLSv1"},
    {"all", RAISE, TLSF_TLSV13, 0, false,
     "all -SSLv3 -TLSv1 -TLSv1.1 -TLSv1.2"},
    {"all", RAISE, TLSF_TLSV13, 0, true, "-all +TLSv1.3"},
    {"TLSv1", RAISE, TLSF_TLSV12, 0, false, "all -SSLv3 -TLSv1 -TLSv1.1"},
    {"TLSv1.2", RAISE, TLSF_TLSV12, 0, false, "TLSv1.2"},
    {"TLSv1.2", RAISE, TLSF_TLSV12, 0, true, "TLSv1.2"},
    {"TLSv1.1 +TLSv1.2", RAISE, TLSF_TLSV12, 0, false,
     "TLSv1.1 +TLSv1.2 -TLSv1.1"},
    {"TLSv1.1 +TLSv1.2 -TLSv1.1", LOWER, TLSF_TLSV11, 0, false,
     "TLSv1.1 +TLSv1.2"},
    {"TLSv1.3 +TLSv1.2", RAISE, TLSF_TLSV13, 0, false, "TLSv1.3"},
    {"TLSv1.3", LOWER, TLSF_TLSV12, 0, false, "TLSv1.3 +TLSv1.2"},
    {"TLSv1.3", LOWER, TLSF_TLSV1, 0, false,
     "TLSv1.3 +TLSv1 +TLSv1.1 +TLSv1.2"},
    {"", RAISE, TLSF_TLSV12, 0, false, " all -SSLv3 -TLSv1 -TLSv1.1"},
    {"-SSLv3", LOWER, TLSF_TLSV12, 0, false, "all -SSLv3 -TLSv1 -TLSv1.1"},
    {"\"all\" '-SSLv3'", RAISE, TLSF_TLSV11, 0, false,
     "\"all\" '-SSLv3' -TLSv1"},
    {"all \"-TLSv1\"", LOWER, TLSF_TLSV1, 0, false, "all -SSLv3"},
    {"all \"-TLSv1\" -SSLv3", LOWER, TLSF_TLSV1, 0, false, "all -SSLv3"},
    {"all -SSLv3", SET, TLSF_TLSV1, V12 | V13, false,
     "all -SSLv3 -TLSv1 -TLSv1.1"},
    {"all -SSLv3", SET, TLSF_TLSV1, V12, false,
     "all -SSLv3 -TLSv1 -TLSv1.1 -TLSv1.3"},
    {"TLSv1.2", SET, TLSF_TLSV1, V13, false,
     "all -SSLv3 -TLSv1 -TLSv1.1 -TLSv1.2"},
    {"TLSv1.2", SET, TLSF_TLSV1, V11, false, "-all +TLSv1.1"},
    {"TLSv1.2", SET, TLSF_TLSV1, V12 | V13, true, "-all +TLSv1.2 +TLSv1.3"},
};

static tlsf_str
edited(ce_arena *arena, tlsf_str args, const ce_goal *goal)
{
    ce_snips snips = {NULL, 0, 0};

    ck_assert(ce_words_apache(arena, args, goal, CE_ALL, &snips));
    return ce_snips_apply(arena, args, &snips);
}

START_TEST(words_are_edited)
{
    ce_arena *arena = ce_arena_new();
    ce_goal goal = {.verb = cases[_i].verb,
                    .floor = cases[_i].floor,
                    .protocols = cases[_i].protocols,
                    .is_explicit = cases[_i].is_explicit};
    tlsf_str after = edited(arena, tlsf_str_of(cases[_i].before), &goal);

    ck_assert_str_eq(ce_arena_text(arena, after), cases[_i].after);
    ce_arena_free(arena);
}
END_TEST

/* Any words: what comes out means what was asked for, and twice is once. */
START_TEST(random_words_mean_the_goal)
{
    static const char *const words[] = {
        "all",      "-all",     "+all",      "-SSLv2",   "-SSLv3",
        "TLSv1",    "+TLSv1",   "-TLSv1",    "TLSv1.1",  "+TLSv1.1",
        "-TLSv1.1", "TLSv1.2",  "+TLSv1.2",  "-TLSv1.2", "TLSv1.3",
        "+TLSv1.3", "-TLSv1.3", "\"-tlsv1\""};

    srand(11 + (unsigned)_i);
    for (int i = 0; i < 3000; i++) {
        ce_arena *arena = ce_arena_new();
        const char *text = "";
        ce_goal goal = {.verb = (ce_verb)(rand() % 3),
                        .floor = (tlsf_version)(TLSF_TLSV1 + rand() % 4),
                        .protocols = V12 | (rand() % 2 ? V13 : V11),
                        .is_explicit = rand() % 4 == 0};
        unsigned before;
        unsigned after;
        unsigned resets;
        tlsf_str bad;

        for (int n = rand() % 6; n > 0; n--) {
            text =
                ce_arena_format(arena, "%s%s%s", text, *text == '\0' ? "" : " ",
                                words[(size_t)rand() % TLSF_COUNTOF(words)]);
        }
        tlsf_str once = edited(arena, tlsf_str_of(text), &goal);

        ce_apache_protocols(arena, tlsf_str_of(text), &before, &resets, &bad);
        ck_assert_int_eq(
            ce_apache_protocols(arena, once, &after, &resets, &bad), TLSF_OK);
        unsigned served =
            before == 0 ? 0 : ce_limits_admit(ce_apache_limits(before));
        unsigned want =
            ce_goal_of(&goal, goal.verb == RAISE ? before : served, CE_ALL);

        unsigned now = ce_limits_admit(ce_apache_limits(after));

        ck_assert_msg(goal.verb == LOWER ? now == want : after == want,
                      "verb %d floor %d: %s -> %.*s", goal.verb, goal.floor,
                      text, (int)once.len, once.data);
        ck_assert(tlsf_str_eq(edited(arena, once, &goal), once));
        ce_arena_free(arena);
    }
}
END_TEST

/* A server without TLSv1.3 would not start with its name. */
START_TEST(unknown_words_are_not_written)
{
    static const ce_verb verbs[] = {RAISE, LOWER, SET};
    static const char *const texts[] = {"all -SSLv3", "all",           "TLSv1",
                                        "TLSv1.2",    "-all +TLSv1.1", ""};

    for (size_t i = 0; i < TLSF_COUNTOF(texts); i++) {
        for (unsigned k = 0; k < 4 * TLSF_COUNTOF(verbs); k++) {
            ce_arena *arena = ce_arena_new();
            ce_goal goal = {.verb = verbs[k / 4],
                            .floor = k % 2 ? TLSF_TLSV12 : TLSF_TLSV11,
                            .protocols = V11 | V12,
                            .is_explicit = k % 4 > 1};
            ce_snips snips = {NULL, 0, 0};
            tlsf_str args = tlsf_str_of(texts[i]);

            ck_assert(
                ce_words_apache(arena, args, &goal, CE_ALL & ~V13, &snips));
            tlsf_str after = ce_snips_apply(arena, args, &snips);

            ck_assert_msg(tlsf_str_find(after, TLSF_LIT("TLSv1.3")) ==
                              after.len,
                          "%s -> %.*s", texts[i], (int)after.len, after.data);
            ce_arena_free(arena);
        }
    }
}
END_TEST

static const struct {
    ce_kind kind;
    ce_release release;
    unsigned known;
} known[] = {
    {CE_APACHE, {{0, 0, 0}}, CE_ALL},
    {CE_APACHE, {{2, 4, 62}}, CE_ALL},
    {CE_APACHE, {{2, 4, 35}}, CE_ALL & ~V13},
    {CE_APACHE, {{2, 2, 15}}, CE_ALL & ~(V11 | V12 | V13)},
    {CE_NGINX, {{1, 13, 0}}, CE_ALL},
    {CE_NGINX, {{1, 12, 2}}, CE_ALL & ~V13},
    {CE_NGINX, {{1, 0, 15}}, CE_ALL & ~(V11 | V12 | V13)},
};

START_TEST(releases_know_versions)
{
    ck_assert_uint_eq(ce_goal_known(known[_i].kind, known[_i].release),
                      known[_i].known);
}
END_TEST

static const struct {
    ce_verb verb;
    tlsf_version floor;
    unsigned before;
    unsigned after;
} goals[] = {
    {RAISE, TLSF_TLSV12, V10 | V11 | V12, V12},
    {RAISE, TLSF_TLSV12, V10, V12 | V13},
    {RAISE, TLSF_TLSV12, V13, V13},
    {RAISE, TLSF_TLSV13, V10 | V12, V13},
    {LOWER, TLSF_TLSV1, V12 | V13, V10 | V11 | V12 | V13},
    {LOWER, TLSF_TLSV11, V12, V11 | V12},
    {LOWER, TLSF_TLSV12, V10 | V13, V10 | V13},
    {LOWER, TLSF_TLSV12, 0, V12 | V13},
};

START_TEST(goals_are_reckoned)
{
    ce_goal goal = {.verb = goals[_i].verb, .floor = goals[_i].floor};

    ck_assert_uint_eq(ce_goal_of(&goal, goals[_i].before, CE_ALL),
                      goals[_i].after);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit plan");
    TCase *t = tcase_create("plan");

    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, words_are_edited, 0, (int)TLSF_COUNTOF(cases));
    tcase_add_loop_test(t, random_words_mean_the_goal, 0, 5);
    tcase_add_test(t, unknown_words_are_not_written);
    tcase_add_loop_test(t, releases_know_versions, 0, (int)TLSF_COUNTOF(known));
    tcase_add_loop_test(t, goals_are_reckoned, 0, (int)TLSF_COUNTOF(goals));
    suite_add_tcase(suite, t);
    return suite;
}
