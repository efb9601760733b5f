/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a configuration means something else than it seems to, or leaves
 * something open that its owner will want to know. Said to the diag.
 */
#ifndef CE_LINT_H
#define CE_LINT_H

#include "model.h"

void ce_lint(ce_model *model);

#endif
