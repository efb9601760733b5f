/* SPDX-License-Identifier: Apache-2.0 */
/* Edits put into files; called by the proof, the commands and the undo. */
#include "change.h"

#include <stdint.h>
#include <stdlib.h>

/* An edit and where it stood in the caller's list. */
typedef struct ranked {
    const ce_edit *edit;
    size_t rank;
} ranked;

static ce_source *
edit_source(const ranked *r)
{
    return r->edit->source;
}

static int
compare_numbers(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

/* By source, then place; what is inserted comes before what is replaced. */
static int
compare(const void *a, const void *b)
{
    const ranked *x = a;
    const ranked *y = b;
    const ce_source *s = x->edit->source;
    const ce_source *t = y->edit->source;
    int by = compare_numbers(s->order, t->order);

    if (by == 0) {
        by = compare_numbers((size_t)(uintptr_t)s, (size_t)(uintptr_t)t);
    }
    if (by == 0) {
        by = compare_numbers(x->edit->at, y->edit->at);
    }
    if (by == 0) {
        by = compare_numbers(x->edit->len > 0, y->edit->len > 0);
    }
    return by != 0 ? by : compare_numbers(x->rank, y->rank);
}

static void
put(char *to, size_t *n, const char *from, size_t len)
{
    if (len > 0) {
        memcpy(to + *n, from, len);
        *n += len;
    }
}

/* The file of the first edit, with all edits of that file. */
static tlsf_str
rewrite(ce_arena *arena, const ranked *list, size_t n)
{
    tlsf_str before = list[0].edit->source->bytes;
    size_t len = before.len;
    size_t done = 0;
    size_t filled = 0;

    for (size_t i = 0; i < n; i++) {
        len = len - list[i].edit->len + list[i].edit->text.len;
    }
    char *to = ce_arena_bytes(arena, len);

    for (size_t i = 0; i < n; i++) {
        const ce_edit *e = list[i].edit;

        put(to, &filled, before.data + done, e->at - done);
        put(to, &filled, e->text.data, e->text.len);
        done = e->at + e->len;
    }
    put(to, &filled, before.data + done, before.len - done);
    return (tlsf_str){to, filled};
}

void
ce_changes_of(ce_arena *arena, ce_edit *edits, size_t n, ce_changes *changes)
{
    ce_arena *work = ce_arena_new();
    ranked *list = ce_arena_alloc(work, n * sizeof(ranked));

    *changes = (ce_changes){NULL, 0, 0};
    for (size_t i = 0; i < n; i++) {
        list[i] = (ranked){&edits[i], i};
    }
    qsort(list, n, sizeof(ranked), compare);
    for (size_t i = 0; i < n; i++) {
        changes->room +=
            i == 0 || edit_source(&list[i - 1]) != edit_source(&list[i]);
    }
    changes->list = ce_arena_alloc(arena, changes->room * sizeof(ce_change));
    for (size_t i = 0; i < n;) {
        size_t end = i;

        while (end < n && edit_source(&list[end]) == edit_source(&list[i])) {
            end++;
        }
        changes->list[changes->n++] = (ce_change){
            edit_source(&list[i]), rewrite(arena, list + i, end - i)};
        i = end;
    }
    ce_arena_free(work);
}
