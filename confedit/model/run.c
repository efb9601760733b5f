/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands have in common. */
#include "run.h"

#include <stdlib.h>

#include "lint.h"
#include "progress.h"
#include "system.h"

static int
take_root(ce_run *run, const char *root)
{
    if (root == NULL) {
        return CE_DONE;
    }
    char *real = realpath(root, NULL);
    struct stat st;

    if (real == NULL || stat(real, &st) != 0 || !S_ISDIR(st.st_mode)) {
        ce_diag_say(run->diag, CE_ERROR, (ce_place){NULL, 0, 0},
                    "--root %s: %s", root,
                    real == NULL ? "there is no such folder"
                                 : "it is no folder; name the one that is the "
                                   "image's /");
        free(real);
        return CE_UNREADABLE;
    }
    if (strcmp(real, "/") != 0) {
        run->files.root = ce_arena_text(run->files.arena, tlsf_str_of(real));
    }
    free(real);
    return CE_DONE;
}

static int
read_all(ce_run *run, const ce_options *options)
{
    *run = (ce_run){.options = options,
                    .files = {.arena = options->arena},
                    .diag = ce_arena_alloc(options->arena, sizeof(ce_diag)),
                    .trees = ce_arena_within(options->arena)};
    run->diag->arena = options->arena;
    if (take_root(run, options->root) != CE_DONE ||
        ce_system_configs(options, &run->files, run->trees, run->diag,
                          &run->configs, &run->n) != CE_DONE) {
        return CE_UNREADABLE;
    }
    if (!ce_system_is_clear(options, run->configs, run->n, run->diag)) {
        return CE_USAGE;
    }
    run->models = ce_arena_alloc(options->arena, run->n * sizeof(ce_model));
    for (size_t i = 0; i < run->n; i++) {
        run->models[i].config = &run->configs[i];
        if (ce_config_read(&run->configs[i]) != 0) {
            continue;
        }
        ce_model_build(&run->models[i], &run->configs[i]);
        if (run->configs[i].diag->count[CE_ERROR] == 0) {
            ce_lint(&run->models[i]);
        }
    }
    return CE_DONE;
}

int
ce_run_read(ce_run *run, const ce_options *options)
{
    ce_progress_begin(!options->has[CE_OPTION_QUIET] &&
                      !options->has[CE_OPTION_JSON]);
    int status = read_all(run, options);

    ce_progress_end();
    if (status != CE_DONE) {
        ce_diag_print(run->diag, stderr, CE_ERROR);
        run->n = 0;
    }
    return status;
}

static tlsf_str
copy_of(ce_arena *arena, tlsf_str s)
{
    return (tlsf_str){ce_arena_text(arena, s), s.len};
}

/* What includes and where relative names begin, in a tree of its own. */
static ce_node *
names_of(ce_arena *arena, const ce_node *root)
{
    ce_node *kept = ce_tree_add(arena, NULL, CE_OTHER);

    kept->is_block = true;
    for (const ce_node *n = root; n != NULL; n = ce_node_next(n)) {
        if (n->id != CE_A_INCLUDE && n->id != CE_A_INCLUDE_OPTIONAL &&
            n->id != CE_A_SERVER_ROOT &&
            (n->id != CE_N_INCLUDE || n->n_words != 1)) {
            continue;
        }
        ce_node *copy = ce_tree_add(arena, kept, n->id);

        copy->source = n->source;
        copy->at = n->at;
        copy->len = n->len;
        if (n->id != CE_N_INCLUDE) {
            copy->args = copy_of(arena, n->args);
        } else {
            copy->words = ce_arena_alloc(arena, sizeof(ce_word));
            copy->words[0] = n->words[0];
            copy->words[0].value = copy_of(arena, n->words[0].value);
            copy->n_words = 1;
        }
    }
    return kept;
}

void
ce_run_let_go(ce_run *run)
{
    ce_arena *kept = ce_arena_within(run->options->arena);

    for (size_t i = 0; i < run->n; i++) {
        ce_config *c = &run->configs[i];

        *c = (ce_config){.arena = kept,
                         .files = c->files,
                         .diag = c->diag,
                         .kind = c->kind,
                         .release = c->release,
                         .main = c->main,
                         .folder = ce_arena_text(kept, tlsf_str_of(c->folder)),
                         .program = c->program,
                         .is_local = c->is_local,
                         .is_fragment = c->is_fragment,
                         .given = c->given,
                         .environment = c->environment,
                         .root = names_of(kept, c->root)};
        run->models[i] = (ce_model){.config = c};
    }
    for (ce_source *s = run->files.first; s != NULL; s = s->next) {
        ce_source_forget(s);
    }
    ce_arena_free(run->trees);
    run->trees = kept;
}

size_t
ce_run_errors(const ce_run *run)
{
    size_t errors = 0;

    for (size_t i = 0; i < run->n; i++) {
        errors += run->configs[i].diag->count[CE_ERROR];
    }
    return errors;
}

bool
ce_run_wants(const ce_run *run, const ce_server *server)
{
    const ce_list *wanted = &run->options->vhosts;

    for (size_t i = 0; i < wanted->n; i++) {
        for (size_t k = 0; k < server->n_names; k++) {
            if (tlsf_str_eq_nocase(server->names[k],
                                   tlsf_str_of(wanted->list[i]))) {
                return true;
            }
        }
    }
    return wanted->n == 0;
}

static bool
has_name(const ce_run *run, const char *name)
{
    for (size_t i = 0; i < run->n; i++) {
        for (size_t k = 0; k < run->models[i].n; k++) {
            const ce_server *server = &run->models[i].servers[k];

            for (size_t m = 0; m < server->n_names; m++) {
                if (tlsf_str_eq_nocase(server->names[m], tlsf_str_of(name))) {
                    return true;
                }
            }
        }
    }
    return false;
}

bool
ce_run_has_wanted(const ce_run *run)
{
    const ce_list *wanted = &run->options->vhosts;
    bool has_all = true;

    for (size_t i = 0; i < wanted->n; i++) {
        if (!has_name(run, wanted->list[i])) {
            fprintf(stderr, "confedit: no virtual host has the name %s\n",
                    wanted->list[i]);
            has_all = false;
        }
    }
    return has_all;
}
