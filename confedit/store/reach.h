/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Would an include read a file that is not there yet? Temporary files and
 * backups must lie where no server finds them.
 *
 * Folders are compared by what they are, not by their names, so a link to a
 * folder hides nothing. Includes in branches that are not taken today count as
 * well. nginx and Apache's patterns do not match a leading dot; Apache's
 * Include of a folder reads everything below it, dot-files too.
 */
#ifndef CE_REACH_H
#define CE_REACH_H

#include <sys/stat.h>

#include "include.h"

typedef struct ce_reach ce_reach;

/*
 * Find out where includes look.
 *
 *   configs, n   read; what could not be read reaches nothing
 */
ce_reach *ce_reach_of(ce_arena *arena, const ce_config *configs, size_t n);

/* Whether a file of this name in this folder would be read. */
bool ce_reach_finds(const ce_reach *reach, const struct stat *folder,
                    const char *name);

#endif
