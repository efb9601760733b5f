/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks of memory in a list; called by everything. */
#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sysexits.h>

#define BLOCK_BYTES ((size_t)64 * 1024)

/* Of an array with its first element. */
#define FIRST_BYTES 16

/* From here on memory in pages of this size is worth asking for. */
#define HUGE_PAGE ((size_t)2 * 1024 * 1024)

typedef struct block {
    struct block *next;
    size_t used;
    size_t room;
    max_align_t bytes[];
} block;

struct ce_arena {
    block *first;
    ce_arena *inner; /* the newest of those within it */
    ce_arena *outer;
    ce_arena *next; /* within the outer one */
};

static _Noreturn void
no_memory(void)
{
    fputs("confedit: out of memory\n", stderr);
    exit(EX_OSERR);
}

static void *
take_memory(size_t n)
{
    void *p = calloc(1, n);

    if (p == NULL) {
        no_memory();
    }
    return p;
}

ce_arena *
ce_arena_new(void)
{
    return take_memory(sizeof(ce_arena));
}

ce_arena *
ce_arena_within(ce_arena *outer)
{
    ce_arena *arena = ce_arena_new();

    arena->outer = outer;
    arena->next = outer->inner;
    outer->inner = arena;
    return arena;
}

/* The outer arena frees it no more. */
static void
leave_outer(ce_arena *arena)
{
    ce_arena **at = &arena->outer->inner;

    while (*at != arena) {
        at = &(*at)->next;
    }
    *at = arena->next;
}

void
ce_arena_free(ce_arena *arena)
{
    if (arena == NULL) {
        return;
    }
    while (arena->inner != NULL) {
        ce_arena_free(arena->inner);
    }
    if (arena->outer != NULL) {
        leave_outer(arena);
    }
    for (block *b = arena->first; b != NULL;) {
        block *next = b->next;

        free(b);
        b = next;
    }
    free(arena);
}

/* A block of its own leaves the open one in front. */
static void
put_block(ce_arena *arena, block *b)
{
    if (arena->first == NULL) {
        arena->first = b;
        return;
    }
    b->next = arena->first->next;
    arena->first->next = b;
}

/* n bytes at a multiple of `unit`, which is a power of two. */
static void *
take(ce_arena *arena, size_t n, size_t unit)
{
    block *b = arena->first;
    size_t gap = b == NULL ? 0 : (0 - b->used) & (unit - 1);

    if (b == NULL || b->room - b->used < gap || b->room - b->used - gap < n) {
        gap = 0;
        size_t room = n > BLOCK_BYTES / 4 ? n : BLOCK_BYTES;

        b = take_memory(sizeof(block) + room);
        b->room = room;
        if (room == n) {
            put_block(arena, b);
        } else {
            b->next = arena->first;
            arena->first = b;
        }
    }
    void *p = (char *)b->bytes + b->used + gap;

    b->used += gap + n;
    return p;
}

void *
ce_arena_alloc(ce_arena *arena, size_t n)
{
    return take(arena, n, alignof(uint64_t));
}

void *
ce_arena_bytes(ce_arena *arena, size_t n)
{
    void *p = NULL;

    if (n <= BLOCK_BYTES / 4) {
        return take(arena, n, 1);
    }
    if (n > SIZE_MAX - sizeof(block) ||
        posix_memalign(&p, n < HUGE_PAGE * 2 ? alignof(max_align_t) : HUGE_PAGE,
                       sizeof(block) + n) != 0) {
        no_memory();
    }
    if (n >= HUGE_PAGE * 2) {
        madvise(p, sizeof(block) + n, MADV_HUGEPAGE);
    }
    block *b = p;

    *b = (block){.used = n, .room = n};
    put_block(arena, b);
    return b->bytes;
}

void *
ce_arena_grow(ce_arena *arena, void *items, size_t n, size_t *room, size_t size)
{
    if (n < *room) {
        return items;
    }
    /* Most have one or two elements. */
    size_t first = size < FIRST_BYTES ? FIRST_BYTES / size : 1;
    size_t more = *room == 0 ? first : *room * 2;
    void *moved = ce_arena_alloc(arena, more * size);

    if (n > 0) {
        memcpy(moved, items, n * size);
    }
    *room = more;
    return moved;
}

char *
ce_arena_text(ce_arena *arena, tlsf_str s)
{
    char *text = take(arena, s.len + 1, 1);

    if (s.len > 0) {
        memcpy(text, s.data, s.len);
    }
    return text;
}

char *
ce_arena_vformat(ce_arena *arena, const char *format, va_list args)
{
    va_list again;

    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    if (n < 0) {
        n = 0;
    }
    char *text = take(arena, (size_t)n + 1, 1);
    vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return text;
}

char *
ce_arena_format(ce_arena *arena, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *text = ce_arena_vformat(arena, format, args);
    va_end(args);
    return text;
}

void
ce_text_add(ce_arena *arena, ce_text *text, tlsf_str s)
{
    if (s.len == 0) {
        return;
    }
    if (text->room - text->n < s.len) {
        size_t room = (text->n + s.len) * 2;
        char *moved = take(arena, room, 1);

        if (text->n > 0) {
            memcpy(moved, text->data, text->n);
        }
        text->data = moved;
        text->room = room;
    }
    memcpy(text->data + text->n, s.data, s.len);
    text->n += s.len;
}
