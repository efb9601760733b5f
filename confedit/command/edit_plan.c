/* SPDX-License-Identifier: Apache-2.0 */
/* From a goal to files that are proved; called by cmd_edit.c. */
#include "edit_plan.h"

#include <time.h>

#include "edit_forbid.h"
#include "progress.h"
#include "proof.h"

static const char *
time_text(ce_arena *arena, time_t when)
{
    char text[32];
    struct tm tm;

    gmtime_r(&when, &tm);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
    return ce_arena_format(arena, "%s", text);
}

/*
 * Whether the first reading is needed for more than the plan: it is visited,
 * names what else forbids a version, is asked for metrics or planned again.
 */
static bool
needs_trees(const ce_editing *e)
{
    return ce_edit_asks_old(&e->goal) || e->options->has[CE_OPTION_VERIFY] ||
           e->options->has[CE_OPTION_METRICS];
}

/* The files as the drafts make them; NULL, or why there are none. */
static const char *
make_changes(ce_editing *e)
{
    ce_arena *arena = e->options->arena;
    ce_arena *work = ce_arena_within(arena);
    bool has_notes = !e->options->has[CE_OPTION_NO_ANNOTATE];
    ce_edit *edits;
    size_t n;
    const ce_draft *against = ce_edits_of(
        work, &e->plan.drafts, has_notes ? ce_commit_id(e->commit) : NULL,
        time_text(arena, ce_commit_time(e->commit)), &edits, &n);

    if (against == NULL) {
        ce_changes_of(arena, edits, n, &e->changes);
        ce_arena_free(work);
        return NULL;
    }
    ce_diag_say(e->plan.diag, CE_ERROR,
                ce_source_place(arena, against->edit.source, against->from),
                "this line would have to be different for different "
                "servers; edit it by hand");
    ce_arena_free(work);
    return "one line decides for servers that need different ones";
}

/* Plan and prove; NULL, or why the plan does not hold. */
static const char *
plan_once(ce_editing *e, bool has_no_backs)
{
    ce_plan_make(&e->plan, &e->run, &e->goal, has_no_backs);
    e->changes = (ce_changes){NULL, 0, 0};
    if (e->plan.is_refused) {
        return NULL;
    }
    ce_plan_keep(&e->plan);
    if (!needs_trees(e)) {
        ce_run_let_go(&e->run);
    }
    const char *problem = make_changes(e);

    if (problem != NULL) {
        return problem;
    }
    ce_arena *trees = ce_arena_within(e->options->arena);

    ce_progress_begin(!e->options->has[CE_OPTION_QUIET] &&
                      !e->options->has[CE_OPTION_JSON]);
    problem = ce_proof(&e->plan, &e->changes, trees);
    ce_progress_end();
    if (!needs_trees(e)) {
        e->plan.after = NULL;
        ce_arena_free(trees);
    }
    return problem;
}

/* tlsfloor's own words for one host, as an example. */
static const char *
refuse_text(const ce_editing *e, const ce_target *t)
{
    tlsf_str floor = tlsf_version_name(e->goal.floor);
    bool is_nginx = e->run.configs[t->config].kind == CE_NGINX;

    if (e->goal.verb == CE_VERB_SET) {
        floor = tlsf_version_name(ce_goal_lowest(e->goal.protocols));
    }
    return ce_arena_format(e->options->arena,
                           is_nginx ? "tlsfloor %.*s; tlsfloor_stage refuse;"
                                    : "TLSFloor %.*s, TLSFloorStage refuse",
                           (int)floor.len, floor.data);
}

/* Why a target is not as it shall be. */
static void
explain(ce_editing *e, const ce_target *t)
{
    ce_arena *arena = e->options->arena;
    const char *name = ce_party_name(arena, t->party);
    ce_place place = ce_anchor_place(
        arena, t->n_lines > 0 ? t->lines[t->n_lines - 1] : t->party->at);

    if (t->is_chosen && !t->is_left) {
        ce_diag_say(e->plan.diag, CE_ERROR, place,
                    "%s at %.*s would serve %s and not %s; edit it by hand",
                    name, (int)t->address.len, t->address.data,
                    ce_set_text(arena, t->after), ce_set_text(arena, t->goal));
        return;
    }
    ce_diag_say(e->plan.diag, CE_ERROR, place,
                "%s %s %s at %.*s, which %s; for one host alone use "
                "tlsfloor's stage refuse there: “%s”",
                t->n_lines > 0 ? "this line" : "what would be written",
                t->why == CE_WHY_UNDECIDED ? "may also change"
                                           : "also decides for",
                name, (int)t->address.len, t->address.data,
                t->is_left ? "is left alone" : "--vhost does not name",
                refuse_text(e, t));
}

int
ce_edit_plan(ce_editing *e)
{
    const char *problem = plan_once(e, false);

    if (problem != NULL && e->plan.has_backs) {
        problem = plan_once(e, true);
    }
    if (problem == NULL) {
        return e->plan.is_refused ? CE_BELOW : CE_DONE;
    }
    bool is_explained = false;

    for (size_t i = 0; i < e->plan.n; i++) {
        if (e->plan.targets[i].is_failed) {
            explain(e, &e->plan.targets[i]);
            is_explained = true;
        }
    }
    ce_diag_say(e->plan.diag, CE_ERROR, (ce_place){NULL, 0, 0},
                "%s%snothing is written", is_explained ? "" : problem,
                is_explained ? "" : "; ");
    e->plan.drafts.n = 0;
    e->plan.is_refused = true;
    e->changes.n = 0;
    return CE_BELOW;
}
