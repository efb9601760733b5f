/* SPDX-License-Identifier: Apache-2.0 */
/* Between commit.c, commit_check.c and commit_id.c; others include commit.h. */
#ifndef CE_COMMIT_PARTS_H
#define CE_COMMIT_PARTS_H

#include "commit.h"
#include "reach.h"
#include "set.h"

struct ce_commit {
    ce_arena *arena;
    const ce_options *options;
    ce_store store;
    ce_set set;
    const ce_set *undone; /* whose files' times are restored; NULL: none */
    struct stat *seen;    /* of each file, when it was checked */
    time_t began;         /* by the clock, wherever it stands */
    const char *part;     /* the set's folder until it is kept */
    int lock;             /* -1: none */
    bool is_written;
};

/*
 * Fill the set's files from the changes, or say why one cannot be written.
 * Nothing is touched.
 */
int ce_check_files(ce_commit *commit, const ce_config *configs, size_t n,
                   const ce_changes *changes);

/* Whether a file still is what was read; CE_DONE or CE_LOCKED … */
int ce_check_again(ce_commit *commit, const ce_change *change, size_t i);

/* The time of the run, and an id of it. */
void ce_commit_choose_id(ce_commit *commit);

/*
 * Another id when this one is taken, and a later one than any in the store
 * when the clock went back: the order of sets is that of their times.
 */
void ce_commit_settle_id(ce_commit *commit);

#endif
