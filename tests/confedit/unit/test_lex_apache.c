/* SPDX-License-Identifier: Apache-2.0 */
/* Apache's lines and words: nothing lost, joined as the server joins. */
#include "unit/check_main.h"

#include "lex_apache.h"

/* Bytes with NULs in them: given with their number. */
#define TEXT(s)                                                                \
    {                                                                          \
        s, sizeof(s) - 1                                                       \
    }

static const struct {
    const char *name;
    tlsf_str bytes;
    const char *lines; /* kind letter and text of each, separated by | */
} cases[] = {
    {"empty", TEXT(""), ""},
    {"plain", TEXT("A b\n"), "dA b|"},
    {"no line end", TEXT("A b"), "dA b|"},
    {"CRLF", TEXT("A b\r\n"), "dA b|"},
    {"blanks", TEXT(" \t A b \t\n"), "dA b|"},
    {"empty lines", TEXT("\n\n"), "b|b|"},
    {"continued", TEXT("A \\\nb\nC\n"), "dA b|dC|"},
    {"continued in a word", TEXT("SSLPro\\\ntocol all\n"), "dSSLProtocol all|"},
    {"continued with CRLF", TEXT("A \\\r\nb\r\n"), "dA b|"},
    {"continued at the end", TEXT("A b\\\n"), "dA b|"},
    {"backslash at the end", TEXT("A b\\"), "dA b\\|"},
    {"backslash and blank", TEXT("A b\\ \nC\n"), "dA b\\|dC|"},
    {"two backslashes", TEXT("A b\\\\\nC\n"), "dA b\\C|"},
    {"comment continued", TEXT("# x \\\nA b\nC\n"), "c# x A b|dC|"},
    {"comment after", TEXT("A b # c\n"), "dA b # c|"},
    {"section", TEXT("<A b>\n</A>\n"), "o<A b>|x</A>|"},
    {"CR alone", TEXT("A\rb\n"), "dA\rb|"},
    {"NUL ends a line", TEXT("A b\0c\\\nD\n"), "dA b|dD|"},
    {"only a backslash", TEXT("\\\n"), "b|"},
    {"blank then joined", TEXT("  \\\n  A\n"), "dA|"},
};

static char
letter_of(ce_token_kind kind)
{
    switch (kind) {
    case CE_TOKEN_BLANK:
        return 'b';
    case CE_TOKEN_COMMENT:
        return 'c';
    case CE_TOKEN_OPEN:
        return 'o';
    case CE_TOKEN_CLOSE:
        return 'x';
    case CE_TOKEN_DIRECTIVE:
        return 'd';
    default:
        return '?';
    }
}

START_TEST(lines_are_joined)
{
    ce_arena *arena = ce_arena_new();
    const char *seen = "";
    size_t at = 0;
    size_t end = 0;
    ce_line line;

    while (ce_lex_apache(arena, cases[_i].bytes, &at, &line)) {
        ck_assert_uint_eq(line.token.at, end);
        end += line.token.len;
        ck_assert_uint_eq(at, end);
        seen = ce_arena_format(arena, "%s%c%.*s|", seen,
                               letter_of(line.token.kind), (int)line.text.len,
                               line.text.data);
    }
    ck_assert_uint_eq(end, cases[_i].bytes.len);
    ck_assert_msg(strcmp(seen, cases[_i].lines) == 0, "%s: %s", cases[_i].name,
                  seen);
    ce_arena_free(arena);
}
END_TEST

/* Every byte of a text is where the line says it is. */
START_TEST(text_is_found_in_the_file)
{
    ce_arena *arena = ce_arena_new();
    tlsf_str bytes = cases[_i].bytes;
    size_t at = 0;
    ce_line line;

    while (ce_lex_apache(arena, bytes, &at, &line)) {
        for (size_t i = 0; i < line.text.len; i++) {
            size_t offset = ce_line_offset(&line, i);

            ck_assert_uint_lt(offset, bytes.len);
            ck_assert_int_eq(bytes.data[offset], line.text.data[i]);
        }
    }
    ce_arena_free(arena);
}
END_TEST

static const struct {
    const char *text;
    const char *words; /* values between brackets */
} words[] = {
    {"", ""},
    {"  ", ""},
    {"a b", "[a][b]"},
    {"\"a b\" c", "[a b][c]"},
    {"'a b' c", "[a b][c]"},
    {"\"a\"b", "[a][b]"},
    {"a\"b c\"", "[a\"b][c\"]"},
    {"\"a\\\"b\"", "[a\"b]"},
    {"\"a\\'b\"", "[a\\'b]"},
    {"a\\\\b", "[a\\b]"},
    {"\"open", "[open]"},
    {"\"\" x", "[][x]"},
};

START_TEST(words_are_divided)
{
    ce_arena *arena = ce_arena_new();
    tlsf_str text = tlsf_str_of(words[_i].text);
    const char *seen = "";
    size_t at = 0;
    ce_word word;

    while (ce_lex_apache_word(arena, text, &at, &word)) {
        seen = ce_arena_format(arena, "%s[%.*s]", seen, (int)word.value.len,
                               word.value.data);
        ck_assert_uint_le(word.at + word.len, text.len);
    }
    ck_assert_str_eq(seen, words[_i].words);
    ce_arena_free(arena);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit lex_apache");
    TCase *t = tcase_create("lex_apache");

    tcase_add_loop_test(t, lines_are_joined, 0, TLSF_COUNTOF(cases));
    tcase_add_loop_test(t, text_is_found_in_the_file, 0, TLSF_COUNTOF(cases));
    tcase_add_loop_test(t, words_are_divided, 0, TLSF_COUNTOF(words));
    suite_add_tcase(suite, t);
    return suite;
}
