/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two temporary names of a set's file, .confedit-<id>-<n>.new and .old in
 * its stage (set.h), and the making of a file under one of them.
 */
#ifndef CE_COMMIT_TEMPORARY_H
#define CE_COMMIT_TEMPORARY_H

#include "set.h"

#define CE_NEW "new"
#define CE_OLD "old"

/* The name in the stage; end is CE_NEW or CE_OLD. */
const char *ce_temporary_name(ce_store *store, const ce_set *set, size_t i,
                              const char *end);

/* The full name of the file that it is about, for messages. */
const char *ce_temporary_target(ce_store *store, const ce_set_file *file);

/*
 * Make a file under one of the names, with everything that belongs to the
 * target: owner, mode, attributes; those of the manifest when it is gone.
 *
 *   at        its time of modification; NULL: now
 *   is_many   leave the syncing to the caller
 *
 * Returns CE_DONE or an exit status after a sentence; then it is not there.
 */
int ce_temporary_make(ce_store *store, const ce_set *set, size_t i,
                      const char *end, tlsf_str bytes,
                      const struct timespec *at, bool is_many);

/* Whether two names are one file. */
static inline bool
ce_is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

#endif
