/* SPDX-License-Identifier: Apache-2.0 */
/* Test, reload, visits, and the way back; called by the commands that write. */
#include "loop.h"

#include "program.h"
#include "terminal.h"

static bool
wants(const ce_loop *loop, ce_option option)
{
    return loop->run->options->has[option];
}

int
ce_loop_check(const ce_options *o)
{
    if (o->has[CE_OPTION_VERIFY] && !o->has[CE_OPTION_RELOAD]) {
        fputs("confedit: --verify needs --reload: before it the server does "
              "what it did\n",
              stderr);
        return CE_USAGE;
    }
    if (o->root != NULL && o->has[CE_OPTION_RELOAD]) {
        fputs("confedit: --reload does not go with --root: no program is run "
              "for an image\n",
              stderr);
        return CE_USAGE;
    }
    return CE_DONE;
}

bool
ce_loop_concerns(const ce_loop *loop, size_t config)
{
    return loop->concerned == NULL || loop->concerned[config];
}

/* A sentence about a configuration, and what its program said. */
static void
say(const ce_config *config, const char *what, const char *said)
{
    ce_terminal_put(stderr, tlsf_str_of(config->main));
    fprintf(stderr, ": %s", what);
    ce_terminal_put_lines(stderr, tlsf_str_of(said == NULL ? "" : said));
    putc('\n', stderr);
}

/* The server's own test of every configuration. */
static int
test(ce_loop *loop)
{
    const ce_run *run = loop->run;

    loop->tested = run->n > 0 ? "passed" : "not run";
    if (run->n == 0 && !wants(loop, CE_OPTION_QUIET)) {
        fputs("confedit: note: not tested: no configuration is known\n",
              stderr);
    }
    for (size_t i = 0; i < run->n; i++) {
        const char *said = "--no-validate";
        ce_tested tested = wants(loop, CE_OPTION_NO_VALIDATE)
                               ? CE_TEST_NOT_RUN
                               : ce_program_test(&run->configs[i], &said);

        if (tested == CE_TEST_REFUSED) {
            loop->tested = "refused";
            say(&run->configs[i], "the server's own test refuses the result:\n",
                said);
            return CE_REFUSED;
        }
        if (tested == CE_TEST_PASSED) {
            continue;
        }
        loop->tested = "not run";
        if (!wants(loop, CE_OPTION_QUIET) &&
            !wants(loop, CE_OPTION_NO_VALIDATE)) {
            say(&run->configs[i], "note: not tested: ", said);
        }
    }
    return CE_DONE;
}

static int
reload(ce_loop *loop)
{
    const ce_run *run = loop->run;

    int status = ce_commit_reloaded(loop->commit);

    if (status != CE_DONE) {
        return status;
    }
    loop->reloaded = "not running";
    for (size_t i = 0; i < run->n; i++) {
        const char *said = NULL;

        if (!ce_loop_concerns(loop, i)) {
            continue;
        }
        switch (ce_program_reload(&run->configs[i], &said)) {
        case CE_RELOAD_FAILED:
            loop->reloaded = "failed";
            say(&run->configs[i], "the server was not reloaded: ", said);
            return CE_NOT_LIVE;
        case CE_RELOAD_DONE:
            loop->reloaded = "done";
            break;
        case CE_RELOAD_NOT_RUNNING:
            say(&run->configs[i], "note: no server runs with it", NULL);
            break;
        }
    }
    return CE_DONE;
}

static ce_verified
worse(ce_verified a, ce_verified b)
{
    if (a == CE_VERIFY_FAILS || b == CE_VERIFY_FAILS) {
        return CE_VERIFY_FAILS;
    }
    return a == CE_VERIFY_PARTLY || b == CE_VERIFY_PARTLY ? CE_VERIFY_PARTLY
                                                          : CE_VERIFY_HOLDS;
}

void
ce_loop_before(ce_loop *loop)
{
    const ce_run *run = loop->run;

    if (!wants(loop, CE_OPTION_VERIFY)) {
        return;
    }
    loop->before =
        ce_arena_alloc(run->options->arena, run->n * sizeof(ce_visits));
    for (size_t i = 0; i < run->n; i++) {
        ce_verify_change(run, &run->models[i],
                         loop->after == NULL ? NULL : &loop->after[i], NULL,
                         &loop->before[i]);
    }
}

static const char *const verdicts[] = {[CE_VERIFY_HOLDS] = "holds",
                                       [CE_VERIFY_FAILS] = "fails",
                                       [CE_VERIFY_PARTLY] = "partly"};

static int
end_visits(ce_loop *loop, ce_verified worst)
{
    loop->verified = verdicts[worst];
    for (size_t i = 0; i < loop->run->n; i++) {
        ce_visits_print(&loop->visits[i], stderr, false);
    }
    if (worst == CE_VERIFY_FAILS) {
        fputs("confedit: the servers do not serve what they should\n", stderr);
        return CE_NOT_LIVE;
    }
    return worst == CE_VERIFY_PARTLY ? CE_BELOW : CE_DONE;
}

/* The servers as they are now, against what the files say now. */
static int
visit(ce_loop *loop)
{
    const ce_run *run = loop->run;
    ce_verified worst = CE_VERIFY_HOLDS;
    ce_run now = *run;

    now.models = loop->after;
    if (loop->after == NULL &&
        (ce_run_read(&now, run->options) != CE_DONE || now.n != run->n)) {
        return CE_NOT_LIVE;
    }
    loop->visits =
        ce_arena_alloc(run->options->arena, run->n * sizeof(ce_visits));
    for (size_t i = 0; i < run->n; i++) {
        worst =
            worse(worst, ce_verify_change(&now, &now.models[i], &run->models[i],
                                          &loop->before[i], &loop->visits[i]));
        if (ce_commit_is_stopped(loop->commit)) {
            return CE_NOT_LIVE;
        }
    }
    return end_visits(loop, worst);
}

/* The same when nothing was changed. */
static int
visit_all(ce_loop *loop)
{
    const ce_run *run = loop->run;
    ce_verified worst = CE_VERIFY_HOLDS;

    loop->visits =
        ce_arena_alloc(run->options->arena, run->n * sizeof(ce_visits));
    for (size_t i = 0; i < run->n; i++) {
        worst = worse(worst, ce_verify(run, &run->models[i], &loop->visits[i]));
    }
    return end_visits(loop, worst);
}

int
ce_loop_unchanged(ce_loop *loop)
{
    int status = visit_all(loop);

    if (status != CE_NOT_LIVE || ce_commit_is_stopped(loop->commit)) {
        return status;
    }
    fputs("confedit: their files are right: they are reloaded\n", stderr);
    status = reload(loop);
    return status == CE_DONE ? visit_all(loop) : status;
}

/*
 * The servers that were reloaded, once more with the files as they were. Each
 * is tried, whatever becomes of the others.
 */
static int
reload_back(const ce_loop *loop)
{
    const ce_run *run = loop->run;
    int status = CE_DONE;

    for (size_t i = 0; i < run->n && loop->reloaded != NULL; i++) {
        const char *said = NULL;

        if (ce_loop_concerns(loop, i) &&
            ce_program_reload(&run->configs[i], &said) == CE_RELOAD_FAILED) {
            say(&run->configs[i],
                "the files are as they were, but the server could not be "
                "reloaded with them: ",
                said);
            say(&run->configs[i],
                "do it by hand: ", ce_program_how(&run->configs[i]));
            status = CE_BROKEN;
        }
    }
    return status;
}

/* A test that refuses the files as they were as well blames no edit. */
static void
acquit(const ce_loop *loop)
{
    for (size_t i = 0; i < loop->run->n; i++) {
        const char *said = NULL;

        if (ce_program_test(&loop->run->configs[i], &said) == CE_TEST_REFUSED) {
            say(&loop->run->configs[i],
                "the test refuses the files as they were, too; mend that "
                "first:\n",
                said);
        }
    }
}

/* All as it was, and the servers told so. */
static int
go_back(ce_loop *loop, int status)
{
    if (ce_commit_back(loop->commit) != CE_DONE ||
        reload_back(loop) != CE_DONE) {
        return CE_BROKEN;
    }
    fputs("confedit: everything was put back\n", stderr);
    if (status == CE_REFUSED) {
        acquit(loop);
    }
    return status;
}

int
ce_loop_after(ce_loop *loop)
{
    int status = test(loop);

    if (status == CE_DONE && wants(loop, CE_OPTION_RELOAD) &&
        !ce_commit_is_stopped(loop->commit)) {
        status = reload(loop);
    }
    if (status == CE_DONE && wants(loop, CE_OPTION_VERIFY) &&
        !ce_commit_is_stopped(loop->commit)) {
        status = visit(loop);
    }
    if (status != CE_DONE && status != CE_BELOW) {
        return go_back(loop, status);
    }
    int kept = ce_commit_keep(loop->commit);

    if (kept == CE_DONE) {
        return status;
    }
    /* The files are back, unless that failed as well. */
    return kept == CE_BROKEN || reload_back(loop) != CE_DONE ? CE_BROKEN : kept;
}
