/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of program.h. */
#ifndef CE_PROGRAM_PARTS_H
#define CE_PROGRAM_PARTS_H

#include "process.h"
#include "program.h"

/* A server that runs: its parent process (nginx: master). */
typedef struct ce_running {
    ce_process process;
    const char *const *argv; /* the program first */
    size_t n;
} ce_running;

/*
 * The server that runs with a configuration: the same program, and its main
 * file is this very file.
 *
 * Returns false when there is none.
 */
bool ce_program_find(const ce_config *config, ce_running *running);

/*
 * The value of an option of a server's command line, the last one: "-cFILE" or
 * "-c FILE"; NULL: none.
 */
const char *ce_running_option(const ce_running *running, char letter);

/* Keep what is needed to start a server again, before it is told to reload. */
void ce_program_remember(const ce_config *config, const ce_running *running);

/*
 * Start the server again that was remembered for a configuration and is gone.
 * CE_RELOAD_NOT_RUNNING when there was none.
 */
ce_reloaded ce_program_start(const ce_config *config, const char **said);

/* What the program was built to use when nothing is said; NULL: not known. */
const char *ce_program_default(const ce_config *config);

#endif
