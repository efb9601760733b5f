/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of nginx's syntax; called by read_nginx.c. */
#include "lex_nginx.h"

/* Bytes that end a word, or mean something in one. */
static const bool is_special[256] = {
    [' '] = true, ['\t'] = true, ['\r'] = true, ['\n'] = true, [';'] = true,
    ['{'] = true, ['"'] = true,  ['\''] = true, ['\\'] = true, ['$'] = true,
};

static bool
is_blank(char c)
{
    return c <= ' ' && (c == ' ' || c == '\n' || c == '\t' || c == '\r');
}

/* The end of the word that begins at `at`. */
static size_t
end_of_word(tlsf_str s, size_t at)
{
    char quote = s.data[at];
    bool is_variable = quote == '$';
    size_t i = at + (quote == '\\' ? 2 : 1);

    if (quote != '"' && quote != '\'') {
        quote = '\0';
    }
    for (; i < s.len; i++) {
        size_t plain = i;

        while (i < s.len && !is_special[(unsigned char)s.data[i]]) {
            i++;
        }
        if (i == s.len) {
            break;
        }
        char c = s.data[i];

        is_variable = is_variable && i == plain;
        if (c == '{' && is_variable) {
            continue;
        }
        is_variable = c == '$';
        if (c == '\\') {
            i++;
        } else if (quote != '\0' && c == quote) {
            return i + 1;
        } else if (quote == '\0' && (is_blank(c) || c == ';' || c == '{')) {
            return i;
        }
    }
    return s.len;
}

static bool
is_quoted_closed(tlsf_str word)
{
    char quote = word.data[0];
    bool is_escaped = false;

    for (size_t i = 1; i < word.len; i++) {
        if (is_escaped) {
            is_escaped = false;
        } else if (word.data[i] == '\\') {
            is_escaped = true;
        } else if (word.data[i] == quote) {
            return true;
        }
    }
    return false;
}

bool
ce_lex_nginx_is_closed(tlsf_str word)
{
    return (word.data[0] != '"' && word.data[0] != '\'') ||
           is_quoted_closed(word);
}

/* The end of [[ … ]], [=[ … ]=] that begins at `at`; `at` when it is none. */
static size_t
end_of_long_bracket(tlsf_str s, size_t at)
{
    size_t level = 0;
    size_t i = at + 1;

    while (i < s.len && s.data[i] == '=') {
        level++;
        i++;
    }
    if (i >= s.len || s.data[i] != '[') {
        return at;
    }
    for (i++; i < s.len; i++) {
        size_t n = 0;

        if (s.data[i] != ']') {
            continue;
        }
        while (i + 1 + n < s.len && s.data[i + 1 + n] == '=') {
            n++;
        }
        if (n == level && i + 1 + n < s.len && s.data[i + 1 + n] == ']') {
            return i + n + 2;
        }
    }
    return s.len;
}

static size_t
end_of_lua_string(tlsf_str s, size_t at)
{
    char quote = s.data[at];

    for (size_t i = at + 1; i < s.len; i++) {
        if (s.data[i] == '\\') {
            i++;
        } else if (s.data[i] == quote) {
            return i + 1;
        }
    }
    return s.len;
}

static size_t
end_of_lua_comment(tlsf_str s, size_t at)
{
    if (at + 2 < s.len && s.data[at + 2] == '[') {
        size_t end = end_of_long_bracket(s, at + 2);

        if (end != at + 2) {
            return end;
        }
    }
    const char *lf = memchr(s.data + at, '\n', s.len - at);

    return lf == NULL ? s.len : (size_t)(lf - s.data);
}

/* The offset of the brace that ends the Lua block, or the end of the file. */
static size_t
end_of_lua(tlsf_str s, size_t at)
{
    size_t depth = 1;

    while (at < s.len) {
        char c = s.data[at];
        size_t next = at + 1;

        if (c == '{') {
            depth++;
        } else if (c == '}') {
            if (--depth == 0) {
                return at;
            }
        } else if (c == '"' || c == '\'') {
            next = end_of_lua_string(s, at);
        } else if (c == '-' && at + 1 < s.len && s.data[at + 1] == '-') {
            next = end_of_lua_comment(s, at);
        } else if (c == '[') {
            size_t end = end_of_long_bracket(s, at);

            next = end == at ? at + 1 : end;
        }
        at = next;
    }
    return s.len;
}

static size_t
end_of_blank(tlsf_str s, size_t at)
{
    while (at < s.len && is_blank(s.data[at])) {
        at++;
    }
    return at;
}

static size_t
end_of_comment(tlsf_str s, size_t at)
{
    const char *lf = memchr(s.data + at, '\n', s.len - at);

    return lf == NULL ? s.len : (size_t)(lf - s.data);
}

static bool
names_lua(tlsf_str word)
{
    tlsf_str end = TLSF_LIT_INIT("_by_lua_block");

    return word.len > end.len &&
           tlsf_str_eq(tlsf_str_sub(word, word.len - end.len, end.len), end);
}

static size_t
take_word(ce_nginx_lexer *lexer)
{
    size_t end = end_of_word(lexer->bytes, lexer->at);
    char first = lexer->bytes.data[lexer->at];

    lexer->is_after_quote = first == '"' || first == '\'';
    if (!lexer->has_words) {
        lexer->is_lua =
            names_lua(tlsf_str_sub(lexer->bytes, lexer->at, end - lexer->at));
    }
    lexer->has_words = true;
    return end;
}

/* Ends a statement; the block of a Lua directive is Lua. */
static void
end_statement(ce_nginx_lexer *lexer, bool is_open)
{
    lexer->in_lua = is_open && lexer->is_lua;
    lexer->has_words = false;
    lexer->is_lua = false;
}

static ce_token_kind
read_token(ce_nginx_lexer *lexer, size_t *end)
{
    tlsf_str s = lexer->bytes;
    size_t at = lexer->at;
    char c = s.data[at];
    bool is_after_quote = lexer->is_after_quote;

    lexer->is_after_quote = false;
    *end = at + 1;
    if (is_blank(c)) {
        *end = end_of_blank(s, at);
        return CE_TOKEN_BLANK;
    }
    if (c == ';' || c == '{') {
        end_statement(lexer, c == '{');
        return c == ';' ? CE_TOKEN_SEMICOLON : CE_TOKEN_OPEN;
    }
    if (is_after_quote && c != ')') {
        return CE_TOKEN_BAD;
    }
    if (c == '}') {
        end_statement(lexer, false);
        return CE_TOKEN_CLOSE;
    }
    if (c == '#') {
        *end = end_of_comment(s, at);
        return CE_TOKEN_COMMENT;
    }
    *end = take_word(lexer);
    return CE_TOKEN_WORD;
}

void
ce_lex_nginx_skip(ce_nginx_lexer *lexer)
{
    tlsf_str s = lexer->bytes;

    if (lexer->in_lua || lexer->at >= s.len || !is_blank(s.data[lexer->at])) {
        return;
    }
    lexer->is_after_quote = false;
    lexer->at = end_of_blank(s, lexer->at + 1);
}

bool
ce_lex_nginx(ce_nginx_lexer *lexer, ce_token *token)
{
    size_t end;

    if (lexer->at >= lexer->bytes.len) {
        return false;
    }
    token->at = lexer->at;
    if (lexer->in_lua) {
        end = end_of_lua(lexer->bytes, lexer->at);
        lexer->in_lua = false;
        if (end > lexer->at) {
            token->kind = CE_TOKEN_LUA;
            token->len = end - lexer->at;
            lexer->at = end;
            return true;
        }
    }
    token->kind = read_token(lexer, &end);
    token->len = end - lexer->at;
    lexer->at = end;
    return true;
}

tlsf_str
ce_lex_nginx_value(ce_arena *arena, tlsf_str word)
{
    if (word.data[0] == '"' || word.data[0] == '\'') {
        bool is_closed = ce_lex_nginx_is_closed(word);

        word = tlsf_str_sub(word, 1, word.len - 1 - (is_closed ? 1 : 0));
    }
    if (word.len == 0 || memchr(word.data, '\\', word.len) == NULL) {
        return word;
    }
    char *to = ce_arena_alloc(arena, word.len + 1);
    size_t n = 0;

    for (size_t i = 0; i < word.len; i++) {
        char c = word.data[i];
        char next = i + 1 < word.len ? word.data[i + 1] : '\0';

        if (c == '\\' && (next == '"' || next == '\'' || next == '\\')) {
            c = next;
            i++;
        } else if (c == '\\' && (next == 't' || next == 'r' || next == 'n')) {
            c = next == 't' ? '\t' : next == 'r' ? '\r' : '\n';
            i++;
        }
        to[n++] = c;
    }
    return (tlsf_str){to, n};
}
