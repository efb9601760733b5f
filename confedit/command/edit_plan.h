/* SPDX-License-Identifier: Apache-2.0 */
/* From a goal to files that are proved: what cmd_edit.c calls. */
#ifndef CE_EDIT_PLAN_H
#define CE_EDIT_PLAN_H

#include "report_edit.h"

/* What a command works with from its begin to its end. */
typedef struct ce_editing {
    ce_options *options;
    ce_goal goal;
    ce_run run;
    ce_plan plan;
    ce_changes changes;
    ce_commit *commit;
    ce_loop loop;
    ce_outcome outcome;
} ce_editing;

/*
 * Plan, make the files and prove them. What was read is let go meanwhile,
 * unless it is needed.
 *
 * Returns CE_DONE, or CE_BELOW when nothing may be written; why is in the
 * plan's diag.
 */
int ce_edit_plan(ce_editing *editing);

#endif
