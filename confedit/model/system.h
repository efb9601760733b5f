/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What only this machine knows: which server a file belongs to, where the
 * system's own configuration is, which release the program is and what it has
 * built in. Programs are run with fixed arguments (-v, -V, -l), without a
 * shell, and never under a root.
 */
#ifndef CE_SYSTEM_H
#define CE_SYSTEM_H

#include "include.h"
#include "options.h"

/*
 * The configurations that are meant: those of the command line or, with none,
 * those of the system. Each is prepared for ce_config_read.
 *
 *   trees        of what is read of them
 *   diag         what cannot be read, and why
 *   configs, n   filled; in the order given, Apache's first of the system's
 *
 * Returns CE_DONE, or CE_UNREADABLE with an error in diag.
 */
int ce_system_configs(const ce_options *options, ce_files *files,
                      ce_arena *trees, ce_diag *diag, ce_config **configs,
                      size_t *n);

/*
 * Whether the options fit the configurations: one version cannot be that of
 * both servers. If not, an error is in diag.
 */
bool ce_system_is_clear(const ce_options *options, const ce_config *configs,
                        size_t n, ce_diag *diag);

#endif
