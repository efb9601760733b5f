/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line about long work, on a terminal only: it appears on stderr after a
 * second, is written anew ten times a second at most, and is gone at the end.
 */
#ifndef CE_PROGRESS_H
#define CE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Begin; without it, and where stderr is no terminal, nothing is ever shown.
 *
 *   is_wanted   false with --quiet and --json
 */
void ce_progress_begin(bool is_wanted);

/* One more piece of work is done: "reading, 1,200 files". */
void ce_progress_step(const char *doing, const char *pieces);

/* Take the line away until the next step: before something is printed. */
void ce_progress_hide(void);

/* Take the line away. */
void ce_progress_end(void);

#endif
