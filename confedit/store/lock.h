/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run at a time for each user of a host: root's lock is
 * /run/lock/confedit.lock, another user's, and that of an image, lies in the
 * store, wherever the backup sets are. The kernel holds it (flock), so it ends
 * with the process, however that ends; the file stays and says who had it last.
 */
#ifndef CE_LOCK_H
#define CE_LOCK_H

#include "set.h"

/*
 * Take the lock; the store's state folder is made where it lies there.
 *
 *   command   for who finds it locked
 *   fd        filled; close it to unlock
 *
 * Returns CE_DONE; CE_LOCKED after saying who has it and since when; another
 * status when there can be no lock.
 */
int ce_lock_take(ce_store *store, const char *command, int *fd);

#endif
