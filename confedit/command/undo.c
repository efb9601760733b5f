/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses a set and compares it with the files; called by cmd_undo.c. */
#include "undo.h"

#include <errno.h>
#include <unistd.h>

#include "annotate.h"
#include "diff.h"
#include "report.h"
#include "terminal.h"

static const ce_set *
find_set(const ce_undo *undo, const char *id)
{
    for (size_t i = 0; i < undo->n_sets; i++) {
        if (strcmp(undo->sets[i].id, id) == 0) {
            return &undo->sets[i];
        }
    }
    return NULL;
}

/* Whether a word may be meant as a main file: a file is there. */
static bool
is_config(const ce_undo *undo, const char *word)
{
    const char *root = undo->store.base.path;
    ce_files files = {.arena = undo->options->arena,
                      .root = root[0] == '\0' ? NULL : root};
    const char *path = ce_files_path(&files, word);
    struct stat st;

    return path != NULL && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

int
ce_undo_choose(ce_undo *undo)
{
    const ce_list *words = &undo->options->configs;
    int status = ce_store_sets(&undo->store, false);

    if (status == CE_DONE) {
        status = ce_set_list(&undo->store, &undo->sets, &undo->n_sets);
    }
    if (status != CE_DONE) {
        return status;
    }
    if (words->n > 0 && !ce_set_is_id(words->list[0]) &&
        !is_config(undo, words->list[0])) {
        ce_terminal_put(stderr, tlsf_str_of(words->list[0]));
        fputs(": neither a backup set, as “confedit history” lists them, nor "
              "a configuration file\n",
              stderr);
        return CE_USAGE;
    }
    if (words->n > 0 && ce_set_is_id(words->list[0])) {
        undo->id = words->list[0];
        undo->set = find_set(undo, undo->id);
        return CE_DONE;
    }
    for (size_t i = 0; i < undo->n_sets && undo->set == NULL; i++) {
        if (undo->sets[i].undone_by == NULL && undo->sets[i].undoes == NULL) {
            undo->set = &undo->sets[i];
            undo->id = undo->set->id;
        }
    }
    return CE_DONE;
}

static void
add(ce_undo *undo, ce_list *list, const char *text)
{
    list->list = ce_arena_grow(undo->options->arena, list->list, list->n,
                               &list->room, sizeof(char *));
    list->list[list->n++] = text;
}

/* The set's own configurations, those that are still there. */
static void
take_configs(ce_undo *undo, ce_files *files)
{
    bool are_alike = true;

    for (size_t i = 0; undo->set != NULL && i < undo->set->n_configs; i++) {
        const ce_set_config *config = &undo->set->configs[i];
        const char *path = ce_files_path(files, config->name);

        are_alike = are_alike && config->kind == undo->set->configs[0].kind;
        if (path != NULL && access(path, R_OK) == 0) {
            add(undo, &undo->reading.configs, config->name);
        }
    }
    if (are_alike && undo->reading.configs.n > 0) {
        undo->reading.has[CE_OPTION_SERVER] = true;
        undo->reading.server = undo->set->configs[0].kind;
    }
}

static void
take_settings(ce_undo *undo)
{
    const ce_set *set = undo->set;

    for (size_t i = 0; i < set->defines.n; i++) {
        add(undo, &undo->reading.defines, set->defines.list[i]);
    }
    if (set->server_version != NULL && !undo->options->has[CE_OPTION_RELEASE] &&
        ce_release_parse(tlsf_str_of(set->server_version),
                         &undo->reading.release) == 0) {
        undo->reading.has[CE_OPTION_RELEASE] = true;
        undo->reading.value[CE_OPTION_RELEASE] = set->server_version;
    }
}

int
ce_undo_read(ce_undo *undo)
{
    const ce_list *words = &undo->options->configs;
    const char *root = undo->store.base.path;
    ce_files files = {.arena = undo->options->arena,
                      .root = root[0] == '\0' ? NULL : root};

    undo->reading = *undo->options;
    undo->reading.configs = (ce_list){NULL, 0, 0};
    undo->reading.vhosts = (ce_list){NULL, 0, 0};
    for (size_t i = words->n > 0 && ce_set_is_id(words->list[0]) ? 1 : 0;
         i < words->n; i++) {
        add(undo, &undo->reading.configs, words->list[i]);
    }
    if (undo->set != NULL) {
        take_settings(undo);
        if (undo->reading.configs.n == 0) {
            take_configs(undo, &files);
        }
        if (undo->reading.configs.n == 0) {
            /* Nothing to read: no include, no test; the files come back. */
            undo->run = (ce_run){.options = &undo->reading, .files = files};
            return CE_DONE;
        }
    }
    undo->is_read = true;
    return ce_run_read(&undo->run, &undo->reading);
}

static void
add_change(ce_undo *undo, ce_change change)
{
    ce_changes *changes = &undo->changes;

    changes->list =
        ce_arena_grow(undo->options->arena, changes->list, changes->n,
                      &changes->room, sizeof(ce_change));
    changes->list[changes->n++] = change;
}

/* How the file differs from what the set left; NULL: it does not. */
static const char *
difference(ce_undo *undo, const ce_set_file *f, const ce_source *source)
{
    ce_arena *arena = undo->options->arena;
    struct stat st;
    ce_digest digest;

    if (source == NULL) {
        return ce_arena_format(arena, "cannot be read: %s", strerror(errno));
    }
    ce_digest_of(source->bytes, &digest);
    if (strcmp(digest.hex, f->after.hex) != 0) {
        return "has other bytes than the set left";
    }
    if (stat(source->path, &st) != 0) {
        return ce_arena_format(arena, "cannot be read: %s", strerror(errno));
    }
    if ((st.st_mode & 07777) != f->mode || st.st_uid != f->uid ||
        st.st_gid != f->gid) {
        return ce_arena_format(
            arena, "is %04o %u:%u now, but the set left it %04o %u:%u",
            (unsigned)(st.st_mode & 07777), st.st_uid, st.st_gid,
            (unsigned)f->mode, f->uid, f->gid);
    }
    return NULL;
}

static void
print_difference(ce_undo *undo, size_t i, const ce_source *source,
                 tlsf_str before)
{
    const ce_set_file *f = &undo->set->files[i];
    tlsf_str left;

    if (source == NULL || undo->options->has[CE_OPTION_QUIET] ||
        ce_set_left(&undo->store, undo->store.sets, undo->id, undo->set, i,
                    before, &left) != 0) {
        return;
    }
    fflush(stderr);
    ce_diff_print(undo->options->arena, left, source->bytes,
                  ce_arena_format(undo->options->arena,
                                  "%s (as set %s left it)", f->name, undo->id),
                  ce_arena_format(undo->options->arena, "%s (now)", f->name),
                  undo->options->has[CE_OPTION_JSON] ? stderr : stdout,
                  ce_report_has_color(&undo->run, stdout));
    fflush(stdout);
}

/* Whether a later set wrote one of the files, and stands. */
static bool
stands_on(const ce_undo *undo, const ce_set *later)
{
    if (later->undone_by != NULL ||
        (later->undoes != NULL && find_set(undo, later->undoes) != NULL &&
         strcmp(later->undoes, undo->id) != 0)) {
        return false;
    }
    for (size_t i = 0; i < later->n; i++) {
        for (size_t k = 0; k < undo->set->n; k++) {
            if (strcmp(later->files[i].leaf, undo->set->files[k].leaf) == 0 &&
                strcmp(later->files[i].folder, undo->set->files[k].folder) ==
                    0) {
                return true;
            }
        }
    }
    return false;
}

static void
find_order(ce_undo *undo)
{
    for (const ce_set *s = undo->sets; s < undo->set; s++) {
        if (stands_on(undo, s)) {
            add(undo, &undo->first, s->id);
        }
    }
    if (undo->first.n == 0) {
        fputs("confedit: no later set explains it, so it was changed by hand "
              "or by another program; put that back first, or edit the files "
              "by hand\n",
              stderr);
        return;
    }
    fputs("confedit: later sets changed the same files; undo in this order: ",
          stderr);
    for (size_t i = 0; i < undo->first.n; i++) {
        ce_say(stderr, "%s, then ", undo->first.list[i]);
    }
    ce_say(stderr, "%s\n", undo->id);
}

/* One file: a change, nothing when it is as before already, or a complaint. */
static int
compare_one(ce_undo *undo, size_t i)
{
    const ce_set_file *f = &undo->set->files[i];
    ce_digest digest;
    tlsf_str before;

    if (ce_set_bytes(&undo->store, undo->store.sets, undo->id, undo->set, i,
                     &before) != 0) {
        return ce_io_fail(
            ce_arena_format(undo->options->arena, "%s/%s/%s",
                            ce_base_name(&undo->store.base, undo->store.sets),
                            undo->id, ce_set_original(undo->options->arena, i)),
            "the backup cannot be read", errno);
    }
    ce_source *source =
        ce_files_read(&undo->run.files,
                      ce_safe_join(undo->options->arena, f->folder, f->leaf));

    if (source != NULL) {
        ce_digest_of(source->bytes, &digest);
        if (strcmp(digest.hex, f->before.hex) == 0) {
            return CE_DONE;
        }
    }
    const char *how = difference(undo, f, source);

    if (how == NULL) {
        add_change(undo, (ce_change){source, before});
        return CE_DONE;
    }
    ce_say(stderr, "%s: %s\n", f->name, how);
    add(undo, &undo->other, f->name);
    print_difference(undo, i, source, before);
    return CE_BELOW;
}

int
ce_undo_compare(ce_undo *undo)
{
    int status = CE_DONE;

    for (size_t i = 0; i < undo->set->n; i++) {
        int one = compare_one(undo, i);

        if (one != CE_DONE && one != CE_BELOW) {
            return one;
        }
        status = one == CE_BELOW ? one : status;
    }
    if (status == CE_BELOW) {
        fputs("confedit: nothing was changed\n", stderr);
        find_order(undo);
    }
    return status;
}

int
ce_undo_annotations(ce_undo *undo)
{
    size_t n_other = 0;

    undo->diag.arena = undo->options->arena;
    for (size_t c = 0; c < undo->run.n; c++) {
        for (ce_source *s = undo->run.files.first; s != NULL; s = s->next) {
            ce_change change = {.source = s};
            size_t left = 0;
            bool is_known = false;

            for (size_t i = 0; i < undo->changes.n; i++) {
                is_known = is_known || undo->changes.list[i].source == s;
            }
            if (!is_known && ce_annotate_undo(undo->options->arena, &undo->diag,
                                              undo->run.configs[c].kind, s,
                                              undo->id, &change, &left) > 0) {
                add_change(undo, change);
            }
            n_other += left;
        }
    }
    ce_diag_print(&undo->diag, stderr, CE_NOTE);
    if (n_other > 0) {
        fputs("confedit: nothing was changed\n", stderr);
        return CE_BELOW;
    }
    return CE_DONE;
}
