/* SPDX-License-Identifier: Apache-2.0 */
/* Writing, test, reload, visits; called by cmd_edit.c. */
#include "edit_run.h"

#include "program.h"
#include "verify.h"

static bool
has(const ce_run *run, ce_option option)
{
    return run->options->has[option];
}

/* The server's own test of every configuration. */
static int
test_all(ce_run *run, ce_outcome *outcome)
{
    outcome->tested = "not run";
    for (size_t i = 0; i < run->n && !has(run, CE_OPTION_NO_VALIDATE); i++) {
        const char *said = "";
        ce_tested tested = ce_program_test(&run->configs[i], &said);

        if (tested == CE_TEST_REFUSED) {
            outcome->tested = "refused";
            fprintf(stderr,
                    "%s: the server's own test refuses the result; everything "
                    "is put back:\n%s\n",
                    run->configs[i].main, said);
            return CE_REFUSED;
        }
        if (tested == CE_TEST_PASSED) {
            outcome->tested = "passed";
        } else if (!has(run, CE_OPTION_QUIET)) {
            fprintf(stderr, "%s: note: not tested: %s\n", run->configs[i].main,
                    said);
        }
    }
    return CE_DONE;
}

static int
reload_all(ce_run *run, ce_outcome *outcome)
{
    outcome->reloaded = "not running";
    for (size_t i = 0; i < run->n; i++) {
        const char *said = "";

        switch (ce_program_reload(&run->configs[i], &said)) {
        case CE_RELOAD_FAILED:
            outcome->reloaded = "failed";
            fprintf(stderr,
                    "%s: the server was not reloaded; everything is put "
                    "back: %s\n",
                    run->configs[i].main, said);
            return CE_NOT_LIVE;
        case CE_RELOAD_DONE:
            outcome->reloaded = "done";
            break;
        case CE_RELOAD_NOT_RUNNING:
            fprintf(stderr, "%s: note: no server runs with it\n",
                    run->configs[i].main);
            break;
        }
    }
    return CE_DONE;
}

/* Visits of every configuration, after the change or before it. */
static ce_verified
visit_all(const ce_run *run, const ce_plan *plan, bool is_after,
          const ce_visits *before, ce_visits *visits)
{
    ce_verified worst = CE_VERIFY_HOLDS;

    for (size_t i = 0; i < run->n; i++) {
        ce_model *old = &run->models[i];
        ce_model *new = &plan->after[i];
        ce_verified v =
            ce_verify_change(run, is_after ? new : old, is_after ? old : new,
                             before == NULL ? NULL : &before[i], &visits[i]);

        if (v == CE_VERIFY_FAILS || worst == CE_VERIFY_HOLDS) {
            worst = v;
        }
    }
    return worst;
}

static int
verify_all(const ce_run *run, const ce_plan *plan, const ce_visits *before,
           ce_outcome *outcome)
{
    static const char *const names[] = {[CE_VERIFY_HOLDS] = "holds",
                                        [CE_VERIFY_FAILS] = "fails",
                                        [CE_VERIFY_PARTLY] = "partly"};
    ce_visits *visits =
        ce_arena_alloc(run->options->arena, run->n * sizeof(ce_visits));
    ce_verified v = visit_all(run, plan, true, before, visits);

    outcome->verified = names[v];
    outcome->visits = visits;
    for (size_t i = 0; i < run->n && v != CE_VERIFY_HOLDS; i++) {
        ce_visits_print(&visits[i], stderr, false);
    }
    if (v == CE_VERIFY_FAILS) {
        fputs("confedit: the servers do not serve what they should; "
              "everything is put back\n",
              stderr);
        return CE_NOT_LIVE;
    }
    return v == CE_VERIFY_PARTLY ? CE_BELOW : CE_DONE;
}

/* Everything back, in the running servers too when they were reloaded. */
static int
go_back(ce_run *run, ce_commit *commit, const ce_outcome *outcome, int status)
{
    int back = ce_commit_back(commit);

    if (back != CE_DONE) {
        return back;
    }
    if (outcome->reloaded != NULL) {
        for (size_t i = 0; i < run->n; i++) {
            const char *said = "";

            if (ce_program_reload(&run->configs[i], &said) ==
                CE_RELOAD_FAILED) {
                fprintf(stderr,
                        "%s: the files are as before, but the server could "
                        "not be reloaded with them: %s; do it by hand: %s\n",
                        run->configs[i].main, said,
                        ce_program_how(&run->configs[i]));
            }
        }
    }
    return status;
}

int
ce_edit_write(ce_run *run, const ce_plan *plan, const ce_changes *changes,
              ce_commit *commit, ce_outcome *outcome)
{
    ce_visits *before = NULL;

    if (has(run, CE_OPTION_VERIFY)) {
        before =
            ce_arena_alloc(run->options->arena, run->n * sizeof(ce_visits));
        visit_all(run, plan, false, NULL, before);
    }
    int status = ce_commit_write(commit, run->configs, run->n, changes);

    if (status != CE_DONE) {
        return status;
    }
    status = test_all(run, outcome);
    if (status == CE_DONE && has(run, CE_OPTION_RELOAD)) {
        status = reload_all(run, outcome);
    }
    if (status == CE_DONE && has(run, CE_OPTION_VERIFY)) {
        status = verify_all(run, plan, before, outcome);
    }
    if (status != CE_DONE && status != CE_BELOW) {
        return go_back(run, commit, outcome, status);
    }
    int kept = ce_commit_keep(commit);

    if (kept != CE_DONE) {
        return go_back(run, commit, outcome, kept);
    }
    outcome->set = ce_commit_id(commit);
    return status;
}

static void
say_how(const ce_run *run)
{
    const char *last = "";

    for (size_t i = 0; i < run->n; i++) {
        const char *how = ce_program_how(&run->configs[i]);

        if (strcmp(how, last) != 0) {
            printf("Clients see no change until the server is reloaded: %s\n",
                   how);
        }
        last = how;
    }
}

void
ce_edit_last_line(const ce_outcome *outcome, const ce_run *run,
                  const ce_commit *commit)
{
    const ce_changes *changes = outcome->changes;

    if (has(run, CE_OPTION_QUIET) || has(run, CE_OPTION_JSON)) {
        return;
    }
    if (changes->n == 0) {
        puts(outcome->plan->n_left > 0 ? "Nothing was changed."
             : outcome->plan->n > 0
                 ? "Nothing to do."
                 : "Nothing to do: no server here speaks TLS.");
    } else if (outcome->is_dry_run) {
        printf("Nothing was written (--dry-run): %zu file%s would change.\n",
               changes->n, changes->n == 1 ? "" : "s");
    } else if (outcome->set != NULL) {
        printf("%zu file%s changed; “confedit undo %s” takes it back (%s).\n",
               changes->n, changes->n == 1 ? "" : "s", outcome->set,
               ce_commit_where(commit));
        if (outcome->verified != NULL) {
            puts(strcmp(outcome->verified, "holds") == 0
                     ? "The server was reloaded and visited; it serves what "
                       "it should."
                     : "The server was reloaded; not everything could be "
                       "visited.");
        } else if (outcome->reloaded != NULL &&
                   strcmp(outcome->reloaded, "done") == 0) {
            puts("The server was reloaded.");
        }
        if (run->options->root != NULL) {
            puts("Nothing was tested, since no program is run for an image. "
                 "Clients see no\nchange until the services that use this "
                 "tree are restarted there; there may\nbe several.");
        } else if (outcome->reloaded == NULL ||
                   strcmp(outcome->reloaded, "not running") == 0) {
            say_how(run);
        }
    } else {
        puts("Nothing was written.");
    }
}
