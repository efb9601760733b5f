/* SPDX-License-Identifier: Apache-2.0 */
/* confedit raise, lower, set: from the files that are there to those that are
 * wanted, proved before anything is written. */
#include "cmd.h"
#include "edit_forbid.h"
#include "edit_plan.h"
#include "impact.h"
#include "progress.h"
#include "report.h"
#include "report_edit.h"
#include "terminal.h"

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
    struct stat st;

    bool is_there = o->root == NULL || stat(o->root, &st) == 0;

    if (!is_there || (o->root != NULL && !S_ISDIR(st.st_mode))) {
        fprintf(stderr, "confedit: --root %s: %s\n", o->root,
                is_there ? "it is no folder; name the one that is the image's /"
                         : "there is no such folder");
        return CE_UNREADABLE;
    }
    return ce_loop_check(o);
}

static int
check_impact(ce_editing *e)
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
prepare(ce_editing *e)
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
    status = ce_edit_plan(e);
    e->outcome.is_planned = true;
    if (status == CE_DONE) {
        ce_edit_forbids(&e->plan);
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
report(ce_editing *e)
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
status_of(const ce_editing *e)
{
    if (e->plan.n_left > 0) {
        return CE_BELOW;
    }
    return e->changes.n > 0 && e->options->has[CE_OPTION_DETAILED] ? CE_CHANGED
                                                                   : CE_DONE;
}

/* The configurations whose endpoints change; NULL: that does not tell. */
static const bool *
concerned(const ce_editing *e)
{
    bool *list = ce_arena_alloc(e->options->arena, e->run.n + 1);
    bool is_any = false;

    if (e->goal.has_outbound) {
        return NULL;
    }
    for (size_t i = 0; i < e->plan.n; i++) {
        const ce_target *t = &e->plan.targets[i];

        list[t->config] = list[t->config] || t->after != t->before;
        is_any = is_any || list[t->config];
    }
    return is_any ? list : NULL;
}

/* Write, and keep what stands the test. */
static int
write_files(ce_editing *e)
{
    e->loop.concerned = concerned(e);
    ce_loop_before(&e->loop);
    ce_progress_begin(!e->options->has[CE_OPTION_QUIET] &&
                      !e->options->has[CE_OPTION_JSON]);
    int status =
        ce_commit_write(e->commit, e->run.configs, e->run.n, &e->changes);

    ce_progress_end();
    if (status == CE_DONE) {
        status = ce_loop_after(&e->loop);
    }
    if (status == CE_DONE || status == CE_BELOW) {
        e->outcome.set = ce_commit_id(e->commit);
    }
    return status;
}

/* Files and running servers, as the options ask. */
static int
bring_to_life(ce_editing *e)
{
    e->loop =
        (ce_loop){.run = &e->run, .after = e->plan.after, .commit = e->commit};
    if (e->outcome.is_dry_run) {
        return CE_DONE;
    }
    if (e->changes.n > 0) {
        return write_files(e);
    }
    return e->options->has[CE_OPTION_VERIFY] && e->plan.n > 0
               ? ce_loop_unchanged(&e->loop)
               : CE_DONE;
}

/* The sentence when no file had to be changed. */
static const char *
unchanged(const ce_editing *e)
{
    if (e->plan.n_left > 0) {
        return "Nothing was changed.";
    }
    if (e->plan.n == 0) {
        return "Nothing to do: no server here speaks TLS.";
    }
    if (e->loop.verified == NULL) {
        return "Nothing to do.";
    }
    if (strcmp(e->loop.verified, "holds") != 0) {
        return "Nothing to write; not every server could be visited, or "
               "serves what it should.";
    }
    return e->loop.reloaded == NULL
               ? "Nothing to write; the servers serve what they should."
               : "Nothing to write; reloaded, the servers serve what they "
                 "should.";
}

/* What became of it, in a sentence or a few. */
static void
print_last(const ce_editing *e, bool is_prepared)
{
    size_t n = e->changes.n;
    const char *files = n == 1 ? "file" : "files";

    if (e->options->has[CE_OPTION_QUIET] || e->options->has[CE_OPTION_JSON]) {
        return;
    }
    if (n == 0) {
        puts(unchanged(e));
    } else if (e->outcome.is_dry_run && is_prepared) {
        printf("Nothing was written (--dry-run): %zu %s would change.\n", n,
               files);
    } else if (e->outcome.set == NULL) {
        puts("Nothing was changed.");
    } else {
        ce_loop_print(
            &e->loop,
            ce_arena_format(e->options->arena, "%zu %s changed", n, files),
            stdout);
    }
}

static int
edit(ce_options *options, ce_verb verb, const char *name)
{
    ce_editing e = {.options = options,
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
                             .loop = &e.loop,
                             .is_dry_run = options->has[CE_OPTION_DRY_RUN]};
    status = ce_commit_begin(&e.commit, options, command_text(options, name));
    if (status == CE_DONE) {
        status = prepare(&e);
    }
    bool is_prepared = status == CE_DONE;

    if (is_prepared) {
        status = status_of(&e);
        int lived = bring_to_life(&e);

        status = lived != CE_DONE ? lived : status;
    }
    e.outcome.status = status;
    report(&e);
    int ended = ce_commit_end(e.commit);

    if (e.outcome.is_planned && !e.plan.is_refused) {
        print_last(&e, is_prepared);
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
