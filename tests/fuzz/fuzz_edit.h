/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What both fuzz_edit_*.c do: any bytes as the one file of a configuration.
 * Whatever the plan drafts lies in the lines that it names, and what
 * annotations keep brings the first bytes back.
 */
#ifndef FUZZ_EDIT_H
#define FUZZ_EDIT_H

#include <stdlib.h>

#include "annotate.h"
#include "edit.h"
#include "lint.h"
#include "plan.h"
#include "reader.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

/* A configuration of one file; includes find nothing. */
typedef struct fuzz_tree {
    ce_options options;
    ce_run run;
    ce_config config;
    ce_model model;
    ce_diag diag;
} fuzz_tree;

static bool
fuzz_read(fuzz_tree *t, ce_arena *arena, ce_kind kind, ce_release release,
          ce_source *source)
{
    *t = (fuzz_tree){.options = {.arena = arena}, .diag = {.arena = arena}};
    t->run = (ce_run){.options = &t->options,
                      .files = {.arena = arena, .root = "/nonexistent/root"},
                      .trees = arena,
                      .configs = &t->config,
                      .models = &t->model,
                      .n = 1};
    t->config = (ce_config){.arena = arena,
                            .files = &t->run.files,
                            .diag = &t->diag,
                            .kind = kind,
                            .release = release,
                            .main = "file",
                            .folder = "/nonexistent"};
    t->config.root = ce_tree_add(arena, NULL, CE_OTHER);
    t->config.root->is_block = true;
    if (ce_config_open(&t->config, "file", source, t->config.root, NULL) != 0) {
        return false;
    }
    ce_model_build(&t->model, &t->config);
    return t->diag.count[CE_ERROR] == 0;
}

/* Every edit lies in its directive, and the directive in the file. */
static void
fuzz_drafts(const ce_plan *plan, const ce_source *source)
{
    for (size_t i = 0; i < plan->drafts.n; i++) {
        const ce_draft *d = &plan->drafts.list[i];

        if (d->edit.source != source || d->to > source->bytes.len ||
            d->from > d->to ||
            (d->kind != CE_DRAFT_BACK &&
             (d->edit.at < d->from || d->edit.at + d->edit.len > d->to))) {
            abort();
        }
    }
}

static void
fuzz_goal(ce_arena *arena, ce_kind kind, ce_release release, ce_source *source,
          const ce_goal *goal, bool has_notes)
{
    fuzz_tree tree;
    ce_plan plan;
    ce_edit *edits;
    ce_changes changes;
    ce_change back;
    size_t n;
    size_t n_other;
    size_t n_notes = 0;

    if (!fuzz_read(&tree, arena, kind, release, source)) {
        return;
    }
    ce_plan_make(&plan, &tree.run, goal, false);
    fuzz_drafts(&plan, source);
    if (ce_edits_of(arena, &plan.drafts, has_notes ? "s1" : NULL,
                    "2026-11-22T09:00:00Z", &edits, &n) != NULL ||
        n == 0) {
        return;
    }
    ce_changes_of(arena, edits, n, &changes);
    if (changes.n != 1) {
        abort();
    }
    if (plan.has_backs || !has_notes) {
        return;
    }
    ce_source *after = ce_source_of(arena, "file", changes.list[0].after);

    for (size_t at = 0; at < after->bytes.len; n_notes++) {
        tlsf_str rest = tlsf_str_sub(after->bytes, at, after->bytes.len - at);

        at += tlsf_str_find(rest, TLSF_LIT(" s1 -#")) + 1;
    }
    size_t taken =
        ce_annotate_undo(arena, &tree.diag, kind, after, "s1", &back, &n_other);

    /* Old text that is too long is not kept. */
    if (n_notes == 1 &&
        (taken == 0 || !tlsf_str_eq(back.after, source->bytes))) {
        abort();
    }
}

static void
fuzz_edit(const unsigned char *bytes, size_t n, ce_kind kind,
          ce_release release)
{
    static const ce_goal goals[] = {
        {.verb = CE_VERB_RAISE, .floor = TLSF_TLSV12, .has_outbound = true},
        {.verb = CE_VERB_RAISE, .floor = TLSF_TLSV13, .is_explicit = true},
        {.verb = CE_VERB_LOWER, .floor = TLSF_TLSV1},
        {.verb = CE_VERB_SET,
         .protocols = CE_BIT(TLSF_TLSV12) | CE_BIT(TLSF_TLSV13)},
    };
    tlsf_str all = {(const char *)bytes, n};

    for (size_t i = 0; i < TLSF_COUNTOF(goals); i++) {
        ce_arena *arena = ce_arena_new();
        ce_source *source = ce_source_of(arena, "file", all);

        fuzz_goal(arena, kind, release, source, &goals[i], i != 1);
        ce_arena_free(arena);
    }
}

#endif
