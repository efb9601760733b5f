/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reloads a running server and sees whether it did. Neither server answers: in
 * nginx a failure leaves the old workers and a line in the log, Apache's parent
 * ends. Success is a new child, and no old one that still has a listening
 * socket, so that whoever comes now meets the new configuration.
 *
 * Source: ngx_master_process_cycle (src/os/unix/ngx_process_cycle.c);
 * ap_mpm_run's graceful restart (server/mpm/event/event.c), main.c of httpd.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "clock.h"
#include "program_parts.h"

#define STEP_MS   25
#define MOST_MS   10000
#define SETTLE_MS 2000 /* when nothing tells who listens */
#define LOG_MOST  ((size_t)64 * 1024)

/* The reload of one server. */
typedef struct reload {
    const ce_config *config;
    ce_process server;
    ce_processes before; /* its children */
    unsigned long long told_at;
    ce_sockets sockets; /* at which it listened before */
    const char *log;    /* its error log; NULL: not a file, or not known */
    off_t log_at;       /* its length before */
} reload;

static bool
is_nginx(const reload *r)
{
    return r->config->kind == CE_NGINX;
}

/* A worker of nginx that takes connections; any child of Apache. */
static bool
is_worker(ce_arena *arena, const reload *r, const ce_process *child)
{
    return !is_nginx(r) || tlsf_str_eq(ce_process_title(arena, child->pid),
                                       TLSF_LIT("nginx: worker process"));
}

static bool
was_there(const reload *r, const ce_process *child)
{
    for (size_t i = 0; i < r->before.n; i++) {
        if (r->before.list[i].pid == child->pid &&
            r->before.list[i].started == child->started) {
            return true;
        }
    }
    return false;
}

/* What the children look like at this moment. */
typedef struct look {
    bool has_new;
    bool has_old;   /* an old one takes connections */
    bool has_doubt; /* an old one may */
} look;

static void
look_at_old(ce_arena *arena, const reload *r, const ce_process *child, look *is)
{
    switch (ce_process_holds(arena, child->pid, &r->sockets)) {
    case CE_HOLDS_SOME:
        is->has_old = true;
        break;
    case CE_HOLDS_NONE:
        break;
    case CE_HOLDS_UNKNOWN:
        if (is_nginx(r)) {
            /* Its title changes when it begins to end. */
            is->has_old = is->has_old || is_worker(arena, r, child);
        } else {
            is->has_doubt = true;
        }
        break;
    }
}

static look
look_at(const reload *r)
{
    ce_arena *arena = ce_arena_new();
    ce_processes children = {NULL, 0, 0};
    look is = {false, false, false};

    ce_process_list(arena, r->server.pid, &children);
    for (size_t i = 0; i < children.n; i++) {
        const ce_process *child = &children.list[i];

        if (was_there(r, child)) {
            look_at_old(arena, r, child, &is);
        } else if (!is_worker(arena, r, child)) {
            continue;
        } else if (is_nginx(r) || child->started > r->told_at) {
            is.has_new = true;
        } else if (ce_process_holds(arena, child->pid, &r->sockets) !=
                   CE_HOLDS_NONE) {
            /* Born at the same time, so perhaps the last of the old ones. */
            is.has_new = true;
            is.has_doubt = true;
        }
    }
    ce_arena_free(arena);
    return is;
}

/* What the error log has had since. */
static const char *
new_lines(const reload *r)
{
    char *text = ce_arena_alloc(r->config->arena, LOG_MOST + 1);
    FILE *from = r->log == NULL ? NULL : fopen(r->log, "re");

    if (from != NULL) {
        if (fseeko(from, r->log_at, SEEK_SET) == 0) {
            text[fread(text, 1, LOG_MOST, from)] = '\0';
        }
        fclose(from);
    }
    return text;
}

/* The last line of a text that has a word; NULL: none. */
static const char *
last_line(ce_arena *arena, const char *text, const char *word)
{
    const char *found = NULL;
    size_t n;

    for (; *text != '\0'; text += n + (text[n] == '\n')) {
        n = strcspn(text, "\n");
        tlsf_str line = {text, n};

        if (tlsf_str_find(line, tlsf_str_of(word)) < n) {
            found = ce_arena_text(arena, line);
        }
    }
    return found;
}

/*
 * The failure that nginx logged under its own number; NULL: none so far. While
 * it still tries to bind it is not over.
 */
static const char *
nginx_failure(const reload *r, bool *is_over)
{
    const char *text = new_lines(r);
    const char *line =
        last_line(r->config->arena, text,
                  ce_arena_format(r->config->arena, " [emerg] %ld#",
                                  (long)r->server.pid));

    if (line != NULL && strstr(line, "still could not bind") != NULL) {
        const char *where = last_line(r->config->arena, text, " bind() to ");

        *is_over = true;
        return where == NULL ? line : where;
    }
    *is_over = line != NULL && strstr(line, " bind() to ") == NULL;
    return line;
}

/* The reason in the log for Apache's end. */
static const char *
apache_failure(const reload *r)
{
    static const char *const words[] = {"could not bind", "AH00526", ":emerg]",
                                        ":alert]",        ":crit]",  ":error]"};
    const char *text = new_lines(r);

    for (size_t i = 0; i < TLSF_COUNTOF(words); i++) {
        const char *line = last_line(r->config->arena, text, words[i]);

        if (line != NULL) {
            return line;
        }
    }
    return NULL;
}

static ce_reloaded
fail(const reload *r, const char **said, const char *what)
{
    bool is_over;
    const char *line =
        is_nginx(r) ? nginx_failure(r, &is_over) : apache_failure(r);

    *said = ce_arena_format(r->config->arena, "%s%s%s", what,
                            line == NULL ? "" : ": ", line == NULL ? "" : line);
    return CE_RELOAD_FAILED;
}

static ce_reloaded
wait_for(const reload *r, const char **said)
{
    int64_t begun = ce_clock_ms();
    int64_t new_at = 0;
    bool was_good = false;

    while (ce_clock_ms() - begun < MOST_MS) {
        poll(NULL, 0, STEP_MS);
        if (!ce_process_lives(&r->server)) {
            return fail(r, said, "the server ended");
        }
        look is = look_at(r);

        if (is.has_new && new_at == 0) {
            new_at = ce_clock_ms();
        }
        /* Twice, since the list of children may miss one that lives. */
        bool is_good = is.has_new && !is.has_old &&
                       (!is.has_doubt || ce_clock_ms() - new_at > SETTLE_MS);
        if (is_good && was_good) {
            return CE_RELOAD_DONE;
        }
        was_good = is_good;
        bool is_over = false;

        if (is_nginx(r) && !is.has_new && nginx_failure(r, &is_over) != NULL &&
            is_over) {
            return fail(r, said, "the old workers go on");
        }
    }
    if (new_at != 0) {
        return CE_RELOAD_DONE;
    }
    return fail(r, said, "no new worker came within ten seconds");
}

static void
prepare(reload *r)
{
    ce_arena *arena = r->config->arena;
    struct stat st;

    ce_process_list(arena, r->server.pid, &r->before);
    ce_process_listeners(arena, r->server.pid, &r->sockets);
    r->log = ce_process_link(arena, r->server.pid, "fd/2");
    if (r->log != NULL && (stat(r->log, &st) != 0 || !S_ISREG(st.st_mode))) {
        r->log = NULL;
    }
    r->log_at = r->log == NULL ? 0 : st.st_size;
}

ce_reloaded
ce_program_reload(const ce_config *config, const char **said)
{
    ce_running running;
    reload r = {.config = config};

    *said = "no server runs with this configuration";
    if (config->is_fragment) {
        return CE_RELOAD_NOT_RUNNING;
    }
    if (!ce_program_find(config, &running)) {
        return ce_program_start(config, said);
    }
    r.server = running.process;
    if (config->kind == CE_APACHE) {
        ce_tested tested = ce_program_test(config, said);

        if (tested == CE_TEST_REFUSED || tested == CE_TEST_STOPPED) {
            return CE_RELOAD_FAILED; /* its parent would end */
        }
    }
    prepare(&r);
    ce_program_remember(config, &running);
    r.told_at = ce_process_now();
    if (kill(r.server.pid, config->kind == CE_NGINX ? SIGHUP : SIGUSR1) != 0) {
        *said = ce_arena_format(config->arena, "process %ld: %s",
                                (long)r.server.pid, strerror(errno));
        return CE_RELOAD_FAILED;
    }
    *said = "";
    return wait_for(&r, said);
}
