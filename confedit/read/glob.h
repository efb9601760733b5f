/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that an include names, in the order in which the server reads
 * them. Part of include.c's stage.
 */
#ifndef CE_GLOB_H
#define CE_GLOB_H

#include "source.h"

typedef struct ce_names {
    const char **list;
    size_t n;
    size_t room;
} ce_names;

/* Whether nginx or Apache would take the text for a pattern. */
bool ce_glob_is_pattern(const char *text);

/*
 * nginx: glob(3) without flags. A name that is no pattern is itself.
 *
 *   pattern  absolute name of the server
 *
 * A folder that cannot be read has no matches.
 */
void ce_glob_nginx(ce_files *files, const char *pattern, ce_names *names);

/*
 * Apache: patterns in every part, sorted by byte; a folder stands for all that
 * is in it.
 *
 *   is_optional  of IncludeOptional: nothing is an answer
 *
 * Returns NULL, or the reason why the server would stop.
 */
const char *ce_glob_apache(ce_files *files, const char *pattern,
                           bool is_optional, ce_names *names);

#endif
