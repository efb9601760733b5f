/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run has to say about the files it read: errors (it cannot be read),
 * warnings (it means something else than it seems) and notes, each with its
 * place. Collected, counted, in the order found; the same sentence for the
 * same place is kept once, however often an include leads there.
 *
 * As text: `file:line:column: what, and what to do`.
 */
#ifndef CE_DIAG_H
#define CE_DIAG_H

#include <stdio.h>

#include "arena.h"

typedef enum ce_level { CE_ERROR, CE_WARNING, CE_NOTE, CE_N_LEVELS } ce_level;

/* A place in a file; line 0: the file as a whole; file NULL: no place. */
typedef struct ce_place {
    const char *file;
    size_t line;   /* from 1 */
    size_t column; /* from 1, in bytes */
} ce_place;

typedef struct ce_remark {
    ce_level level;
    ce_place place;
    const char *text;
} ce_remark;

typedef struct ce_diag {
    ce_arena *arena;
    ce_remark *remarks;
    size_t n;
    size_t room;
    size_t *slots; /* indexes from 1 by what was said; open addressing */
    size_t n_slots;
    size_t count[CE_N_LEVELS];
} ce_diag;

/* "error", "warning", "note" */
const char *ce_level_name(ce_level level);

void ce_diag_say(ce_diag *diag, ce_level level, ce_place place,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

/*
 * Print the remarks, one per line.
 *
 *   lowest    the least important level that is printed
 */
void ce_diag_print(const ce_diag *diag, FILE *to, ce_level lowest);

#endif
