/* SPDX-License-Identifier: Apache-2.0 */
/* Test, reload, visits; called by cmd_undo.c. */
#include "undo_loop.h"

#include "program.h"

static bool
wants(const ce_loop *loop, ce_option option)
{
    return loop->run->options->has[option];
}

int
ce_loop_before(ce_loop *loop, ce_commit *commit, const ce_run *run)
{
    loop->commit = commit;
    loop->run = run;
    if (!run->options->has[CE_OPTION_VERIFY]) {
        return CE_DONE;
    }
    loop->before =
        ce_arena_alloc(run->options->arena, run->n * sizeof(ce_visits));
    for (size_t i = 0; i < run->n; i++) {
        ce_verify(run, &run->models[i], &loop->before[i]);
    }
    return CE_DONE;
}

static int
test(ce_loop *loop)
{
    loop->is_tested = loop->run->n > 0;
    if (loop->run->n == 0) {
        loop->untold = "no configuration is known";
    }
    if (wants(loop, CE_OPTION_NO_VALIDATE)) {
        loop->is_tested = false;
        loop->untold = "--no-validate";
        return CE_DONE;
    }
    for (size_t i = 0; i < loop->run->n; i++) {
        const char *said = NULL;

        switch (ce_program_test(&loop->run->configs[i], &said)) {
        case CE_TEST_PASSED:
            break;
        case CE_TEST_NOT_RUN:
            loop->is_tested = false;
            loop->untold = said;
            break;
        case CE_TEST_REFUSED:
            fprintf(stderr, "%s: the server's own test refuses this:\n%s\n",
                    loop->run->configs[i].main, said == NULL ? "" : said);
            return CE_REFUSED;
        }
    }
    return CE_DONE;
}

static int
reload(ce_loop *loop)
{
    loop->is_reloaded = loop->run->n > 0;
    for (size_t i = 0; i < loop->run->n; i++) {
        const char *said = NULL;
        ce_reloaded result = ce_program_reload(&loop->run->configs[i], &said);

        if (result == CE_RELOAD_DONE) {
            continue;
        }
        loop->is_reloaded = false;
        if (result == CE_RELOAD_NOT_RUNNING) {
            fprintf(stderr, "%s: note: no server runs with it\n",
                    loop->run->configs[i].main);
            continue;
        }
        fprintf(stderr, "%s: the server was not reloaded: %s\n",
                loop->run->configs[i].main, said == NULL ? "" : said);
        return CE_NOT_LIVE;
    }
    return CE_DONE;
}

/* The servers as they are now, against what the files say now. */
static int
visit(ce_loop *loop)
{
    const ce_run *run = loop->run;
    ce_run now;

    if (ce_run_read(&now, run->options) != CE_DONE) {
        return CE_NOT_LIVE;
    }
    for (size_t i = 0; i < run->n && i < now.n; i++) {
        ce_visits visits = {NULL, 0, 0};
        ce_verified result = ce_verify_change(
            &now, &now.models[i], &run->models[i], &loop->before[i], &visits);

        ce_visits_print(&visits, stderr, false);
        loop->is_partly = loop->is_partly || result == CE_VERIFY_PARTLY;
        if (result == CE_VERIFY_FAILS) {
            return CE_NOT_LIVE;
        }
        if (ce_commit_is_stopped(loop->commit)) {
            return CE_NOT_LIVE;
        }
    }
    return CE_DONE;
}

/* All as it was, and the servers told so. */
static int
back(ce_loop *loop, int status, bool was_told)
{
    if (ce_commit_back(loop->commit) != CE_DONE) {
        return CE_BROKEN;
    }
    if (was_told && reload(loop) == CE_NOT_LIVE) {
        fputs("confedit: the files are as they were, but the server could not "
              "be reloaded with them\n",
              stderr);
        return CE_BROKEN;
    }
    fputs("confedit: everything was put back\n", stderr);
    return status;
}

int
ce_loop_after(ce_loop *loop)
{
    int status = test(loop);

    if (status != CE_DONE) {
        return back(loop, status, false);
    }
    bool tells =
        wants(loop, CE_OPTION_RELOAD) && !ce_commit_is_stopped(loop->commit);

    if (tells) {
        status = reload(loop);
    }
    if (status == CE_DONE && wants(loop, CE_OPTION_VERIFY)) {
        status = visit(loop);
    }
    return status == CE_DONE ? status : back(loop, status, tells);
}

void
ce_loop_print(const ce_loop *loop, FILE *to)
{
    if (loop->run->options->root != NULL) {
        fputs("Nothing was tested, since no program is run for an image. "
              "Clients see no\nchange until the services that use this tree "
              "are restarted there; there may\nbe several.\n",
              to);
        return;
    }
    if (!loop->is_tested && loop->untold != NULL) {
        fprintf(to, "Not tested by the server: %s.\n", loop->untold);
    }
    for (size_t i = 0; i < loop->run->n && !loop->is_reloaded; i++) {
        fprintf(to, "Clients see no change until the server is reloaded: %s\n",
                ce_program_how(&loop->run->configs[i]));
    }
}
