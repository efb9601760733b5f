/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands between writing and keeping: the server's own test, a reload,
 * visits; everything back, and the server reloaded again, when one fails. And
 * the last words about it. The same for raise, lower, set and undo.
 */
#ifndef CE_LOOP_H
#define CE_LOOP_H

#include "run.h"
#include "commit.h"
#include "verify.h"

typedef struct ce_loop {
    const ce_run *run; /* as it was read before the change */
    ce_model *after;   /* as it will be; NULL: that is read then */
    ce_commit *commit;
    const bool *concerned; /* configurations that change; NULL: all */
    ce_visits *before;     /* of each configuration, with --verify */
    ce_visits *visits;     /* after the change; NULL: none were made */
    const char *tested;    /* "passed", "refused", "not run"; NULL: not tried */
    const char *reloaded;  /* "done", "failed", "not running"; NULL */
    const char *verified;  /* "holds", "fails", "partly"; NULL */
} ce_loop;

/*
 * Options that do not go together. Returns CE_DONE, or CE_USAGE after a
 * sentence.
 */
int ce_loop_check(const ce_options *options);

/* Before the write: with --verify, visit the servers as they are. */
void ce_loop_before(ce_loop *loop);

/*
 * After the write: test, reload and visit as the options ask, and keep.
 *
 * Returns CE_DONE; CE_BELOW when it is kept but not everything could be
 * visited; CE_REFUSED, CE_NOT_LIVE, or a status of ce_commit_keep after
 * sentences when all is back; CE_BROKEN.
 */
int ce_loop_after(ce_loop *loop);

/*
 * With --verify and nothing to write: the servers may still run older files.
 * Visit them; reload them when they do not serve what their files say, and
 * visit them again.
 *
 * Returns CE_DONE, CE_BELOW when not everything could be visited, CE_NOT_LIVE.
 */
int ce_loop_unchanged(ce_loop *loop);

/* Whether a configuration is concerned by the change. */
bool ce_loop_concerns(const ce_loop *loop, size_t config);

/*
 * Last words for people: the command that takes the run's set back, what the
 * running servers do now, and what is left to do.
 *
 *   begin   of the first line: "2 files changed"
 */
void ce_loop_print(const ce_loop *loop, const char *begin, FILE *to);

#endif
