/* SPDX-License-Identifier: Apache-2.0 */
/* Signals held back; called by commit.c. */
#include "commit_signal.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>

#include "tlsf_str.h"

static const int held[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
static struct sigaction before[TLSF_COUNTOF(held)];
static volatile sig_atomic_t caught;
static bool is_holding;

static void
remember(int number)
{
    if (caught == 0) {
        caught = number;
    }
}

void
ce_signals_hold(void)
{
    struct sigaction action;

    if (is_holding) {
        return;
    }
    memset(&action, 0, sizeof(action));
    action.sa_handler = remember;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    caught = 0;
    for (size_t i = 0; i < TLSF_COUNTOF(held); i++) {
        sigaction(held[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN) {
            sigaction(held[i], &action, NULL);
        }
    }
    is_holding = true;
}

int
ce_signals_caught(void)
{
    return caught;
}

void
ce_signals_release(void)
{
    if (!is_holding) {
        return;
    }
    for (size_t i = 0; i < TLSF_COUNTOF(held); i++) {
        sigaction(held[i], &before[i], NULL);
    }
    is_holding = false;
}
