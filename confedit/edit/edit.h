/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drafts: edits together with the directive that they belong to, so that an
 * annotation can keep the directive's old lines beside them.
 */
#ifndef CE_EDIT_H
#define CE_EDIT_H

#include "change.h"
#include "tree.h"

typedef enum ce_draft_kind {
    CE_DRAFT_REPLACE, /* something in a directive is replaced */
    CE_DRAFT_INSERT,  /* a directive is inserted */
    CE_DRAFT_BACK     /* an annotation is taken back: nothing is annotated */
} ce_draft_kind;

typedef struct ce_draft {
    ce_draft_kind kind;
    ce_kind server;
    ce_edit edit;    /* INSERT: the directive alone, without a line end */
    tlsf_str indent; /* INSERT: what stands before it on its line */
    size_t from;     /* of the directive; INSERT: the place */
    size_t to;       /* behind its last byte */
} ce_draft;

typedef struct ce_drafts {
    ce_draft *list;
    size_t n;
    size_t room;
} ce_drafts;

/*
 * The whole lines that belong to a directive.
 *
 *   from, to   of the directive; moved to the lines' first byte and behind
 *              their last, without the line end
 *
 * Apache: all that its logical line is joined from. nginx: as far as nothing
 * but blanks stands before it, and nothing but blanks or a comment behind it;
 * on either side where something else stands the directive's own bound stays.
 */
void ce_edit_lines(ce_kind kind, tlsf_str bytes, size_t *from, size_t *to);

/* The blanks and tabs at the beginning of the line of an offset. */
tlsf_str ce_edit_indent(tlsf_str bytes, size_t at);

/* The offset of the first byte of the line of an offset. */
size_t ce_edit_line_start(tlsf_str bytes, size_t at);

/*
 * The edits of drafts. Each edit that annotations are asked for gets one above
 * it (annotate.h); each inserted directive gets a line of its own.
 *
 *   set    the backup set's id; NULL: no annotations
 *   time   "2026-11-22T09:00:00Z"
 *
 * Drafts that say the same are taken once. Returns NULL, or the second of two
 * drafts that contradict each other.
 */
const ce_draft *ce_edits_of(ce_arena *arena, ce_drafts *drafts, const char *set,
                            const char *time, ce_edit **edits, size_t *n);

#endif
