/* SPDX-License-Identifier: Apache-2.0 */
/* All files or none; called by the commands that write. */
#define _GNU_SOURCE /* syncfs */
#include "commit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "commit_file.h"
#include "commit_parts.h"
#include "commit_signal.h"
#include "journal.h"
#include "lock.h"
#include "progress.h"
#include "recover.h"
#include "terminal.h"
#include "tlsf_release.h"

static const char *
host_name(ce_arena *arena)
{
    char name[256] = "";

    gethostname(name, sizeof(name) - 1);
    return ce_arena_text(arena, tlsf_str_of(name));
}

static int
begin_dry(ce_commit *commit)
{
    const char *waiting = ce_commit_waiting(commit->options);

    if (waiting != NULL) {
        ce_say(stderr, "%s\n", waiting);
    }
    return CE_DONE;
}

int
ce_commit_begin(ce_commit **to, const ce_options *options, const char *command)
{
    ce_commit *commit = ce_arena_alloc(options->arena, sizeof(ce_commit));

    *to = commit;
    commit->arena = options->arena;
    commit->options = options;
    commit->lock = -1;
    commit->set.command = command;
    commit->set.release = TLSF_RELEASE;
    commit->set.host = host_name(commit->arena);
    commit->set.defines = options->defines;
    commit->set.server_version = options->value[CE_OPTION_RELEASE];
    ce_commit_choose_id(commit);
    int status = ce_store_open(&commit->store, options);

    if (status == CE_DONE && options->has[CE_OPTION_DRY_RUN]) {
        return begin_dry(commit);
    }
    if (status == CE_DONE) {
        status = ce_lock_take(&commit->store, command, &commit->lock);
    }
    if (status == CE_DONE) {
        status = ce_store_state(&commit->store, false);
    }
    if (status == CE_DONE) {
        status = ce_store_sets(&commit->store, false);
    }
    if (status == CE_DONE) {
        ce_signals_hold();
        status = ce_recover(&commit->store);
        int caught = ce_signals_caught();

        ce_signals_release();
        ce_commit_settle_id(commit);
        status = status == CE_DONE && caught != 0 ? 128 + caught : status;
    }
    return status;
}

const char *
ce_commit_id(const ce_commit *commit)
{
    return commit->set.id;
}

time_t
ce_commit_time(const ce_commit *commit)
{
    return commit->began;
}

void
ce_commit_undoes(ce_commit *commit, const ce_set *set)
{
    commit->undone = set;
    commit->set.undoes = set->id;
    commit->set.command = ce_arena_format(commit->arena, "undo %s", set->id);
}

int
ce_commit_check(ce_commit *commit, const ce_config *configs, size_t n,
                const ce_changes *changes)
{
    return ce_check_files(commit, configs, n, changes);
}

/* The set's folder with all originals and the manifest, synced. */
static int
back_up(ce_commit *commit, const ce_changes *changes)
{
    ce_store *store = &commit->store;
    int sets = ce_safe_at(&store->base, store->sets);

    if (sets < 0 || mkdirat(sets, commit->part, 0700) != 0) {
        return -1;
    }
    int fd = openat(sets, commit->part,
                    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int result = fd < 0 ? -1 : 0;
    ce_text middles = {NULL, 0, 0};
    bool is_many = changes->n >= CE_MANY;

    for (size_t i = 0; i < changes->n && result == 0; i++) {
        const ce_change *change = &changes->list[i];

        ce_progress_step("backing up", "files");
        ce_set_keep(commit->arena, &commit->set.files[i], change->source->bytes,
                    change->after, &middles);
        const char *name = ce_set_original(commit->arena, i);

        result = is_many ? ce_io_make_unsynced(fd, name, change->source->bytes)
                         : ce_io_make(fd, name, change->source->bytes, NULL);
    }
    if (result == 0) {
        result = ce_set_write(
            commit->arena, fd, &commit->set,
            store->base.path[0] == '\0' ? NULL : store->base.path, &middles);
    }
    if (result == 0) {
        result = (is_many ? syncfs(fd) : fsync(fd)) == 0 ? fsync(sets) : -1;
    }
    int failure = errno;

    if (fd >= 0) {
        close(fd);
    }
    errno = failure;
    return result;
}

/* The time that a file gets back; NULL: that of the writing. */
static const struct timespec *
time_of(const ce_commit *commit, size_t i)
{
    const ce_set *set = commit->undone;

    for (size_t k = 0; set != NULL && k < set->n; k++) {
        if (strcmp(set->files[k].leaf, commit->set.files[i].leaf) == 0 &&
            strcmp(set->files[k].folder, commit->set.files[i].folder) == 0) {
            return &set->files[k].modified_at;
        }
    }
    return NULL;
}

static int
stage_all(ce_commit *commit, const ce_changes *changes)
{
    int status = CE_DONE;

    for (size_t i = 0; i < changes->n && status == CE_DONE; i++) {
        ce_progress_step("writing", "files");
        status =
            ce_signals_caught() != 0
                ? 128 + ce_signals_caught()
                : ce_file_stage(&commit->store, &commit->set, i,
                                changes->list[i].after, time_of(commit, i));
    }
    /* No name may lead to bytes that a crash can take away. */
    if (status == CE_DONE && changes->n >= CE_MANY &&
        ce_file_settle(&commit->store, &commit->set) != 0) {
        status = ce_io_fail(commit->set.files[0].folder,
                            "the new files cannot be synced", errno);
    }
    return status;
}

static int
swap_all(ce_commit *commit, const ce_changes *changes)
{
    int status = CE_DONE;

    for (size_t i = 0; i < changes->n && status == CE_DONE; i++) {
        status = ce_check_again(commit, &changes->list[i], i);
    }
    for (size_t i = 0; i < changes->n && status == CE_DONE; i++) {
        status =
            ce_file_swap(&commit->store, &commit->set, i, &commit->seen[i]);
    }
    if (status == CE_DONE &&
        ce_file_settle(&commit->store, &commit->set) != 0) {
        status = ce_io_fail(commit->set.files[0].folder,
                            "the folders cannot be synced", errno);
    }
    return status == CE_DONE && ce_signals_caught() != 0
               ? 128 + ce_signals_caught()
               : status;
}

/* The manifest's list of what was read. */
static void
take_configs(ce_commit *commit, const ce_config *configs, size_t n)
{
    commit->set.configs =
        ce_arena_alloc(commit->arena, n * sizeof(ce_set_config));
    commit->set.n_configs = n;
    for (size_t i = 0; i < n; i++) {
        commit->set.configs[i] =
            (ce_set_config){configs[i].kind, configs[i].main};
    }
}

/*
 * The set, and a journal that says of it: that it was begun, so that the next
 * run finds it wherever it is, and then that it is whole.
 */
static int
prepare(ce_commit *commit, const ce_changes *changes)
{
    ce_store *store = &commit->store;
    ce_journal journal = {.id = commit->set.id, .folder = store->sets};
    int result = ce_journal_write(store, &journal);

    if (result == 0) {
        if (back_up(commit, changes) != 0) {
            return ce_io_fail(ce_base_name(&store->base, store->sets),
                              "the backup cannot be written, so nothing was "
                              "changed",
                              errno);
        }
        journal.is_ready = true;
        result = ce_journal_write(store, &journal);
    }
    return result == 0
               ? CE_DONE
               : ce_io_fail(ce_journal_name(store),
                            "cannot be written, so nothing was changed", errno);
}

int
ce_commit_write(ce_commit *commit, const ce_config *configs, size_t n,
                const ce_changes *changes)
{
    ce_store *store = &commit->store;

    if (changes->n == 0) {
        return CE_DONE;
    }
    take_configs(commit, configs, n);
    int status = ce_check_files(commit, configs, n, changes);

    if (status == CE_DONE) {
        status = ce_store_state(store, true);
    }
    if (status == CE_DONE) {
        status = ce_store_sets(store, true);
    }
    if (status != CE_DONE) {
        return status;
    }
    ce_signals_hold();
    status = prepare(commit, changes);
    if (status != CE_DONE) {
        /* A journal that may come back after a crash needs its set. */
        if (ce_journal_remove(store) == 0) {
            ce_set_remove(store, store->sets, commit->part);
        }
        return status;
    }
    commit->is_written = true;
    status = stage_all(commit, changes);
    if (status == CE_DONE) {
        status = swap_all(commit, changes);
    }
    if (status != CE_DONE && ce_commit_back(commit) != CE_DONE) {
        return CE_BROKEN;
    }
    return status;
}

int
ce_commit_reloaded(ce_commit *commit)
{
    ce_journal journal = {commit->set.id, commit->store.sets, true, true};

    if (!commit->is_written ||
        ce_journal_write(&commit->store, &journal) == 0) {
        return CE_DONE;
    }
    return ce_io_fail(ce_journal_name(&commit->store),
                      "cannot be written, so nothing is reloaded", errno);
}

int
ce_commit_back(ce_commit *commit)
{
    if (!commit->is_written) {
        return CE_DONE;
    }
    commit->is_written = false;
    return ce_recover_back(&commit->store, commit->store.sets, commit->part,
                           &commit->set);
}

int
ce_commit_keep(ce_commit *commit)
{
    ce_store *store = &commit->store;

    if (!commit->is_written) {
        return CE_DONE;
    }
    if (ce_signals_caught() != 0) {
        int status = 128 + ce_signals_caught();

        return ce_commit_back(commit) == CE_DONE ? status : CE_BROKEN;
    }
    int sets = ce_safe_at(&store->base, store->sets);

    if (sets < 0 || renameat(sets, commit->part, sets, commit->set.id) != 0) {
        int status = ce_io_fail(ce_base_name(&store->base, store->sets),
                                "the backup cannot be completed, so all was "
                                "put back",
                                errno);

        return ce_commit_back(commit) == CE_DONE ? status : CE_BROKEN;
    }
    if (fsync(sets) != 0) {
        /* The set may or may not be complete after a crash: go back. */
        int status = ce_io_fail(ce_base_name(&store->base, store->sets),
                                "the backup cannot be synced, so all was put "
                                "back",
                                errno);

        renameat(sets, commit->set.id, sets, commit->part);
        return ce_commit_back(commit) == CE_DONE ? status : CE_BROKEN;
    }
    commit->is_written = false;
    ce_recover_finish(store, &commit->set);
    if (commit->options->has[CE_OPTION_KEEP]) {
        ce_set_prune(store, commit->options->keep, &commit->set);
    }
    return CE_DONE;
}

bool
ce_commit_is_stopped(const ce_commit *commit)
{
    return commit->is_written && ce_signals_caught() != 0;
}

const char *
ce_commit_where(const ce_commit *commit)
{
    const char *sets = commit->store.sets == NULL ? commit->store.sets_path
                                                  : commit->store.sets;

    return ce_base_name(&commit->store.base,
                        ce_safe_join(commit->arena, sets, commit->set.id));
}

int
ce_commit_end(ce_commit *commit)
{
    int status = ce_commit_back(commit);

    ce_signals_release();
    ce_store_close(&commit->store);
    if (commit->lock >= 0) {
        close(commit->lock);
        commit->lock = -1;
    }
    return status;
}
