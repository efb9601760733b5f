/* SPDX-License-Identifier: Apache-2.0 */
/* What taking a set back means: between cmd_undo.c and undo.c. */
#ifndef CE_UNDO_H
#define CE_UNDO_H

#include "change.h"
#include "run.h"
#include "set.h"

typedef struct ce_undo {
    const ce_options *options;
    ce_options reading; /* options with the set's configurations */
    ce_store store;
    ce_set *sets; /* all, newest first */
    size_t n_sets;
    const ce_set *set; /* the one to take back; NULL: it is lost */
    const char *id;    /* of the set */
    ce_run run;
    bool is_read; /* the run's configurations, whatever errors they have */
    ce_changes changes;
    ce_diag diag;  /* of annotations */
    ce_list other; /* names of files that are not what the set left */
    ce_list first; /* ids of sets that are to be undone before */
} ce_undo;

/*
 * Choose the set: the one that is named or the newest that is neither undone
 * nor an undo. `id` NULL: there is none.
 *
 * Returns CE_DONE or an exit status after a sentence.
 */
int ce_undo_choose(ce_undo *undo);

/* Read the configurations that the set was made for, or those named. */
int ce_undo_read(ce_undo *undo);

/*
 * Compare every file with what the set left, and collect the changes.
 *
 * Returns CE_DONE; CE_BELOW after printing what differs and what is to be
 * undone before; another status when a backup cannot be read.
 */
int ce_undo_compare(ce_undo *undo);

/* The changes from the set's annotations alone; as ce_undo_compare. */
int ce_undo_annotations(ce_undo *undo);

#endif
