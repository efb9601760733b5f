/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file of a set, from its original to the new one and back:
 *
 *     stage    S/.confedit-<id>-<n>.new is the file as it will be
 *     swap     S/.confedit-<id>-<n>.old is a second name of the original,
 *              then the new one and the original exchange their names; when
 *              something else than the original comes out, somebody has saved
 *              the file in the last moment, and gets it back
 *     back     the original takes its name again: the same inode, so that
 *              bytes, mode, owner, attributes and times are what they were
 *     clear    what is left of both temporary names goes away
 *
 * S is the folder of the file or one that no include reads. Where a file
 * system has no hard links the second name is a copy; where it cannot exchange
 * names, the new file is renamed over the original.
 */
#ifndef CE_COMMIT_FILE_H
#define CE_COMMIT_FILE_H

#include "attributes.h"
#include "set.h"

#define CE_MANY 32

/*
 * Write the new file with the attributes of the one that stands there.
 *
 *   at    its time of modification; NULL: now
 *
 * With many files (CE_MANY) it is not synced: ce_file_settle has to, before the
 * first swap.
 *
 * Returns CE_DONE or an exit status after a sentence.
 */
int ce_file_stage(ce_store *store, const ce_set *set, size_t i, tlsf_str bytes,
                  const struct timespec *at);

/*
 * Give the new file its name.
 *
 *   seen   the original when its bytes were compared last; when it is not the
 *          same any more, CE_LOCKED is returned after a sentence
 */
int ce_file_swap(ce_store *store, const ce_set *set, size_t i,
                 const struct stat *seen);

/*
 * Put the original back, whatever has been done so far; to be repeated at
 * will, until ce_file_clear. What a crash has left of the new file, empty or
 * with bytes that never came to the disk, is no edit of anybody.
 *
 *   folder, leaf   of the set
 *
 * Returns CE_DONE, or CE_BROKEN after a sentence: somebody has edited the new
 * file since, or the system refuses.
 */
int ce_file_back(ce_store *store, const char *folder, const char *leaf,
                 const ce_set *set, size_t i);

/* 0, or -1 when a name could not be removed. */
int ce_file_clear(ce_store *store, const ce_set *set, size_t i);

/*
 * Sync the folders of all files; from CE_MANY files on, the whole file systems
 * that they are on, files included, which is much faster than one by one.
 *
 * Returns 0, or -1 with errno.
 */
int ce_file_settle(ce_store *store, const ce_set *set);

#endif
