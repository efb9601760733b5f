/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals while files are changed: INT, TERM, HUP and PIPE no longer end the
 * program but are remembered, and everything is put back at the next step.
 * Signals that were ignored stay so.
 */
#ifndef CE_COMMIT_SIGNAL_H
#define CE_COMMIT_SIGNAL_H

void ce_signals_hold(void);

/* The first signal that came since; 0: none. */
int ce_signals_caught(void);

/* As before ce_signals_hold. */
void ce_signals_release(void);

#endif
