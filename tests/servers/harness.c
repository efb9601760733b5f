/* SPDX-License-Identifier: Apache-2.0 */
/* Test cases with servers: fixtures, skips, and what is said on failure. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "servers/harness.h"
#include "servers/server_parts.h"
#include "servers/tool.h"

enum {
    MAX_CASES = 16,
    LOG_LINES = 40, /* of each server, after a failure */
    TEST_LIMIT_S = 60
};

typedef struct test_case {
    const char *name;
    const ts_conf *conf;
} test_case;

static test_case cases[MAX_CASES];
static size_t n_cases;
static size_t n_begun;
static ts_server *running[TS_N_SERVERS];
static pid_t program;

/* Set while a test runs; a test that fails has no chance to clear it. */
static bool *is_unfinished;

static void
print_end_of_log(const ts_server *s)
{
    const char *log = ts_server_log(s);
    const char *from = log + strlen(log);
    int lines = 0;

    while (from > log && (from[-1] != '\n' || lines++ <= LOG_LINES)) {
        from--;
    }
    printf("--- %s, error log during the failed test:\n%s",
           ts_kind_name(s->kind), from);
}

/* Stop what tests started themselves; the servers of the case stay. */
static void
stop_strays(void)
{
    ts_server *s = NULL;

    for (size_t i = 0; (s = ts_server_nth(i)) != NULL; i++) {
        if (!s->is_over && s->owner != program) {
            ts_server_stop(s);
        }
    }
}

static void
tell_failure(void)
{
    ts_server *s = NULL;

    if (!*is_unfinished) {
        return;
    }
    *is_unfinished = false;
    for (size_t i = 0; (s = ts_server_nth(i)) != NULL; i++) {
        if (!s->is_over) {
            print_end_of_log(s);
        }
    }
    stop_strays();
    fflush(stdout);
}

/* Check runs cases in the order they were made, but for those that the
 * environment variable CK_RUN_CASE leaves out; it tells a fixture no name. */
static void
start_pair(void)
{
    const char *only = ts_env("CK_RUN_CASE", NULL);

    while (only != NULL && strcmp(cases[n_begun].name, only) != 0) {
        n_begun++;
    }

    const ts_conf *conf = cases[n_begun++].conf;
    for (int kind = 0; kind < TS_N_SERVERS && conf != NULL; kind++) {
        running[kind] = ts_server_start((ts_kind)kind, conf);
    }
}

static void
stop_pair(void)
{
    tell_failure();
    for (int kind = 0; kind < TS_N_SERVERS; kind++) {
        if (running[kind] != NULL) {
            ts_server_stop(running[kind]);
            running[kind] = NULL;
        }
    }
}

static void
begin_test(void)
{
    tell_failure();
    for (int kind = 0; kind < TS_N_SERVERS; kind++) {
        if (running[kind] != NULL) {
            ts_server_mark_log(running[kind]);
        }
    }
    *is_unfinished = true;
}

static void
end_test(void)
{
    stop_strays();
    *is_unfinished = false;
}

TCase *
ts_tcase(Suite *suite, const char *name, const ts_conf *conf)
{
    TCase *tcase = tcase_create(name);

    ts_require(n_cases < MAX_CASES, "MAX_CASES is too small");
    cases[n_cases++] = (test_case){name, conf};
    tcase_add_unchecked_fixture(tcase, start_pair, stop_pair);
    tcase_add_checked_fixture(tcase, begin_test, end_test);
    tcase_set_timeout(tcase, TEST_LIMIT_S);
    suite_add_tcase(suite, tcase);
    return tcase;
}

ts_server *
ts_on(int kind)
{
    ts_require(running[kind] != NULL, "this test case has no servers");
    return running[kind];
}

void
ts_skip(const char *test, const char *why)
{
    size_t n = strlen(test);
    bool has_suffix = n > 3 && strcmp(test + n - 3, "_fn") == 0;
    char *line =
        ts_format("SKIP %.*s: %s\n", (int)(has_suffix ? n - 3 : n), test, why);
    int fd = open("build/skips", O_CREAT | O_WRONLY | O_APPEND, 0644);

    ts_require(fd >= 0, "build/skips: %s", strerror(errno));
    ts_require(write(fd, line, strlen(line)) == (ssize_t)strlen(line),
               "build/skips: %s", strerror(errno));
    close(fd);
    fputs(line, stdout);
    fflush(stdout);
}

static void
make_certs(void)
{
    static const char *const argv[] = {"tools/certs.sh", "build/certs", NULL};
    ts_run run = ts_exec(argv, NULL);

    if (run.code != 0) {
        fprintf(stderr, "tools/certs.sh: %s%s\n", run.out, run.err);
        exit(EXIT_FAILURE);
    }
}

int
main(void)
{
    program = getpid();
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    is_unfinished = mmap(NULL, sizeof(*is_unfinished), PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ts_server_share();
    make_certs();

    SRunner *runner = srunner_create(test_suite());
    ts_is_in_test = true;
    srunner_run_all(runner, CK_NORMAL);
    ts_is_in_test = false;
    int failed = srunner_ntests_failed(runner);
    stop_pair();
    rmdir(ts_server_folders());
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
