/* SPDX-License-Identifier: Apache-2.0 */
/* nginx's tokens: nothing lost, divided as the server divides. */
#include "unit/check_main.h"

#include "lex_nginx.h"

static const struct {
    const char *name;
    const char *bytes;
    const char *tokens; /* all but blanks, with their kind's letter */
} cases[] = {
    {"empty", "", ""},
    {"directive", "a b;", "w[a]w[b];"},
    {"several on a line", "a b;c d;", "w[a]w[b];w[c]w[d];"},
    {"over lines", "a\n b\n ;", "w[a]w[b];"},
    {"block", "a{b c;}", "w[a]{w[b]w[c];}"},
    {"comment", "a b; # c; d\n", "w[a]w[b];c[# c; d]"},
    {"no comment in a word", "a b#c;", "w[a]w[b#c];"},
    {"CR is a blank", "a\rb;\r\n", "w[a]w[b];"},
    {"double quotes", "a \"b;{} c\";", "w[a]w[\"b;{} c\"];"},
    {"single quotes over lines", "a 'b\nc';", "w[a]w['b\nc'];"},
    {"escaped quote", "a \"b\\\"c\";", "w[a]w[\"b\\\"c\"];"},
    {"quote in a word", "a b\"c;", "w[a]w[b\"c];"},
    {"variable", "a ${b};", "w[a]w[${b}];"},
    {"variable in a word", "a x${b}y;", "w[a]w[x${b}y];"},
    {"brace in a word", "a b}c;", "w[a]w[b}c];"},
    {"escaped", "a \\;b;", "w[a]w[\\;b];"},
    {"after a quote", "a \"b\"c;", "w[a]w[\"b\"]!;"},
    {"parenthesis", "if ($a = \"b\") {}", "w[if]w[($a]w[=]w[\"b\"]w[)]{}"},
    {"open quote", "a \"b; c", "w[a]w[\"b; c]"},
    {"lua", "content_by_lua_block { x = \"}\" -- }\n y = {} }",
     "w[content_by_lua_block]{l[ x = \"}\" -- }\n y = {} ]}"},
    {"lua brackets", "x_by_lua_block {a=[==[ } ]] ]==] --[[ } ]] }b;",
     "w[x_by_lua_block]{l[a=[==[ } ]] ]==] --[[ } ]] ]}w[b];"},
    {"lua, nothing in it", "x_by_lua_block {}", "w[x_by_lua_block]{}"},
};

static const char *
add_token(ce_arena *arena, const char *seen, const ce_token *token,
          const char *bytes)
{
    static const char letters[] = {
        [CE_TOKEN_COMMENT] = 'c',   [CE_TOKEN_WORD] = 'w',
        [CE_TOKEN_SEMICOLON] = ';', [CE_TOKEN_OPEN] = '{',
        [CE_TOKEN_CLOSE] = '}',     [CE_TOKEN_LUA] = 'l',
        [CE_TOKEN_DIRECTIVE] = '?', [CE_TOKEN_BAD] = '!'};
    char letter = letters[token->kind];

    if (token->kind == CE_TOKEN_BLANK) {
        return seen;
    }
    if (letter == 'c' || letter == 'w' || letter == 'l') {
        return ce_arena_format(arena, "%s%c[%.*s]", seen, letter,
                               (int)token->len, bytes + token->at);
    }
    return ce_arena_format(arena, "%s%c", seen, letter);
}

START_TEST(tokens_are_divided)
{
    ce_arena *arena = ce_arena_new();
    ce_nginx_lexer lexer = {.bytes = tlsf_str_of(cases[_i].bytes)};
    const char *seen = "";
    size_t end = 0;
    ce_token token;

    while (ce_lex_nginx(&lexer, &token)) {
        ck_assert_uint_eq(token.at, end);
        ck_assert_uint_gt(token.len, 0);
        end += token.len;
        seen = add_token(arena, seen, &token, cases[_i].bytes);
    }
    ck_assert_uint_eq(end, strlen(cases[_i].bytes));
    ck_assert_msg(strncmp(seen, cases[_i].tokens, strlen(cases[_i].tokens)) ==
                      0,
                  "%s: %s", cases[_i].name, seen);
    ce_arena_free(arena);
}
END_TEST

static const struct {
    const char *word;
    const char *value;
    bool is_closed;
} values[] = {
    {"a", "a", true},
    {"\"a b\"", "a b", true},
    {"'a'", "a", true},
    {"\"a\\\"\"", "a\"", true},
    {"\"a", "a", false},
    {"'a\\'", "a'", false},
    {"\"\"", "", true},
    {"a\\nb\\tc\\\\", "a\nb\tc\\", true},
    {"\\.conf", "\\.conf", true},
};

START_TEST(values_are_read)
{
    ce_arena *arena = ce_arena_new();
    tlsf_str word = tlsf_str_of(values[_i].word);
    tlsf_str value = ce_lex_nginx_value(arena, word);

    ck_assert_str_eq(ce_arena_text(arena, value), values[_i].value);
    ck_assert_int_eq(ce_lex_nginx_is_closed(word), values[_i].is_closed);
    ce_arena_free(arena);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit lex_nginx");
    TCase *t = tcase_create("lex_nginx");

    tcase_add_loop_test(t, tokens_are_divided, 0, TLSF_COUNTOF(cases));
    tcase_add_loop_test(t, values_are_read, 0, TLSF_COUNTOF(values));
    suite_add_tcase(suite, t);
    return suite;
}
