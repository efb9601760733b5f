/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a command asks for, as arithmetic on sets of versions.
 *
 *     raise     the versions from the floor on; where none is left, the floor
 *               and all above that the server knows
 *     lower     besides, all from the floor up to the lowest there is; where
 *               none is there, the floor and all above
 *     set       exactly these
 */
#ifndef CE_GOAL_H
#define CE_GOAL_H

#include "include.h"
#include "protocols.h"

typedef enum ce_verb { CE_VERB_RAISE, CE_VERB_LOWER, CE_VERB_SET } ce_verb;

typedef struct ce_goal {
    ce_verb verb;
    tlsf_version floor; /* of raise and lower */
    unsigned protocols; /* of set */
    bool is_explicit;   /* every version by name */
    bool has_outbound;  /* what is asked of upstreams, too */
} ce_goal;

/* The versions whose names a release of a server knows. */
unsigned ce_goal_known(ce_kind kind, ce_release release);

/* What becomes of a set. */
unsigned ce_goal_of(const ce_goal *goal, unsigned set, unsigned known);

/*
 * Whether a server can do what is asked at all.
 *
 * Returns NULL, or the reason as a sentence.
 */
const char *ce_goal_refused(ce_arena *arena, const ce_goal *goal, ce_kind kind,
                            ce_release release);

/* Versions from low up to and without high. */
unsigned ce_goal_range(tlsf_version low, tlsf_version high);

/* The lowest of a set; TLSF_VERSION_OTHER for none. */
tlsf_version ce_goal_lowest(unsigned set);

#endif
