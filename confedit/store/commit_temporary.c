/* SPDX-License-Identifier: Apache-2.0 */
/* Temporary names beside a file; called by commit_file.c and commit_back.c. */
#include "commit_temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "attributes.h"
#include "terminal.h"

const char *
ce_temporary_name(ce_store *store, const ce_set *set, size_t i, const char *end)
{
    return ce_arena_format(store->arena, ".confedit-%s-%zu.%s", set->id, i,
                           end);
}

const char *
ce_temporary_target(ce_store *store, const ce_set_file *f)
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
        ce_say(stderr,
               "%s: its attributes cannot be reproduced: %s; nothing was "
               "changed\n",
               ce_temporary_target(store, f), why);
        return CE_NOT_ALLOWED;
    }
    struct timespec times[2] = {{0, UTIME_OMIT}, {0, UTIME_OMIT}};

    if (at != NULL) {
        times[1] = *at;
    }
    if ((at != NULL && futimens(fd, times) != 0) ||
        (!is_many && fsync(fd) != 0)) {
        return ce_io_fail(ce_temporary_target(store, f),
                          "the new file cannot be written", errno);
    }
    return CE_DONE;
}

int
ce_temporary_make(ce_store *store, const ce_set *set, size_t i, const char *end,
                  tlsf_str bytes, const struct timespec *at, bool is_many)
{
    const ce_set_file *f = &set->files[i];
    const char *name = ce_temporary_name(store, set, i, end);
    ce_attributes attributes;
    int fd;

    if (take_attributes(store, f, &attributes) != 0) {
        return ce_io_fail(ce_temporary_target(store, f), "cannot be read",
                          errno);
    }
    int stage = ce_safe_at(&store->base, f->stage);

    if (stage < 0 || ce_io_make(stage, name, bytes, &fd) != 0) {
        return ce_io_fail(ce_temporary_target(store, f),
                          "the new file cannot be written", errno);
    }
    int status = finish(store, f, fd, &attributes, at, is_many);

    /* Some file systems tell of a full disk only now. */
    if (close(fd) != 0 && status == CE_DONE) {
        status = ce_io_fail(ce_temporary_target(store, f),
                            "the new file cannot be written", errno);
    }
    if (status != CE_DONE) {
        unlinkat(stage, name, 0);
    }
    return status;
}
