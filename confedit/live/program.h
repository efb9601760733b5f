/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server's own program: its test of a configuration, and its reload. Run
 * without a shell, with fixed arguments; never under a root (nothing is run
 * there, and the caller says so).
 */
#ifndef CE_PROGRAM_H
#define CE_PROGRAM_H

#include "include.h"

typedef enum ce_tested {
    CE_TEST_PASSED,
    CE_TEST_REFUSED,
    CE_TEST_NOT_RUN, /* no program here, a lone file, an image */
    CE_TEST_STOPPED  /* it failed when a signal came that is held back
                        (commit_signal.h) and may have reached it, too: that
                        tells nothing of the configuration */
} ce_tested;

/*
 * Run the server's test on a configuration's main file, with the arguments of
 * the server that runs with it, at most five minutes.
 *
 *   said   its first lines, or why it was not run
 */
ce_tested ce_program_test(const ce_config *config, const char **said);

typedef enum ce_reloaded {
    CE_RELOAD_DONE,
    CE_RELOAD_FAILED,
    CE_RELOAD_NOT_RUNNING /* no server runs with this configuration */
} ce_reloaded;

/*
 * Reload the server that runs with a configuration, and wait until new workers
 * serve, at most ten seconds.
 *
 *   said   why it failed
 *
 * Apache is never told when its test refuses the configuration. When it fails
 * nonetheless its parent has ended, which `said` says; nginx goes on with its
 * old workers. A server that ended so is started again by the next call, which
 * is that of the roll-back.
 */
ce_reloaded ce_program_reload(const ce_config *config, const char **said);

/*
 * The command by which an administrator reloads it: "nginx -s reload"; for an
 * image or a lone file what to do instead. Never NULL.
 */
const char *ce_program_how(const ce_config *config);

#endif
