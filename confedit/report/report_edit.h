/* SPDX-License-Identifier: Apache-2.0 */
/* What an editing command did or would do, for people and for machines. */
#ifndef CE_REPORT_EDIT_H
#define CE_REPORT_EDIT_H

#include "loop.h"
#include "plan.h"

/* How a command ended, as far as it came. */
typedef struct ce_outcome {
    const char *command; /* "raise" */
    const ce_goal *goal;
    const ce_plan *plan;
    const ce_changes *changes;
    const ce_loop *loop;
    const char *set; /* id of the backup set; NULL: nothing was written */
    bool is_read;    /* the configurations were read */
    bool is_planned; /* plan and changes are filled */
    bool is_dry_run;
    int status;
} ce_outcome;

/* One changed directive. */
typedef struct ce_shown {
    ce_place place;
    tlsf_str before; /* empty: inserted */
    tlsf_str after;  /* empty: taken away */
} ce_shown;

/*
 * The changed directive of drafts[*i], and of those behind it that belong to
 * it; i moves behind them.
 */
ce_shown ce_report_shown(ce_arena *arena, const ce_drafts *drafts, size_t *i);

/* Each changed line with what it becomes, and each server with its sets. */
void ce_report_edits(const ce_outcome *outcome, FILE *to);

/* The files as unified differences. */
void ce_report_diff(const ce_outcome *outcome, FILE *to, bool has_color);

/* One JSON object; the manual describes its members. */
void ce_report_edit_json(const ce_outcome *outcome, const ce_run *run,
                         FILE *to);

#endif
