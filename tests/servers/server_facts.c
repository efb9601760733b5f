/* SPDX-License-Identifier: Apache-2.0 */
/* What can be seen of a running server: workers, log, names and ports. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "servers/server.h"
#include "servers/server_parts.h"
#include "servers/tool.h"

bool
ts_process_is(pid_t pid, const char *text)
{
    ts_text line = ts_read_file(ts_format("/proc/%d/cmdline", (int)pid));

    return memmem(line.data, line.n, text, strlen(text)) != NULL;
}

static pid_t
parent_of(pid_t pid)
{
    ts_text stat = ts_read_file(ts_format("/proc/%d/stat", (int)pid));
    const char *name_end = strrchr(stat.data, ')');
    char state = 'X';
    int parent = 0;

    if (name_end == NULL ||
        sscanf(name_end + 1, " %c %d", &state, &parent) != 2 || state == 'Z') {
        return 0;
    }
    return parent;
}

static bool
is_worker(const ts_server *s, pid_t pid)
{
    if (parent_of(pid) != s->pid) {
        return false;
    }
    return s->kind == TS_APACHE || (ts_process_is(pid, "worker process") &&
                                    !ts_process_is(pid, "shutting down"));
}

size_t
ts_server_workers(const ts_server *s, pid_t *pids)
{
    size_t n = 0;
    DIR *all = opendir("/proc");
    struct dirent *entry;

    if (s->conf->is_single) {
        pids[0] = s->pid;
        return 1;
    }
    ts_require(all != NULL, "/proc: %s", strerror(errno));
    while ((entry = readdir(all)) != NULL && n < TS_MAX_WORKERS) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

        if (pid > 0 && is_worker(s, pid)) {
            pids[n++] = pid;
        }
    }
    closedir(all);
    return n;
}

void
ts_server_kill_worker(ts_server *s)
{
    pid_t before[TS_MAX_WORKERS];
    pid_t now[TS_MAX_WORKERS];
    size_t n = ts_server_workers(s, before);
    int64_t deadline = ts_clock() + TS_PATIENCE_MS;

    ts_require(n > 0, "no worker");
    ts_kill(before[0], SIGKILL);
    while (ts_is_running(before[0]) || ts_server_workers(s, now) < n) {
        ts_require(ts_wait(deadline), "%s did not replace its worker",
                   ts_kind_name(s->kind));
    }
}

static ts_text
whole_log(const ts_server *s)
{
    return ts_read_file(ts_format("%s/error.log", s->prefix));
}

char *
ts_server_log(const ts_server *s)
{
    ts_text log = whole_log(s);

    return log.data + (s->log_mark <= log.n ? s->log_mark : 0);
}

void
ts_server_mark_log(ts_server *s)
{
    s->log_mark = whole_log(s).n;
}

unsigned
ts_server_said(const ts_server *s, const char *text)
{
    unsigned n = 0;

    for (const char *at = strstr(ts_server_log(s), text); at != NULL;
         at = strstr(at + 1, text)) {
        n++;
    }
    return n;
}

bool
ts_server_says(const ts_server *s, const char *text)
{
    int64_t deadline = ts_clock() + TS_PATIENCE_MS;

    while (ts_server_said(s, text) == 0) {
        if (!ts_wait(deadline)) {
            return false;
        }
    }
    return true;
}

unsigned
ts_port_of(const ts_server *s, const char *name)
{
    for (const ts_site *site = s->conf->sites; site->name != NULL; site++) {
        if (strcmp(site->name, name) == 0) {
            return s->ports[site->listener];
        }
    }
    ts_require(false, "no site %s", name);
    return 0;
}

const char *
ts_vhost(const ts_server *s, const char *name)
{
    return ts_format("%s:%u", name[0] == '\0' ? "_" : name,
                     ts_port_of(s, name));
}
