/* SPDX-License-Identifier: Apache-2.0 */
/* confedit show: what every virtual host serves, and which line says so. */
#include "cmd.h"
#include "report.h"

#include "commit.h"

static int
status_of(const ce_run *run)
{
    if (ce_run_errors(run) > 0) {
        return CE_UNREADABLE;
    }
    return ce_run_has_wanted(run) ? CE_DONE : CE_BELOW;
}

static void
print(const ce_run *run)
{
    const ce_options *options = run->options;
    bool is_quiet = options->has[CE_OPTION_QUIET];

    if (!is_quiet) {
        ce_report_table(run, stdout, TLSF_VERSION_OTHER,
                        ce_report_has_color(run, stdout));
    }
    fflush(stdout);
    for (size_t i = 0; i < run->n; i++) {
        ce_diag_print(run->configs[i].diag, stderr,
                      is_quiet ? CE_ERROR : CE_NOTE);
    }
}

static int
show(ce_options *options)
{
    ce_run run;
    int status = ce_run_read(&run, options);
    bool is_read = status == CE_DONE;

    if (options->has[CE_OPTION_JSON]) {
        status = is_read ? status_of(&run) : status;
        ce_report_json(&run, stdout, "show", TLSF_VERSION_OTHER, status);
        fflush(stdout);
    } else if (is_read) {
        print(&run);
    }
    const char *waiting = !is_read || options->has[CE_OPTION_QUIET]
                              ? NULL
                              : ce_commit_waiting(options);

    if (waiting != NULL) {
        fprintf(stderr, "%s\n", waiting);
    }
    return is_read && !options->has[CE_OPTION_JSON] ? status_of(&run) : status;
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
