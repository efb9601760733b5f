/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing, all or nothing over all files:
 *
 *     begin     lock; finish or roll back what a run that died left behind
 *     write     originals into a backup set, temporary files beside the
 *               targets, journal, a last look whether anybody edited
 *               meanwhile, rename all
 *     back      the originals again, as they were; the set is gone
 *     keep      the set is complete; the journal is gone
 *     end       unlock; without keep after a write: back
 *
 * Between write and keep the caller runs the server's test, reloads, visits.
 * Whatever happens in between, a signal or kill -9, the next run's begin puts
 * the tree back into one state or the other.
 *
 * Every function prints its own sentence (stderr) when it fails, and returns
 * the exit status for it (options.h): CE_LOCKED, CE_NOT_ALLOWED,
 * CE_UNWRITABLE, CE_IO, CE_BROKEN …; CE_DONE otherwise.
 */
#ifndef CE_COMMIT_H
#define CE_COMMIT_H

#include "change.h"
#include "include.h"
#include "options.h"

typedef struct ce_commit ce_commit;

/*
 * Lock and recover. What was recovered is said to stderr.
 *
 *   command   for the set's manifest: "raise --floor TLSv1.2"
 */
int ce_commit_begin(ce_commit **commit, const ce_options *options,
                    const char *command);

/* The id that the set of this run has or will have: "20261122T090000Z-3f9a". */
const char *ce_commit_id(const ce_commit *commit);

/* When this run began; the time of annotations and the manifest. */
time_t ce_commit_time(const ce_commit *commit);

/*
 * Refuse what could not be written, without touching anything: permission,
 * unsafe folders, mount points, attributes that cannot be reproduced. Also
 * for --dry-run.
 *
 *   configs, n   of the run: where includes would find a temporary file
 */
int ce_commit_check(ce_commit *commit, const ce_config *configs, size_t n,
                    const ce_changes *changes);

int ce_commit_write(ce_commit *commit, const ce_config *configs, size_t n,
                    const ce_changes *changes);

int ce_commit_back(ce_commit *commit);

int ce_commit_keep(ce_commit *commit);

void ce_commit_end(ce_commit *commit);

#endif
