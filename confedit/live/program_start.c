/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts a server again that ended over its reload: Apache's parent does so
 * when it cannot have its new configuration. The next reload, with everything
 * back as it was, finds nobody and starts what was there: by systemd when it
 * ran it, else with its own arguments and environment.
 */
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "ask.h"
#include "program_parts.h"
#include "terminal.h"

#define TRIES  20
#define TRY_MS 500

/* A server that was told to reload. One run has few of them. */
typedef struct told {
    const ce_config *config;
    ce_running running;
    const char *const *environment;
    const char *unit; /* of systemd; NULL: none */
    struct told *next;
} told;

static told *all_told;

/* The unit that a process belongs to: the last part of its control group. */
static const char *
unit_of(ce_arena *arena, pid_t pid)
{
    static const char end[] = ".service";
    tlsf_str group = ce_process_file(arena, pid, "cgroup");

    if (access("/run/systemd/system", F_OK) != 0) {
        return NULL;
    }
    while (group.len > 0) {
        const char *feed = memchr(group.data, '\n', group.len);
        size_t n = feed == NULL ? group.len : (size_t)(feed - group.data);
        const char *line = ce_arena_text(arena, tlsf_str_sub(group, 0, n));
        const char *slash = strrchr(line, '/');

        if (slash != NULL && strlen(slash) > sizeof(end) &&
            strcmp(slash + strlen(slash) - strlen(end), end) == 0) {
            return slash + 1;
        }
        n += n < group.len;
        group = tlsf_str_sub(group, n, group.len - n);
    }
    return NULL;
}

static const char *const *
environment_of(ce_arena *arena, pid_t pid)
{
    tlsf_str text = ce_process_file(arena, pid, "environ");
    const char **list = NULL;
    size_t n = 0;
    size_t room = 0;

    while (text.len > 0) {
        size_t one = tlsf_str_find(text, (tlsf_str){"", 1});

        list = ce_arena_grow(arena, list, n, &room, sizeof(*list));
        list[n++] = ce_arena_text(arena, tlsf_str_sub(text, 0, one));
        one += one < text.len;
        text = tlsf_str_sub(text, one, text.len - one);
    }
    list = ce_arena_grow(arena, list, n, &room, sizeof(*list));
    list[n] = NULL;
    return list;
}

void
ce_program_remember(const ce_config *config, const ce_running *running)
{
    told *t = ce_arena_alloc(config->arena, sizeof(told));

    *t = (told){.config = config,
                .running = *running,
                .environment =
                    environment_of(config->arena, running->process.pid),
                .unit = unit_of(config->arena, running->process.pid),
                .next = all_told};
    all_told = t;
}

/* Whether it does not go into the background: then somebody watches it. */
static bool
is_watched(const ce_running *running)
{
    for (size_t i = 1; i < running->n; i++) {
        const char *word = running->argv[i];

        if (strcmp(word, "-X") == 0 || strstr(word, "FOREGROUND") != NULL ||
            strstr(word, "NO_DETACH") != NULL) {
            return true;
        }
    }
    return false;
}

static const char *const *
command_of(const told *t)
{
    ce_arena *arena = t->config->arena;
    const char **argv =
        ce_arena_alloc(arena, (t->running.n + 4) * sizeof(char *));

    if (t->unit != NULL) {
        argv[0] = "/usr/bin/systemctl";
        argv[1] = "start";
        argv[2] = t->unit;
        return argv;
    }
    memcpy(argv, t->running.argv, t->running.n * sizeof(char *));
    argv[0] = t->config->program;
    return argv;
}

ce_reloaded
ce_program_start(const ce_config *config, const char **said)
{
    const told *t = all_told;
    ce_running running;

    while (t != NULL && t->config != config) {
        t = t->next;
    }
    if (t == NULL) {
        *said = "no server runs with this configuration";
        return CE_RELOAD_NOT_RUNNING;
    }
    if (t->unit == NULL && is_watched(&t->running)) {
        *said = "the server ended; whoever watches it must start it again";
        return CE_RELOAD_FAILED;
    }
    ce_question question = {command_of(t), t->environment, 60};

    /* Old workers may have its addresses for another moment. */
    for (unsigned i = 0; i < TRIES; i++) {
        const char *text;

        if (ce_ask_run(config->arena, &question, &text) == 0 &&
            ce_program_find(config, &running)) {
            ce_terminal_put(stderr, tlsf_str_of(config->main));
            fputs(": the server had ended and was started again\n", stderr);
            return CE_RELOAD_DONE;
        }
        *said = ce_arena_format(config->arena,
                                "the server ended and cannot be started "
                                "again: %s",
                                text);
        poll(NULL, 0, TRY_MS);
    }
    return CE_RELOAD_FAILED;
}
