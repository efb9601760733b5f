/* SPDX-License-Identifier: Apache-2.0 */
/* One annotation in a file: between annotate.c and plan_back.c. */
#ifndef CE_ANNOTATE_PARTS_H
#define CE_ANNOTATE_PARTS_H

#include "annotate_form.h"
#include "change.h"

typedef struct ce_annotation {
    ce_head head;
    size_t new_at; /* of the new text */
    ce_edit edit;  /* what taking it back is */
} ce_annotation;

/*
 * Read the annotation whose head line, in a->head already, is at an offset.
 *
 * Returns NULL, or why it cannot be taken back.
 */
const char *ce_annotation_read(ce_arena *arena, ce_source *source, size_t at,
                               ce_annotation *a);

/* The line at an offset, without its line end; next: the one behind it. */
tlsf_str ce_annotation_line(tlsf_str bytes, size_t at, size_t *next);

#endif
