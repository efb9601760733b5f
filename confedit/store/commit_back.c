/* SPDX-License-Identifier: Apache-2.0 */
/* One file as it was, whatever a run has done to it; called by recover.c. */
#include "commit_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "commit_temporary.h"
#include "terminal.h"

/* No file system has smaller blocks. */
#define BLOCK 512

static int
broken(ce_store *store, const ce_set_file *f, const char *what, int failure)
{
    ce_say(stderr, "%s: cannot be put back: %s: %s\n",
           ce_temporary_target(store, f), what, strerror(failure));
    return CE_BROKEN;
}

/* A file of a set. */
typedef struct item {
    ce_store *store;
    const char *folder; /* of the sets */
    const char *leaf;   /* of this one */
    const ce_set *set;
    size_t i;
} item;

/* What stands there now. */
typedef enum standing {
    STANDS_BEFORE, /* the original, or its bytes */
    STANDS_AFTER,
    STANDS_UNFINISHED, /* what a crash may have left of the new file */
    STANDS_NOTHING,
    STANDS_OTHER,
    STANDS_UNKNOWN /* errno */
} standing;

/*
 * Whether bytes are those of the new file as far as they came to the disk: a
 * part up to the end of a block, and zeros for what is missing.
 */
static bool
is_unfinished(tlsf_str now, tlsf_str after)
{
    if (now.len > after.len || (now.len != after.len && now.len % BLOCK != 0)) {
        return false;
    }
    for (size_t i = 0; i < now.len; i++) {
        if (now.data[i] != after.data[i] && now.data[i] != '\0') {
            return false;
        }
    }
    return true;
}

static standing
judge(const item *it, int fd)
{
    const ce_set_file *f = &it->set->files[it->i];
    ce_digest digest;
    tlsf_str now;
    tlsf_str before;
    tlsf_str after;

    if (ce_io_read(it->store->arena, fd, &now) != 0) {
        return STANDS_UNKNOWN;
    }
    ce_digest_of(now, &digest);
    if (strcmp(digest.hex, f->before.hex) == 0) {
        return STANDS_BEFORE;
    }
    if (strcmp(digest.hex, f->after.hex) == 0) {
        return STANDS_AFTER;
    }
    if (now.len == 0) {
        return STANDS_UNFINISHED;
    }
    return ce_set_bytes(it->store, it->folder, it->leaf, it->set, it->i,
                        &before) == 0 &&
                   ce_set_left(it->store, it->folder, it->leaf, it->set, it->i,
                               before, &after) == 0 &&
                   is_unfinished(now, after)
               ? STANDS_UNFINISHED
               : STANDS_OTHER;
}

static standing
look(const item *it, int folder, const char *name, const struct stat *old)
{
    struct stat st;
    int fd = ce_io_open(folder, name, &st);

    if (fd < 0) {
        return errno == ENOENT                     ? STANDS_NOTHING
               : errno == ELOOP || errno == EINVAL ? STANDS_OTHER
                                                   : STANDS_UNKNOWN;
    }
    standing stands = old != NULL && ce_is_same_file(&st, old) ? STANDS_BEFORE
                                                               : judge(it, fd);

    close(fd);
    return stands;
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
    if (ce_temporary_make(store, set, i, CE_NEW, bytes, &f->modified_at,
                          false) != CE_DONE) {
        return CE_BROKEN;
    }
    int to = ce_safe_at(&store->base, f->folder);
    int stage = ce_safe_at(&store->base, f->stage);

    if (to < 0 || stage < 0 ||
        renameat(stage, ce_temporary_name(store, set, i, CE_NEW), to,
                 f->leaf) != 0) {
        return broken(store, f, "rename", errno);
    }
    return CE_DONE;
}

static int
edited(const item *it)
{
    const ce_set_file *f = &it->set->files[it->i];

    ce_say(stderr,
           "%s: cannot be put back: it was edited since confedit changed "
           "it; its original is %s/%s/%s\n",
           ce_temporary_target(it->store, f),
           ce_base_name(&it->store->base, it->folder), it->leaf,
           ce_set_original(it->store->arena, it->i));
    return CE_BROKEN;
}

/* Rename one of the two names of the original over the file. */
static int
rename_back(const item *it, const char *end)
{
    const ce_set_file *f = &it->set->files[it->i];
    int to = ce_safe_at(&it->store->base, f->folder);
    int stage = ce_safe_at(&it->store->base, f->stage);

    return renameat(stage, ce_temporary_name(it->store, it->set, it->i, end),
                    to, f->leaf) == 0
               ? CE_DONE
               : broken(it->store, f, "rename", errno);
}

int
ce_file_back(ce_store *store, const char *folder, const char *leaf,
             const ce_set *set, size_t i)
{
    item it = {store, folder, leaf, set, i};
    const ce_set_file *f = &set->files[i];
    int to = ce_safe_at(&store->base, f->folder);
    int stage = ce_safe_at(&store->base, f->stage);
    struct stat old;

    if (to < 0 || stage < 0) {
        return broken(store, f, "its folder", errno);
    }
    bool has_old = fstatat(stage, ce_temporary_name(store, set, i, CE_OLD),
                           &old, AT_SYMLINK_NOFOLLOW) == 0;
    const struct stat *original = has_old ? &old : NULL;
    standing target = look(&it, to, f->leaf, original);
    standing new =
        look(&it, stage, ce_temporary_name(store, set, i, CE_NEW), original);
    /* Names that are exchanged: the original is under the new one's. */
    bool was_swapped =
        has_old && (new == STANDS_NOTHING || new == STANDS_BEFORE);

    switch (target) {
    case STANDS_BEFORE:
        return CE_DONE;
    case STANDS_UNKNOWN:
        return broken(store, f, "it cannot be read", errno);
    case STANDS_OTHER:
        /* Before it was this file's turn, only somebody else wrote it. */
        return was_swapped ? edited(&it) : CE_DONE;
    case STANDS_UNFINISHED:
        return was_swapped ? rename_back(&it, CE_OLD) : CE_DONE;
    case STANDS_AFTER:
        if (has_old && (new == STANDS_OTHER || new == STANDS_UNFINISHED)) {
            /* Somebody had saved it just before the exchange. */
            return rename_back(&it, CE_NEW);
        }
        break;
    case STANDS_NOTHING:
        break;
    }
    return has_old ? rename_back(&it, CE_OLD)
                   : copy_back(store, folder, leaf, set, i);
}
