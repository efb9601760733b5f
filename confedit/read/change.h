/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a command wants to change, before anything is written: replaced bytes
 * of files that were read, and the files that result. The plan makes them, the
 * proof reads them, the diff shows them, the commit writes them.
 */
#ifndef CE_CHANGE_H
#define CE_CHANGE_H

#include "source.h"

/* Bytes of one file that are replaced. */
typedef struct ce_edit {
    ce_source *source;
    size_t at;     /* offset of the first byte that goes */
    size_t len;    /* bytes that go; 0: an insertion */
    tlsf_str text; /* what comes in their place */
} ce_edit;

/* One file that is to be written. */
typedef struct ce_change {
    ce_source *source; /* its bytes and identity as they were read */
    tlsf_str after;    /* the whole file as it will be */
} ce_change;

typedef struct ce_changes {
    ce_change *list; /* each source once, in the order of reading */
    size_t n;
    size_t room;
} ce_changes;

/*
 * The files that result from edits. Edits may come in any order; those of one
 * file must not overlap; insertions at one offset keep their order.
 */
void ce_changes_of(ce_arena *arena, ce_edit *edits, size_t n,
                   ce_changes *changes);

#endif
