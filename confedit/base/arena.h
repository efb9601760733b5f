/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All memory of a run: one owner, freed at its end. Nothing in confedit is
 * freed by hand, and no pointer into an arena outlives it. What is large and
 * soon not needed any more has an arena of its own.
 *
 * When the system has no memory left the program says so and ends with status
 * 71 (EX_OSERR), so no caller has to ask. That is before anything is written:
 * what a change needs is allocated before the first file is touched.
 */
#ifndef CE_ARENA_H
#define CE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "tlsf_str.h"

typedef struct ce_arena ce_arena;

ce_arena *ce_arena_new(void);

/* An arena that is freed with another at the latest. */
ce_arena *ce_arena_within(ce_arena *outer);

void ce_arena_free(ce_arena *arena);

/* n bytes, all zero, for any type but long double; n may be 0. */
void *ce_arena_alloc(ce_arena *arena, size_t n);

/*
 * n bytes for what is overwritten at once, a file's content: they hold
 * anything.
 */
void *ce_arena_bytes(ce_arena *arena, size_t n);

/*
 * Room for one more element in an array that lives in the arena.
 *
 *   items, n   the array (NULL when empty) and how many elements it has
 *   room       how many fit; updated
 *   size       bytes of one element
 *
 * Returns the array, moved if it had to grow; the new element is zero.
 */
void *ce_arena_grow(ce_arena *arena, void *items, size_t n, size_t *room,
                    size_t size);

/* The same bytes with a NUL behind them. */
char *ce_arena_text(ce_arena *arena, tlsf_str s);

/* Text that grows in an arena; its memory stays within four times its length.
 */
typedef struct ce_text {
    char *data;
    size_t n;
    size_t room;
} ce_text;

void ce_text_add(ce_arena *arena, ce_text *text, tlsf_str s);

/* printf into the arena. */
char *ce_arena_format(ce_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *ce_arena_vformat(ce_arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

#endif
