/* SPDX-License-Identifier: Apache-2.0 */
/* confedit undo: a backup set's files as they were. */
#include "cmd.h"
#include "report_parts.h"
#include "run.h"

#include "commit.h"
#include "diff.h"
#include "loop.h"
#include "report.h"
#include "terminal.h"
#include "tlsf_release.h"
#include "undo.h"

static void
print_diff(const ce_undo *undo, FILE *to)
{
    for (size_t i = 0; i < undo->changes.n; i++) {
        const ce_change *c = &undo->changes.list[i];

        ce_diff_print(undo->options->arena, c->source->bytes, c->after,
                      c->source->name, c->source->name, to,
                      ce_report_has_color(&undo->run, to));
    }
}

static void
print_list(ce_json *json, const char *name, const ce_list *list)
{
    ce_json_open(json, name, '[');
    for (size_t i = 0; i < list->n; i++) {
        ce_json_text(json, NULL, tlsf_str_of(list->list[i]));
    }
    ce_json_close(json);
}

static void
print_files(ce_json *json, const ce_undo *undo)
{
    ce_json_open(json, "files", '[');
    for (size_t i = 0; i < undo->changes.n; i++) {
        const ce_change *c = &undo->changes.list[i];

        ce_json_open(json, NULL, '{');
        ce_report_put_text(json, "file", c->source->name);
        if (undo->options->has[CE_OPTION_DIFF]) {
            ce_json_text(json, "diff",
                         ce_diff_text(undo->options->arena, c->source->bytes,
                                      c->after, c->source->name,
                                      c->source->name));
        }
        ce_json_close(json);
    }
    ce_json_close(json);
}

/* The members that raise has too mean the same. */
static void
print_json(const ce_undo *undo, const ce_loop *loop, int status)
{
    ce_json json = {.to = stdout};
    bool is_done =
        (status == CE_DONE || status == CE_BELOW || status == CE_CHANGED) &&
        undo->changes.n > 0 && !undo->options->has[CE_OPTION_DRY_RUN];

    ce_json_open(&json, NULL, '{');
    ce_json_number(&json, "schema", CE_SCHEMA);
    ce_report_put_text(&json, "confedit", TLSF_RELEASE);
    ce_report_put_text(&json, "command", "undo");
    ce_report_put_text(&json, "undoes", undo->id);
    ce_json_bool(&json, "dry_run", undo->options->has[CE_OPTION_DRY_RUN]);
    ce_json_bool(&json, "changed", is_done);
    ce_report_put_text(&json, "set",
                       is_done ? ce_commit_id(loop->commit) : NULL);
    ce_report_put_text(&json, "tested", loop->tested);
    ce_report_put_text(&json, "reloaded", loop->reloaded);
    ce_report_put_text(&json, "verified", loop->verified);
    ce_json_number(&json, "status", (size_t)status);
    print_files(&json, undo);
    print_list(&json, "other", &undo->other);
    print_list(&json, "undo_first", &undo->first);
    ce_json_close(&json);
}

static void
print_text(const ce_undo *undo, const ce_loop *loop)
{
    ce_arena *arena = undo->options->arena;
    size_t n = undo->changes.n;
    bool is_dry = undo->options->has[CE_OPTION_DRY_RUN];

    if (n == 0) {
        ce_say(stdout,
               "Nothing to do: the files of set %s are as they were before "
               "it.\n",
               undo->id);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        ce_terminal_put(stdout,
                        tlsf_str_of(undo->changes.list[i].source->name));
        puts("");
    }
    const char *what =
        ce_arena_format(arena, "as before set %s%s%s%s", undo->id,
                        undo->set == NULL ? "" : " (",
                        undo->set == NULL ? "" : undo->set->command,
                        undo->set == NULL ? "" : ")");

    if (is_dry) {
        ce_say(stdout, "Nothing was written (--dry-run): %zu file%s would be ",
               n, n == 1 ? "" : "s");
        ce_terminal_put(stdout, tlsf_str_of(what));
        puts(".");
        return;
    }
    ce_loop_print(loop,
                  ce_arena_format(arena, "%zu %s %s", n,
                                  n == 1 ? "file is" : "files are", what),
                  stdout);
}

/* Nothing that could be undone; no error. */
static int
nothing(const ce_undo *undo)
{
    if (undo->options->has[CE_OPTION_JSON]) {
        print_json(undo, &(ce_loop){.tested = NULL}, CE_DONE);
    } else if (!undo->options->has[CE_OPTION_QUIET]) {
        ce_say(stdout,
               "Nothing to do: there is no set in %s that is not undone. If "
               "it is lost, name\nthe set that the annotations name.\n",
               ce_base_name(&undo->store.base, undo->store.sets_path));
    }
    return CE_DONE;
}

static int
collect(ce_undo *undo)
{
    int status = ce_undo_read(undo);

    if (status != CE_DONE) {
        return status;
    }
    if (undo->set != NULL) {
        return ce_undo_compare(undo);
    }
    ce_say(stderr,
           "confedit: there is no set %s in %s; its annotations are looked "
           "for\n",
           undo->id, ce_base_name(&undo->store.base, undo->store.sets_path));
    status = ce_undo_annotations(undo);
    if (status == CE_DONE && undo->changes.n == 0) {
        fputs("confedit: and no annotation of it is left\n", stderr);
        return CE_BELOW;
    }
    return status;
}

static int
apply(ce_undo *undo, ce_commit *commit, ce_loop *loop)
{
    const ce_run *run = &undo->run;

    if (undo->options->has[CE_OPTION_DRY_RUN]) {
        return ce_commit_check(commit, run->configs, run->n, &undo->changes);
    }
    if (undo->changes.n == 0) {
        return CE_DONE;
    }
    ce_loop_before(loop);
    int status = ce_commit_write(commit, run->configs, run->n, &undo->changes);

    return status == CE_DONE ? ce_loop_after(loop) : status;
}

static int
work(ce_undo *undo, ce_commit *commit)
{
    const ce_options *options = undo->options;
    ce_loop loop = {.commit = commit, .run = &undo->run};
    int status = ce_undo_choose(undo);

    if (status == CE_DONE && undo->id == NULL) {
        return nothing(undo);
    }
    if (status == CE_DONE) {
        status = collect(undo);
    }
    if (status != CE_DONE) {
        undo->changes.n = 0;
        if (options->has[CE_OPTION_JSON]) {
            print_json(undo, &loop, status);
        }
        return status;
    }
    if (undo->set != NULL) {
        ce_commit_undoes(commit, undo->set);
    }
    if (options->has[CE_OPTION_DIFF] && !options->has[CE_OPTION_JSON] &&
        !options->has[CE_OPTION_QUIET]) {
        print_diff(undo, stdout);
        fflush(stdout);
    }
    status = apply(undo, commit, &loop);
    if (status == CE_DONE && undo->changes.n > 0 &&
        options->has[CE_OPTION_DETAILED]) {
        status = CE_CHANGED;
    }
    if (options->has[CE_OPTION_JSON]) {
        print_json(undo, &loop, status);
    } else if ((status == CE_DONE || status == CE_BELOW ||
                status == CE_CHANGED) &&
               !options->has[CE_OPTION_QUIET]) {
        print_text(undo, &loop);
    }
    return status;
}

static int
run_undo(ce_options *options)
{
    if (ce_loop_check(options) != CE_DONE) {
        return CE_USAGE;
    }
    ce_undo undo = {.options = options};
    ce_commit *commit;
    const char *words = options->configs.n > 0 ? options->configs.list[0] : "";
    int status =
        ce_commit_begin(&commit, options,
                        ce_arena_format(options->arena, "undo%s%s",
                                        ce_set_is_id(words) ? " " : "",
                                        ce_set_is_id(words) ? words : ""));

    if (status == CE_DONE) {
        status = ce_store_open(&undo.store, options);
        if (status == CE_DONE) {
            status = work(&undo, commit);
        }
        ce_store_close(&undo.store);
    }
    int end = ce_commit_end(commit);

    return end != CE_DONE ? end : status;
}

const ce_command ce_command_undo = {
    .name = "undo",
    .synopsis = "[OPTION…] [SET] [CONFIG…]",
    .summary = "restore a backup set; as a rule the newest",
    .help = "Exit status: 1 when a file is no longer what the set left; then "
            "nothing is written.\n",
    .set = CE_UNDO,
    .run = run_undo,
};
