/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands between writing and keeping: the server's own test, a reload,
 * visits; everything back, and the server reloaded again, when one fails.
 */
#ifndef CE_UNDO_LOOP_H
#define CE_UNDO_LOOP_H

#include "cmd.h"
#include "commit.h"
#include "verify.h"

typedef struct ce_loop {
    ce_commit *commit;
    const ce_run *run;  /* as it was read before the change */
    ce_visits *before;  /* of each configuration, with --verify */
    bool is_tested;     /* every configuration passed its server's test */
    bool is_reloaded;   /* every one was reloaded */
    bool is_partly;     /* --verify could not visit everything */
    const char *untold; /* why one was not tested; NULL: all were */
} ce_loop;

/* Before the write: with --verify, visit the servers as they are. */
int ce_loop_before(ce_loop *loop, ce_commit *commit, const ce_run *run);

/*
 * After the write.
 *
 * Returns CE_DONE; CE_REFUSED or CE_NOT_LIVE after sentences when all is back;
 * CE_BROKEN.
 */
int ce_loop_after(ce_loop *loop);

/* What people should know: not tested, not reloaded. */
void ce_loop_print(const ce_loop *loop, FILE *to);

#endif
