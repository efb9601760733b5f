/* SPDX-License-Identifier: Apache-2.0 */
/* Messages with their places; called by the readers and the models. */
#include "diag.h"

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

void
ce_diag_say(ce_diag *diag, ce_level level, ce_place place, const char *format,
            ...)
{
    va_list args;

    va_start(args, format);
    const char *text = ce_arena_vformat(diag->arena, format, args);
    va_end(args);

    for (size_t i = 0; i < diag->n; i++) {
        const ce_remark *old = &diag->remarks[i];

        if (old->level == level && is_same_place(old->place, place) &&
            strcmp(old->text, text) == 0) {
            return;
        }
    }
    diag->remarks = ce_arena_grow(diag->arena, diag->remarks, diag->n,
                                  &diag->room, sizeof(ce_remark));
    diag->remarks[diag->n++] = (ce_remark){level, place, text};
    diag->count[level]++;
}

static void
print_place(FILE *to, ce_place place)
{
    if (place.file == NULL) {
        fputs("confedit: ", to);
    } else if (place.line == 0) {
        fprintf(to, "%s: ", place.file);
    } else {
        fprintf(to, "%s:%zu:%zu: ", place.file, place.line, place.column);
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
        fprintf(to, "%s\n", r->text);
    }
}
