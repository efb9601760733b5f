/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what the servers do and what is asked for to drafts of edits at the
 * lines that decide:
 *
 *     target     an endpoint that speaks TLS: its set, and what it shall be
 *     draft      an edit in a deciding line, or a line that is inserted where
 *                the server's default decides
 *
 * Nothing is judged here but the lines themselves; whether the drafts reach
 * the goal is for the proof to tell (proof.h).
 */
#ifndef CE_PLAN_H
#define CE_PLAN_H

#include "cmd.h"
#include "edit.h"
#include "goal.h"

typedef struct ce_target {
    size_t config; /* index into the run's */
    const ce_server *server;
    const ce_endpoint *endpoint;
    unsigned goal;  /* what it shall be; what it is, when not chosen */
    unsigned after; /* filled by the proof */
    bool is_chosen; /* by --vhost */
    bool is_left;   /* cannot be decided or edited: stays as it is */
    bool is_failed; /* filled by the proof */
} ce_target;

typedef struct ce_plan {
    ce_run *run;
    const ce_goal *goal;
    ce_diag *diag; /* what is left alone, and why */
    ce_target *targets;
    size_t n;
    ce_drafts drafts;
    bool is_refused;      /* nothing may be written; said to the diag */
    bool has_backs;       /* annotations are taken back */
    bool has_no_backs;    /* annotations are not taken back, words are edited */
    ce_model *after;      /* filled by the proof: as everything will be */
    size_t n_left;        /* what was left alone although it should change */
    const ce_node *block; /* nginx: asked last whether a line fits there */
    bool block_fits;
    const ce_node *main; /* Apache: the main server asked for a MinProtocol */
    const ce_node *main_min;
    const char *define; /* Apache: the variable asked for last */
    const ce_node *define_at;
} ce_plan;

/*
 * Make the drafts.
 *
 *   has_no_backs   edit words even where an annotation could be taken back
 */
void ce_plan_make(ce_plan *plan, ce_run *run, const ce_goal *goal,
                  bool has_no_backs);

/* The name of a server for people, and "(file:line)" when it has none. */
const char *ce_plan_name(ce_arena *arena, const ce_server *server);

#endif
