/* SPDX-License-Identifier: Apache-2.0 */
/* The id of a run's set; called by commit.c. */
#include "commit_parts.h"

#include <fcntl.h>
#include <sys/random.h>

void
ce_commit_choose_id(ce_commit *commit)
{
    unsigned char random[2] = {0, 0};
    char when[32];
    struct tm tm;

    clock_gettime(CLOCK_REALTIME, &commit->set.at);
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
ce_commit_choose_free_id(ce_commit *commit)
{
    ce_store *store = &commit->store;
    int fd = store->sets == NULL ? -1 : ce_safe_at(&store->base, store->sets);
    struct stat st;

    while (fd >= 0 &&
           fstatat(fd, commit->set.id, &st, AT_SYMLINK_NOFOLLOW) == 0) {
        ce_commit_choose_id(commit);
    }
}
