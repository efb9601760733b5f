/* SPDX-License-Identifier: Apache-2.0 */
/* From a proved plan to a running server: what cmd_edit.c calls. */
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
 * Say what still forbids versions that lower allows, each line once for each
 * place, with the change that would allow them.
 *
 * Returns how many lines forbid something.
 */
size_t ce_edit_forbids(ce_plan *plan);

/* What is left to do for whoever ran the command. */
void ce_edit_last_line(const ce_outcome *outcome, const ce_run *run,
                       const ce_commit *commit);

#endif
