/* SPDX-License-Identifier: Apache-2.0 */
/* Edits put into files: any order, several files, insertions in theirs. */
#include "unit/check_main.h"

#include "change.h"

static ce_edit
edit(ce_source *source, size_t at, size_t len, const char *text)
{
    return (ce_edit){source, at, len, tlsf_str_of(text)};
}

static void
check(ce_arena *arena, tlsf_str after, const char *want)
{
    ck_assert_str_eq(ce_arena_text(arena, after), want);
}

START_TEST(edits_come_in_any_order)
{
    ce_arena *arena = ce_arena_new();
    ce_source *s = ce_source_of(arena, "a", TLSF_LIT("0123456789"));
    ce_edit edits[] = {edit(s, 8, 2, "X"), edit(s, 0, 1, "Y"),
                       edit(s, 4, 0, "Z")};
    ce_changes changes;

    ce_changes_of(arena, edits, TLSF_COUNTOF(edits), &changes);
    ck_assert_uint_eq(changes.n, 1);
    ck_assert_ptr_eq(changes.list[0].source, s);
    check(arena, changes.list[0].after, "Y123Z4567X");
    check(arena, s->bytes, "0123456789");
    ce_arena_free(arena);
}
END_TEST

START_TEST(insertions_keep_their_order)
{
    ce_arena *arena = ce_arena_new();
    ce_source *s = ce_source_of(arena, "a", TLSF_LIT("ab"));
    ce_edit edits[] = {edit(s, 1, 1, "3"), edit(s, 1, 0, "1"),
                       edit(s, 1, 0, "2"), edit(s, 2, 0, "4")};
    ce_changes changes;

    ce_changes_of(arena, edits, TLSF_COUNTOF(edits), &changes);
    check(arena, changes.list[0].after, "a1234");
    ce_arena_free(arena);
}
END_TEST

START_TEST(files_come_in_the_order_of_reading)
{
    ce_arena *arena = ce_arena_new();
    ce_source *first = ce_source_of(arena, "first", TLSF_LIT("a"));
    ce_source *second = ce_source_of(arena, "second", TLSF_LIT("b"));
    ce_edit edits[] = {edit(second, 1, 0, "2"), edit(first, 1, 0, "1"),
                       edit(second, 0, 0, "0")};
    ce_changes changes;

    first->order = 0;
    second->order = 1;
    ce_changes_of(arena, edits, TLSF_COUNTOF(edits), &changes);
    ck_assert_uint_eq(changes.n, 2);
    check(arena, changes.list[0].after, "a1");
    check(arena, changes.list[1].after, "0b2");
    ce_arena_free(arena);
}
END_TEST

START_TEST(no_edits_are_no_changes)
{
    ce_arena *arena = ce_arena_new();
    ce_changes changes;

    ce_changes_of(arena, NULL, 0, &changes);
    ck_assert_uint_eq(changes.n, 0);
    ce_arena_free(arena);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit change");
    TCase *t = tcase_create("change");

    tcase_add_test(t, edits_come_in_any_order);
    tcase_add_test(t, insertions_keep_their_order);
    tcase_add_test(t, files_come_in_the_order_of_reading);
    tcase_add_test(t, no_edits_are_no_changes);
    suite_add_tcase(suite, t);
    return suite;
}
