/* SPDX-License-Identifier: Apache-2.0 */
/* The id of a run's set; called by commit.c. */
#include "commit_parts.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

/* An id of the set's time. */
static void
spell(ce_commit *commit)
{
    unsigned char random[2] = {0, 0};
    char when[32];
    struct tm tm;

    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
        random[0] = (unsigned char)(commit->set.at.tv_nsec >> 8);
        random[1] = (unsigned char)commit->set.at.tv_nsec;
    }
    gmtime_r(&commit->set.at.tv_sec, &tm);
    strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", &tm);
    commit->set.id = ce_arena_format(commit->arena, "%s-%02x%02x", when,
                                     random[0], random[1]);
    commit->part =
        ce_arena_format(commit->arena, "%s%s", commit->set.id, CE_SET_PART);
}

void
ce_commit_choose_id(ce_commit *commit)
{
    clock_gettime(CLOCK_REALTIME, &commit->set.at);
    commit->began = commit->set.at.tv_sec;
    spell(commit);
}

/* The time in an id, in seconds. */
static time_t
time_in(const char *id)
{
    struct tm tm = {.tm_isdst = 0};

    if (sscanf(id, "%4d%2d%2dT%2d%2d%2dZ", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
               &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6) {
        return 0;
    }
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    return timegm(&tm);
}

/* The time of the newest set of the store; ids sort by their times. */
static time_t
newest(ce_store *store)
{
    char id[sizeof("00000000T000000Z-0000")] = "";
    int fd = ce_safe_at(&store->base, store->sets);
    int own = fd < 0 ? -1 : openat(fd, ".", O_RDONLY | O_CLOEXEC);
    DIR *dir = own < 0 ? NULL : fdopendir(own);

    if (dir == NULL) {
        return 0;
    }
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        if (ce_set_is_id(e->d_name) && strcmp(e->d_name, id) > 0) {
            memcpy(id, e->d_name, sizeof(id));
        }
    }
    closedir(dir);
    return id[0] == '\0' ? 0 : time_in(id);
}

void
ce_commit_settle_id(ce_commit *commit)
{
    ce_store *store = &commit->store;
    struct stat st;

    if (store->sets == NULL) {
        return;
    }
    time_t last = newest(store);

    if (last > commit->set.at.tv_sec) {
        commit->set.at = (struct timespec){last + 1, 0};
        spell(commit);
    }
    while (fstatat(ce_safe_at(&store->base, store->sets), commit->set.id, &st,
                   AT_SYMLINK_NOFOLLOW) == 0) {
        spell(commit);
    }
}
