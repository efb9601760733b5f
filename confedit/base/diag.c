/* SPDX-License-Identifier: Apache-2.0 */
/* Messages with their places; called by the readers and the models. */
#include "diag.h"

#include "terminal.h"

const char *
ce_level_name(ce_level level)
{
    static const char *const names[] = {"error", "warning", "note"};

    return names[level];
}

static bool
is_same_place(ce_place a, ce_place b)
{
    return a.line == b.line && a.column == b.column &&
           tlsf_str_eq(tlsf_str_of(a.file), tlsf_str_of(b.file));
}

static size_t
hash_of(const ce_remark *r)
{
    size_t hash = r->place.line * 31 + r->place.column;

    for (const char *p = r->place.file; p != NULL && *p != '\0'; p++) {
        hash = hash * 31 + (unsigned char)*p;
    }
    for (const char *p = r->text; *p != '\0'; p++) {
        hash = hash * 31 + (unsigned char)*p;
    }
    return hash;
}

/* The slot of a remark: 0 when it was not said yet. */
static size_t *
find_slot(ce_diag *diag, const ce_remark *r)
{
    size_t i = hash_of(r) & (diag->n_slots - 1);

    while (diag->slots[i] != 0) {
        const ce_remark *old = &diag->remarks[diag->slots[i] - 1];

        if (old->level == r->level && is_same_place(old->place, r->place) &&
            strcmp(old->text, r->text) == 0) {
            break;
        }
        i = (i + 1) & (diag->n_slots - 1);
    }
    return &diag->slots[i];
}

static void
enlarge(ce_diag *diag)
{
    diag->n_slots = diag->n_slots == 0 ? 64 : diag->n_slots * 2;
    diag->slots = ce_arena_alloc(diag->arena, diag->n_slots * sizeof(size_t));
    for (size_t i = 0; i < diag->n; i++) {
        *find_slot(diag, &diag->remarks[i]) = i + 1;
    }
}

void
ce_diag_say(ce_diag *diag, ce_level level, ce_place place, const char *format,
            ...)
{
    va_list args;

    va_start(args, format);
    const char *text = ce_arena_vformat(diag->arena, format, args);
    va_end(args);

    ce_remark remark = {level, place, text};

    if (diag->n * 2 >= diag->n_slots) {
        enlarge(diag);
    }
    size_t *slot = find_slot(diag, &remark);
    if (*slot != 0) {
        return;
    }
    diag->remarks = ce_arena_grow(diag->arena, diag->remarks, diag->n,
                                  &diag->room, sizeof(ce_remark));
    diag->remarks[diag->n++] = remark;
    *slot = diag->n;
    diag->count[level]++;
}

static void
print_place(FILE *to, ce_place place)
{
    if (place.file == NULL) {
        fputs("confedit: ", to);
        return;
    }
    ce_terminal_put(to, tlsf_str_of(place.file));
    if (place.line == 0) {
        fputs(": ", to);
    } else {
        fprintf(to, ":%zu:%zu: ", place.line, place.column);
    }
}

void
ce_diag_print(const ce_diag *diag, FILE *to, ce_level lowest)
{
    for (size_t i = 0; i < diag->n; i++) {
        const ce_remark *r = &diag->remarks[i];

        if (r->level > lowest) {
            continue;
        }
        print_place(to, r->place);
        if (r->level != CE_ERROR) {
            fprintf(to, "%s: ", ce_level_name(r->level));
        }
        ce_terminal_put(to, tlsf_str_of(r->text));
        putc('\n', to);
    }
}
