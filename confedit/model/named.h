/* SPDX-License-Identifier: Apache-2.0 */
/* The command line's names of main files. */
#ifndef CE_NAMED_H
#define CE_NAMED_H

#include "include.h"

/* The folder of a name: "/etc/nginx" of "/etc/nginx/nginx.conf". */
const char *ce_named_folder(ce_arena *arena, const char *name);

/*
 * A name of the command line as the server would say it: absolute, and under
 * a root without that. Names with drive letters or backslashes make the tree
 * one of Windows.
 */
const char *ce_named_main(ce_files *files, const char *name);

/*
 * Whether a main file was named before. A link in another folder is not the
 * same: what it includes is relative to that.
 *
 *   known   what was named so far; grows
 */
bool ce_named_again(ce_files *files, ce_map *known, const ce_source *source,
                    const char *main);

#endif
