/* SPDX-License-Identifier: Apache-2.0 */
/* What could not be written, found before anything is; called by commit.c. */
#include "commit_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "attributes.h"
#include "terminal.h"

static int
refuse(const ce_change *change, const char *why)
{
    ce_say(stderr, "%s: is not written: %s\n", change->source->name, why);
    return CE_NOT_ALLOWED;
}

static int
changed(const ce_change *change)
{
    ce_say(stderr,
           "%s: somebody edited it since confedit read it; nothing was "
           "changed, run again\n",
           change->source->name);
    return CE_LOCKED;
}

/* The file's path inside the base. */
static const char *
path_of(const ce_commit *commit, const ce_source *source)
{
    size_t n = strlen(commit->store.base.path);

    return strncmp(source->path, commit->store.base.path, n) == 0
               ? source->path + n
               : source->path;
}

static int
check_folder(ce_commit *commit, const ce_change *change, const char *folder,
             const struct stat *file)
{
    struct stat st;
    ce_facts facts;
    int fd = ce_safe_at(&commit->store.base, folder);

    if (fd < 0 || fstat(fd, &st) != 0 || ce_facts_read(fd, &facts) != 0) {
        return ce_io_fail(change->source->name, "its folder cannot be opened",
                          errno);
    }
    if (facts.is_immutable) {
        return refuse(change, "its folder is immutable or append-only; see "
                              "chattr(1)");
    }
    if (faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) != 0) {
        return ce_io_fail(change->source->name,
                          "cannot be replaced in its folder", errno);
    }
    uid_t user = geteuid();

    if (user != 0 && (st.st_mode & S_ISVTX) != 0 && st.st_uid != user &&
        file->st_uid != user) {
        return refuse(change, "its folder is sticky, so only the file's owner "
                              "can replace it");
    }
    return CE_DONE;
}

static int
check_file(ce_commit *commit, const ce_change *change, int fd,
           const struct stat *st)
{
    ce_attributes attributes;
    ce_facts facts;

    if (ce_facts_read(fd, &facts) != 0 ||
        ce_attributes_read(commit->arena, fd, &attributes) != 0) {
        return ce_io_fail(change->source->name, "its attributes cannot be read",
                          errno);
    }
    if (facts.is_mount) {
        return refuse(change, "something is mounted on it, so it cannot be "
                              "replaced; edit what is mounted there");
    }
    if (facts.is_immutable) {
        return refuse(change, "it is immutable or append-only; see chattr(1)");
    }
    if (st->st_nlink > 1) {
        return refuse(
            change,
            ce_arena_format(commit->arena,
                            "it has %lu names (hard links), which would part; "
                            "make it a file of its own first",
                            (unsigned long)st->st_nlink));
    }
    const char *why = ce_attributes_doubt(commit->arena, &attributes);

    return why == NULL ? CE_DONE : refuse(change, why);
}

/* Whether temporary names may lie in a folder. */
static bool
is_stage(ce_commit *commit, const ce_reach *reach, const char *folder,
         uint64_t mount)
{
    const char *name =
        ce_arena_format(commit->arena, ".confedit-%s-0.new", commit->set.id);
    int fd = ce_safe_at(&commit->store.base, folder);
    struct stat st;
    ce_facts facts;

    return fd >= 0 && fstat(fd, &st) == 0 && ce_facts_read(fd, &facts) == 0 &&
           facts.mount == mount && !facts.is_immutable &&
           faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) == 0 &&
           !ce_reach_finds(reach, &st, name);
}

/* The nearest folder for temporary names. */
static int
choose_stage(ce_commit *commit, const ce_reach *reach, const ce_change *change,
             ce_set_file *f)
{
    ce_store *store = &commit->store;
    ce_facts facts = {.mount = 0};

    if (f > commit->set.files && f[-1].stage != NULL &&
        strcmp(f[-1].folder, f->folder) == 0) {
        f->stage = f[-1].stage;
        return CE_DONE;
    }
    ce_facts_read(ce_safe_at(&store->base, f->folder), &facts);
    for (const char *folder = f->folder; folder != NULL;
         folder = ce_safe_parent(commit->arena, folder)) {
        if (is_stage(commit, reach, folder, facts.mount)) {
            f->stage = folder;
            return CE_DONE;
        }
    }
    if (store->sets != NULL &&
        is_stage(commit, reach, store->sets, facts.mount)) {
        f->stage = store->sets;
        return CE_DONE;
    }
    ce_say(stderr,
           "%s: is not written: an include reads every file in its folder, "
           "and no folder of the same file system that you may write is "
           "free of that for the temporary file; try --backup-dir there\n",
           change->source->name);
    return CE_UNWRITABLE;
}

static bool
is_as_read(const struct stat *st, const ce_source *source)
{
    return st->st_dev == source->device && st->st_ino == source->inode &&
           (size_t)st->st_size == source->bytes.len &&
           st->st_mtim.tv_sec == source->modified_at.tv_sec &&
           st->st_mtim.tv_nsec == source->modified_at.tv_nsec;
}

static int
compare(const ce_change *change, int fd)
{
    int same = ce_io_equals(fd, change->source->bytes);

    if (same < 0) {
        return ce_io_fail(change->source->name, "cannot be read", errno);
    }
    return same ? CE_DONE : changed(change);
}

int
ce_check_again(ce_commit *commit, const ce_change *change, size_t i)
{
    const ce_set_file *f = &commit->set.files[i];
    int folder = ce_safe_at(&commit->store.base, f->folder);
    struct stat st;
    int fd = folder < 0 ? -1 : ce_io_open(folder, f->leaf, &st);

    if (fd < 0) {
        return errno == ENOENT || errno == ELOOP
                   ? changed(change)
                   : ce_io_fail(f->name, "cannot be read", errno);
    }
    const struct timespec *then = &commit->seen[i].st_ctim;
    int status = is_as_read(&st, change->source) &&
                         st.st_ctim.tv_sec == then->tv_sec &&
                         st.st_ctim.tv_nsec == then->tv_nsec
                     ? compare(change, fd)
                     : changed(change);

    close(fd);
    commit->seen[i] = st;
    return status;
}

static int
check_one(ce_commit *commit, const ce_reach *reach, const ce_change *change,
          size_t i)
{
    ce_set_file *f = &commit->set.files[i];
    struct stat *st = &commit->seen[i];
    ce_spot spot;
    int status = ce_safe_find(&commit->store.base,
                              path_of(commit, change->source), &spot);

    if (status != CE_DONE) {
        return status;
    }
    int folder = ce_safe_at(&commit->store.base, spot.folder);
    int fd = folder < 0 ? -1 : ce_io_open(folder, spot.leaf, st);

    if (fd < 0) {
        return ce_io_fail(change->source->name, "cannot be opened", errno);
    }
    *f = (ce_set_file){.name = change->source->name,
                       .folder = spot.folder,
                       .leaf = spot.leaf,
                       .is_link = spot.is_link,
                       .mode = st->st_mode & 07777,
                       .uid = st->st_uid,
                       .gid = st->st_gid,
                       .modified_at = st->st_mtim,
                       .size = (size_t)st->st_size};
    status = is_as_read(st, change->source) ? CE_DONE : changed(change);
    if (status == CE_DONE) {
        status = check_file(commit, change, fd, st);
    }
    close(fd);
    if (status == CE_DONE) {
        status = check_folder(commit, change, spot.folder, st);
    }
    return status == CE_DONE ? choose_stage(commit, reach, change, f) : status;
}

/* Refuse a store that an include would read. */
static int
check_store(ce_commit *commit, const ce_reach *reach, const char *path)
{
    ce_base *base = &commit->store.base;
    const char *name = commit->set.id;

    for (const char *up = path; up != NULL;
         up = ce_safe_parent(commit->arena, up)) {
        struct stat st;

        if (stat(ce_base_name(base, up), &st) == 0 &&
            ce_reach_finds(reach, &st, name)) {
            ce_say(stderr,
                   "%s: an include would read the backups there; choose "
                   "another folder with --backup-dir\n",
                   ce_base_name(base, path));
            return CE_NOT_ALLOWED;
        }
        name = strrchr(up, '/') + 1;
    }
    return CE_DONE;
}

int
ce_check_files(ce_commit *commit, const ce_config *configs, size_t n,
               const ce_changes *changes)
{
    const ce_reach *reach = ce_reach_of(commit->arena, configs, n);
    int status = check_store(commit, reach, commit->store.sets_path);

    if (status == CE_DONE) {
        status = check_store(commit, reach, commit->store.state_path);
    }
    commit->set.n = changes->n;
    commit->set.files =
        ce_arena_alloc(commit->arena, changes->n * sizeof(ce_set_file));
    commit->seen =
        ce_arena_alloc(commit->arena, changes->n * sizeof(struct stat));
    /* Every reason at once, so that one round of mending is enough. */
    for (size_t i = 0; i < changes->n; i++) {
        int one = check_one(commit, reach, &changes->list[i], i);

        status = status == CE_DONE ? one : status;
    }
    return status;
}
