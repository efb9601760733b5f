/* SPDX-License-Identifier: Apache-2.0 */
/* The lock; called by commit.c. */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "terminal.h"

#define SYSTEM_FOLDER "/run/lock"
#define SYSTEM_NAME   "confedit.lock"
#define STORE_NAME    "lock"
#define TRIES         5

static int
locked(ce_arena *arena, int fd)
{
    tlsf_str who = {NULL, 0};

    if (ce_io_read(arena, fd, &who) != 0 || who.len == 0) {
        who = TLSF_LIT("it has not said who it is yet");
    }
    const char *end = memchr(who.data, '\n', who.len);

    ce_say(stderr,
           "confedit: another run is at work (%.*s); try again when it has "
           "ended\n",
           (int)(end == NULL ? who.len : (size_t)(end - who.data)), who.data);
    return CE_LOCKED;
}

static void
say_who(ce_arena *arena, int fd, const char *command)
{
    char when[32];
    time_t now = time(NULL);
    struct tm tm;

    gmtime_r(&now, &tm);
    strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
    tlsf_str text = tlsf_str_of(ce_arena_format(
        arena, "process %ld, since %s: %s\n", (long)getpid(), when, command));

    /* For people alone: the lock holds whether or not this can be written. */
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text.data, text.len, 0) < 0) {
        return;
    }
}

/*
 * /run/lock is everybody's folder: a file there that is not ours, or that has
 * another name elsewhere, was laid by somebody else and is no lock.
 */
static bool
is_own(const struct stat *st)
{
    return st->st_uid == geteuid() && S_ISREG(st->st_mode) && st->st_nlink == 1;
}

static int
open_own(int folder, const char *name)
{
    struct stat st;

    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && !is_own(&st)) {
        unlinkat(folder, name, 0);
    }
    int fd = openat(folder, name,
                    O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK |
                        O_NOCTTY,
                    0600);

    if (fd >= 0 && (fstat(fd, &st) != 0 || !is_own(&st))) {
        close(fd);
        errno = EACCES;
        return -1;
    }
    return fd;
}

/* Whether the name still leads to the file that was locked. */
static bool
is_there(int folder, const char *name, int fd)
{
    struct stat locked;
    struct stat named;

    return fstat(fd, &locked) == 0 &&
           fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           named.st_dev == locked.st_dev && named.st_ino == locked.st_ino;
}

/* An open and locked file; -1 with errno, EWOULDBLOCK with the file. */
static int
lock_own(int folder, const char *name, int *fd)
{
    for (int i = 0; i < TRIES; i++) {
        *fd = open_own(folder, name);
        if (*fd < 0 || flock(*fd, LOCK_EX | LOCK_NB) != 0) {
            return -1;
        }
        if (is_there(folder, name, *fd)) {
            return 0;
        }
        /* Removed since it was opened: others would lock another. */
        close(*fd);
        *fd = -1;
    }
    errno = ENOLCK;
    return -1;
}

int
ce_lock_take(ce_store *store, const char *command, int *fd)
{
    int folder = -1;
    const char *name = STORE_NAME;

    if (store->is_system) {
        folder = open(SYSTEM_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        name = SYSTEM_NAME;
    }
    if (folder < 0) {
        int status = ce_store_state(store, true);

        if (status != CE_DONE) {
            return status;
        }
        folder =
            fcntl(ce_safe_at(&store->base, store->state), F_DUPFD_CLOEXEC, 0);
    }
    *fd = -1;
    int result = folder < 0 ? -1 : lock_own(folder, name, fd);
    int failure = errno;

    if (folder >= 0) {
        close(folder);
    }
    if (result == 0) {
        say_who(store->arena, *fd, command);
        return CE_DONE;
    }
    const char *path =
        store->is_system && store->state == NULL
            ? SYSTEM_FOLDER "/" SYSTEM_NAME
            : ce_base_name(&store->base,
                           ce_safe_join(store->arena, store->state_path, name));
    int status = failure == EWOULDBLOCK
                     ? locked(store->arena, *fd)
                     : ce_io_fail(path, "the lock cannot be taken", failure);

    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
    return status;
}
