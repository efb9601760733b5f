/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that are run, and processes that are looked at. */
#include "unit/check_main.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ask.h"
#include "process.h"
#include "program_parts.h"

static const struct {
    const char *script; /* for sh -c */
    int status;
    const char *said;
} runs[] = {
    {"echo out; echo err >&2", 0, "out\nerr\n"},
    {"exit 3", 3, ""},
    {"echo no >&2; exit 1", 1, "no\n"},
    {"kill -9 $$", CE_ASK_KILLED - 9, ""},
    {"echo begun; kill -INT $$; sleep 9", CE_ASK_KILLED - 2, "begun\n"},
    {"echo $NGINX-$PLACE-$OTHER", 0, "-here-kept\n"},
    {"cat", 0, ""}, /* nothing comes in */
    {"echo begun; exec sleep 60", CE_ASK_TOO_LONG, "begun\n"},
    {"exec >&- 2>&-; exec sleep 60", CE_ASK_TOO_LONG, ""},
    {"trap '' TERM INT; sleep 60 & exit 0", CE_ASK_TOO_LONG, ""},
};

START_TEST(programs)
{
    ce_arena *arena = ce_arena_new();
    const char *const argv[] = {"/bin/sh", "-c", runs[_i].script, NULL};
    const char *const set[] = {"PLACE=here", NULL};
    ce_question question = {argv, set, 1};
    const char *text;
    time_t begun = time(NULL);

    setenv("NGINX", "3:4;", 1);
    setenv("PLACE", "elsewhere", 1);
    setenv("OTHER", "kept", 1);
    int status = ce_ask_run(arena, &question, &text);

    ck_assert_str_eq(text, runs[_i].said);
    if (runs[_i].status != CE_ASK_TOO_LONG) {
        ck_assert_int_eq(status, runs[_i].status);
    } else {
        /* Its end may have been seen although its output goes on. */
        ck_assert(status == CE_ASK_TOO_LONG || status == 0);
    }
    ck_assert_int_le(time(NULL) - begun, 10);
    ce_arena_free(arena);
}
END_TEST

START_TEST(no_program)
{
    ce_arena *arena = ce_arena_new();
    const char *const argv[] = {"/nonexistent/program", NULL};
    ce_question question = {.argv = argv, .seconds = 1};
    const char *text = NULL;

    ck_assert_int_eq(ce_ask_run(arena, &question, &text), CE_ASK_NOT_RUN);
    ck_assert_str_eq(text, "");
    ck_assert_ptr_null(ce_ask(arena, argv));
    ce_arena_free(arena);
}
END_TEST

/* What is too long is cut, and the program still comes to its end. */
START_TEST(much_output)
{
    ce_arena *arena = ce_arena_new();
    const char *const argv[] = {
        "/bin/sh", "-c", "head -c 300000 /dev/zero | tr '\\0' x; exit 5", NULL};
    ce_question question = {.argv = argv, .seconds = 20};
    const char *text;

    ck_assert_int_eq(ce_ask_run(arena, &question, &text), 5);
    ck_assert_uint_eq(strlen(text), 65536);
    ce_arena_free(arena);
}
END_TEST

START_TEST(options)
{
    static const char *const argv[] = {"apache2", "-k",  "start", "-DONE",
                                       "-D",      "TWO", "-f/a",  "-d",
                                       "/b",      "-t"};
    ce_running running = {.argv = argv, .n = TLSF_COUNTOF(argv)};

    ck_assert_str_eq(ce_running_option(&running, 'D'), "TWO");
    ck_assert_str_eq(ce_running_option(&running, 'f'), "/a");
    ck_assert_str_eq(ce_running_option(&running, 'd'), "/b");
    ck_assert_str_eq(ce_running_option(&running, 'k'), "start");
    ck_assert_ptr_null(ce_running_option(&running, 't'));
    ck_assert_ptr_null(ce_running_option(&running, 'C'));
}
END_TEST

START_TEST(processes)
{
    ce_arena *arena = ce_arena_new();
    ce_processes children = {NULL, 0, 0};
    ce_processes all = {NULL, 0, 0};
    unsigned long long before = ce_process_now();
    pid_t pid = fork();
    ce_process child;

    if (pid == 0) {
        pause();
        _exit(0);
    }
    ck_assert(ce_process_read(pid, &child));
    ck_assert_int_eq(child.parent, getpid());
    ck_assert_uint_ge(child.started, before);
    ck_assert_uint_le(child.started, ce_process_now());
    ck_assert(ce_process_lives(&child));
    ce_process_list(arena, getpid(), &children);
    ck_assert_uint_eq(children.n, 1);
    ck_assert_int_eq(children.list[0].pid, pid);
    ce_process_list(arena, 0, &all);
    ck_assert_uint_gt(all.n, 1);
    ck_assert_ptr_nonnull(strstr(ce_process_link(arena, pid, "exe"), "test_"));
    ck_assert_uint_gt(ce_process_title(arena, pid).len, 0);

    ce_process other = child;
    other.started--;
    ck_assert(!ce_process_lives(&other));
    kill(pid, SIGKILL);
    waitpid(pid, NULL, WNOHANG | WNOWAIT);
    while (ce_process_lives(&child)) {
    }
    waitpid(pid, NULL, 0);
    ck_assert(!ce_process_read(pid, &child));
    ce_arena_free(arena);
}
END_TEST

START_TEST(listeners)
{
    ce_arena *arena = ce_arena_new();
    ce_sockets sockets = {NULL, 0, 0};
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int door = socket(AF_INET, SOCK_STREAM, 0);
    int idle = socket(AF_INET, SOCK_STREAM, 0);

    ck_assert_int_eq(bind(door, (struct sockaddr *)&at, sizeof(at)), 0);
    ck_assert_int_eq(listen(door, 1), 0);
    ce_process_listeners(arena, getpid(), &sockets);
    ck_assert_uint_eq(sockets.n, 1);
    ck_assert_int_eq(ce_process_holds(arena, getpid(), &sockets),
                     CE_HOLDS_SOME);
    close(door);
    ck_assert_int_eq(ce_process_holds(arena, getpid(), &sockets),
                     CE_HOLDS_NONE);
    ck_assert_int_eq(ce_process_holds(arena, 1 << 23, &sockets),
                     CE_HOLDS_UNKNOWN);
    sockets.n = 0;
    ck_assert_int_eq(ce_process_holds(arena, getpid(), &sockets),
                     CE_HOLDS_UNKNOWN);
    close(idle);
    ce_arena_free(arena);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit program");
    TCase *t = tcase_create("program");

    tcase_add_loop_test(t, programs, 0, TLSF_COUNTOF(runs));
    tcase_add_test(t, no_program);
    tcase_add_test(t, much_output);
    tcase_add_test(t, options);
    tcase_add_test(t, processes);
    tcase_add_test(t, listeners);
    tcase_set_timeout(t, 60);
    suite_add_tcase(suite, t);
    return suite;
}
