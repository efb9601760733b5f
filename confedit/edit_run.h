/* SPDX-License-Identifier: Apache-2.0 */
/* Between cmd_edit.c and edit_run.c: from a proved plan to a running server. */
#ifndef CE_EDIT_RUN_H
#define CE_EDIT_RUN_H

#include "report_edit.h"

/*
 * Write the changes, run the servers' tests, reload and visit as the options
 * ask; everything is put back when a step fails.
 *
 *   outcome   what came of each step
 *
 * Returns CE_DONE, CE_BELOW when something could not be visited, or the exit
 * status of what failed, which was said.
 */
int ce_edit_write(ce_run *run, const ce_plan *plan, const ce_changes *changes,
                  ce_commit *commit, ce_outcome *outcome);

/*
 * Say what still forbids versions that a target is to serve.
 *
 *   after   the target's endpoint as it will be
 *
 * Returns how many lines were named.
 */
size_t ce_edit_forbids(ce_plan *plan, const ce_target *target,
                       const ce_endpoint *after);

/* What is left to do for whoever ran the command. */
void ce_edit_last_line(const ce_outcome *outcome, const ce_run *run,
                       const ce_commit *commit);

#endif
