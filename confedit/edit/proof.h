/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proof that a plan does what it says: its edits are put into the files in
 * memory, everything is read and modelled again, and each endpoint is compared
 * with what it shall be. Nothing is written that was not proved.
 */
#ifndef CE_PROOF_H
#define CE_PROOF_H

#include "plan.h"

/*
 * Compare.
 *
 *   changes   the files that result
 *   arena     of all that is read for it; plan->after lies in it
 *   plan      kept; its targets get what they would serve, and those that are
 * not as they shall be are marked
 *
 * Returns NULL when everything is as it shall be, or why not, as a sentence.
 * The sources are as before in any case.
 */
const char *ce_proof(ce_plan *plan, ce_changes *changes, ce_arena *arena);

#endif
