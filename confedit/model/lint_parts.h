/* SPDX-License-Identifier: Apache-2.0 */
/* Between lint.c and its parts; others include lint.h. */
#ifndef CE_LINT_PARTS_H
#define CE_LINT_PARTS_H

#include "lint.h"
#include "model_parts.h"

/* The host's own line about protocols that counts last, or NULL. */
const ce_node *ce_lint_own_line(const ce_node *block);

/* What a line about protocols says by itself; 0: nothing, or not known. */
unsigned ce_lint_set(ce_model *model, const ce_node *line);

/* Versions of a set that are older than all of another, not empty one. */
unsigned ce_lint_older(unsigned set, unsigned than);

/* Lines that others of the same scope, or of the hosts in it, replace. */
void ce_lint_lines(ce_model *model);

/* Sites that TLS protects on one port, and nothing on another. */
void ce_lint_twins(ce_model *model);

/* Annotations: which tool changed which line, and when. */
void ce_lint_marks(ce_model *model);

#endif
