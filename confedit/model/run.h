/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a command works on: all configurations that are meant, read and
 * modelled.
 */
#ifndef CE_RUN_H
#define CE_RUN_H

#include "model.h"
#include "options.h"

#define CE_SCHEMA 1 /* of --json; grows when a member changes its meaning */

/* What a command works on. */
typedef struct ce_run {
    const ce_options *options;
    ce_files files;
    ce_diag *diag;   /* of no configuration: what cannot be read at all */
    ce_arena *trees; /* of all that is in the configurations and models */
    ce_config *configs;
    ce_model *models; /* one for each configuration */
    size_t n;
} ce_run;

/*
 * Read and model. A configuration with errors has an empty model.
 *
 * Returns CE_DONE, or CE_UNREADABLE or CE_USAGE when nothing can be read at
 * all, which was said.
 */
int ce_run_read(ce_run *run, const ce_options *options);

/*
 * Free what was read, but for the files and the messages. Of the trees only
 * the lines stay that name files.
 */
void ce_run_let_go(ce_run *run);

/* Errors over all configurations. */
size_t ce_run_errors(const ce_run *run);

/* Whether a server is one of those that --vhost names; all when none. */
bool ce_run_wants(const ce_run *run, const ce_server *server);

/* Whether every name of --vhost is there; those that are not were told. */
bool ce_run_has_wanted(const ce_run *run);

#endif
