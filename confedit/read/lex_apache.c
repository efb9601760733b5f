/* SPDX-License-Identifier: Apache-2.0 */
/* Lines and words of Apache's syntax; called by read_apache.c. */
#include "lex_apache.h"

bool
ce_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* What one physical line gives to its logical line. */
typedef struct physical {
    size_t end;  /* behind the line end */
    size_t text; /* bytes that count, without the line end or backslash */
    bool goes_on;
} physical;

static physical
read_physical(tlsf_str bytes, size_t at)
{
    const char *from = bytes.data + at;
    const char *lf = memchr(from, '\n', bytes.len - at);
    physical p = {bytes.len, bytes.len - at, false};

    if (lf != NULL) {
        p.text = (size_t)(lf - from);
        p.end = at + p.text + 1;
    }
    const char *nul = memchr(from, '\0', p.text);
    if (nul != NULL) {
        p.text = (size_t)(nul - from);
        return p;
    }
    if (lf == NULL) {
        return p;
    }
    size_t n = p.text;

    if (n > 0 && from[n - 1] == '\r') {
        n--;
    }
    if (n > 0 && from[n - 1] == '\\') {
        p.text = n - 1;
        p.goes_on = true;
    }
    return p;
}

/* The lines that follow `first`, joined to it. */
static void
join(ce_arena *arena, tlsf_str bytes, physical first, ce_line *line)
{
    size_t begin = line->token.at;
    size_t end = first.end;
    size_t n = first.text;
    size_t n_pieces = 1;
    physical p = first;

    while (p.goes_on && end < bytes.len) {
        p = read_physical(bytes, end);
        n += p.text;
        n_pieces++;
        end = p.end;
    }
    char *text = ce_arena_alloc(arena, n + 1);
    line->pieces = ce_arena_alloc(arena, n_pieces * sizeof(ce_piece));
    line->text = (tlsf_str){text, n};
    line->token.len = end - begin;

    size_t done = 0;
    for (size_t at = begin; at < end; at = p.end) {
        p = read_physical(bytes, at);
        memcpy(text + done, bytes.data + at, p.text);
        line->pieces[line->n_pieces++] = (ce_piece){done, at};
        done += p.text;
    }
}

static void
trim(ce_line *line)
{
    size_t from = 0;

    while (line->text.len > 0 &&
           ce_is_space(line->text.data[line->text.len - 1])) {
        line->text.len--;
    }
    while (from < line->text.len && ce_is_space(line->text.data[from])) {
        from++;
    }
    line->text.data += from;
    line->text.len -= from;
    line->at += from;
    for (size_t i = 0; i < line->n_pieces; i++) {
        /* Pieces before the text are not reached any more. */
        size_t text = line->pieces[i].text;

        line->pieces[i].text = text > from ? text - from : 0;
        line->pieces[i].at += text < from ? from - text : 0;
    }
}

static ce_token_kind
kind_of(tlsf_str text)
{
    if (text.len == 0) {
        return CE_TOKEN_BLANK;
    }
    if (text.data[0] == '#') {
        return CE_TOKEN_COMMENT;
    }
    if (text.data[0] == '<') {
        return text.len > 1 && text.data[1] == '/' ? CE_TOKEN_CLOSE
                                                   : CE_TOKEN_OPEN;
    }
    return CE_TOKEN_DIRECTIVE;
}

bool
ce_lex_apache(ce_arena *arena, tlsf_str bytes, size_t *at, ce_line *line)
{
    if (*at >= bytes.len) {
        return false;
    }
    physical p = read_physical(bytes, *at);

    *line = (ce_line){.token = {CE_TOKEN_BLANK, *at, p.end - *at},
                      .text = {bytes.data + *at, p.text},
                      .at = *at};
    if (p.goes_on) {
        join(arena, bytes, p, line);
    }
    trim(line);
    line->token.kind = kind_of(line->text);
    *at += line->token.len;
    return true;
}

size_t
ce_line_offset(const ce_line *line, size_t text_at)
{
    if (line->pieces == NULL) {
        return line->at + text_at;
    }
    size_t i = 0;

    while (i + 1 < line->n_pieces && line->pieces[i + 1].text <= text_at) {
        i++;
    }
    return line->pieces[i].at + (text_at - line->pieces[i].text);
}

/* A word without the backslashes that only protect. */
static tlsf_str
unescape(ce_arena *arena, tlsf_str raw, char quote)
{
    if (raw.len == 0 || memchr(raw.data, '\\', raw.len) == NULL) {
        return raw;
    }
    char *to = ce_arena_alloc(arena, raw.len + 1);
    size_t n = 0;

    for (size_t i = 0; i < raw.len; i++) {
        if (raw.data[i] == '\\' && i + 1 < raw.len &&
            (raw.data[i + 1] == '\\' ||
             (quote != '\0' && raw.data[i + 1] == quote))) {
            i++;
        }
        to[n++] = raw.data[i];
    }
    return (tlsf_str){to, n};
}

static size_t
end_of_quoted(tlsf_str text, size_t at, char quote)
{
    while (at < text.len && text.data[at] != quote) {
        if (text.data[at] == '\\' && at + 1 < text.len &&
            (text.data[at + 1] == quote || text.data[at + 1] == '\\')) {
            at++;
        }
        at++;
    }
    return at;
}

bool
ce_lex_apache_word(ce_arena *arena, tlsf_str text, size_t *at, ce_word *word)
{
    size_t i = *at;

    while (i < text.len && ce_is_space(text.data[i])) {
        i++;
    }
    if (i >= text.len) {
        *at = text.len;
        return false;
    }
    char quote = text.data[i];
    size_t end;

    word->at = i;
    if (quote == '"' || quote == '\'') {
        end = end_of_quoted(text, i + 1, quote);
        word->value = tlsf_str_sub(text, i + 1, end - i - 1);
        end += end < text.len;
    } else {
        for (end = i; end < text.len && !ce_is_space(text.data[end]); end++) {
        }
        word->value = tlsf_str_sub(text, i, end - i);
        quote = '\0';
    }
    word->len = end - i;
    word->value = unescape(arena, word->value, quote);
    while (end < text.len && ce_is_space(text.data[end])) {
        end++;
    }
    *at = end;
    return true;
}
