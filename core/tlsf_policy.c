/* SPDX-License-Identifier: Apache-2.0 */
/* Which stage is in force, and what it does to a request. Called by the
 * handshake at the hello and by both adapters' gate.c at each request. */
#include "tlsf_policy.h"

static const tlsf_str action_names[] = {
    [TLSF_ACTION_PASS] = TLSF_LIT_INIT("pass"),
    [TLSF_ACTION_WARN] = TLSF_LIT_INIT("warn"),
    [TLSF_ACTION_PAGE] = TLSF_LIT_INIT("page"),
    [TLSF_ACTION_EXEMPT] = TLSF_LIT_INIT("exempt"),
};

/* What a stage does to a below-floor request that the server accepted. */
static const tlsf_action stage_actions[] = {
    [TLSF_STAGE_OBSERVE] = TLSF_ACTION_PASS,
    [TLSF_STAGE_WARN] = TLSF_ACTION_WARN,
    [TLSF_STAGE_BLOCK] = TLSF_ACTION_PAGE,
    [TLSF_STAGE_REFUSE] = TLSF_ACTION_PAGE,
};

/* The first stage that is at least this strict, or NULL. */
static const tlsf_stage_step *
find_stricter(const tlsf_settings *settings, tlsf_stage least)
{
    for (size_t i = 0; i < settings->n_stages; i++) {
        if (settings->stages[i].stage >= least) {
            return &settings->stages[i];
        }
    }
    return NULL;
}

static int64_t
date_of(const tlsf_stage_step *step)
{
    return step != NULL && step->is_dated ? step->at : TLSF_NEVER;
}

tlsf_stage
tlsf_policy_stage(const tlsf_settings *settings, int64_t now)
{
    tlsf_stage stage = TLSF_STAGE_OBSERVE;

    for (size_t i = 0; i < settings->n_stages; i++) {
        const tlsf_stage_step *step = &settings->stages[i];

        if (step->is_dated && step->at > now) {
            break;
        }
        stage = step->stage;
    }
    return stage;
}

const tlsf_stage_step *
tlsf_policy_next(const tlsf_settings *settings, int64_t now)
{
    for (size_t i = 0; i < settings->n_stages; i++) {
        const tlsf_stage_step *step = &settings->stages[i];

        if (step->is_dated && step->at > now) {
            return step;
        }
    }
    return NULL;
}

tlsf_dates
tlsf_policy_dates(const tlsf_settings *settings)
{
    const tlsf_stage_step *cut = find_stricter(settings, TLSF_STAGE_BLOCK);
    const tlsf_stage_step *refuse = find_stricter(settings, TLSF_STAGE_REFUSE);
    tlsf_dates dates = {
        .deprecated_at = date_of(find_stricter(settings, TLSF_STAGE_WARN)),
        .cut_at = date_of(cut),
        .sunset_at = date_of(refuse != NULL ? refuse : cut),
    };

    return dates;
}

const tlsf_stage_step *
tlsf_policy_next_cut(const tlsf_settings *settings, int64_t now,
                     const tlsf_stage_step **last)
{
    tlsf_stage in_force = tlsf_policy_stage(settings, now);
    const tlsf_stage_step *first = NULL;

    *last = NULL;
    for (size_t i = 0; i < settings->n_stages; i++) {
        const tlsf_stage_step *step = &settings->stages[i];

        if (step->is_dated && step->at > now && step->stage > in_force &&
            step->stage >= TLSF_STAGE_BLOCK) {
            first = first != NULL ? first : step;
            *last = step;
        }
    }
    return first;
}

tlsf_action
tlsf_policy_judge(const tlsf_settings *settings, int64_t now,
                  const tlsf_facts *facts)
{
    if (facts->is_rescued) {
        return TLSF_ACTION_PAGE;
    }
    if (!tlsf_settings_is_on(settings) ||
        !tlsf_policy_is_below(settings->floor, facts->negotiated,
                              facts->offered)) {
        return TLSF_ACTION_PASS;
    }
    return stage_actions[tlsf_policy_stage(settings, now)];
}

tlsf_str
tlsf_action_name(tlsf_action action)
{
    return action_names[action];
}
