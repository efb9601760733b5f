/* SPDX-License-Identifier: Apache-2.0 */
/* One file staged and swapped; called by commit.c and recover.c. */
#define _GNU_SOURCE /* syncfs, renameat2 */
#include "commit_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "commit_temporary.h"
#include "terminal.h"

int
ce_file_stage(ce_store *store, const ce_set *set, size_t i, tlsf_str bytes,
              const struct timespec *at)
{
    return ce_temporary_make(store, set, i, CE_NEW, bytes, at,
                             set->n >= CE_MANY);
}

static bool
is_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* The time of the last change of names is another one by our own doing. */
static bool
is_untouched(const struct stat *now, const struct stat *seen)
{
    return ce_is_same_file(now, seen) && now->st_size == seen->st_size &&
           now->st_mode == seen->st_mode && now->st_uid == seen->st_uid &&
           now->st_gid == seen->st_gid &&
           is_time(&now->st_mtim, &seen->st_mtim);
}

static int
edited(ce_store *store, const ce_set_file *f)
{
    ce_say(stderr,
           "%s: somebody edited it while confedit was at work; nothing was "
           "changed, run again\n",
           ce_temporary_target(store, f));
    return CE_LOCKED;
}

/* Whether hard links are something that this file system has not. */
static bool
has_no_links(int failure)
{
    return failure == EPERM || failure == EOPNOTSUPP || failure == ENOSYS ||
           failure == EMLINK;
}

/* Without hard links: a copy of the original keeps its place. */
static int
copy_old(ce_store *store, const ce_set *set, size_t i)
{
    const ce_set_file *f = &set->files[i];
    int folder = ce_safe_at(&store->base, f->folder);
    struct stat st;
    tlsf_str bytes;
    int fd = folder < 0 ? -1 : ce_io_open(folder, f->leaf, &st);

    if (fd < 0 || ce_io_read(store->arena, fd, &bytes) != 0) {
        int status =
            ce_io_fail(ce_temporary_target(store, f), "cannot be read", errno);

        if (fd >= 0) {
            close(fd);
        }
        return status;
    }
    close(fd);
    return ce_temporary_make(store, set, i, CE_OLD, bytes, &st.st_mtim, false);
}

/* Give the original its second name. */
static int
keep_old(ce_store *store, const ce_set *set, size_t i, bool *is_link)
{
    const ce_set_file *f = &set->files[i];
    int folder = ce_safe_at(&store->base, f->folder);
    int stage = ce_safe_at(&store->base, f->stage);

    *is_link = false;
    if (folder < 0 || stage < 0) {
        return ce_io_fail(ce_temporary_target(store, f), "cannot be replaced",
                          errno);
    }
    if (linkat(folder, f->leaf, stage, ce_temporary_name(store, set, i, CE_OLD),
               0) == 0) {
        *is_link = true;
        return CE_DONE;
    }
    if (errno == ENOENT) {
        return edited(store, f);
    }
    return has_no_links(errno) ? copy_old(store, set, i)
                               : ce_io_fail(ce_temporary_target(store, f),
                                            "cannot be replaced", errno);
}

/*
 * What somebody saved under the file's name in the last moment has come out of
 * the exchange: it goes back. If more was saved in that moment, that stays.
 */
static void
exchange_back(int stage, const char *new, int folder, const char *leaf,
              const struct stat *ours)
{
    struct stat out;

    if (renameat2(stage, new, folder, leaf, RENAME_EXCHANGE) == 0 &&
        fstatat(stage, new, &out, AT_SYMLINK_NOFOLLOW) == 0 &&
        !ce_is_same_file(&out, ours)) {
        renameat2(stage, new, folder, leaf, RENAME_EXCHANGE);
    }
}

/* The new file takes the name of the original, which comes out under `new`. */
static int
exchange(ce_store *store, const ce_set *set, size_t i, const struct stat *seen)
{
    const ce_set_file *f = &set->files[i];
    const char *new = ce_temporary_name(store, set, i, CE_NEW);
    int folder = ce_safe_at(&store->base, f->folder);
    int stage = ce_safe_at(&store->base, f->stage);
    struct stat ours;
    struct stat out;

    if (fstatat(stage, new, &ours, AT_SYMLINK_NOFOLLOW) != 0 ||
        renameat2(stage, new, folder, f->leaf, RENAME_EXCHANGE) != 0) {
        return -1;
    }
    if (fstatat(stage, new, &out, AT_SYMLINK_NOFOLLOW) == 0 &&
        is_untouched(&out, seen)) {
        return CE_DONE;
    }
    exchange_back(stage, new, folder, f->leaf, &ours);
    return edited(store, f);
}

/* Where files cannot be exchanged; the original keeps its second name. */
static int
replace(ce_store *store, const ce_set *set, size_t i, const struct stat *seen,
        bool is_link)
{
    const ce_set_file *f = &set->files[i];
    const char *old = ce_temporary_name(store, set, i, CE_OLD);
    int folder = ce_safe_at(&store->base, f->folder);
    int stage = ce_safe_at(&store->base, f->stage);
    struct stat now;

    if (renameat(stage, ce_temporary_name(store, set, i, CE_NEW), folder,
                 f->leaf) != 0) {
        return ce_io_fail(ce_temporary_target(store, f), "cannot be replaced",
                          errno);
    }
    /* Bytes written into the original until now are still in it. */
    if (is_link && (fstatat(stage, old, &now, AT_SYMLINK_NOFOLLOW) != 0 ||
                    !is_untouched(&now, seen))) {
        return edited(store, f);
    }
    return CE_DONE;
}

int
ce_file_swap(ce_store *store, const ce_set *set, size_t i,
             const struct stat *seen)
{
    const ce_set_file *f = &set->files[i];
    int folder = ce_safe_at(&store->base, f->folder);
    struct stat now;
    bool is_link;

    if (fstatat(folder, f->leaf, &now, AT_SYMLINK_NOFOLLOW) != 0 ||
        !is_untouched(&now, seen) || !is_time(&now.st_ctim, &seen->st_ctim)) {
        return edited(store, f);
    }
    int status = keep_old(store, set, i, &is_link);

    if (status != CE_DONE) {
        return status;
    }
    int at = ce_safe_at(&store->base, is_link ? f->stage : f->folder);

    if (fstatat(at,
                is_link ? ce_temporary_name(store, set, i, CE_OLD) : f->leaf,
                &now, AT_SYMLINK_NOFOLLOW) != 0 ||
        !is_untouched(&now, seen)) {
        return edited(store, f);
    }
    status = exchange(store, set, i, seen);
    if (status != -1) {
        return status;
    }
    switch (errno) {
    case EINVAL:
    case ENOSYS:
        return replace(store, set, i, seen, is_link);
    case ENOENT:
        return edited(store, f);
    default:
        return ce_io_fail(ce_temporary_target(store, f), "cannot be replaced",
                          errno);
    }
}

int
ce_file_clear(ce_store *store, const ce_set *set, size_t i)
{
    static const char *const ends[] = {CE_NEW, CE_OLD};
    int stage = ce_safe_at(&store->base, set->files[i].stage);
    int result = stage < 0 ? -1 : 0;

    for (size_t k = 0; k < TLSF_COUNTOF(ends) && stage >= 0; k++) {
        if (unlinkat(stage, ce_temporary_name(store, set, i, ends[k]), 0) !=
                0 &&
            errno != ENOENT) {
            result = -1;
        }
    }
    return result;
}

/* Sync a folder, or with many files its file system unless it was the last. */
static int
settle(ce_store *store, const char *path, bool is_many, dev_t *last)
{
    int folder = ce_safe_at(&store->base, path);
    struct stat st;

    if (folder < 0 || fstat(folder, &st) != 0) {
        return -1;
    }
    if (!is_many) {
        return fsync(folder);
    }
    if (st.st_dev == *last) {
        return 0;
    }
    *last = st.st_dev;
    return syncfs(folder);
}

int
ce_file_settle(ce_store *store, const ce_set *set)
{
    bool is_many = set->n >= CE_MANY;
    const char *last_folder = "";
    const char *last_stage = "";
    dev_t last = 0;

    for (size_t i = 0; i < set->n; i++) {
        const ce_set_file *f = &set->files[i];

        if (strcmp(f->folder, last_folder) != 0 &&
            settle(store, f->folder, is_many, &last) != 0) {
            return -1;
        }
        if (strcmp(f->stage, f->folder) != 0 &&
            strcmp(f->stage, last_stage) != 0 &&
            settle(store, f->stage, is_many, &last) != 0) {
            return -1;
        }
        last_folder = f->folder;
        last_stage = f->stage;
    }
    return 0;
}
