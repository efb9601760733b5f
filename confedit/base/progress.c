/* SPDX-License-Identifier: Apache-2.0 */
/* A line about long work; called by source.c and the commands. */
#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define FIRST_MS 1000
#define NEXT_MS  100

/* There is one terminal, and one line on it. */
static struct {
    bool is_on;
    bool is_shown;
    long long at_ms; /* when it is written next */
    const char *doing;
    size_t n;
} line;

static long long
now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
ce_progress_begin(bool is_wanted)
{
    ce_progress_end();
    line.is_on = is_wanted && isatty(STDERR_FILENO);
    line.at_ms = now_ms() + FIRST_MS;
    line.doing = NULL;
}

void
ce_progress_step(const char *doing, const char *pieces)
{
    if (!line.is_on) {
        return;
    }
    if (line.doing != doing) {
        line.doing = doing;
        line.n = 0;
    }
    line.n++;
    long long now = now_ms();

    if (now < line.at_ms) {
        return;
    }
    line.at_ms = now + NEXT_MS;
    line.is_shown = true;
    fprintf(stderr, "\r%s, %zu %s\033[K", doing, line.n, pieces);
    fflush(stderr);
}

void
ce_progress_hide(void)
{
    if (line.is_shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    line.is_shown = false;
}

void
ce_progress_end(void)
{
    ce_progress_hide();
    line.is_on = false;
}
