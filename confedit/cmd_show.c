/* SPDX-License-Identifier: Apache-2.0 */
/* confedit show: what every virtual host serves, and which line says so. */
#include "report.h"

#include "commit.h"

static int
show(ce_options *options)
{
    ce_run run;
    int status = ce_run_read(&run, options);

    if (status != CE_DONE) {
        return status;
    }
    if (options->has[CE_OPTION_JSON]) {
        ce_report_json(&run, stdout, "show", TLSF_VERSION_OTHER);
    } else if (!options->has[CE_OPTION_QUIET]) {
        ce_report_table(&run, stdout, TLSF_VERSION_OTHER,
                        ce_report_has_color(&run, stdout));
    }
    fflush(stdout);
    for (size_t i = 0; i < run.n && !options->has[CE_OPTION_JSON]; i++) {
        ce_diag_print(run.configs[i].diag, stderr,
                      options->has[CE_OPTION_QUIET] ? CE_ERROR : CE_NOTE);
    }
    const char *waiting =
        options->has[CE_OPTION_QUIET] ? NULL : ce_commit_waiting(options);

    if (waiting != NULL) {
        fprintf(stderr, "%s\n", waiting);
    }
    if (ce_run_errors(&run) > 0) {
        return CE_UNREADABLE;
    }
    return ce_run_has_wanted(&run) ? CE_DONE : CE_BELOW;
}

const ce_command ce_command_show = {
    .name = "show",
    .synopsis = "[OPTION…] [CONFIG…]",
    .summary = "the effective protocols of every virtual host, and the line "
               "that decides each",
    .help = "CONFIG is a main file; without one, those of the system are "
            "read.\n",
    .set = CE_SHOW,
    .run = show,
};
