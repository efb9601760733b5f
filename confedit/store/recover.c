/* SPDX-License-Identifier: Apache-2.0 */
/* Roll-back and recovery; called by commit.c. */
#include "recover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "commit_file.h"
#include "journal.h"
#include "terminal.h"

static int
advise(ce_store *store)
{
    ce_say(stderr,
           "confedit: the change could neither be completed nor taken back. "
           "When the cause is mended, run confedit again; or put the files "
           "right by hand and remove %s\n",
           ce_journal_name(store));
    return CE_BROKEN;
}

/*
 * Remove the temporary names of all files, for good: once the journal is gone
 * nobody looks for them. False when one stays; then the journal has to.
 */
static bool
clear(ce_store *store, const ce_set *set)
{
    bool is_clear = true;

    for (size_t i = 0; i < set->n; i++) {
        is_clear = ce_file_clear(store, set, i) == 0 && is_clear;
    }
    if (!is_clear || ce_file_settle(store, set) != 0) {
        ce_say(stderr,
               "confedit: a temporary file (.confedit-%s-…) cannot be "
               "removed; the next run tries again\n",
               set->id);
        return false;
    }
    return true;
}

int
ce_recover_back(ce_store *store, const char *folder, const char *leaf,
                const ce_set *set)
{
    int status = CE_DONE;

    for (size_t i = 0; i < set->n; i++) {
        if (ce_file_back(store, folder, leaf, set, i) != CE_DONE) {
            status = CE_BROKEN;
        }
    }
    if (ce_file_settle(store, set) != 0) {
        ce_io_fail(ce_base_name(&store->base, set->files[0].folder),
                   "the folders cannot be synced", errno);
        status = CE_BROKEN;
    }
    if (status != CE_DONE) {
        return advise(store);
    }
    if (!clear(store, set)) {
        return CE_BROKEN;
    }
    if (ce_journal_remove(store) != 0) {
        ce_io_fail(ce_journal_name(store), "cannot be removed", errno);
        return advise(store);
    }
    if (ce_set_remove(store, folder, leaf) != 0) {
        ce_io_fail(ce_base_name(&store->base,
                                ce_safe_join(store->arena, folder, leaf)),
                   "the unused backup cannot be removed", errno);
    }
    return CE_DONE;
}

bool
ce_recover_finish(ce_store *store, const ce_set *set)
{
    if (!clear(store, set)) {
        return false;
    }
    if (ce_journal_remove(store) != 0) {
        ce_io_fail(ce_journal_name(store),
                   "cannot be removed; the change itself is complete", errno);
        return false;
    }
    return true;
}

/* The files are as before, but the servers may not know. */
static void
tell(const ce_set *set)
{
    for (size_t i = 0; i < set->n_configs; i++) {
        ce_say(stderr,
               "%s: the server was being reloaded with the new files when "
               "that run broke off, and may still serve by them; reload it\n",
               set->configs[i].name);
    }
}

/* What the journal is about. */
static int
recover_set(ce_store *store, const ce_journal *journal)
{
    const char *leaf =
        ce_arena_format(store->arena, "%s%s", journal->id, CE_SET_PART);
    const char *why;
    ce_set set;

    if (!journal->is_ready) {
        /* Died while it backed up: nothing was changed. */
        ce_set_remove(store, journal->folder, leaf);
        return ce_journal_remove(store) == 0
                   ? CE_DONE
                   : ce_io_fail(ce_journal_name(store), "cannot be removed",
                                errno);
    }
    if (ce_set_read(store, journal->folder, journal->id, &set, &why) == 0) {
        if (!ce_recover_finish(store, &set)) {
            return CE_BROKEN;
        }
        ce_say(stderr,
               "confedit: an earlier run (%s, set %s) ended before it could "
               "tidy up; its change is complete\n",
               set.command, set.id);
        return CE_DONE;
    }
    if (ce_set_read(store, journal->folder, leaf, &set, &why) != 0) {
        ce_say(stderr,
               "%s/%s: an earlier run broke off, and its backup "
               "cannot be used: %s\n",
               ce_base_name(&store->base, journal->folder), leaf, why);
        return advise(store);
    }
    int status = ce_recover_back(store, journal->folder, leaf, &set);

    if (status == CE_DONE) {
        ce_say(stderr,
               "confedit: an earlier run (%s) broke off before it was "
               "complete; %zu file%s as before it\n",
               set.command, set.n, set.n == 1 ? " is" : "s are");
        if (journal->is_told) {
            tell(&set);
        }
    }
    return status;
}

/* Sets that were begun but never came into a journal. */
static void
sweep(ce_store *store, const char *folder)
{
    int fd = folder == NULL ? -1 : ce_safe_at(&store->base, folder);
    int own = fd < 0 ? -1 : openat(fd, ".", O_RDONLY | O_CLOEXEC);
    DIR *dir = own < 0 ? NULL : fdopendir(own);

    if (dir == NULL) {
        return;
    }
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        size_t n = strlen(e->d_name);
        size_t end = sizeof(CE_SET_PART) - 1;

        if (n <= end || strcmp(e->d_name + n - end, CE_SET_PART) != 0) {
            continue;
        }
        const char *leaf = ce_arena_text(store->arena, tlsf_str_of(e->d_name));

        if (ce_set_is_id(
                ce_arena_text(store->arena, (tlsf_str){e->d_name, n - end}))) {
            ce_set_remove(store, folder, leaf);
        }
    }
    closedir(dir);
}

int
ce_recover(ce_store *store)
{
    ce_journal journal;
    const char *why = NULL;
    int found = ce_journal_read(store, &journal, &why);

    if (found < 0) {
        ce_say(stderr,
               "%s: the journal of an earlier run cannot be used: "
               "%s\n",
               ce_journal_name(store), why);
        return advise(store);
    }
    int status = found > 0 ? recover_set(store, &journal) : CE_DONE;

    /* The set of a journal that could not be removed is still needed. */
    if (status == CE_DONE && ce_journal_read(store, &journal, &why) == 0) {
        ce_journal_tidy(store);
        sweep(store, store->state);
        if (store->sets != NULL && store->sets != store->state) {
            sweep(store, store->sets);
        }
    }
    return status;
}
