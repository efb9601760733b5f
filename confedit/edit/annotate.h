/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Annotations: the old line kept as a comment above the new one.
 *
 *     #:Overridden_by_confedit_<version> <RFC 3339 time> <set> <form>#
 *     #SSLProtocol all -SSLv3
 *     SSLProtocol all -SSLv3 -TLSv1 -TLSv1.1
 *
 * The form says how many lines of old text follow and holds a checksum of old
 * and new text, so that an undo without backup touches nothing that a hand has
 * changed since. Another tool's annotations are never taken for ours.
 */
#ifndef CE_ANNOTATE_H
#define CE_ANNOTATE_H

#include "change.h"
#include "tree.h"

/*
 * Take a set's annotations out of a file and put the old text back.
 *
 *   set       id of the set that wrote them
 *   change    filled: the file as it was
 *   n_other   how many annotations of the set cannot be taken back, since
 *             their text or what they stand for has changed, or later sets
 *             edited the same line; each is said to the diag
 *
 * Returns how many were taken back.
 */
size_t ce_annotate_undo(ce_arena *arena, ce_diag *diag, ce_kind kind,
                        ce_source *source, const char *set, ce_change *change,
                        size_t *n_other);

#endif
