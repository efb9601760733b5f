/* SPDX-License-Identifier: Apache-2.0 */
/* Asks a server's program about itself. */
#ifndef CE_ASK_H
#define CE_ASK_H

#include "arena.h"

/*
 * Run a program and keep what it says on both outputs, at most 64 KiB, waiting
 * at most ten seconds.
 *
 *   argv   the program's path first, NULL at the end
 *
 * Returns the text; NULL when it cannot be run or fails.
 */
const char *ce_ask(ce_arena *arena, const char *const *argv);

/* The text between `before` and one of the characters of `end`; NULL: none. */
const char *ce_ask_find(ce_arena *arena, const char *text, const char *before,
                        const char *end);

#endif
