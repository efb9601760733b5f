/* SPDX-License-Identifier: Apache-2.0 */
/* Edits for people; called by cmd_edit.c. */
#include "report_edit.h"

#include "diff.h"
#include "terminal.h"

/* The directive [from, to) with the edits of n drafts. */
static tlsf_str
with_edits(ce_arena *arena, const ce_draft *drafts, size_t n)
{
    ce_text text = {NULL, 0, 0};
    tlsf_str bytes = drafts[0].edit.source->bytes;
    size_t from = drafts[0].from;

    for (size_t i = 0; i < n; i++) {
        const ce_edit *e = &drafts[i].edit;

        ce_text_add(arena, &text, tlsf_str_sub(bytes, from, e->at - from));
        ce_text_add(arena, &text, e->text);
        from = e->at + e->len;
    }
    if (from < drafts[0].to) {
        ce_text_add(arena, &text,
                    tlsf_str_sub(bytes, from, drafts[0].to - from));
    }
    return (tlsf_str){text.data == NULL ? "" : text.data, text.n};
}

static tlsf_str
trim(tlsf_str s)
{
    while (s.len > 0 &&
           (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t')) {
        s.len--;
    }
    return tlsf_str_trim(s);
}

ce_shown
ce_report_shown(ce_arena *arena, const ce_drafts *drafts, size_t *i)
{
    const ce_draft *first = &drafts->list[*i];
    tlsf_str bytes = first->edit.source->bytes;
    size_t n = 1;
    ce_shown s = {
        .place = ce_source_place(arena, first->edit.source, first->from),
        .before = tlsf_str_sub(bytes, first->from, first->to - first->from)};

    while (*i + n < drafts->n && first->kind == CE_DRAFT_REPLACE) {
        const ce_draft *d = &drafts->list[*i + n];

        if (d->kind != CE_DRAFT_REPLACE || d->from != first->from ||
            d->edit.source != first->edit.source) {
            break;
        }
        n++;
    }
    *i += n;
    s.after = first->kind == CE_DRAFT_REPLACE ? with_edits(arena, first, n)
                                              : trim(first->edit.text);
    return s;
}

/* A text of a configuration, each line behind a mark. */
static void
print_marked(FILE *to, char mark, tlsf_str text)
{
    while (text.len > 0) {
        size_t n = tlsf_str_find(text, TLSF_LIT("\n"));

        tlsf_str line = tlsf_str_sub(text, 0, n);

        line.len -= line.len > 0 && line.data[line.len - 1] == '\r';
        fprintf(to, "  %c ", mark);
        ce_terminal_put_lines(to, line);
        fputc('\n', to);
        n += n < text.len;
        text = tlsf_str_sub(text, n, text.len - n);
    }
}

/* Sets in words, each made once. */
typedef const char *set_texts[CE_BIT(TLSF_VERSION_OTHER)];

static const char *
set_text(ce_arena *arena, set_texts texts, unsigned set)
{
    if (texts[set] == NULL) {
        texts[set] = ce_set_text(arena, set);
    }
    return texts[set];
}

static void
print_target(const ce_outcome *o, const ce_target *t, set_texts texts, FILE *to)
{
    ce_arena *arena = o->plan->arena;

    ce_terminal_put(to, tlsf_str_of(ce_party_name(arena, t->party)));
    fputs(" at ", to);
    ce_terminal_put(to, t->address);
    fprintf(to, ": %s -> %s\n",
            t->why == CE_WHY_UNDECIDED ? "not known"
                                       : set_text(arena, texts, t->before),
            set_text(arena, texts, t->after));
}

void
ce_report_edits(const ce_outcome *o, FILE *to)
{
    ce_arena *arena = o->plan->arena;
    set_texts texts = {NULL};

    for (size_t i = 0; i < o->plan->drafts.n;) {
        ce_shown s = ce_report_shown(arena, &o->plan->drafts, &i);

        ce_terminal_put(to, tlsf_str_of(s.place.file));
        fprintf(to, ":%zu\n", s.place.line);
        print_marked(to, '-', s.before);
        print_marked(to, '+', s.after);
    }
    for (size_t i = 0; i < o->plan->n; i++) {
        const ce_target *t = &o->plan->targets[i];

        if (!o->plan->is_refused && t->after != t->before) {
            print_target(o, t, texts, to);
        }
    }
}

void
ce_report_diff(const ce_outcome *o, FILE *to, bool has_color)
{
    ce_arena *arena = o->plan->arena;

    for (size_t i = 0; i < o->changes->n; i++) {
        const ce_change *c = &o->changes->list[i];

        ce_diff_print(arena, c->source->bytes, c->after, c->source->name,
                      c->source->name, to, has_color);
    }
}
