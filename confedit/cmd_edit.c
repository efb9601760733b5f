/* SPDX-License-Identifier: Apache-2.0 */
/* confedit raise, lower, set: from the files that are there to those that are
 * wanted, proved before anything is written. */
#include <time.h>

#include "edit_run.h"
#include "impact.h"
#include "proof.h"
#include "report.h"
#include "report_edit.h"
#include "tlsf_err.h"

/* What a command works with from its begin to its end. */
typedef struct editing {
    ce_options *options;
    ce_goal goal;
    ce_run run;
    ce_plan plan;
    ce_changes changes;
    ce_commit *commit;
    ce_outcome outcome;
} editing;

static int
check_options(const ce_options *o, ce_verb verb, const char *name)
{
    if (verb == CE_VERB_SET && !o->has[CE_OPTION_PROTOCOLS]) {
        fputs("confedit: set needs --protocols, for example --protocols "
              "\"TLSv1.2 TLSv1.3\"\n",
              stderr);
        return CE_USAGE;
    }
    if (verb != CE_VERB_SET && !o->has[CE_OPTION_FLOOR]) {
        fprintf(stderr,
                "confedit: %s needs --floor, for example --floor TLSv1.2\n",
                name);
        return CE_USAGE;
    }
    if ((o->has[CE_OPTION_MAX_IMPACT] || o->has[CE_OPTION_UNSEEN_FOR]) &&
        !o->has[CE_OPTION_METRICS]) {
        fputs("confedit: --max-impact and --unseen-for need --metrics URL\n",
              stderr);
        return CE_USAGE;
    }
    if (o->has[CE_OPTION_VERIFY] && !o->has[CE_OPTION_RELOAD]) {
        fputs("confedit: --verify needs --reload: before it the server does "
              "what it did\n",
              stderr);
        return CE_USAGE;
    }
    struct stat st;

    if (o->root != NULL && (stat(o->root, &st) != 0 || !S_ISDIR(st.st_mode))) {
        fprintf(stderr, "confedit: --root %s: there is no such folder\n",
                o->root);
        return CE_UNREADABLE;
    }
    if (o->root != NULL && o->has[CE_OPTION_RELOAD]) {
        fputs("confedit: --reload does not go with --root: no program is run "
              "for an image\n",
              stderr);
        return CE_USAGE;
    }
    return CE_DONE;
}

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
needs_trees(const editing *e)
{
    return e->goal.verb == CE_VERB_LOWER || e->options->has[CE_OPTION_VERIFY] ||
           e->options->has[CE_OPTION_METRICS];
}

/* The files as the drafts make them; NULL, or why there are none. */
static const char *
make_changes(editing *e)
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
plan_once(editing *e, bool has_no_backs)
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

    problem = ce_proof(&e->plan, &e->changes, trees);
    if (!needs_trees(e)) {
        e->plan.after = NULL;
        ce_arena_free(trees);
    }
    return problem;
}

/* tlsfloor's own words for one host, as an example. */
static const char *
refuse_text(const editing *e, const ce_target *t)
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
explain(editing *e, const ce_target *t)
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

static int
make_plan(editing *e)
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

static int
check_impact(editing *e)
{
    const ce_options *o = e->options;
    size_t n = 0;

    if (!o->has[CE_OPTION_MAX_IMPACT] && !o->has[CE_OPTION_UNSEEN_FOR]) {
        return CE_DONE;
    }
    const ce_server **servers =
        ce_arena_alloc(o->arena, (e->plan.n + 1) * sizeof(ce_server *));

    for (size_t i = 0; i < e->plan.n; i++) {
        const ce_target *t = &e->plan.targets[i];

        if (t->after != t->before && (n == 0 || servers[n - 1] != t->server)) {
            servers[n++] = t->server;
        }
    }
    return n == 0 ? CE_DONE : ce_impact(o, servers, n);
}

/* Everything up to the report. */
static int
prepare(editing *e)
{
    int status = ce_run_read(&e->run, e->options);

    if (status != CE_DONE) {
        return status;
    }
    e->outcome.is_read = true;
    if (ce_run_errors(&e->run) > 0) {
        return CE_UNREADABLE;
    }
    if (!ce_run_has_wanted(&e->run)) {
        return CE_BELOW;
    }
    status = make_plan(e);
    e->outcome.is_planned = true;
    if (status == CE_DONE && e->goal.verb == CE_VERB_LOWER &&
        ce_edit_forbids(&e->plan) > 0) {
        e->plan.n_left++;
    }
    if (status == CE_DONE && e->changes.n > 0) {
        status = check_impact(e);
    }
    if (status == CE_DONE && e->changes.n > 0) {
        status =
            ce_commit_check(e->commit, e->run.configs, e->run.n, &e->changes);
    }
    return status;
}

static void
report(editing *e)
{
    const ce_options *o = e->options;
    bool has_color = ce_report_has_color(&e->run, stdout);

    if (o->has[CE_OPTION_JSON]) {
        ce_report_edit_json(&e->outcome, &e->run, stdout);
    } else if (e->outcome.is_planned && o->has[CE_OPTION_DIFF]) {
        ce_report_diff(&e->outcome, stdout, has_color);
    } else if (e->outcome.is_planned && !o->has[CE_OPTION_QUIET]) {
        ce_report_edits(&e->outcome, stdout);
    }
    fflush(stdout);
    if (o->has[CE_OPTION_JSON]) {
        return;
    }
    for (size_t i = 0; i < e->run.n && e->outcome.is_read; i++) {
        ce_diag_print(e->run.configs[i].diag, stderr, CE_ERROR);
    }
    if (e->outcome.is_planned) {
        ce_diag_print(e->plan.diag, stderr,
                      o->has[CE_OPTION_QUIET] ? CE_ERROR : CE_NOTE);
    }
}

static const char *
command_text(const ce_options *o, const char *name)
{
    const char *text = name;

    if (o->has[CE_OPTION_FLOOR]) {
        text = ce_arena_format(o->arena, "%s --floor %s", text,
                               o->value[CE_OPTION_FLOOR]);
    }
    if (o->has[CE_OPTION_PROTOCOLS]) {
        text = ce_arena_format(o->arena, "%s --protocols \"%s\"", text,
                               o->value[CE_OPTION_PROTOCOLS]);
    }
    for (size_t i = 0; i < o->vhosts.n; i++) {
        text =
            ce_arena_format(o->arena, "%s --vhost %s", text, o->vhosts.list[i]);
    }
    return text;
}

/* What is left when all went well. */
static int
status_of(const editing *e)
{
    if (e->plan.n_left > 0) {
        return CE_BELOW;
    }
    return e->changes.n > 0 && e->options->has[CE_OPTION_DETAILED] ? CE_CHANGED
                                                                   : CE_DONE;
}

static int
edit(ce_options *options, ce_verb verb, const char *name)
{
    editing e = {.options = options,
                 .run = {.options = options},
                 .goal = {.verb = verb,
                          .floor = options->floor,
                          .protocols = options->protocols,
                          .is_explicit = options->is_explicit,
                          .has_outbound = options->has[CE_OPTION_OUTBOUND]}};
    int status = check_options(options, verb, name);

    if (status != CE_DONE) {
        return status;
    }
    e.outcome = (ce_outcome){.command = name,
                             .goal = &e.goal,
                             .plan = &e.plan,
                             .changes = &e.changes,
                             .is_dry_run = options->has[CE_OPTION_DRY_RUN]};
    status = ce_commit_begin(&e.commit, options, command_text(options, name));
    if (status == CE_DONE) {
        status = prepare(&e);
    }
    if (status == CE_DONE) {
        status = status_of(&e);
        if (e.changes.n > 0 && !e.outcome.is_dry_run) {
            int written = ce_edit_write(&e.run, &e.plan, &e.changes, e.commit,
                                        &e.outcome);

            status = written != CE_DONE ? written : status;
        }
    }
    e.outcome.status = status;
    report(&e);
    int ended = ce_commit_end(e.commit);

    if (e.outcome.is_planned && !e.plan.is_refused) {
        ce_edit_last_line(&e.outcome, &e.run, e.commit);
    }
    return ended != CE_DONE ? ended : status;
}

static int
raise_floor(ce_options *options)
{
    return edit(options, CE_VERB_RAISE, "raise");
}

static int
lower_floor(ce_options *options)
{
    return edit(options, CE_VERB_LOWER, "lower");
}

static int
set_protocols(ce_options *options)
{
    return edit(options, CE_VERB_SET, "set");
}

const ce_command ce_command_raise = {
    .name = "raise",
    .synopsis = "--floor VERSION [OPTION…] [CONFIG…]",
    .summary = "raise the lowest version that every virtual host serves",
    .help =
        "Changes the lines that decide, and nothing else; versions from the "
        "floor on stay\nas they are. Try it with --dry-run --diff first.\n"
        "Exit status: 0 done or nothing to do, 1 something stays below the "
        "floor, others\nas in the manual.\n",
    .set = CE_RAISE,
    .run = raise_floor,
};

const ce_command ce_command_lower = {
    .name = "lower",
    .synopsis = "--floor VERSION [OPTION…] [CONFIG…]",
    .summary = "allow older versions again, down to a floor",
    .help =
        "Takes back what raise wrote, or adds the versions from the floor up "
        "to the lowest\nthat is allowed now. What else still forbids them is "
        "named, not changed.\n"
        "Exit status: 0 done or nothing to do, 1 something still forbids "
        "them.\n",
    .set = CE_LOWER,
    .run = lower_floor,
};

const ce_command ce_command_set = {
    .name = "set",
    .synopsis = "--protocols LIST [OPTION…] [CONFIG…]",
    .summary = "allow exactly these versions",
    .help = "Exit status: 0 done or nothing to do, 1 some virtual host could "
            "not be set.\n",
    .set = CE_SET,
    .run = set_protocols,
};
