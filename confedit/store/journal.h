/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal: that a run is changing files, and where its set is. It is
 * written and synced before the set is begun, once more before the first
 * temporary file, and removed after the last; whoever finds one without holding
 * a run finds a run that died.
 *
 * What has to be done then is in the set: as long as the set is not complete
 * (its folder's name still ends in .part) everything goes back, afterwards
 * only what is left of temporary names goes away.
 */
#ifndef CE_JOURNAL_H
#define CE_JOURNAL_H

#include "set.h"

typedef struct ce_journal {
    const char *id;
    const char *folder; /* of the sets, resolved, inside the base */
    bool is_ready;      /* the set is whole, so files may have been changed */
    bool is_told;       /* running servers were told to read the new files */
} ce_journal;

/*
 * Write it, in place of what it was before. 0, or -1 with errno: then the one
 * from before or the new one is there. The store's state folder must be there.
 */
int ce_journal_write(ce_store *store, const ce_journal *journal);

/*
 * Read it.
 *
 * Returns 1; 0 when there is none; -1 when it cannot be understood, with why.
 */
int ce_journal_read(ce_store *store, ce_journal *journal, const char **why);

/* 0, or -1 with errno. */
int ce_journal_remove(ce_store *store);

/* Remove one that was being written when its run died. */
void ce_journal_tidy(ce_store *store);

/* Its full name, for messages. */
const char *ce_journal_name(const ce_store *store);

#endif
