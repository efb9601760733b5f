/* SPDX-License-Identifier: Apache-2.0 */
/* confedit check: whether every virtual host keeps to a floor. */
#include "cmd.h"
#include "report.h"

static size_t
count_below(const ce_run *run, tlsf_version floor)
{
    size_t below = 0;

    for (size_t i = 0; i < run->n; i++) {
        for (size_t k = 0; k < run->models[i].n; k++) {
            const ce_server *server = &run->models[i].servers[k];

            if (!ce_run_wants(run, server)) {
                continue;
            }
            for (size_t e = 0; e < server->n_endpoints; e++) {
                below += ce_endpoint_is_below(&server->endpoints[e], floor);
            }
        }
    }
    return below;
}

static int
status_of(const ce_run *run)
{
    if (ce_run_errors(run) > 0) {
        return CE_UNREADABLE;
    }
    if (!ce_run_has_wanted(run)) {
        return CE_BELOW;
    }
    return count_below(run, run->options->floor) > 0 ? CE_BELOW : CE_DONE;
}

static int
check(ce_options *options)
{
    ce_run run;

    if (!options->has[CE_OPTION_FLOOR]) {
        fputs("confedit: check needs --floor, for example --floor TLSv1.2\n",
              stderr);
        return CE_USAGE;
    }
    int status = ce_run_read(&run, options);
    bool is_read = status == CE_DONE;

    if (options->has[CE_OPTION_JSON]) {
        status = is_read ? status_of(&run) : status;
        ce_report_json(&run, stdout, "check", options->floor, status);
        return status;
    }
    if (!is_read) {
        return status;
    }
    if (!options->has[CE_OPTION_QUIET]) {
        ce_report_table(&run, stdout, options->floor,
                        ce_report_has_color(&run, stdout));
    }
    fflush(stdout);
    for (size_t i = 0; i < run.n; i++) {
        ce_diag_print(run.configs[i].diag, stderr, CE_ERROR);
    }
    return status_of(&run);
}

const ce_command ce_command_check = {
    .name = "check",
    .synopsis = "--floor VERSION [OPTION…] [CONFIG…]",
    .summary = "whether every virtual host keeps to a floor",
    .help = "Exit status: 0 when all do, 1 when one does not or cannot be "
            "decided.\n",
    .set = CE_CHECK,
    .run = check,
};
