/* SPDX-License-Identifier: Apache-2.0 */
/* Walks paths by hand; called by all that write. */
#define _GNU_SOURCE /* O_PATH */
#include "safe.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "commit_io.h"
#include "options.h"
#include "terminal.h"

#define MAX_LINKS 40

/* A path that is being walked. */
typedef struct walk {
    ce_base *base;
    const char *asked;
    const char *done; /* resolved so far; "" at the base */
    const char *rest; /* still to go */
    int fd;           /* of done */
    unsigned links;
    bool makes;
    bool was_link; /* the part looked at last */
} walk;

static int
restart(walk *w, const char *path)
{
    if (w->fd >= 0) {
        close(w->fd);
    }
    w->fd = fcntl(w->base->fd, F_DUPFD_CLOEXEC, 0);
    w->rest = path;
    w->done = "";
    return w->fd < 0 ? -1 : 0;
}

static int
refuse(const walk *w, const char *what)
{
    ce_say(stderr,
           "%s: the folder %s %s, so what is written there as root could be "
           "turned elsewhere; mend that, or use --trust-paths\n",
           w->asked, w->done[0] == '\0' ? "/" : w->done, what);
    return CE_NOT_ALLOWED;
}

/* Whether somebody else could exchange an entry of the folder. */
static int
judge(const walk *w, const struct stat *entry)
{
    struct stat dir;

    if (!w->base->is_strict) {
        return CE_DONE;
    }
    if (fstat(w->fd, &dir) != 0) {
        return ce_io_fail(w->asked, "cannot be reached", errno);
    }
    if (dir.st_uid != 0) {
        return refuse(w, "does not belong to root");
    }
    if ((dir.st_mode & (S_IWGRP | S_IWOTH)) != 0 &&
        ((dir.st_mode & S_ISVTX) == 0 || entry->st_uid != 0)) {
        return refuse(w, "can be written by others");
    }
    return CE_DONE;
}

/* The next part; "" at the end. */
static const char *
next_part(walk *w)
{
    for (;;) {
        w->rest += strspn(w->rest, "/");
        size_t n = strcspn(w->rest, "/");
        const char *part =
            ce_arena_text(w->base->arena, (tlsf_str){w->rest, n});

        w->rest += n;
        if (strcmp(part, ".") != 0) {
            return part;
        }
    }
}

static bool
is_last(const walk *w)
{
    return w->rest[strspn(w->rest, "/")] == '\0';
}

/* Go on where a link or ".." points; the walk begins anew from the base. */
static int
turn(walk *w, const char *part)
{
    ce_arena *arena = w->base->arena;

    if (strcmp(part, "..") == 0) {
        const char *up = ce_safe_parent(arena, w->done);

        return restart(
            w, ce_arena_format(arena, "%s/%s", up == NULL ? "" : up, w->rest));
    }
    char target[PATH_MAX];
    ssize_t n = readlinkat(w->fd, part, target, sizeof(target) - 1);

    if (n < 0) {
        return -1;
    }
    if (++w->links > MAX_LINKS) {
        errno = ELOOP;
        return -1;
    }
    target[n] = '\0';
    return restart(w, ce_arena_format(arena, "%s/%s/%s",
                                      target[0] == '/' ? "" : w->done, target,
                                      w->rest));
}

static int
enter(walk *w, const char *part)
{
    int fd = openat(w->fd, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0) {
        return -1;
    }
    close(w->fd);
    w->fd = fd;
    w->done = ce_arena_format(w->base->arena, "%s/%s", w->done, part);
    return 0;
}

/* A new folder, whose name is on the disk before anything is put into it. */
static int
make_folder(const walk *w, const char *part)
{
    mode_t mode = is_last(w) || geteuid() != 0 ? 0700 : 0755;

    if (mkdirat(w->fd, part, mode) != 0) {
        return errno == EEXIST ? 0 : -1;
    }
    int fd = openat(w->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = fd < 0 ? -1 : fsync(fd);
    int failure = errno;

    if (fd >= 0) {
        close(fd);
    }
    errno = failure;
    return result;
}

static int
look(walk *w, const char *part, struct stat *st)
{
    if (fstatat(w->fd, part, st, AT_SYMLINK_NOFOLLOW) == 0) {
        return 0;
    }
    if (errno != ENOENT || !w->makes || make_folder(w, part) != 0) {
        return -1;
    }
    return fstatat(w->fd, part, st, AT_SYMLINK_NOFOLLOW);
}

/*
 * Walk to the end of the path; to its last part but one when a leaf is wanted.
 * Returns CE_DONE, an exit status after a sentence, or -1 with errno.
 */
static int
go(walk *w, const char **leaf)
{
    if (restart(w, w->asked) != 0) {
        return -1;
    }
    for (;;) {
        const char *part = next_part(w);
        struct stat st;

        if (part[0] == '\0') {
            errno = EISDIR;
            return leaf == NULL ? CE_DONE : -1;
        }
        if (strcmp(part, "..") == 0) {
            if (turn(w, part) != 0) {
                return -1;
            }
            continue;
        }
        if (look(w, part, &st) != 0) {
            return -1;
        }
        int status = judge(w, &st);

        if (status != CE_DONE) {
            return status;
        }
        if (S_ISLNK(st.st_mode)) {
            w->was_link = w->was_link || is_last(w);
            if (turn(w, part) != 0) {
                return -1;
            }
            continue;
        }
        if (leaf != NULL && is_last(w)) {
            *leaf = part;
            return CE_DONE;
        }
        if (enter(w, part) != 0) {
            return -1;
        }
    }
}

static void
finish(walk *w)
{
    int failure = errno;

    if (w->fd >= 0) {
        close(w->fd);
    }
    errno = failure;
}

static int
find_slowly(ce_base *base, const char *path, ce_spot *spot)
{
    walk w = {.base = base, .asked = path, .fd = -1};
    const char *leaf = NULL;
    int status = go(&w, &leaf);

    finish(&w);
    if (status == -1) {
        return ce_io_fail(ce_base_name(base, path), "cannot be reached", errno);
    }
    *spot = (ce_spot){w.done[0] == '\0' ? "/" : w.done, leaf, w.was_link};
    return status;
}

/* Whether a path's folder, as it is written, is that of the path before. */
static bool
is_beside(const ce_base *base, const char *path, size_t n)
{
    return base->last_asked != NULL && strlen(base->last_asked) == n &&
           strncmp(base->last_asked, path, n) == 0 && path[n + 1] != '\0' &&
           strcmp(path + n, "/.") != 0 && strcmp(path + n, "/..") != 0;
}

int
ce_safe_find(ce_base *base, const char *path, ce_spot *spot)
{
    const char *slash = strrchr(path, '/');
    size_t n = slash == NULL ? 0 : (size_t)(slash - path);
    struct stat st;

    /* Many files of one folder: the way there has been walked. */
    if (is_beside(base, path, n)) {
        walk w = {.base = base, .asked = path, .done = base->last_folder};

        w.fd = ce_safe_at(base, base->last_folder);
        if (w.fd >= 0 &&
            fstatat(w.fd, slash + 1, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            !S_ISLNK(st.st_mode)) {
            *spot = (ce_spot){base->last_folder, slash + 1, false};
            return judge(&w, &st);
        }
    }
    int status = find_slowly(base, path, spot);

    if (status == CE_DONE && !spot->is_link) {
        base->last_asked = ce_arena_text(base->arena, (tlsf_str){path, n});
        base->last_folder = spot->folder;
    }
    return status;
}

int
ce_safe_folder(ce_base *base, const char *path, bool makes, const char **folder)
{
    walk w = {.base = base, .asked = path, .fd = -1, .makes = makes};
    int status = go(&w, NULL);

    finish(&w);
    if (status == -1 && (makes || errno != ENOENT)) {
        return ce_io_fail(ce_base_name(base, path),
                          makes ? "cannot be made" : "cannot be reached",
                          errno);
    }
    *folder = w.done[0] == '\0' ? "/" : w.done;
    return status;
}

/* By resolved path: every part is a folder, none a link. */
static int
open_folder(ce_base *base, const char *folder)
{
    walk w = {.base = base, .asked = folder, .fd = -1};

    if (restart(&w, folder) != 0) {
        return -1;
    }
    for (const char *part = next_part(&w); part[0] != '\0';
         part = next_part(&w)) {
        if (enter(&w, part) != 0) {
            errno = errno == ENOTDIR ? ELOOP : errno;
            finish(&w);
            return -1;
        }
    }
    int fd = openat(w.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    finish(&w);
    return fd;
}

int
ce_safe_at(ce_base *base, const char *folder)
{
    ce_kept_folder *place = &base->kept[0];

    for (size_t i = 0; i < CE_KEPT_FOLDERS; i++) {
        ce_kept_folder *kept = &base->kept[i];

        if (kept->path != NULL && strcmp(kept->path, folder) == 0) {
            kept->asked = ++base->n_asked;
            return kept->fd;
        }
        /* A free place, or the one that nobody has asked for longest. */
        if (place->path != NULL &&
            (kept->path == NULL || kept->asked < place->asked)) {
            place = kept;
        }
    }
    int fd = open_folder(base, folder);

    if (fd < 0) {
        return -1;
    }
    if (place->path != NULL) {
        close(place->fd);
    }
    *place = (ce_kept_folder){folder, fd, ++base->n_asked};
    return fd;
}
