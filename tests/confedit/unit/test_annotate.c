/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Annotations: every shape of line comes back byte for byte, and nothing that
 * a hand has changed is touched.
 */
#include "unit/check_main.h"

#include "annotate.h"
#include "edit.h"
#include "lex_apache.h"

#define TIME "2026-11-22T09:00:00Z"

/* In the texts [ and ] stand around what is replaced by "NEW". */
static const struct {
    const char *name;
    ce_kind kind;
    const char *text;
} cases[] = {
    {"Apache", CE_APACHE, "a\n  Dir [x] y\nb\n"},
    {"Apache, first line", CE_APACHE, "Dir [x]\nb\n"},
    {"Apache, no line end", CE_APACHE, "a\nDir [x]"},
    {"Apache, alone", CE_APACHE, "Dir [x]"},
    {"Apache, CRLF", CE_APACHE, "a\r\n  Dir [x]\r\nb\r\n"},
    {"Apache, CRLF, no line end", CE_APACHE, "a\r\nDir [x]"},
    {"Apache, two CR", CE_APACHE, "a\n  Dir [x]\r\r\nb\n"},
    {"Apache, continued", CE_APACHE, "a\nDir x \\\n  y \\\n  [z]\nb\n"},
    {"Apache, continued CRLF", CE_APACHE,
     "a\r\nDir x \\\r\n  [y] \\\r\n  z\r\nb\r\n"},
    {"Apache, continued before", CE_APACHE, "\\\n \\\nDir [x]\nb\n"},
    {"Apache, continued behind", CE_APACHE, "Dir [x] \\\n\nb\n"},
    {"Apache, backslashes", CE_APACHE, "Dir [x]\\\\\\\n  y\\#\nb\n"},
    {"Apache, ends in #", CE_APACHE, "Dir [x] \\##\nb\n"},
    {"Apache, continued at the end", CE_APACHE, "Dir [x] \\\n"},
    {"Apache, comment before that swallows", CE_APACHE,
     "# c \\\n still\nDir [x]\n"},
    {"Apache, bytes", CE_APACHE, "Dir \xff\xfe [x] \x01\n"},
    {"nginx", CE_NGINX, "a {\n  dir [x];\n}\n"},
    {"nginx, one line", CE_NGINX, "a { b; dir [x]; c; }\n"},
    {"nginx, nothing between", CE_NGINX, "a{b;dir [x];c;}"},
    {"nginx, alone", CE_NGINX, "dir [x];"},
    {"nginx, comment behind", CE_NGINX, "a {\n  dir [x]; # c {\\\n}\n"},
    {"nginx, other behind", CE_NGINX, "a {\n  dir [x]; b;\n}\n"},
    {"nginx, over lines", CE_NGINX, "a {\n  dir # y\n\n [x]\n ; b;\n}\n"},
    {"nginx, over lines, not first", CE_NGINX, "a { b; dir\n [x]\n; }\n"},
    {"nginx, CRLF", CE_NGINX, "a {\r\n  dir [x];\r\n}\r\n"},
    {"nginx, CRLF, one line", CE_NGINX, "a { dir [x]; }\r\nb;\r\n"},
    {"nginx, CR alone", CE_NGINX, "a {\r dir [x];\r}\r"},
    {"nginx, tabs", CE_NGINX, "a {\n\t\tdir\t[x]\t;\t\n}\n"},
    {"nginx, backslash", CE_NGINX, "a {\n  dir [x] y\\\n z;\n}\n"},
};

/* One edit of a case, as the plan would draft it. */
static ce_draft
draft_of(ce_arena *arena, ce_kind kind, const char *text, ce_source **source)
{
    size_t open = strcspn(text, "[");
    size_t close = strcspn(text, "]");
    size_t n = strlen(text);
    char *bytes = ce_arena_alloc(arena, n + 1);
    const char *name = strstr(text, kind == CE_APACHE ? "Dir" : "dir");
    size_t end = close;

    memcpy(bytes, text, open);
    memcpy(bytes + open, text + open + 1, close - open - 1);
    memcpy(bytes + close - 1, text + close + 1, n - close - 1);
    *source = ce_source_of(arena, "file", (tlsf_str){bytes, n - 2});
    if (kind == CE_NGINX) {
        end = (size_t)(strchr(text + close, ';') - text) - 1;
    } else {
        end = close - 1;
    }
    return (ce_draft){
        .kind = CE_DRAFT_REPLACE,
        .server = kind,
        .edit = {*source, open, close - open - 1, TLSF_LIT("NEW")},
        .from = (size_t)(name - text),
        .to = end};
}

/* The file with the draft's edit and its annotation. */
static tlsf_str
annotated(ce_arena *arena, const ce_draft *draft, const char *set)
{
    ce_drafts drafts = {NULL, 0, 0};
    ce_edit *edits;
    ce_changes changes;
    size_t n;

    drafts.list = ce_arena_grow(arena, NULL, 0, &drafts.room, sizeof(*draft));
    drafts.list[drafts.n++] = *draft;
    ck_assert_ptr_null(ce_edits_of(arena, &drafts, set, TIME, &edits, &n));
    ce_changes_of(arena, edits, n, &changes);
    ck_assert_uint_eq(changes.n, 1);
    return changes.list[0].after;
}

static size_t
undo(ce_arena *arena, ce_kind kind, tlsf_str bytes, const char *set,
     ce_change *change, size_t *n_other)
{
    ce_diag *diag = ce_arena_alloc(arena, sizeof(*diag));

    diag->arena = arena;
    return ce_annotate_undo(arena, diag, kind,
                            ce_source_of(arena, "file", bytes), set, change,
                            n_other);
}

START_TEST(every_shape_comes_back)
{
    ce_arena *arena = ce_arena_new();
    ce_source *source;
    ce_draft draft = draft_of(arena, cases[_i].kind, cases[_i].text, &source);
    tlsf_str after = annotated(arena, &draft, "s1");
    ce_change change;
    size_t n_other;

    ck_assert_msg(!tlsf_str_eq(after, source->bytes), "%s", cases[_i].name);
    ck_assert_uint_eq(
        undo(arena, cases[_i].kind, after, "other", &change, &n_other), 0);
    ck_assert(tlsf_str_eq(change.after, after));
    ck_assert_msg(undo(arena, cases[_i].kind, after, "s1", &change, &n_other) ==
                      1,
                  "%s: %.*s", cases[_i].name, (int)after.len, after.data);
    ck_assert_uint_eq(n_other, 0);
    ck_assert_msg(tlsf_str_eq(change.after, source->bytes), "%s: %.*s",
                  cases[_i].name, (int)change.after.len, change.after.data);
    ce_arena_free(arena);
}
END_TEST

/* No line of an annotation may swallow the next one. */
START_TEST(no_comment_ends_in_a_backslash)
{
    ce_arena *arena = ce_arena_new();
    ce_source *source;
    ce_draft draft = draft_of(arena, cases[_i].kind, cases[_i].text, &source);
    tlsf_str after = annotated(arena, &draft, "s1");
    size_t head = tlsf_str_find(after, TLSF_LIT("#:Overridden"));
    size_t at = head;
    ce_line line;
    size_t comments = 0;

    ck_assert_uint_lt(head, after.len);
    ck_assert(head == 0 || after.data[head - 1] == '\n');
    while (ce_lex_apache(arena, after, &at, &line) &&
           after.data[line.token.at] == '#') {
        const char *lf =
            memchr(after.data + line.token.at, '\n', line.token.len);

        ck_assert(lf == after.data + line.token.at + line.token.len - 1);
        comments++;
    }
    ck_assert_uint_ge(comments, 2);
    ce_arena_free(arena);
}
END_TEST

/* One byte changed anywhere in the annotation or the line: nothing is done. */
START_TEST(what_a_hand_changed_is_left_alone)
{
    ce_arena *arena = ce_arena_new();
    ce_source *source;
    ce_draft draft = draft_of(arena, cases[_i].kind, cases[_i].text, &source);
    tlsf_str after = annotated(arena, &draft, "s1");
    size_t from = tlsf_str_find(after, TLSF_LIT("s1 "));
    size_t to = tlsf_str_find(after, TLSF_LIT("NEW")) + 3;

    for (size_t i = from; i < to; i++) {
        ce_arena *own = ce_arena_new();
        char *bytes = ce_arena_text(own, after);
        ce_change change;
        size_t n_other;

        bytes[i] = (char)(bytes[i] == 'q' ? 'r' : 'q');
        tlsf_str changed = {bytes, after.len};

        undo(own, cases[_i].kind, changed, "s1", &change, &n_other);
        ck_assert_msg(tlsf_str_eq(change.after, changed), "%s: byte %zu: %.*s",
                      cases[_i].name, i, (int)change.after.len,
                      change.after.data);
        ce_arena_free(own);
    }
    ce_arena_free(arena);
}
END_TEST

/* A second edit above the first: the first waits for the second's undo. */
START_TEST(annotations_stack)
{
    ce_arena *arena = ce_arena_new();
    ce_source *source;
    ce_draft draft = draft_of(arena, cases[_i].kind, cases[_i].text, &source);
    tlsf_str once = annotated(arena, &draft, "s1");
    size_t at = tlsf_str_find(once, TLSF_LIT("NEW"));
    ce_change change;
    size_t n_other;

    draft.edit.source = ce_source_of(arena, "file", once);
    draft.edit.len = 3;
    draft.to = draft.to + at - draft.edit.at + 3 - 1;
    draft.from = draft.from + at - draft.edit.at;
    draft.edit.at = at;
    draft.edit.text = TLSF_LIT("NEWER");
    tlsf_str twice = annotated(arena, &draft, "s2");

    ck_assert_uint_lt(tlsf_str_find(twice, TLSF_LIT(" s1 ")),
                      tlsf_str_find(twice, TLSF_LIT(" s2 ")));
    ck_assert_uint_eq(
        undo(arena, cases[_i].kind, twice, "s1", &change, &n_other), 0);
    ck_assert_uint_eq(n_other, 1);
    ck_assert(tlsf_str_eq(change.after, twice));
    ck_assert_msg(undo(arena, cases[_i].kind, twice, "s2", &change, &n_other) ==
                      1,
                  "%s: %.*s", cases[_i].name, (int)twice.len, twice.data);
    ck_assert_msg(tlsf_str_eq(change.after, once), "%s: %.*s", cases[_i].name,
                  (int)change.after.len, change.after.data);
    ck_assert_uint_eq(
        undo(arena, cases[_i].kind, once, "s1", &change, &n_other), 1);
    ck_assert(tlsf_str_eq(change.after, source->bytes));
    ce_arena_free(arena);
}
END_TEST

static const struct {
    const char *name;
    ce_kind kind;
    const char *text; /* | is where the directive is put in */
} places[] = {
    {"Apache", CE_APACHE, "a\n|b\n"},
    {"Apache, CRLF", CE_APACHE, "a\r\n|b\r\n"},
    {"Apache, at the end", CE_APACHE, "a\n|"},
    {"Apache, no line end", CE_APACHE, "a|"},
    {"nginx", CE_NGINX, "a {\n|}\n"},
    {"nginx, one line", CE_NGINX, "a {| b; }"},
    {"nginx, one line, CRLF", CE_NGINX, "a {|}\r\nb;\r\n"},
};

START_TEST(insertions_come_back)
{
    ce_arena *arena = ce_arena_new();
    const char *text = places[_i].text;
    size_t at = strcspn(text, "|");
    tlsf_str bytes = tlsf_str_of(
        ce_arena_format(arena, "%.*s%s", (int)at, text, text + at + 1));
    ce_source *source = ce_source_of(arena, "file", bytes);
    ce_draft draft = {.kind = CE_DRAFT_INSERT,
                      .server = places[_i].kind,
                      .edit = {source, at, 0, TLSF_LIT("new x;")},
                      .indent = TLSF_LIT("    "),
                      .from = at,
                      .to = at};
    tlsf_str after = annotated(arena, &draft, "s1");
    ce_change change;
    size_t n_other;

    ck_assert_uint_lt(tlsf_str_find(after, TLSF_LIT("\n    new x;")),
                      after.len);
    ck_assert_msg(
        undo(arena, places[_i].kind, after, "s1", &change, &n_other) == 1, "%s",
        places[_i].name);
    ck_assert_msg(tlsf_str_eq(change.after, bytes), "%s: %.*s", places[_i].name,
                  (int)change.after.len, change.after.data);
    ce_arena_free(arena);
}
END_TEST

/* Heads in strings, foreign tools' and forged ones. */
static const struct {
    const char *name;
    ce_kind kind;
    const char *text;
    size_t n_other;
} strangers[] = {
    {"another tool", CE_APACHE,
     "#:Overridden_by_wizard 2020-01-01#\n#Dir x\nDir y\n", 0},
    {"another tool like us", CE_APACHE,
     "#:Overridden_by_confedit 0.1.0 now s1 1.5.00000000#\n#Dir x\nDir y\n", 0},
    {"not at the line's beginning", CE_NGINX,
     "a; #:Overridden_by_confedit_0.1.0 now s1 0.0.d202ef8d#\nb;\n", 0},
    {"in a string", CE_NGINX,
     "a 'x\n#:Overridden_by_confedit_0.1.0 now s1 0.0.d202ef8d#\n';\n", 0},
    {"in Lua", CE_NGINX,
     "x_by_lua_block {\n#:Overridden_by_confedit_0.1.0 now s1 "
     "0.0.d202ef8d#\n}\n",
     0},
    {"swallowed by a comment", CE_APACHE,
     "# c \\\n#:Overridden_by_confedit_0.1.0 now s1 0.0.d202ef8d#\nb\n", 0},
    {"no old text kept", CE_APACHE,
     "#:Overridden_by_confedit_0.1.0 now s1 -#\nDir y\n", 1},
    {"too many lines", CE_APACHE,
     "#:Overridden_by_confedit_0.1.0 now s1 3.5.00000000#\n#Dir x\nDir y\n", 1},
    {"longer than the file", CE_APACHE,
     "#:Overridden_by_confedit_0.1.0 now s1 0.99999.00000000#\nDir y\n", 1},
    {"a number that is none", CE_APACHE,
     "#:Overridden_by_confedit_0.1.0 now s1 "
     "99999999999999999999.1.00000000#\nDir y\n",
     0},
    {"no checksum", CE_APACHE,
     "#:Overridden_by_confedit_0.1.0 now s1 1.5.#\n#Dir x\nDir y\n", 0},
    {"at the end", CE_APACHE, "#:Overridden_by_confedit_0.1.0 now s1 1.5.0#",
     1},
};

START_TEST(strangers_are_left_alone)
{
    ce_arena *arena = ce_arena_new();
    tlsf_str bytes = tlsf_str_of(strangers[_i].text);
    ce_change change;
    size_t n_other;

    ck_assert_msg(
        undo(arena, strangers[_i].kind, bytes, "s1", &change, &n_other) == 0,
        "%s", strangers[_i].name);
    ck_assert(tlsf_str_eq(change.after, bytes));
    ck_assert_msg(n_other == strangers[_i].n_other, "%s: %zu",
                  strangers[_i].name, n_other);
    ce_arena_free(arena);
}
END_TEST

/* Old text beyond the limit is not kept, and the rest is as ever. */
START_TEST(long_text_is_not_kept)
{
    ce_arena *arena = ce_arena_new();
    char *text = ce_arena_alloc(arena, 4001);

    memset(text, 'y', 4000);
    memcpy(text, "Dir [x] ", 8);
    ce_source *source;
    ce_draft draft = draft_of(arena, CE_APACHE, text, &source);
    tlsf_str after = annotated(arena, &draft, "s1");
    ce_change change;
    size_t n_other;

    ck_assert_uint_lt(after.len, 4200);
    ck_assert_uint_lt(tlsf_str_find(after, TLSF_LIT(" s1 -#\nDir NEW")),
                      after.len);
    ck_assert_uint_eq(undo(arena, CE_APACHE, after, "s1", &change, &n_other),
                      0);
    ck_assert_uint_eq(n_other, 1);
    ce_arena_free(arena);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit annotate");
    TCase *t = tcase_create("annotate");
    int n = (int)TLSF_COUNTOF(cases);

    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, every_shape_comes_back, 0, n);
    tcase_add_loop_test(t, no_comment_ends_in_a_backslash, 0, n);
    tcase_add_loop_test(t, what_a_hand_changed_is_left_alone, 0, n);
    tcase_add_loop_test(t, annotations_stack, 0, n);
    tcase_add_loop_test(t, insertions_come_back, 0, (int)TLSF_COUNTOF(places));
    tcase_add_loop_test(t, strangers_are_left_alone, 0,
                        (int)TLSF_COUNTOF(strangers));
    tcase_add_test(t, long_text_is_not_kept);
    suite_add_tcase(suite, t);
    return suite;
}
