/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Apache's configuration files as logical lines. A line goes on where the
 * bytes before its end are a backslash and LF or a backslash, CR and LF,
 * wherever that is: in a word, in quotes, in a comment.
 *
 *     file
 *       line            a token: comment, empty, directive, <Section>,
 * </Section> word          blanks apart, or between quotes
 *
 * A NUL ends what the server sees of the rest of that physical line.
 *
 * Source: ap_cfg_getline, ap_getword_conf (httpd, server/util.c).
 */
#ifndef CE_LEX_APACHE_H
#define CE_LEX_APACHE_H

#include "arena.h"
#include "token.h"

/* One of the pieces that a line is joined from. */
typedef struct ce_piece {
    size_t text; /* offset in the line's text */
    size_t at;   /* offset in the file */
} ce_piece;

typedef struct ce_line {
    ce_token token;   /* with the line end; a continued line is one token */
    tlsf_str text;    /* joined, without blanks at its ends */
    size_t at;        /* file offset of the text's first byte, if one piece */
    ce_piece *pieces; /* NULL: one piece */
    size_t n_pieces;
} ce_line;

/*
 * Read the next line.
 *
 *   bytes   the whole file
 *   at      offset of the line's first byte; moved behind the line
 *
 * Returns false at the end of the file. The text points into bytes, or into
 * the arena when it was joined.
 */
bool ce_lex_apache(ce_arena *arena, tlsf_str bytes, size_t *at, ce_line *line);

/* The file offset of an offset in the line's text. */
size_t ce_line_offset(const ce_line *line, size_t text_at);

/*
 * Read the next word of a text.
 *
 *   text    a line's text, or the arguments of a directive
 *   at      offset in it; moved behind the word and the blanks after it
 *   word    span in text (not in the file) and value; the value points into
 *           text or the arena. Variables are left as they are.
 *
 * Returns false when nothing but blanks is left.
 */
bool ce_lex_apache_word(ce_arena *arena, tlsf_str text, size_t *at,
                        ce_word *word);

/* White space as Apache's isspace sees it. */
bool ce_is_space(char c);

#endif
