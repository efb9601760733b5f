/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts made edits, with their annotations; called by the proof. */
#include "edit.h"

#include <stdint.h>
#include <stdlib.h>

#include "annotate_form.h"

size_t
ce_edit_line_start(tlsf_str bytes, size_t at)
{
    while (at > 0 && bytes.data[at - 1] != '\n') {
        at--;
    }
    return at;
}

/* Behind the last byte of the line of an offset, before its line end. */
static size_t
line_stop(tlsf_str bytes, size_t at)
{
    const char *lf =
        at >= bytes.len ? NULL : memchr(bytes.data + at, '\n', bytes.len - at);
    size_t stop = lf == NULL ? bytes.len : (size_t)(lf - bytes.data);

    while (stop > at && bytes.data[stop - 1] == '\r') {
        stop--;
    }
    return stop;
}

tlsf_str
ce_edit_indent(tlsf_str bytes, size_t at)
{
    size_t from = ce_edit_line_start(bytes, at);
    size_t n = 0;

    while (from + n < bytes.len &&
           (bytes.data[from + n] == ' ' || bytes.data[from + n] == '\t')) {
        n++;
    }
    return tlsf_str_sub(bytes, from, n);
}

/* The line end that a file uses around an offset: LF or CR LF. */
static tlsf_str
line_end(tlsf_str bytes, size_t at)
{
    const char *lf =
        at >= bytes.len ? NULL : memchr(bytes.data + at, '\n', bytes.len - at);

    if (lf == NULL) {
        /* The last line has none: that of the line before it. */
        size_t start = ce_edit_line_start(bytes, at);

        lf = start == 0 ? NULL : bytes.data + start - 1;
    }
    return lf != NULL && lf > bytes.data && lf[-1] == '\r' ? TLSF_LIT("\r\n")
                                                           : TLSF_LIT("\n");
}

/* Whether Apache joins the physical line [from, to) and the one behind it. */
static bool
goes_on(tlsf_str bytes, size_t from, size_t to)
{
    if (to == from || bytes.data[to - 1] != '\n' ||
        memchr(bytes.data + from, '\0', to - from) != NULL) {
        return false;
    }
    to--;
    to -= to > from && bytes.data[to - 1] == '\r';
    return to > from && bytes.data[to - 1] == '\\';
}

static void
apache_lines(tlsf_str bytes, size_t *from, size_t *to)
{
    size_t start = ce_edit_line_start(bytes, *from);

    while (start > 0) {
        size_t before = ce_edit_line_start(bytes, start - 1);

        if (!goes_on(bytes, before, start)) {
            break;
        }
        start = before;
    }
    size_t last = ce_edit_line_start(bytes, *to);
    size_t stop = line_stop(bytes, *to);

    for (;;) {
        const char *lf = memchr(bytes.data + stop, '\n', bytes.len - stop);
        size_t end = lf == NULL ? bytes.len : (size_t)(lf - bytes.data) + 1;

        if (!goes_on(bytes, last, end) || end == bytes.len) {
            break;
        }
        last = end;
        stop = line_stop(bytes, end);
    }
    *from = start;
    *to = stop;
}

static void
nginx_lines(tlsf_str bytes, size_t *from, size_t *to)
{
    tlsf_str indent = ce_edit_indent(bytes, *from);
    size_t start = ce_edit_line_start(bytes, *from);
    size_t stop = line_stop(bytes, *to);
    size_t i = *to;

    if (start + indent.len == *from) {
        *from = start;
    }
    while (i < stop && (bytes.data[i] == ' ' || bytes.data[i] == '\t')) {
        i++;
    }
    if (i == stop || bytes.data[i] == '#') {
        *to = stop;
    }
}

void
ce_edit_lines(ce_kind kind, tlsf_str bytes, size_t *from, size_t *to)
{
    if (kind == CE_APACHE) {
        apache_lines(bytes, from, to);
    } else {
        nginx_lines(bytes, from, to);
    }
}

static int
compare_numbers(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int
compare(const void *a, const void *b)
{
    const ce_draft *x = a;
    const ce_draft *y = b;
    int by = compare_numbers(x->edit.source->order, y->edit.source->order);

    if (by == 0) {
        by = compare_numbers((size_t)(uintptr_t)x->edit.source,
                             (size_t)(uintptr_t)y->edit.source);
    }
    if (by == 0) {
        by = compare_numbers(x->edit.at, y->edit.at);
    }
    return by != 0 ? by : compare_numbers(x->edit.len, y->edit.len);
}

static bool
is_same(const ce_draft *a, const ce_draft *b)
{
    return a->edit.source == b->edit.source && a->edit.at == b->edit.at &&
           a->edit.len == b->edit.len && a->kind == b->kind &&
           tlsf_str_eq(a->edit.text, b->edit.text);
}

static bool
is_against(const ce_draft *a, const ce_draft *b)
{
    return a->edit.source == b->edit.source &&
           (b->edit.at < a->edit.at + a->edit.len ||
            (a->edit.len == 0 && b->edit.len == 0 && a->edit.at == b->edit.at));
}

/* What is being made. */
typedef struct making {
    ce_arena *arena;
    const char *set;
    const char *time;
    ce_edit *edits;
    size_t n;
    size_t room;
} making;

static void
add_edit(making *m, ce_source *source, size_t at, size_t len, tlsf_str text)
{
    m->edits =
        ce_arena_grow(m->arena, m->edits, m->n, &m->room, sizeof(ce_edit));
    m->edits[m->n++] = (ce_edit){source, at, len, text};
}

/* The lines [from, to) with the edits of n drafts. */
static tlsf_str
new_text(making *m, const ce_draft *drafts, size_t n, size_t from, size_t to)
{
    ce_text text = {NULL, 0, 0};
    tlsf_str bytes = drafts[0].edit.source->bytes;

    for (size_t i = 0; i < n; i++) {
        const ce_edit *e = &drafts[i].edit;

        ce_text_add(m->arena, &text, tlsf_str_sub(bytes, from, e->at - from));
        ce_text_add(m->arena, &text, e->text);
        from = e->at + e->len;
    }
    ce_text_add(m->arena, &text, tlsf_str_sub(bytes, from, to - from));
    return (tlsf_str){text.data, text.n};
}

/* The old lines as comments, in front of the lines that are edited. */
static void
annotate(making *m, const ce_draft *drafts, size_t n, size_t from, size_t to)
{
    ce_source *source = drafts[0].edit.source;
    tlsf_str old = tlsf_str_sub(source->bytes, from, to - from);
    tlsf_str end = line_end(source->bytes, to);
    tlsf_str new = new_text(m, drafts, n, from, to);
    bool is_mid = from > 0 && source->bytes.data[from - 1] != '\n';
    ce_form form = {.is_kept = old.len <= CE_MAX_OLD, .has_break = is_mid};
    ce_text text = {NULL, 0, 0};
    tlsf_str comments = {NULL, 0};
    tlsf_str again = {NULL, 0};
    size_t at = 0;

    if (form.is_kept) {
        comments = ce_old_encode(m->arena, old, end, &form.n_lines);
        form.len = new.len;
        form.sum = ce_form_sum(old, new);
        form.is_kept =
            ce_old_decode(m->arena, comments, &at, form.n_lines, &again) &&
            tlsf_str_eq(old, again);
    }
    if (is_mid) {
        ce_text_add(m->arena, &text, end);
    }
    ce_text_add(m->arena, &text, ce_head_text(m->arena, m->set, m->time, form));
    ce_text_add(m->arena, &text, end);
    if (form.is_kept) {
        ce_text_add(m->arena, &text, comments);
    }
    add_edit(m, source, from, 0, (tlsf_str){text.data, text.n});
}

/* A directive on a line of its own, or in the middle of one. */
static void
insert(making *m, const ce_draft *d)
{
    tlsf_str bytes = d->edit.source->bytes;
    size_t at = d->edit.at;
    tlsf_str end = line_end(bytes, at);
    bool is_mid = at > 0 && bytes.data[at - 1] != '\n';
    bool has_break = is_mid && (m->set != NULL || d->server == CE_APACHE);
    ce_text new = {NULL, 0, 0};
    ce_text text = {NULL, 0, 0};
    ce_form form = {
        .is_kept = true, .has_break = has_break, .has_end = !is_mid};

    if (is_mid && !has_break) {
        ce_text_add(m->arena, &new, TLSF_LIT(" "));
    } else {
        ce_text_add(m->arena, &new, d->indent);
    }
    ce_text_add(m->arena, &new, d->edit.text);
    form.len = new.n;
    form.sum = ce_form_sum(TLSF_LIT(""), (tlsf_str){new.data, new.n});
    if (has_break) {
        ce_text_add(m->arena, &text, end);
    }
    if (m->set != NULL) {
        ce_text_add(m->arena, &text,
                    ce_head_text(m->arena, m->set, m->time, form));
        ce_text_add(m->arena, &text, end);
    }
    ce_text_add(m->arena, &text, (tlsf_str){new.data, new.n});
    if (!is_mid) {
        ce_text_add(m->arena, &text, end);
    }
    add_edit(m, d->edit.source, at, 0, (tlsf_str){text.data, text.n});
}

/* All drafts of the directive of the first one; returns how many. */
static size_t
replace(making *m, const ce_draft *drafts, size_t n)
{
    const ce_draft *first = &drafts[0];
    size_t count = 1;

    while (count < n && drafts[count].kind == CE_DRAFT_REPLACE &&
           drafts[count].edit.source == first->edit.source &&
           drafts[count].from == first->from) {
        count++;
    }
    if (m->set != NULL) {
        size_t from = first->from;
        size_t to = first->to;

        ce_edit_lines(first->server, first->edit.source->bytes, &from, &to);
        annotate(m, drafts, count, from, to);
    }
    for (size_t i = 0; i < count; i++) {
        const ce_edit *e = &drafts[i].edit;

        add_edit(m, e->source, e->at, e->len, e->text);
    }
    return count;
}

/* Sort, and leave out what is there twice; returns a contradiction. */
static const ce_draft *
put_in_order(ce_drafts *drafts)
{
    size_t kept = 0;

    if (drafts->n > 0) {
        qsort(drafts->list, drafts->n, sizeof(ce_draft), compare);
    }
    for (size_t i = 0; i < drafts->n; i++) {
        const ce_draft *d = &drafts->list[i];

        if (kept > 0 && is_same(&drafts->list[kept - 1], d)) {
            continue;
        }
        if (kept > 0 && is_against(&drafts->list[kept - 1], d)) {
            return d;
        }
        drafts->list[kept++] = *d;
    }
    drafts->n = kept;
    return NULL;
}

const ce_draft *
ce_edits_of(ce_arena *arena, ce_drafts *drafts, const char *set,
            const char *time, ce_edit **edits, size_t *n)
{
    making m = {.arena = arena, .set = set, .time = time};
    const ce_draft *against = put_in_order(drafts);

    if (against != NULL) {
        return against;
    }
    for (size_t i = 0; i < drafts->n;) {
        const ce_draft *d = &drafts->list[i];

        switch (d->kind) {
        case CE_DRAFT_REPLACE:
            i += replace(&m, d, drafts->n - i);
            break;
        case CE_DRAFT_INSERT:
            insert(&m, d);
            i++;
            break;
        case CE_DRAFT_BACK:
            add_edit(&m, d->edit.source, d->edit.at, d->edit.len, d->edit.text);
            i++;
            break;
        }
    }
    *edits = m.edits;
    *n = m.n;
    return NULL;
}
