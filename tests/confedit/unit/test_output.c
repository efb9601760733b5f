/* SPDX-License-Identifier: Apache-2.0 */
/* What people and machines are shown: safe text, JSON, long work; the map. */
#include "unit/check_main.h"

#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "json_out.h"
#include "map.h"
#include "progress.h"
#include "terminal.h"

static const struct {
    const char *text;
    size_t n;
    const char *shown;
    size_t width;
} texts[] = {
    {"plain", 5, "plain", 5},
    {"\x1b[31mred", 8, "?[31mred", 8},
    {"a\0b", 3, "a?b", 3},
    {"tab\tend\r\n", 9, "tab?end??", 9},
    {"b\xc3\xbc"
     "cher",
     7,
     "b\xc3\xbc"
     "cher",
     6},
    {"\xc2\x9b"
     "31m",
     5, "??31m", 5},                    /* U+009B: CSI in one character */
    {"\xc2\xa0", 2, "\xc2\xa0", 1},     /* U+00A0 is none */
    {"\xff\xfe", 2, "??", 2},           /* no UTF-8 */
    {"\xc0\x80", 2, "??", 2},           /* not the shortest form */
    {"\xed\xa0\x80", 3, "???", 3},      /* a surrogate */
    {"\xf4\x90\x80\x80", 4, "????", 4}, /* behind the last character */
    {"\xf0\x9f\x94\x92", 4, "\xf0\x9f\x94\x92", 1},
    {"\xe2\x82", 2, "??", 2}, /* cut short */
    {"\x7f", 1, "?", 1},
    {"", 0, "", 0},
};

START_TEST(no_control_character_is_shown)
{
    char *shown;
    size_t n;
    FILE *to = open_memstream(&shown, &n);
    tlsf_str text = {texts[_i].text, texts[_i].n};

    ce_terminal_put(to, text);
    fclose(to);
    ck_assert_str_eq(shown, texts[_i].shown);
    ck_assert_uint_eq(ce_terminal_width(text), texts[_i].width);
    free(shown);
}
END_TEST

START_TEST(what_is_said_is_shown_safely)
{
    char *seen = NULL;
    size_t n = 0;
    FILE *to = open_memstream(&seen, &n);

    ce_say(to, "“%s”: %.*s, %d %u %04o %ld %lu %zu 100%%\n", "a\033[2Jb\nc", 3,
           "x\ryz", -1, 2U, 0640U, -3L, 4UL, (size_t)5);
    ce_say(to, "nothing\n");
    fclose(to);
    ck_assert_str_eq(seen, "“a?[2Jb?c”: x?y, -1 2 0640 -3 4 5 100%\nnothing\n");
    free(seen);
}
END_TEST

/* Any bytes, read back by another's parser. */
START_TEST(json_is_what_it_says)
{
    char *written;
    size_t n;
    FILE *to = open_memstream(&written, &n);
    ce_json json = {.to = to};
    char all[256];

    for (int i = 0; i < 256; i++) {
        all[i] = (char)i;
    }
    ce_json_open(&json, NULL, '{');
    ce_json_text(&json, "all", (tlsf_str){all, 128});
    ce_json_text(&json, "bytes", (tlsf_str){all + 128, 128});
    ce_json_text(&json, "utf8", TLSF_LIT("b\xc3\xbc\xf0\x9f\x94\x92"));
    ce_json_number(&json, "number", 1234567890123);
    ce_json_bool(&json, "yes", true);
    ce_json_null(&json, "nothing");
    ce_json_open(&json, "empty", '[');
    ce_json_close(&json);
    ce_json_open(&json, "list", '[');
    for (int i = 0; i < 5000; i++) { /* more than it keeps at once */
        ce_json_text(&json, NULL, TLSF_LIT("some text\n"));
    }
    ce_json_close(&json);
    ce_json_close(&json);
    fclose(to);

    json_t *read = json_loadb(written, n, JSON_ALLOW_NUL, NULL);

    ck_assert_ptr_nonnull(read);
    json_t *text = json_object_get(read, "all");
    ck_assert_uint_eq(json_string_length(text), 128);
    ck_assert_mem_eq(json_string_value(text), all, 128);
    ck_assert_uint_eq(json_string_length(json_object_get(read, "bytes")),
                      128 * 3);
    ck_assert_str_eq(json_string_value(json_object_get(read, "utf8")),
                     "b\xc3\xbc\xf0\x9f\x94\x92");
    ck_assert_int_eq(json_integer_value(json_object_get(read, "number")),
                     1234567890123);
    ck_assert(json_is_true(json_object_get(read, "yes")));
    ck_assert(json_is_null(json_object_get(read, "nothing")));
    ck_assert_uint_eq(json_array_size(json_object_get(read, "empty")), 0);
    ck_assert_uint_eq(json_array_size(json_object_get(read, "list")), 5000);

    /* In the form that jansson itself would give it. */
    char *again = json_dumps(read, JSON_INDENT(2));
    ck_assert_uint_eq(strlen(again) + 1, n);
    ck_assert_mem_eq(again, written, n - 1);
    free(again);
    json_decref(read);
    free(written);
}
END_TEST

START_TEST(a_map_keeps_what_it_was_given)
{
    ce_arena *arena = ce_arena_new();
    ce_map map = {NULL, 0, 0};
    size_t value;

    ck_assert(!ce_map_find(&map, TLSF_LIT("x"), &value));
    for (size_t i = 0; i < 10000; i++) {
        ce_map_set(arena, &map,
                   tlsf_str_of(ce_arena_format(arena, "key %zu", i)), i);
    }
    ce_map_set(arena, &map, (tlsf_str){NULL, 0}, 77);
    ce_map_set(arena, &map, TLSF_LIT("key 5"), 5000000);
    ck_assert_uint_eq(map.n, 10001);
    for (size_t i = 0; i < 10000; i++) {
        const char *key = ce_arena_format(arena, "key %zu", i);

        ck_assert(ce_map_find(&map, tlsf_str_of(key), &value));
        ck_assert_uint_eq(value, i == 5 ? 5000000 : i);
    }
    ck_assert(ce_map_find(&map, TLSF_LIT(""), &value));
    ck_assert_uint_eq(value, 77);
    ck_assert(!ce_map_find(&map, TLSF_LIT("key"), &value));
    ce_arena_free(arena);
}
END_TEST

/* What a terminal was sent on stderr. */
static void
progress_on(bool is_terminal, bool is_wanted, char *seen, size_t room)
{
    int master = -1;
    int slave = -1;
    ssize_t n;

    ck_assert_int_eq(openpty(&master, &slave, NULL, NULL, NULL), 0);
    if (is_terminal) {
        ck_assert_int_ge(dup2(slave, STDERR_FILENO), 0);
    } else {
        ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    }
    ce_progress_begin(is_wanted);
    ce_progress_step("reading", "files");
    usleep(1100000);
    ce_progress_step("reading", "files");
    ce_progress_step("reading", "files"); /* too soon to be written */
    ce_progress_end();
    ck_assert_int_eq((int)write(slave, "!", 1), 1);
    n = read(master, seen, room - 1);
    ck_assert_int_gt((int)n, 0);
    seen[n] = '\0';
    close(master);
    close(slave);
}

START_TEST(long_work_is_told_on_a_terminal)
{
    char seen[256];

    progress_on(true, true, seen, sizeof(seen));
    ck_assert_str_eq(seen, "\rreading, 2 files\033[K\r\033[K!");
}
END_TEST

START_TEST(nothing_is_told_elsewhere)
{
    char seen[256];

    progress_on(_i == 0, _i == 1, seen, sizeof(seen));
    ck_assert_str_eq(seen, "!");
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit output");
    TCase *t = tcase_create("output");

    tcase_add_loop_test(t, no_control_character_is_shown, 0,
                        TLSF_COUNTOF(texts));
    tcase_add_test(t, json_is_what_it_says);
    tcase_add_test(t, a_map_keeps_what_it_was_given);
    tcase_add_test(t, what_is_said_is_shown_safely);
    tcase_add_test(t, long_work_is_told_on_a_terminal);
    tcase_add_loop_test(t, nothing_is_told_elsewhere, 0, 2);
    suite_add_tcase(suite, t);
    return suite;
}
