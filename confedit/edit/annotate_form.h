/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of annotations: between edit.c, which writes them, and annotate.c,
 * which takes them back.
 *
 *     #:Overridden_by_confedit_0.1.0 2026-11-22T09:00:00Z <set> 1.38.9f3a2b1c#
 *                                                              form
 *     form      lines[b][e].bytes.checksum, or - when no old text is kept
 *     lines     of old text that follow, each behind a #; 0: an insertion
 *     b         the line end before the annotation is ours
 *     e         the line end behind the new text is ours
 *     bytes     of new text, behind the old lines
 *     checksum  CRC-32 of the old text, a NUL and the new text
 *
 * An old line that ends in a backslash, with or without # behind it, gets one
 * more # there: Apache would take the next line for a part of the comment.
 */
#ifndef CE_ANNOTATE_FORM_H
#define CE_ANNOTATE_FORM_H

#include "arena.h"

/* nginx refuses comments of more than 4 KB. */
#define CE_MAX_OLD 3000

typedef struct ce_form {
    bool is_kept;   /* the old text is here */
    bool has_break; /* b */
    bool has_end;   /* e */
    size_t n_lines;
    size_t len; /* bytes of new text */
    unsigned sum;
} ce_form;

/* A head line taken apart; all slices point into it. */
typedef struct ce_head {
    tlsf_str version;
    tlsf_str time;
    tlsf_str set;
    ce_form form;
} ce_head;

unsigned ce_form_sum(tlsf_str old, tlsf_str new);

/* The head line without its line end. */
tlsf_str ce_head_text(ce_arena *arena, const char *set, const char *time,
                      ce_form form);

/* Whether a line (without its end) is a head line of ours. */
bool ce_head_parse(tlsf_str line, ce_head *head);

/*
 * Old text as comments, each line with its own line end, the last with `end`.
 *
 *   n_lines   how many lines it has
 */
tlsf_str ce_old_encode(ce_arena *arena, tlsf_str old, tlsf_str end,
                       size_t *n_lines);

/*
 * The old text of n_lines comment lines.
 *
 *   at     of the first; moved behind the last
 *   old    the text
 *
 * Returns false when there are fewer, or one is no comment.
 */
bool ce_old_decode(ce_arena *arena, tlsf_str bytes, size_t *at, size_t n_lines,
                   tlsf_str *old);

#endif
