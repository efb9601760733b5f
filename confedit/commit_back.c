/* SPDX-License-Identifier: Apache-2.0 */
/* One file as it was, whatever a run has done to it; called by recover.c. */
#include "commit_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "commit_temporary.h"

static int
broken(ce_store *store, const ce_set_file *f, const char *what, int failure)
{
    fprintf(stderr, "%s: cannot be put back: %s: %s\n",
            ce_temporary_target(store, f), what, strerror(failure));
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
    if ((old != NULL && ce_is_same_file(&st, old)) ||
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

int
ce_file_back(ce_store *store, const char *folder, const char *leaf,
             const ce_set *set, size_t i)
{
    const ce_set_file *f = &set->files[i];
    const char *old = ce_temporary_name(store, set, i, CE_OLD);
    int to = ce_safe_at(&store->base, f->folder);
    int stage = ce_safe_at(&store->base, f->stage);
    struct stat st;
    struct stat new;

    if (to < 0 || stage < 0) {
        return broken(store, f, "its folder", errno);
    }
    bool has_old = fstatat(stage, old, &st, AT_SYMLINK_NOFOLLOW) == 0;
    bool has_new = fstatat(stage, ce_temporary_name(store, set, i, CE_NEW),
                           &new, AT_SYMLINK_NOFOLLOW) == 0;
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
                ce_temporary_target(store, f),
                ce_base_name(&store->base, folder), leaf,
                ce_set_original(store->arena, i));
        return CE_BROKEN;
    case STANDS_UNKNOWN:
        return broken(store, f, "it cannot be read", errno);
    }
    return status;
}
