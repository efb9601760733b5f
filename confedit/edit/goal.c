/* SPDX-License-Identifier: Apache-2.0 */
/* Sets that are asked for; called by the plan and the proof. */
#include "goal.h"

/*
 * The releases that learned a name. Sources: httpd CHANGES 2.3.16, 2.4.36;
 * nginx CHANGES 1.1.13, 1.13.0.
 */
static const struct {
    ce_kind kind;
    tlsf_version version;
    ce_release since;
} names[] = {
    {CE_APACHE, TLSF_TLSV11, {{2, 3, 16}}},
    {CE_APACHE, TLSF_TLSV12, {{2, 3, 16}}},
    {CE_APACHE, TLSF_TLSV13, {{2, 4, 36}}},
    {CE_NGINX, TLSF_TLSV11, {{1, 1, 13}}},
    {CE_NGINX, TLSF_TLSV12, {{1, 1, 13}}},
    {CE_NGINX, TLSF_TLSV13, {{1, 13, 0}}},
};

unsigned
ce_goal_known(ce_kind kind, ce_release release)
{
    unsigned known = CE_ALL;

    for (size_t i = 0; i < TLSF_COUNTOF(names); i++) {
        if (names[i].kind == kind && ce_release_is_known(release) &&
            ce_release_compare(release, names[i].since) < 0) {
            known &= ~CE_BIT(names[i].version);
        }
    }
    return known;
}

unsigned
ce_goal_range(tlsf_version low, tlsf_version high)
{
    return high <= low ? 0 : (CE_BIT(high) - 1) & ~(CE_BIT(low) - 1);
}

tlsf_version
ce_goal_lowest(unsigned set)
{
    unsigned v = 0;

    while (v < TLSF_VERSION_OTHER && !(set & CE_BIT(v))) {
        v++;
    }
    return (tlsf_version)v;
}

unsigned
ce_goal_of(const ce_goal *goal, unsigned set, unsigned known)
{
    unsigned from_floor =
        ce_goal_range(goal->floor, TLSF_VERSION_OTHER) & known;
    unsigned kept = set & from_floor;

    switch (goal->verb) {
    case CE_VERB_RAISE:
        return kept != 0 ? kept : from_floor;
    case CE_VERB_LOWER:
        return set == 0 ? from_floor
                        : set | ce_goal_range(goal->floor, ce_goal_lowest(set));
    case CE_VERB_SET:
        return goal->protocols;
    }
    return set;
}

const char *
ce_goal_refused(ce_arena *arena, const ce_goal *goal, ce_kind kind,
                ce_release release)
{
    unsigned known = ce_goal_known(kind, release);
    unsigned want =
        goal->verb == CE_VERB_SET ? goal->protocols : CE_BIT(goal->floor);
    unsigned holes = ce_limits_admit(ce_apache_limits(goal->protocols));
    const char *server = kind == CE_APACHE ? "Apache" : "nginx";

    if ((want & ~known) != 0) {
        return ce_arena_format(arena,
                               "%s %u.%u.%u does not know %s; update the "
                               "server first",
                               server, release.part[0], release.part[1],
                               release.part[2],
                               ce_set_text(arena, want & ~known));
    }
    if (goal->verb == CE_VERB_SET && kind == CE_APACHE &&
        holes != goal->protocols) {
        return ce_arena_format(arena,
                               "Apache serves a range without holes: of %s "
                               "only %s would be served",
                               ce_set_text(arena, goal->protocols),
                               ce_set_text(arena, holes));
    }
    return NULL;
}
