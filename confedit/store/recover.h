/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Back to how it was: a run that failed, or one that died, which the next run
 * finds by the journal.
 */
#ifndef CE_RECOVER_H
#define CE_RECOVER_H

#include "set.h"

/*
 * Put every file of a set back, remove the journal and then the set.
 *
 *   folder, leaf   of the set
 *
 * Returns CE_DONE; CE_BROKEN after sentences, one of which says what to do:
 * then set and journal are still there, and all files that could be put back
 * are, perhaps all of them, but a temporary name stays.
 */
int ce_recover_back(ce_store *store, const char *folder, const char *leaf,
                    const ce_set *set);

/*
 * The last steps of a set that is complete: temporary names and the journal
 * go.
 *
 * Returns false after a sentence when one stays; the next run tries again.
 */
bool ce_recover_finish(ce_store *store, const ce_set *set);

/*
 * If the store has a journal, finish or put back what it is about, and say so
 * to stderr; then remove what runs left that died before they had one. The
 * lock must be held.
 *
 * Returns CE_DONE or CE_BROKEN.
 */
int ce_recover(ce_store *store);

#endif
