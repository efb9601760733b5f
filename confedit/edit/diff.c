/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unified differences: what both texts begin and end with is left out, the
 * rest is walked in step, and where it differs Myers' shortest way is looked
 * for until both are in step again; called by the reports.
 */
#include "diff.h"

#define CONTEXT 3

/* Lines that must agree before both texts count as in step again. */
#define IN_STEP 16

/* The farthest that is looked for a way; beyond it all lines are replaced. */
#define MAX_WAY 1000

/* The lines of a text: offsets of their beginnings, and one of the end. */
typedef struct lines {
    tlsf_str text;
    size_t *at;
    size_t n;
} lines;

/* n_before lines are replaced by n_after. */
typedef struct change {
    size_t before;
    size_t n_before;
    size_t after;
    size_t n_after;
} change;

typedef struct work {
    ce_arena *arena;
    lines before;
    lines after;
    change *changes;
    size_t n;
    size_t room;
} work;

static lines
lines_of(ce_arena *arena, tlsf_str text)
{
    lines l = {text, NULL, 0};
    const char *end = text.data + text.len;
    size_t n = 0;

    for (const char *p = text.data; text.len > 0 && p < end; n++) {
        const char *lf = memchr(p, '\n', (size_t)(end - p));

        p = lf == NULL ? end : lf + 1;
    }
    l.at = ce_arena_alloc(arena, (n + 1) * sizeof(size_t));
    for (const char *p = text.data; l.n < n;) {
        const char *lf = memchr(p, '\n', (size_t)(end - p));

        l.at[l.n++] = (size_t)(p - text.data);
        p = lf == NULL ? end : lf + 1;
    }
    l.at[n] = text.len;
    return l;
}

static tlsf_str
line_of(const lines *l, size_t i)
{
    return tlsf_str_sub(l->text, l->at[i], l->at[i + 1] - l->at[i]);
}

static bool
is_same(const work *w, size_t before, size_t after)
{
    return tlsf_str_eq(line_of(&w->before, before), line_of(&w->after, after));
}

/* Note a change; one that follows the last at once is put to it. */
static void
add_change(work *w, size_t before, size_t n_before, size_t after,
           size_t n_after)
{
    change *last = w->n == 0 ? NULL : &w->changes[w->n - 1];

    if (last != NULL && last->before + last->n_before == before &&
        last->after + last->n_after == after) {
        last->n_before += n_before;
        last->n_after += n_after;
        return;
    }
    w->changes =
        ce_arena_grow(w->arena, w->changes, w->n, &w->room, sizeof(change));
    w->changes[w->n++] = (change){before, n_before, after, n_after};
}

/* A part of both texts: lines [a, a + n) and [b, b + m). */
typedef struct part {
    size_t a;
    size_t n;
    size_t b;
    size_t m;
} part;

/*
 * Myers' greedy algorithm, every round kept: x by diagonal, which is x - y. A
 * way ends at both ends, or where IN_STEP lines agree.
 */
typedef struct way {
    long *rounds[MAX_WAY + 1]; /* each 2 * d + 1 diagonals, from -d */
    long n;                    /* lines of both */
    long m;
    long d;
    long k; /* where it ended */
    long x;
} way;

static long
x_of(const way *v, long d, long k)
{
    return d < 0 || k < -d || k > d ? -1 : v->rounds[d][k + d];
}

/* The farthest x of round d on diagonal k before lines that agree. */
static long
step(const way *v, long d, long k, bool *is_down)
{
    long down = x_of(v, d - 1, k + 1);
    long right = x_of(v, d - 1, k - 1);

    if (d == 0) {
        return 0;
    }
    if (down - k > v->m) {
        down = -1;
    }
    if (right >= v->n) {
        right = -1;
    }
    *is_down = down > right;
    return *is_down ? down : right < 0 ? -1 : right + 1;
}

static bool
search(work *w, const part *p, way *v)
{
    v->n = (long)p->n;
    v->m = (long)p->m;
    for (long d = 0; d <= MAX_WAY; d++) {
        v->rounds[d] =
            ce_arena_alloc(w->arena, (size_t)(2 * d + 1) * sizeof(long));
        for (long k = -d; k <= d; k++) {
            bool is_down;
            long x = -1;

            v->rounds[d][k + d] = -1;
            if (((k + d) & 1) == 0) {
                x = step(v, d, k, &is_down);
            }
            if (x < 0) {
                continue;
            }
            long from = x;

            while (x < v->n && x - k < v->m &&
                   is_same(w, p->a + (size_t)x, p->b + (size_t)(x - k))) {
                x++;
            }
            v->rounds[d][k + d] = x;
            if ((x == v->n && x - k == v->m) ||
                (d > 0 && x - from >= IN_STEP)) {
                v->d = d;
                v->k = k;
                v->x = x;
                return true;
            }
        }
    }
    return false;
}

/* The steps of a way, backwards, as changes forwards. */
static void
trace(work *w, const part *p, const way *v)
{
    change *steps =
        ce_arena_alloc(w->arena, (size_t)(v->d + 1) * sizeof(change));
    size_t n = 0;
    long k = v->k;

    for (long d = v->d; d > 0; d--) {
        bool is_down;
        long x = step(v, d, k, &is_down);
        long y = x - k;

        steps[n++] = is_down ? (change){(size_t)x, 0, (size_t)(y - 1), 1}
                             : (change){(size_t)(x - 1), 1, (size_t)y, 0};
        k += is_down ? 1 : -1;
    }
    while (n > 0) {
        const change *c = &steps[--n];

        add_change(w, p->a + c->before, c->n_before, p->b + c->after,
                   c->n_after);
    }
}

static void
compare(work *w)
{
    part p = {0, w->before.n, 0, w->after.n};

    while (p.n > 0 && p.m > 0 && is_same(w, p.a + p.n - 1, p.b + p.m - 1)) {
        p.n--;
        p.m--;
    }
    while (p.n > 0 || p.m > 0) {
        if (p.n > 0 && p.m > 0 && is_same(w, p.a, p.b)) {
            p = (part){p.a + 1, p.n - 1, p.b + 1, p.m - 1};
            continue;
        }
        way v;
        size_t x = p.n;
        size_t y = p.m;

        if (p.n > 0 && p.m > 0 && search(w, &p, &v)) {
            trace(w, &p, &v);
            x = (size_t)v.x;
            y = (size_t)(v.x - v.k);
        } else {
            add_change(w, p.a, p.n, p.b, p.m);
        }
        p = (part){p.a + x, p.n - x, p.b + y, p.m - y};
    }
}

static const char *
color_of(char mark)
{
    return mark == '-' ? "\033[31m" : mark == '+' ? "\033[32m" : "\033[36m";
}

/* What is put out, and how. */
typedef struct output {
    ce_arena *arena;
    ce_text text;
    bool has_color;
} output;

static void
put(output *to, char mark, tlsf_str line)
{
    bool has_color = to->has_color && mark != ' ';
    bool has_end = line.len > 0 && line.data[line.len - 1] == '\n';

    line.len -= has_end;
    if (has_color) {
        ce_text_add(to->arena, &to->text, tlsf_str_of(color_of(mark)));
    }
    if (mark != '@') {
        ce_text_add(to->arena, &to->text, (tlsf_str){&mark, 1});
    }
    ce_text_add(to->arena, &to->text, line);
    if (has_color) {
        ce_text_add(to->arena, &to->text, TLSF_LIT("\033[0m"));
    }
    ce_text_add(to->arena, &to->text,
                has_end ? TLSF_LIT("\n")
                        : TLSF_LIT("\n\\ No newline at end of file\n"));
}

static void
put_lines(output *to, char mark, const lines *l, size_t from, size_t end)
{
    for (size_t i = from; i < end; i++) {
        put(to, mark, line_of(l, i));
    }
}

/* "12,3"; a range of none is told by the line before it. */
static const char *
range(ce_arena *arena, size_t from, size_t n)
{
    if (n == 1) {
        return ce_arena_format(arena, "%zu", from + 1);
    }
    return ce_arena_format(arena, "%zu,%zu", from + (n > 0), n);
}

/* Changes that share their context, from the i-th on; returns the next. */
static size_t
put_hunk(output *to, const work *w, size_t i)
{
    const change *first = &w->changes[i];
    size_t end = i + 1;
    size_t lead = first->before < CONTEXT ? first->before : CONTEXT;

    while (end < w->n &&
           w->changes[end].before - (w->changes[end - 1].before +
                                     w->changes[end - 1].n_before) <=
               2 * CONTEXT) {
        end++;
    }
    const change *last = &w->changes[end - 1];
    size_t stop = last->before + last->n_before;
    size_t left = w->before.n - stop;
    size_t trail = left < CONTEXT ? left : CONTEXT;
    size_t after_stop = last->after + last->n_after + trail;
    size_t at = first->before - lead;

    put(to, '@',
        tlsf_str_of(
            ce_arena_format(to->arena, "@@ -%s +%s @@\n",
                            range(to->arena, at, stop + trail - at),
                            range(to->arena, first->after - lead,
                                  after_stop - (first->after - lead)))));
    for (; i < end; i++) {
        const change *c = &w->changes[i];

        put_lines(to, ' ', &w->before, at, c->before);
        put_lines(to, '-', &w->before, c->before, c->before + c->n_before);
        put_lines(to, '+', &w->after, c->after, c->after + c->n_after);
        at = c->before + c->n_before;
    }
    put_lines(to, ' ', &w->before, at, stop + trail);
    return end;
}

static tlsf_str
make(ce_arena *arena, tlsf_str before, tlsf_str after, const char *before_name,
     const char *after_name, bool has_color)
{
    work w = {.arena = arena,
              .before = lines_of(arena, before),
              .after = lines_of(arena, after)};
    output to = {arena, {NULL, 0, 0}, has_color};

    compare(&w);
    if (w.n == 0) {
        return (tlsf_str){"", 0};
    }
    /* Behind a name with blanks patch(1) wants a tab. */
    ce_text_add(arena, &to.text,
                tlsf_str_of(ce_arena_format(
                    arena, "--- %s%s\n+++ %s%s\n", before_name,
                    strchr(before_name, ' ') == NULL ? "" : "\t", after_name,
                    strchr(after_name, ' ') == NULL ? "" : "\t")));
    for (size_t i = 0; i < w.n;) {
        i = put_hunk(&to, &w, i);
    }
    return (tlsf_str){to.text.data, to.text.n};
}

void
ce_diff_print(ce_arena *arena, tlsf_str before, tlsf_str after,
              const char *before_name, const char *after_name, FILE *to,
              bool has_color)
{
    tlsf_str text =
        make(arena, before, after, before_name, after_name, has_color);

    fwrite(text.data, 1, text.len, to);
}

tlsf_str
ce_diff_text(ce_arena *arena, tlsf_str before, tlsf_str after,
             const char *before_name, const char *after_name)
{
    return make(arena, before, after, before_name, after_name, false);
}
