/* SPDX-License-Identifier: Apache-2.0 */
/* Unified differences: as diff(1) writes them, and always applicable. */
#include "unit/check_main.h"

#include <stdlib.h>

#include "diff.h"

static const struct {
    const char *name;
    const char *before;
    const char *after;
    const char *diff; /* without the two head lines */
} cases[] = {
    {"the same", "a\nb\n", "a\nb\n", NULL},
    {"both empty", "", "", NULL},
    {"one line", "a\nb\nc\n", "a\nX\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+X\n c\n"},
    {"context of three", "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
     "1\n2\n3\n4\nX\n6\n7\n8\n9\n",
     "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+X\n 6\n 7\n 8\n"},
    {"new file", "", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n"},
    {"all gone", "a\n", "", "@@ -1 +0,0 @@\n-a\n"},
    {"insertion", "a\nb\n", "a\nX\nb\n", "@@ -1,2 +1,3 @@\n a\n+X\n b\n"},
    {"no newline at the end", "a\nb", "a\nc",
     "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No "
     "newline at end of file\n"},
    {"newline added", "a", "a\n",
     "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"},
    {"CRLF is kept", "a\r\nb\r\n", "a\r\nc\r\n",
     "@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n"},
    {"far apart", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "X\n2\n3\n4\n5\n6\n7\n8\nY\n",
     "@@ -1,4 +1,4 @@\n-1\n+X\n 2\n 3\n 4\n@@ -6,4 +6,4 @@\n 6\n 7\n "
     "8\n-9\n+Y\n"},
    {"near", "1\n2\n3\n4\n5\n6\n7\n8\n", "X\n2\n3\n4\n5\n6\n7\nY\n",
     "@@ -1,8 +1,8 @@\n-1\n+X\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n+Y\n"},
};

START_TEST(differences_are_as_expected)
{
    ce_arena *arena = ce_arena_new();
    tlsf_str text = ce_diff_text(arena, tlsf_str_of(cases[_i].before),
                                 tlsf_str_of(cases[_i].after), "old", "new");
    const char *want =
        cases[_i].diff == NULL
            ? ""
            : ce_arena_format(arena, "--- old\n+++ new\n%s", cases[_i].diff);

    ck_assert_msg(tlsf_str_eq(text, tlsf_str_of(want)), "%s: %.*s",
                  cases[_i].name, (int)text.len, text.data);
    ce_arena_free(arena);
}
END_TEST

/* Apply a difference of ours to a text, strictly. */
typedef struct patch {
    ce_arena *arena;
    tlsf_str diff;
    size_t at;
    tlsf_str before;
    size_t done; /* in before */
    size_t line; /* of before, from 1 */
    ce_text after;
} patch;

static tlsf_str
next_line(tlsf_str text, size_t *at)
{
    const char *from = text.data + *at;
    const char *lf = memchr(from, '\n', text.len - *at);
    size_t n = lf == NULL ? text.len - *at : (size_t)(lf - from) + 1;

    *at += n;
    return (tlsf_str){from, n};
}

static void
keep(patch *p)
{
    ce_text_add(p->arena, &p->after, next_line(p->before, &p->done));
    p->line++;
}

static void
apply_line(patch *p, tlsf_str line)
{
    tlsf_str rest = tlsf_str_sub(line, 1, line.len - 1);
    size_t peek = p->at;
    size_t n = rest.len;

    if (p->at < p->diff.len && p->diff.data[p->at] == '\\') {
        next_line(p->diff, &peek);
        p->at = peek;
        n--;
    }
    rest.len = n;
    if (line.data[0] == '+') {
        ce_text_add(p->arena, &p->after, rest);
        return;
    }
    size_t before = p->done;
    tlsf_str own = next_line(p->before, &before);

    ck_assert(tlsf_str_eq(own, rest));
    if (line.data[0] == ' ') {
        ce_text_add(p->arena, &p->after, own);
    }
    p->done = before;
    p->line++;
}

static tlsf_str
apply(ce_arena *arena, tlsf_str before, tlsf_str diff)
{
    patch p = {.arena = arena, .diff = diff, .before = before, .line = 1};

    for (int i = 0; i < 2 && diff.len > 0; i++) {
        next_line(diff, &p.at);
    }
    while (p.at < diff.len) {
        tlsf_str line = next_line(diff, &p.at);

        if (line.data[0] != '@') {
            apply_line(&p, line);
            continue;
        }
        size_t from = strtoul(line.data + 4, NULL, 10);
        const char *comma = memchr(line.data, ',', line.len);
        const char *plus = memchr(line.data, '+', line.len);

        /* A range of no lines names the line before it. */
        from +=
            comma != NULL && comma < plus && strtoul(comma + 1, NULL, 10) == 0;
        while (p.line < from) {
            keep(&p);
        }
    }
    ce_text_add(arena, &p.after,
                tlsf_str_sub(before, p.done, before.len - p.done));
    return (tlsf_str){p.after.data == NULL ? "" : p.after.data, p.after.n};
}

/* Lines of few different words, so that many of them are the same. */
static tlsf_str
random_text(ce_arena *arena, size_t lines, unsigned words)
{
    ce_text text = {NULL, 0, 0};

    for (size_t i = 0; i < lines; i++) {
        bool is_open = i + 1 == lines && rand() % 3 == 0;

        ce_text_add(arena, &text,
                    tlsf_str_of(ce_arena_format(arena, "w%u%s",
                                                (unsigned)rand() % words,
                                                is_open ? "" : "\n")));
    }
    return (tlsf_str){text.data == NULL ? "" : text.data, text.n};
}

START_TEST(random_differences_apply)
{
    srand(7 + (unsigned)_i);
    for (int i = 0; i < 200; i++) {
        ce_arena *arena = ce_arena_new();
        unsigned words = 2 + (unsigned)rand() % 40;
        tlsf_str before = random_text(arena, (size_t)rand() % 120, words);
        tlsf_str after = random_text(arena, (size_t)rand() % 120, words);
        tlsf_str diff = ce_diff_text(arena, before, after, "old", "new");

        ck_assert(tlsf_str_eq(apply(arena, before, diff), after));
        ce_arena_free(arena);
    }
}
END_TEST

/* Many small edits in a big text: one hunk each, and soon done. */
START_TEST(many_edits_are_many_hunks)
{
    ce_arena *arena = ce_arena_new();
    ce_text before = {NULL, 0, 0};
    ce_text after = {NULL, 0, 0};
    size_t hunks = 0;

    for (size_t i = 0; i < 100000; i++) {
        const char *line = ce_arena_format(arena, "line %zu\n", i % 977);

        ce_text_add(arena, &before, tlsf_str_of(line));
        if (i % 100 == 50) {
            ce_text_add(arena, &after, TLSF_LIT("#kept\n#old\nnew\n"));
        } else {
            ce_text_add(arena, &after, tlsf_str_of(line));
        }
    }
    tlsf_str old = {before.data, before.n};
    tlsf_str new = {after.data, after.n};
    tlsf_str diff = ce_diff_text(arena, old, new, "old", "new");

    for (size_t at = 0; at < diff.len;) {
        hunks += next_line(diff, &at).data[0] == '@';
    }
    ck_assert_uint_eq(hunks, 1000);
    ck_assert(tlsf_str_eq(apply(arena, old, diff), new));
    ce_arena_free(arena);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit diff");
    TCase *t = tcase_create("diff");

    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, differences_are_as_expected, 0, TLSF_COUNTOF(cases));
    tcase_add_loop_test(t, random_differences_apply, 0, 5);
    tcase_add_test(t, many_edits_are_many_hunks);
    suite_add_tcase(suite, t);
    return suite;
}
