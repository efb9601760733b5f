/* SPDX-License-Identifier: Apache-2.0 */
/* Child processes that answer; called by system.c and program.c. */
#include "ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

#define MOST ((size_t)64 * 1024)

extern char **environ;

/* exec does not change its arguments; its type is older than const. */
typedef union strings {
    const char *const *in;
    char *const *out;
} strings;

/* Our environment without NGINX and what is set anew, then that. */
static const char *const *
environment_of(ce_arena *arena, const char *const *set)
{
    size_t n = 0;
    size_t n_set = 0;

    while (environ[n] != NULL) {
        n++;
    }
    while (set != NULL && set[n_set] != NULL) {
        n_set++;
    }
    const char **all = ce_arena_alloc(arena, (n + n_set + 1) * sizeof(char *));
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        size_t name = strcspn(environ[i], "=") + 1;
        bool is_set = strncmp(environ[i], "NGINX=", 6) == 0;

        for (size_t k = 0; k < n_set && !is_set; k++) {
            is_set = strncmp(environ[i], set[k], name) == 0;
        }
        if (!is_set) {
            all[kept++] = environ[i];
        }
    }
    for (size_t k = 0; k < n_set; k++) {
        all[kept++] = set[k];
    }
    return all;
}

static void
become(int out, strings argv, strings env)
{
    int null = open("/dev/null", O_RDONLY);
    sigset_t none;

    /* What this process holds back is no business of the other's. */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    dup2(null, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execve(argv.in[0], argv.out, env.out);
    _exit(127);
}

/* Read to the end, keeping what fits; false when the time is over before. */
static bool
listen_to(int fd, char *to, int64_t until)
{
    char rest[4096];
    size_t n = 0;

    for (;;) {
        struct pollfd wait = {fd, POLLIN, 0};
        int64_t left = until - ce_clock_ms();

        if (left <= 0) {
            return false;
        }
        int ready = poll(&wait, 1, (int)left);
        if (ready < 0 && errno == EINTR) {
            continue;
        }
        if (ready <= 0) {
            return false;
        }
        ssize_t r = n < MOST ? read(fd, to + n, MOST - n)
                             : read(fd, rest, sizeof(rest));
        if (r <= 0) {
            return true;
        }
        n += n < MOST ? (size_t)r : 0;
    }
}

static int
end_of(pid_t pid, int64_t until)
{
    bool was_killed = false;
    int status = 0;
    pid_t done;

    while ((done = waitpid(pid, &status, was_killed ? 0 : WNOHANG)) != pid) {
        if (done < 0 && errno != EINTR) {
            return CE_ASK_KILLED;
        }
        if (done == 0 && ce_clock_ms() >= until) {
            kill(pid, SIGKILL);
            was_killed = true;
        } else if (done == 0) {
            poll(NULL, 0, 5);
        }
    }
    if (was_killed) {
        return CE_ASK_TOO_LONG;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status)
                             : CE_ASK_KILLED - WTERMSIG(status);
}

int
ce_ask_run(ce_arena *arena, const ce_question *question, const char **text)
{
    strings argv = {question->argv};
    strings env = {environment_of(arena, question->set)};
    char *said = ce_arena_alloc(arena, MOST + 1);
    int64_t until = ce_clock_ms() + (int64_t)question->seconds * 1000;
    int ends[2];

    *text = said;
    if (access(argv.in[0], X_OK) != 0 || pipe(ends) != 0) {
        return CE_ASK_NOT_RUN;
    }
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    pid_t pid = fork();
    if (pid == 0) {
        become(ends[1], argv, env);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return CE_ASK_NOT_RUN;
    }
    if (!listen_to(ends[0], said, until)) {
        until = 0;
    }
    close(ends[0]);
    int status = end_of(pid, until);
    return status == 127 && said[0] == '\0' ? CE_ASK_NOT_RUN : status;
}

const char *
ce_ask(ce_arena *arena, const char *const *argv)
{
    ce_question question = {.argv = argv, .seconds = 10};
    const char *text;

    return ce_ask_run(arena, &question, &text) >= 0 ? text : NULL;
}

const char *
ce_ask_find(ce_arena *arena, const char *text, const char *before,
            const char *end)
{
    const char *found = text == NULL ? NULL : strstr(text, before);

    if (found == NULL) {
        return NULL;
    }
    found += strlen(before);
    return ce_arena_text(arena, (tlsf_str){found, strcspn(found, end)});
}
