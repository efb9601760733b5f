/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many servers, several at a time: processes that take one target after the
 * other and write what they found into memory that they share with us. Called
 * by cmd_probe.c and verify.c.
 */
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "commit_signal.h"
#include "probe.h"
#include "progress.h"

#define WORKERS 8
#define STEP_MS 20

/* What a worker found: its own memory goes with it. */
typedef struct answer {
    atomic_bool is_done;
    ce_probe probe;
    char address[64];
    char problem[512];
} answer;

typedef struct board {
    atomic_size_t next; /* target that nobody has taken */
    atomic_size_t done;
    answer answers[];
} board;

/* A text as a worker leaves it; NULL stays NULL. */
static const char *
keep(char *to, size_t room, const char *text)
{
    if (text == NULL) {
        return NULL;
    }
    size_t n = strlen(text);

    n = n < room ? n : room - 1;
    memcpy(to, text, n);
    to[n] = '\0';
    return to;
}

static void
work(board *b, const ce_target *const *targets, size_t n)
{
    size_t i;

    while ((i = atomic_fetch_add(&b->next, 1)) < n) {
        ce_arena *arena = ce_arena_new();
        answer *a = &b->answers[i];

        ce_probe_run(arena, targets[i], &a->probe);
        /* The memory is at the same place here and there. */
        a->probe.address =
            keep(a->address, sizeof(a->address), a->probe.address);
        a->probe.problem =
            keep(a->problem, sizeof(a->problem), a->probe.problem);
        ce_arena_free(arena);
        atomic_store(&a->is_done, true);
        atomic_fetch_add(&b->done, 1);
    }
}

/* Start workers; how many there are. */
static size_t
start(board *b, const ce_target *const *targets, size_t n, pid_t *workers)
{
    pid_t parent = getpid();
    size_t started = 0;

    while (started < WORKERS && started < n) {
        pid_t pid = fork();

        if (pid == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (getppid() == parent) {
                work(b, targets, n);
            }
            _exit(0);
        }
        if (pid < 0) {
            break;
        }
        workers[started++] = pid;
    }
    return started;
}

/* Wait for the workers; why it was given up, or NULL. */
static const char *
await(board *b, pid_t *workers, size_t n)
{
    int64_t until = ce_clock_ms() + (int64_t)CE_PROBE_MINUTES * 60 * 1000;
    const char *reason = NULL;
    size_t left = n;
    size_t told = 0;

    while (left > 0) {
        for (size_t done = atomic_load(&b->done); told < done; told++) {
            ce_progress_step("visiting", "addresses and names");
        }
        if (reason == NULL && ce_signals_caught() != 0) {
            reason = "a signal came";
        } else if (reason == NULL && ce_clock_ms() > until) {
            reason = "there was no time left for it";
        }
        for (size_t i = 0; i < n; i++) {
            if (workers[i] != 0 && reason != NULL) {
                kill(workers[i], SIGKILL);
            }
            if (workers[i] != 0 && waitpid(workers[i], NULL, WNOHANG) != 0) {
                workers[i] = 0;
                left--;
            }
        }
        if (left > 0) {
            poll(NULL, 0, STEP_MS);
        }
    }
    return reason;
}

static void
take(ce_arena *arena, const answer *from, const char *reason, ce_probe *to)
{
    if (!atomic_load(&from->is_done)) {
        *to = (ce_probe){.problem = reason != NULL
                                        ? reason
                                        : "the process that visits it ended"};
        return;
    }
    *to = from->probe;
    if (to->address != NULL) {
        to->address = ce_arena_text(arena, tlsf_str_of(to->address));
    }
    if (to->problem != NULL) {
        to->problem = ce_arena_text(arena, tlsf_str_of(to->problem));
    }
}

void
ce_probe_all(ce_arena *arena, const ce_target *const *targets, size_t n,
             ce_probe *probes)
{
    size_t size = sizeof(board) + n * sizeof(answer);
    pid_t workers[WORKERS];
    board *b = MAP_FAILED;
    size_t started = 0;

    if (n > 1) {
        b = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                 -1, 0);
    }
    if (b != MAP_FAILED) {
        started = start(b, targets, n, workers);
    }
    if (started > 0) {
        const char *reason = await(b, workers, started);

        for (size_t i = 0; i < n; i++) {
            take(arena, &b->answers[i], reason, &probes[i]);
        }
    }
    for (size_t i = 0; i < n && started == 0; i++) {
        ce_probe_run(arena, targets[i], &probes[i]);
    }
    if (b != MAP_FAILED) {
        munmap(b, size);
    }
}
