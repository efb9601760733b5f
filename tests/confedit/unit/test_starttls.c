/* SPDX-License-Identifier: Apache-2.0 */
/* Dialogues that begin TLS, with a server that reads from a script. */
#include "unit/check_main.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "starttls.h"

/* A server: what it says first, and then after each line that comes. */
static pid_t
serve(const char *const *says, int *client)
{
    int ends[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    *client = ends[1];
    pid_t pid = fork();
    if (pid != 0) {
        close(ends[0]);
        return pid;
    }
    close(ends[1]);
    for (size_t i = 0; says[i] != NULL; i++) {
        char c = '\n';

        while (i > 0 && read(ends[0], &c, 1) == 1 && c != '\n') {
        }
        if (c != '\n' || write(ends[0], says[i], strlen(says[i])) < 0) {
            break;
        }
    }
    _exit(0);
}

static void
bury(pid_t pid, int client)
{
    close(client);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static const struct {
    const char *name;
    ce_starttls how;
    const char *says[5];
    const char *problem; /* a part of it; NULL: TLS may begin */
} dialogues[] = {
    {"smtp",
     CE_STARTTLS_SMTP,
     {"220 hi\r\n", "250 STARTTLS\r\n", "220 go\r\n"},
     NULL},
    {"smtp, several lines",
     CE_STARTTLS_SMTP,
     {"220-a\r\n220-b\r\n220 c\r\n",
      "250-x\r\n250-SIZE 100\r\n250-starttls\r\n250 HELP\r\n", "220 go\r\n"},
     NULL},
    {"smtp, bare line feeds",
     CE_STARTTLS_SMTP,
     {"220 hi\n", "250-x\n250 STARTTLS\n", "220 go\n"},
     NULL},
    {"smtp without the offer",
     CE_STARTTLS_SMTP,
     {"220 hi\r\n", "250-x\r\n250 SIZE\r\n", "220 go\r\n"},
     "does not offer STARTTLS"},
    {"smtp, a name that only begins so",
     CE_STARTTLS_SMTP,
     {"220 hi\r\n", "250-x\r\n250 XSTARTTLS\r\n"},
     "does not offer STARTTLS"},
    {"smtp that refuses",
     CE_STARTTLS_SMTP,
     {"220 hi\r\n", "250 STARTTLS\r\n", "454 not now\r\n"},
     "454 not now"},
    {"smtp without EHLO",
     CE_STARTTLS_SMTP,
     {"220 hi\r\n", "502 what\r\n"},
     "502 what"},
    {"smtp that is busy", CE_STARTTLS_SMTP, {"421 busy\r\n"}, "421 busy"},
    {"smtp that closes", CE_STARTTLS_SMTP, {"220 hi\r\n"}, "EHLO got no"},
    {"silence", CE_STARTTLS_SMTP, {NULL}, "connecting got no"},
    {"imap", CE_STARTTLS_IMAP, {"* OK hi\r\n", "a OK go\r\n"}, NULL},
    {"imap, untagged lines",
     CE_STARTTLS_IMAP,
     {"* OK hi\r\n", "* CAPABILITY IMAP4\r\na OK go\r\n"},
     NULL},
    {"imap that refuses",
     CE_STARTTLS_IMAP,
     {"* OK hi\r\n", "a BAD no\r\n"},
     "a BAD no"},
    {"imap, logged in", CE_STARTTLS_IMAP, {"* PREAUTH hi\r\n"}, "PREAUTH"},
    {"pop3", CE_STARTTLS_POP3, {"+OK hi\r\n", "+OK go\r\n"}, NULL},
    {"pop3 that refuses",
     CE_STARTTLS_POP3,
     {"+OK hi\r\n", "-ERR no\r\n"},
     "-ERR no"},
    {"none", CE_STARTTLS_NONE, {NULL}, NULL},
};

START_TEST(dialogue)
{
    ce_arena *arena = ce_arena_new();
    ce_link link = {.fd = -1};
    pid_t pid = serve(dialogues[_i].says, &link.fd);
    const char *problem =
        ce_starttls_begin(arena, &link, dialogues[_i].how, false);

    if (dialogues[_i].problem == NULL) {
        ck_assert_msg(problem == NULL, "%s: %s", dialogues[_i].name, problem);
    } else {
        ck_assert_msg(problem != NULL &&
                          strstr(problem, dialogues[_i].problem) != NULL,
                      "%s: %s", dialogues[_i].name,
                      problem == NULL ? "no problem" : problem);
    }
    bury(pid, link.fd);
    ce_arena_free(arena);
}
END_TEST

static const struct {
    const char *name;
    ce_starttls how;
    const char *says;
    bool is_answered;
} injections[] = {
    {"smtp, sound", CE_STARTTLS_SMTP, "221 bye\r\n", false},
    {"smtp, broken", CE_STARTTLS_SMTP, "250 ok\r\n221 bye\r\n", true},
    {"smtp, broken, refusing", CE_STARTTLS_SMTP, "503 first EHLO\r\n", true},
    {"imap, sound", CE_STARTTLS_IMAP, "* BYE\r\nc OK\r\n", false},
    {"imap, broken", CE_STARTTLS_IMAP, "b OK\r\n* BYE\r\nc OK\r\n", true},
    {"pop3, sound", CE_STARTTLS_POP3, "+OK bye\r\n", false},
    {"pop3, broken", CE_STARTTLS_POP3, "-ERR what\r\n+OK bye\r\n", true},
    {"closed", CE_STARTTLS_SMTP, "", false},
};

START_TEST(injection)
{
    ce_link link = {.fd = -1};
    const char *const says[] = {"", injections[_i].says, NULL};
    pid_t pid = serve(says, &link.fd);

    ck_assert_msg(ce_starttls_answers(&link, injections[_i].how) ==
                      injections[_i].is_answered,
                  "%s", injections[_i].name);
    bury(pid, link.fd);
}
END_TEST

/* What is too long for the room is cut, the next line is whole again. */
START_TEST(long_lines)
{
    ce_link link = {.fd = -1};
    const char *const says[] = {"123456789\r\nab\r\n\r\nnever", NULL};
    pid_t pid = serve(says, &link.fd);
    char line[5];

    ce_link_step(&link);
    ck_assert(ce_link_line(&link, line, sizeof(line)));
    ck_assert_str_eq(line, "1234");
    ck_assert(ce_link_line(&link, line, sizeof(line)));
    ck_assert_str_eq(line, "ab");
    ck_assert(ce_link_line(&link, line, sizeof(line)));
    ck_assert_str_eq(line, "");
    ck_assert(!ce_link_line(&link, line, sizeof(line)));
    bury(pid, link.fd);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit starttls");
    TCase *t = tcase_create("starttls");

    tcase_add_loop_test(t, dialogue, 0, TLSF_COUNTOF(dialogues));
    tcase_add_loop_test(t, injection, 0, TLSF_COUNTOF(injections));
    tcase_add_test(t, long_lines);
    suite_add_tcase(suite, t);
    return suite;
}
