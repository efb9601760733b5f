/* SPDX-License-Identifier: Apache-2.0 */
/* Stages over time, the dates that people are told, and what becomes of a
 * request. */
#include "unit/check_main.h"
#include "tlsf_policy.h"

enum { T1 = 1000, T2 = 2000, T3 = 3000 };

#define OBSERVE TLSF_STAGE_OBSERVE
#define WARN    TLSF_STAGE_WARN
#define BLOCK   TLSF_STAGE_BLOCK
#define REFUSE  TLSF_STAGE_REFUSE
#define NEVER   TLSF_NEVER

/* No step: -1 in the three columns of next. */
static const struct {
    const char *name;
    size_t n;
    tlsf_stage_step steps[4];
    int64_t deprecated_at;
    int64_t cut_at;
    int64_t sunset_at;
    tlsf_stage at[4]; /* in force just before T1, at T1, at T2, at T3 */
    int next[4];      /* index of the next stage at these instants */
    int cut[4];       /* index of the next cut */
    int last[4];      /* index of the last cut */
} schedules[] = {
    {"none",
     0,
     {{OBSERVE, false, 0}},
     NEVER,
     NEVER,
     NEVER,
     {OBSERVE, OBSERVE, OBSERVE, OBSERVE},
     {-1, -1, -1, -1},
     {-1, -1, -1, -1},
     {-1, -1, -1, -1}},
    {"block for ever",
     1,
     {{BLOCK, false, 0}},
     NEVER,
     NEVER,
     NEVER,
     {BLOCK, BLOCK, BLOCK, BLOCK},
     {-1, -1, -1, -1},
     {-1, -1, -1, -1},
     {-1, -1, -1, -1}},
    {"observe before the first date",
     1,
     {{BLOCK, true, T1}},
     T1,
     T1,
     T1,
     {OBSERVE, BLOCK, BLOCK, BLOCK},
     {0, -1, -1, -1},
     {0, -1, -1, -1},
     {0, -1, -1, -1}},
    {"warn, block, refuse",
     3,
     {{WARN, true, T1}, {BLOCK, true, T2}, {REFUSE, true, T3}},
     T1,
     T2,
     T3,
     {OBSERVE, WARN, BLOCK, REFUSE},
     {0, 1, 2, -1},
     {1, 1, 2, -1},
     {2, 2, 2, -1}},
    {"warn now, block later",
     2,
     {{WARN, false, 0}, {BLOCK, true, T2}},
     NEVER,
     T2,
     T2,
     {WARN, WARN, BLOCK, BLOCK},
     {1, 1, -1, -1},
     {1, 1, -1, -1},
     {1, 1, -1, -1}},
    {"block now, refuse later",
     2,
     {{BLOCK, false, 0}, {REFUSE, true, T2}},
     NEVER,
     NEVER,
     T2,
     {BLOCK, BLOCK, REFUSE, REFUSE},
     {1, 1, -1, -1},
     {1, 1, -1, -1},
     {1, 1, -1, -1}},
    {"refuse now",
     1,
     {{REFUSE, false, 0}},
     NEVER,
     NEVER,
     NEVER,
     {REFUSE, REFUSE, REFUSE, REFUSE},
     {-1, -1, -1, -1},
     {-1, -1, -1, -1},
     {-1, -1, -1, -1}},
    {"a day's block, then again",
     3,
     {{BLOCK, true, T1}, {WARN, true, T2}, {BLOCK, true, T3}},
     T1,
     T1,
     T1,
     {OBSERVE, BLOCK, WARN, BLOCK},
     {0, 1, 2, -1},
     {0, -1, 2, -1},
     {2, -1, 2, -1}},
    {"observe has no date to tell",
     2,
     {{OBSERVE, true, T1}, {WARN, true, T2}},
     T2,
     NEVER,
     NEVER,
     {OBSERVE, OBSERVE, WARN, WARN},
     {0, 1, -1, -1},
     {-1, -1, -1, -1},
     {-1, -1, -1, -1}},
};

static int
index_of(const tlsf_settings *settings, const tlsf_stage_step *step)
{
    return step == NULL ? -1 : (int)(step - settings->stages);
}

START_TEST(follows_the_schedule)
{
    static const int64_t instants[] = {T1 - 1, T1, T2, T3};
    const char *name = schedules[_i].name;
    tlsf_settings settings = {.floor = TLSF_TLSV12,
                              .n_stages = schedules[_i].n};

    for (size_t i = 0; i < settings.n_stages; i++) {
        settings.stages[i] = schedules[_i].steps[i];
    }
    tlsf_dates dates = tlsf_policy_dates(&settings);
    ck_assert_msg(dates.deprecated_at == schedules[_i].deprecated_at &&
                      dates.cut_at == schedules[_i].cut_at &&
                      dates.sunset_at == schedules[_i].sunset_at,
                  "%s: dates", name);
    for (size_t i = 0; i < TLSF_COUNTOF(instants); i++) {
        const tlsf_stage_step *last = settings.stages;
        const tlsf_stage_step *cut =
            tlsf_policy_next_cut(&settings, instants[i], &last);

        ck_assert_msg(tlsf_policy_stage(&settings, instants[i]) ==
                          schedules[_i].at[i],
                      "%s: stage %zu", name, i);
        ck_assert_msg(
            index_of(&settings, tlsf_policy_next(&settings, instants[i])) ==
                schedules[_i].next[i],
            "%s: next %zu", name, i);
        ck_assert_msg(index_of(&settings, cut) == schedules[_i].cut[i] &&
                          index_of(&settings, last) == schedules[_i].last[i],
                      "%s: cut %zu", name, i);
    }
}
END_TEST

static const struct {
    const char *name;
    tlsf_version floor;
    tlsf_stage stage;
    tlsf_facts facts;
    tlsf_action action;
} requests[] = {
    {"modern",
     TLSF_TLSV12,
     BLOCK,
     {TLSF_TLSV13, TLSF_TLSV13, false},
     TLSF_ACTION_PASS},
    {"at the floor",
     TLSF_TLSV12,
     BLOCK,
     {TLSF_TLSV12, TLSF_TLSV12, false},
     TLSF_ACTION_PASS},
    {"below, observe",
     TLSF_TLSV12,
     OBSERVE,
     {TLSF_TLSV1, TLSF_TLSV1, false},
     TLSF_ACTION_PASS},
    {"below, warn",
     TLSF_TLSV12,
     WARN,
     {TLSF_TLSV11, TLSF_TLSV11, false},
     TLSF_ACTION_WARN},
    {"below, block",
     TLSF_TLSV12,
     BLOCK,
     {TLSF_TLSV11, TLSF_TLSV11, false},
     TLSF_ACTION_PAGE},
    {"below, refuse acts as block",
     TLSF_TLSV12,
     REFUSE,
     {TLSF_TLSV11, TLSF_TLSV11, false},
     TLSF_ACTION_PAGE},
    {"below a floor of 1.3",
     TLSF_TLSV13,
     BLOCK,
     {TLSF_TLSV12, TLSF_TLSV12, false},
     TLSF_ACTION_PAGE},
    {"offered the floor, got less",
     TLSF_TLSV12,
     BLOCK,
     {TLSF_TLSV1, TLSF_TLSV12, false},
     TLSF_ACTION_PASS},
    {"offered something unknown",
     TLSF_TLSV12,
     BLOCK,
     {TLSF_TLSV1, TLSF_VERSION_OTHER, false},
     TLSF_ACTION_PASS},
    {"off",
     TLSF_FLOOR_OFF,
     BLOCK,
     {TLSF_TLSV1, TLSF_TLSV1, false},
     TLSF_ACTION_PASS},
    {"rescued",
     TLSF_TLSV12,
     BLOCK,
     {TLSF_TLSV1, TLSF_TLSV1, true},
     TLSF_ACTION_PAGE},
    {"rescued, stage is milder now",
     TLSF_TLSV12,
     OBSERVE,
     {TLSF_TLSV1, TLSF_TLSV1, true},
     TLSF_ACTION_PAGE},
    {"rescued, asks a host that is off",
     TLSF_FLOOR_OFF,
     OBSERVE,
     {TLSF_TLSV1, TLSF_TLSV1, true},
     TLSF_ACTION_PAGE},
    {"rescued, asks a host with a lower floor",
     TLSF_TLSV11,
     BLOCK,
     {TLSF_TLSV11, TLSF_TLSV11, true},
     TLSF_ACTION_PAGE},
};

START_TEST(judges)
{
    tlsf_settings settings = {.floor = requests[_i].floor,
                              .n_stages = 1,
                              .stages = {{requests[_i].stage, false, 0}}};

    ck_assert_msg(tlsf_policy_judge(&settings, T1, &requests[_i].facts) ==
                      requests[_i].action,
                  "%s", requests[_i].name);
}
END_TEST

START_TEST(names_actions)
{
    ck_assert(
        tlsf_str_eq(tlsf_action_name(TLSF_ACTION_PASS), TLSF_LIT("pass")));
    ck_assert(
        tlsf_str_eq(tlsf_action_name(TLSF_ACTION_EXEMPT), TLSF_LIT("exempt")));
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("policy");
    TCase *tcase = tcase_create("policy");

    tcase_add_loop_test(tcase, follows_the_schedule, 0,
                        TLSF_COUNTOF(schedules));
    tcase_add_loop_test(tcase, judges, 0, TLSF_COUNTOF(requests));
    tcase_add_test(tcase, names_actions);
    suite_add_tcase(suite, tcase);
    return suite;
}
