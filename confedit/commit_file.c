/* SPDX-License-Identifier: Apache-2.0 */
/* One file and its two temporary names; called by commit.c and recover.c. */
#define _GNU_SOURCE /* syncfs */
#include "commit_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const char *
temporary(ce_store *store, const ce_set *set, size_t i, const char *end)
{
    return ce_arena_format(store->arena, ".confedit-%s-%zu.%s", set->id, i,
                           end);
}

static const char *
name_of(ce_store *store, const ce_set_file *f)
{
    return ce_base_name(&store->base,
                        ce_safe_join(store->arena, f->folder, f->leaf));
}

/* The attributes of the file that stands there, or those of the manifest. */
static int
take_attributes(ce_store *store, const ce_set_file *f, ce_attributes *all)
{
    struct stat st;
    int folder = ce_safe_at(&store->base, f->folder);
    int fd = folder < 0 ? -1 : ce_io_open(folder, f->leaf, &st);

    if (fd < 0) {
        *all = (ce_attributes){f->mode, f->uid, f->gid, NULL, 0};
        return folder >= 0 && errno == ENOENT ? 0 : -1;
    }
    int result = ce_attributes_read(store->arena, fd, all);

    close(fd);
    return result;
}

/* Attributes, time, and all of it on the disk. Returns an exit status. */
static int
finish(ce_store *store, const ce_set_file *f, int fd,
       const ce_attributes *attributes, const struct timespec *at, bool is_many)
{
    const char *why = ce_attributes_apply(store->arena, fd, attributes);

    if (why != NULL) {
        fprintf(stderr,
                "%s: its attributes cannot be reproduced: %s; nothing was "
                "changed\n",
                name_of(store, f), why);
        return CE_NOT_ALLOWED;
    }
    struct timespec times[2] = {{0, UTIME_OMIT}, {0, UTIME_OMIT}};

    if (at != NULL) {
        times[1] = *at;
    }
    if ((at != NULL && futimens(fd, times) != 0) ||
        (!is_many && fsync(fd) != 0)) {
        return ce_io_fail(name_of(store, f), "the new file cannot be written",
                          errno);
    }
    return CE_DONE;
}

/* A file under one of the temporary names, with everything that belongs to
 * it. */
static int
make(ce_store *store, const ce_set *set, size_t i, const char *end,
     tlsf_str bytes, const struct timespec *at, bool is_many)
{
    const ce_set_file *f = &set->files[i];
    const char *name = temporary(store, set, i, end);
    ce_attributes attributes;
    int fd;

    if (take_attributes(store, f, &attributes) != 0) {
        return ce_io_fail(name_of(store, f), "cannot be read", errno);
    }
    int stage = ce_safe_at(&store->base, f->stage);

    if (stage < 0 || ce_io_make(stage, name, bytes, &fd) != 0) {
        return ce_io_fail(name_of(store, f), "the new file cannot be written",
                          errno);
    }
    int status = finish(store, f, fd, &attributes, at, is_many);

    /* Some file systems tell of a full disk only now. */
    if (close(fd) != 0 && status == CE_DONE) {
        status = ce_io_fail(name_of(store, f), "the new file cannot be written",
                            errno);
    }
    if (status != CE_DONE) {
        unlinkat(stage, name, 0);
    }
    return status;
}

int
ce_file_stage(ce_store *store, const ce_set *set, size_t i, tlsf_str bytes,
              const struct timespec *at)
{
    return make(store, set, i, "new", bytes, at, set->n >= CE_MANY);
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool
is_untouched(const struct stat *now, const struct stat *seen)
{
    return is_same(now, seen) && now->st_size == seen->st_size &&
           now->st_mtim.tv_sec == seen->st_mtim.tv_sec &&
           now->st_mtim.tv_nsec == seen->st_mtim.tv_nsec;
}

static int
edited(ce_store *store, const ce_set_file *f)
{
    fprintf(stderr,
            "%s: somebody edited it while confedit was at work; nothing was "
            "changed, run again\n",
            name_of(store, f));
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
        int status = ce_io_fail(name_of(store, f), "cannot be read", errno);

        if (fd >= 0) {
            close(fd);
        }
        return status;
    }
    close(fd);
    return make(store, set, i, "old", bytes, &st.st_mtim, false);
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
        return ce_io_fail(name_of(store, f), "cannot be replaced", errno);
    }
    if (linkat(folder, f->leaf, stage, temporary(store, set, i, "old"), 0) ==
        0) {
        *is_link = true;
        return CE_DONE;
    }
    return has_no_links(errno)
               ? copy_old(store, set, i)
               : ce_io_fail(name_of(store, f), "cannot be replaced", errno);
}

int
ce_file_swap(ce_store *store, const ce_set *set, size_t i,
             const struct stat *seen)
{
    const ce_set_file *f = &set->files[i];
    const char *old = temporary(store, set, i, "old");
    struct stat now;
    bool is_link;
    int status = keep_old(store, set, i, &is_link);

    if (status != CE_DONE) {
        return status;
    }
    int folder = ce_safe_at(&store->base, f->folder);
    int stage = ce_safe_at(&store->base, f->stage);

    if (fstatat(is_link ? stage : folder, is_link ? old : f->leaf, &now,
                AT_SYMLINK_NOFOLLOW) != 0 ||
        !is_untouched(&now, seen)) {
        return edited(store, f);
    }
    if (renameat(stage, temporary(store, set, i, "new"), folder, f->leaf) !=
        0) {
        return ce_io_fail(name_of(store, f), "cannot be replaced", errno);
    }
    /* Bytes written into the original until now are still in it. */
    if (is_link && (fstatat(stage, old, &now, AT_SYMLINK_NOFOLLOW) != 0 ||
                    !is_untouched(&now, seen))) {
        return edited(store, f);
    }
    return CE_DONE;
}

int
ce_file_clear(ce_store *store, const ce_set *set, size_t i)
{
    static const char *const ends[] = {"new", "old"};
    int stage = ce_safe_at(&store->base, set->files[i].stage);
    int result = stage < 0 ? -1 : 0;

    for (size_t k = 0; k < TLSF_COUNTOF(ends) && stage >= 0; k++) {
        if (unlinkat(stage, temporary(store, set, i, ends[k]), 0) != 0 &&
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

static int
broken(ce_store *store, const ce_set_file *f, const char *what, int failure)
{
    fprintf(stderr, "%s: cannot be put back: %s: %s\n", name_of(store, f), what,
            strerror(failure));
    return CE_BROKEN;
}

/* What stands there now. */
typedef enum standing {
    STANDS_BEFORE, /* the original, or its bytes */
    STANDS_AFTER,
    STANDS_NOTHING,
    STANDS_OTHER,
    STANDS_UNKNOWN /* errno */
} standing;

static standing
look(int folder, const ce_set_file *f, const struct stat *old)
{
    struct stat st;
    ce_digest digest;
    int fd = ce_io_open(folder, f->leaf, &st);

    if (fd < 0) {
        return errno == ENOENT ? STANDS_NOTHING : STANDS_UNKNOWN;
    }
    int result = ce_digest_file(fd, &digest);

    close(fd);
    if (result != 0) {
        return STANDS_UNKNOWN;
    }
    if ((old != NULL && is_same(&st, old)) ||
        strcmp(digest.hex, f->before.hex) == 0) {
        return STANDS_BEFORE;
    }
    return strcmp(digest.hex, f->after.hex) == 0 ? STANDS_AFTER : STANDS_OTHER;
}

/* When the second name is lost: a copy from the set. */
static int
copy_back(ce_store *store, const char *folder, const char *leaf,
          const ce_set *set, size_t i)
{
    const ce_set_file *f = &set->files[i];
    tlsf_str bytes;

    ce_file_clear(store, set, i);
    if (ce_set_bytes(store, folder, leaf, set, i, &bytes) != 0) {
        return broken(store, f, "its backup cannot be read", errno);
    }
    if (make(store, set, i, "new", bytes, &f->modified_at, false) != CE_DONE) {
        return CE_BROKEN;
    }
    int to = ce_safe_at(&store->base, f->folder);
    int stage = ce_safe_at(&store->base, f->stage);

    if (to < 0 || stage < 0 ||
        renameat(stage, temporary(store, set, i, "new"), to, f->leaf) != 0) {
        return broken(store, f, "rename", errno);
    }
    return CE_DONE;
}

int
ce_file_back(ce_store *store, const char *folder, const char *leaf,
             const ce_set *set, size_t i)
{
    const ce_set_file *f = &set->files[i];
    const char *old = temporary(store, set, i, "old");
    int to = ce_safe_at(&store->base, f->folder);
    int stage = ce_safe_at(&store->base, f->stage);
    struct stat st;
    struct stat new;

    if (to < 0 || stage < 0) {
        return broken(store, f, "its folder", errno);
    }
    bool has_old = fstatat(stage, old, &st, AT_SYMLINK_NOFOLLOW) == 0;
    bool has_new = fstatat(stage, temporary(store, set, i, "new"), &new,
                           AT_SYMLINK_NOFOLLOW) == 0;
    int status = CE_DONE;

    switch (look(to, f, has_old ? &st : NULL)) {
    case STANDS_BEFORE:
        break;
    case STANDS_AFTER:
    case STANDS_NOTHING:
        if (!has_old) {
            status = copy_back(store, folder, leaf, set, i);
        } else if (renameat(stage, old, to, f->leaf) != 0) {
            status = broken(store, f, "rename", errno);
        }
        break;
    case STANDS_OTHER:
        if (!has_old || has_new) {
            break; /* edited before it was this file's turn: not ours */
        }
        fprintf(stderr,
                "%s: cannot be put back: it was edited since confedit changed "
                "it; its original is %s/%s/%s\n",
                name_of(store, f), ce_base_name(&store->base, folder), leaf,
                ce_set_original(store->arena, i));
        return CE_BROKEN;
    case STANDS_UNKNOWN:
        return broken(store, f, "it cannot be read", errno);
    }
    return status;
}
