/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judgement: settings and an instant give the stage in force, and the stage
 * with the facts of a request gives what happens to it. Pure functions over
 * the caller's structs.
 *
 * The stage is taken twice. At the hello it decides rescue and refusal and
 * stays with the connection. At each request it is taken again and can make
 * the answer stricter; it never opens a rescued connection.
 */
#ifndef TLSF_POLICY_H
#define TLSF_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "tlsf_settings.h"
#include "tlsf_version.h"

/* What happened to a request; label values of tlsfloor_requests_total. */
typedef enum tlsf_action {
    TLSF_ACTION_PASS,
    TLSF_ACTION_WARN,
    TLSF_ACTION_PAGE,
    TLSF_ACTION_EXEMPT,
    TLSF_N_ACTIONS
} tlsf_action;

/* What is known of one request's connection. */
typedef struct tlsf_facts {
    tlsf_version negotiated;
    tlsf_version offered; /* by the hello; the negotiated one when unread */
    bool is_rescued;      /* flag of the connection, or the backstop */
} tlsf_facts;

/* The instants that people and headers are told. TLSF_NEVER when unknown. */
typedef struct tlsf_dates {
    int64_t deprecated_at; /* first warn or stricter stage, where dated */
    int64_t cut_at;        /* first block or refuse */
    int64_t sunset_at;     /* first refuse, else that block */
} tlsf_dates;

/* The stage in force: the last whose time has come; observe before the first.
 */
tlsf_stage tlsf_policy_stage(const tlsf_settings *settings, int64_t now);

/* The next dated stage after now, or NULL. Points into settings. */
const tlsf_stage_step *tlsf_policy_next(const tlsf_settings *settings,
                                        int64_t now);

/* The dates of design section 2. */
tlsf_dates tlsf_policy_dates(const tlsf_settings *settings);

/*
 * The first stage after now that is stricter than the one in force and can cut
 * a client (block or refuse), or NULL; *last is the final such stage (may be
 * the same one). For "the date" on page and banner.
 */
const tlsf_stage_step *tlsf_policy_next_cut(const tlsf_settings *settings,
                                            int64_t now,
                                            const tlsf_stage_step **last);

/*
 * A client that offered at least the floor is never below it, whatever was
 * negotiated.
 */
static inline bool
tlsf_policy_is_below(tlsf_version floor, tlsf_version negotiated,
                     tlsf_version offered)
{
    return negotiated < floor && offered < floor;
}

/*
 * What to do with a request. A rescued connection gets the page whatever the
 * request's host says (even one with the module off); on any other connection
 * the request's host decides alone, and refuse acts as block.
 */
tlsf_action tlsf_policy_judge(const tlsf_settings *settings, int64_t now,
                              const tlsf_facts *facts);

/* "pass", "warn", "page", "exempt" */
tlsf_str tlsf_action_name(tlsf_action action);

#endif
