/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing, all or nothing over all files:
 *
 *     begin     lock; finish or roll back what a run that died left behind
 *     write     originals into a backup set (set.h), journal, temporary files
 *               beside the targets, a last look whether anybody edited
 *               meanwhile, rename all
 *     back      the originals again, as they were; the set is gone
 *     keep      the set is complete; the journal is gone
 *     end       unlock; without keep after a write: back
 *
 * Between write and keep the caller runs the server's test, reloads, visits.
 * Whatever happens in between, a signal or kill -9, the next run's begin puts
 * the tree back into one state or the other.
 *
 * A link's target is written and the link kept. A file with several names
 * (hard links) is refused: a rename would part them, and writing it in place
 * could not be all or nothing for who reads it meanwhile.
 *
 * From write on INT, TERM, HUP and PIPE are held back: write and keep roll
 * back when one came, and return 128 + its number.
 *
 * Every function prints its own sentence (stderr) when it fails, and returns
 * the exit status for it (options.h), CE_DONE otherwise:
 *
 *     CE_LOCKED       another run holds the lock, or somebody edited a file
 *                     since it was read
 *     CE_NOT_ALLOWED  permission; a path that others could bend; hard links,
 *                     mount points, immutable files; owner, ACL or attributes
 *                     that cannot be reproduced; a store that others can write
 *                     or an include reads
 *     CE_UNWRITABLE   a read-only file system, no place for temporary files
 *     CE_IO           no space, an error of the disk
 *     CE_BROKEN       not all could be put back; the journal is kept
 *
 * After all but CE_BROKEN the tree is as it was.
 */
#ifndef CE_COMMIT_H
#define CE_COMMIT_H

#include "change.h"
#include "include.h"
#include "options.h"

typedef struct ce_commit ce_commit;

struct ce_set;

/*
 * Lock and recover. What was recovered is said to stderr. With --dry-run
 * nothing is locked, recovered or made, but a journal that waits is named.
 *
 *   commit    filled, also on failure: ce_commit_end may be called always
 *   command   for the set's manifest: "raise --floor TLSv1.2"
 */
int ce_commit_begin(ce_commit **commit, const ce_options *options,
                    const char *command);

/* The id that the set of this run has or will have: "20261122T090000Z-3f9a". */
const char *ce_commit_id(const ce_commit *commit);

/*
 * When this run began; the time of annotations, and of the set unless the
 * clock is behind an earlier one's.
 */
time_t ce_commit_time(const ce_commit *commit);

/*
 * This run takes a set back: the manifest says so, and the files get the
 * times that the set kept of them. Before write.
 */
void ce_commit_undoes(ce_commit *commit, const struct ce_set *set);

/*
 * Refuse what could not be written, without touching anything: permission,
 * unsafe folders, mount points, attributes that cannot be reproduced. Also
 * for --dry-run.
 *
 *   configs, n   of the run: where includes would find a temporary file
 *   changes      each with a difference; their sources were read from files
 */
int ce_commit_check(ce_commit *commit, const ce_config *configs, size_t n,
                    const ce_changes *changes);

/* Check, back up and replace; nothing to do for no changes. */
int ce_commit_write(ce_commit *commit, const ce_config *configs, size_t n,
                    const ce_changes *changes);

/*
 * Between write and keep, before running servers are reloaded: should the run
 * die now, the next one says that they have to be once more.
 */
int ce_commit_reloaded(ce_commit *commit);

/* After write; before it nothing is done. */
int ce_commit_back(ce_commit *commit);

/* Complete the set, and with --keep remove the oldest beyond. */
int ce_commit_keep(ce_commit *commit);

/*
 * Whether a signal has come since write: what takes long between write and
 * keep asks now and then, and goes back.
 */
bool ce_commit_is_stopped(const ce_commit *commit);

/* Where the set of this run is, for people. */
const char *ce_commit_where(const ce_commit *commit);

/* CE_DONE, or what back returned when it had to be called. */
int ce_commit_end(ce_commit *commit);

/*
 * A sentence about a run that died and waits to be recovered, for commands
 * that only read; NULL: none.
 */
const char *ce_commit_waiting(const ce_options *options);

#endif
