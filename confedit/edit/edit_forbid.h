/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lower and set allow and something else still forbids, or may forbid:
 * cipher lists, security levels, commands of OpenSSL's configuration. It is
 * named, with the change that would allow it, and left to people.
 */
#ifndef CE_EDIT_FORBID_H
#define CE_EDIT_FORBID_H

#include "plan.h"

/* Whether a command asks for versions that today's systems forbid. */
bool ce_edit_asks_old(const ce_goal *goal);

/*
 * Say it to the plan's diag, after the proof and with the trees still there:
 * each line that forbids something, with the change that would allow it; once
 * for a configuration where nobody can know here.
 *
 * For lower each such line counts as left. Nothing for commands that do not
 * ask for old versions.
 */
void ce_edit_forbids(ce_plan *plan);

#endif
