/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two texts as a unified diff that patch(1) takes: three lines around each
 * change, "\ No newline at end of file" where it applies; any bytes, CRLF kept
 * as it is. On a terminal in colours.
 */
#ifndef CE_DIFF_H
#define CE_DIFF_H

#include <stdio.h>

#include "arena.h"

/*
 * Print the difference; nothing when there is none.
 *
 *   before_name, after_name   for the two head lines
 */
void ce_diff_print(ce_arena *arena, tlsf_str before, tlsf_str after,
                   const char *before_name, const char *after_name, FILE *to,
                   bool has_color);

/* The same as text in the arena; empty when there is no difference. */
tlsf_str ce_diff_text(ce_arena *arena, tlsf_str before, tlsf_str after,
                      const char *before_name, const char *after_name);

#endif
