/* SPDX-License-Identifier: Apache-2.0 */
/* Start, reload and stop of a real server; used by suites through harness.c. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "servers/client.h"
#include "servers/server.h"
#include "servers/server_parts.h"
#include "servers/tool.h"

/* Answers in a row by the new generation that show that the old is gone,
 * where old workers stay because a connection of theirs is open. */
enum { CONVINCING = 50, MAX_SERVERS = 256 };

/* All servers of this program, started by whichever of its processes. */
typedef struct pool {
    size_t n;
    ts_server servers[MAX_SERVERS];
} pool;

static pool *all;

void
ts_server_share(void)
{
    all = mmap(NULL, sizeof(*all), PROT_READ | PROT_WRITE,
               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ts_require(all != MAP_FAILED, "mmap failed");
}

/*
 * Apache's workers are not root: they must be able to walk down to their
 * files. Where the tree lies behind a closed door, /tmp has to do.
 */
char *
ts_server_folders(void)
{
    char *path = ts_absolute("build/tmp");
    struct stat facts;

    for (char *at = path + 1; geteuid() == 0 && at != NULL; at++) {
        at = strchr(at, '/');
        if (at == NULL) {
            break;
        }
        *at = '\0';
        bool open = stat(path, &facts) != 0 || (facts.st_mode & S_IXOTH) != 0;
        *at = '/';
        if (!open) {
            return ts_format("/tmp/tlsfloor-tests-%d", (int)geteuid());
        }
    }
    return path;
}

static void
write_conf(const ts_server *s)
{
    ts_place place = {s->prefix, s->ports, s->status_port, s->upstream_port,
                      s->generation};
    FILE *file = fopen(ts_format("%s/server.conf", s->prefix), "w");

    ts_require(file != NULL, "server.conf: %s", strerror(errno));
    if (s->kind == TS_NGINX) {
        ts_conf_write_nginx(file, s->conf, &place);
    } else {
        ts_conf_write_apache(file, s->conf, &place);
    }
    ts_require(fclose(file) == 0, "fclose failed");
    for (const ts_site *site = s->conf->sites; site->name != NULL; site++) {
        char *folder = ts_format("%s/www/%s", s->prefix, site->name);
        char *page = ts_format("%s/index.txt", folder);

        if (access(page, F_OK) != 0) {
            ts_make_folder(folder);
            ts_write_file(page, ts_format("SITE %s\n", site->name));
        }
    }
}

static ts_server *
prepare(ts_kind kind, const ts_conf *conf)
{
    ts_require(all->n < MAX_SERVERS, "MAX_SERVERS is too small");

    ts_server *s = &all->servers[all->n++];
    s->kind = kind;
    s->conf = conf;
    s->owner = getpid();
    s->generation = 1;
    s->status_port = ts_free_port();
    s->upstream_port = ts_free_port();
    for (size_t i = 0; i < ts_conf_listeners(conf); i++) {
        s->ports[i] = ts_free_port();
    }
    snprintf(s->prefix, sizeof(s->prefix), "%s/%s-%u", ts_server_folders(),
             program_invocation_short_name, (unsigned)all->n);
    ts_remove_folder(s->prefix);
    ts_make_folder(ts_format("%s/tmp", s->prefix));
    ts_make_folder(ts_format("%s/www", s->prefix));
    /* Apache's workers keep caches and the like here. */
    ts_require(chmod(ts_format("%s/tmp", s->prefix), 01777) == 0,
               "chmod failed");
    write_conf(s);
    return s;
}

static void
become_server(const ts_server *s, char *const *argv)
{
    pid_t parent = getppid();
    int out = open(ts_format("%s/out.txt", s->prefix),
                   O_CREAT | O_WRONLY | O_APPEND, 0644);
    int in = open("/dev/null", O_RDONLY);

    /* A session of its own, out of reach of what Check does to a test's
     * process group, but not outliving the process that started it. */
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (out < 0 || in < 0 || getppid() != parent) {
        _exit(126);
    }
    dup2(in, 0);
    dup2(out, 1);
    dup2(out, 2);
    signal(SIGPIPE, SIG_DFL);
    unsetenv("NGINX"); /* nginx would take it for a list of sockets */
    execvp(argv[0], argv);
    dprintf(2, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

static void
spawn(ts_server *s)
{
    char *conf = ts_format("%s/server.conf", s->prefix);
    char *nginx[] = {ts_format("%s", ts_env("NGINX", "/usr/sbin/nginx")),
                     (char[]){"-p"},
                     s->prefix,
                     (char[]){"-c"},
                     conf,
                     NULL};
    char *apache[] = {
        ts_format("%s", ts_env("HTTPD", "/usr/sbin/apache2")), (char[]){"-f"},
        conf, s->conf->is_single ? (char[]){"-X"} : (char[]){"-DFOREGROUND"},
        NULL};

    pid_t pid = fork();
    ts_require(pid >= 0, "fork: %s", strerror(errno));
    if (pid == 0) {
        become_server(s, s->kind == TS_NGINX ? nginx : apache);
    }
    s->pid = pid;
}

/* The generation that answers now; 0 when nobody does. */
static unsigned
answering(const ts_server *s)
{
    ts_answer a = ts_fetch(s->status_port, "/", NULL);
    const char *generation = ts_header(&a, "TS-Generation");

    return generation == NULL ? 0 : (unsigned)strtoul(generation, NULL, 10);
}

static char *
everything_said(const ts_server *s)
{
    return ts_format("%s%s",
                     ts_read_file(ts_format("%s/out.txt", s->prefix)).data,
                     ts_read_file(ts_format("%s/error.log", s->prefix)).data);
}

ts_server *
ts_server_try(ts_kind kind, const ts_conf *conf, char **complaint)
{
    ts_server *s = prepare(kind, conf);
    int64_t deadline = ts_clock() + 6 * (int64_t)TS_PATIENCE_MS;

    spawn(s);
    while (answering(s) != s->generation) {
        if (!ts_is_running(s->pid) || !ts_wait(deadline)) {
            *complaint = everything_said(s);
            ts_server_stop(s);
            return NULL;
        }
    }
    ts_server_mark_log(s);
    return s;
}

ts_server *
ts_server_start(ts_kind kind, const ts_conf *conf)
{
    char *complaint = NULL;
    ts_server *s = ts_server_try(kind, conf, &complaint);

    ts_require(s != NULL, "%s did not start:\n%s", ts_kind_name(kind),
               complaint);
    return s;
}

static bool
are_old_gone(const ts_server *s, const pid_t *old, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (ts_is_running(old[i]) && !ts_process_is(old[i], "shutting down")) {
            return false;
        }
    }
    return answering(s) == s->generation;
}

static void
signal_reload(ts_server *s, const ts_conf *conf)
{
    ts_require(ts_conf_listeners(conf) == ts_conf_listeners(s->conf),
               "a reload cannot change the number of listeners");
    s->conf = conf;
    s->generation++;
    write_conf(s);
    ts_kill(s->pid, s->kind == TS_NGINX ? SIGHUP : SIGUSR1);
}

void
ts_server_reload(ts_server *s, const ts_conf *conf)
{
    pid_t old[TS_MAX_WORKERS];
    size_t n_old = ts_server_workers(s, old);
    int64_t deadline = ts_clock() + 2 * (int64_t)TS_PATIENCE_MS;
    unsigned in_a_row = 0;

    signal_reload(s, conf);
    while (!are_old_gone(s, old, n_old) && in_a_row < CONVINCING) {
        in_a_row = answering(s) == s->generation ? in_a_row + 1 : 0;
        ts_require(ts_wait(deadline), "%s did not reload:\n%s",
                   ts_kind_name(s->kind), ts_server_log(s));
    }
}

bool
ts_server_refuses(ts_server *s, const ts_conf *conf, const char *text)
{
    int64_t deadline = ts_clock() + TS_PATIENCE_MS;
    const ts_conf *before = s->conf;

    signal_reload(s, conf);
    s->generation--;
    s->conf = before;
    while (strstr(everything_said(s), text) == NULL) {
        if (!ts_wait(deadline)) {
            return false;
        }
    }
    return true;
}

void
ts_server_stop(ts_server *s)
{
    int64_t deadline = ts_clock() + TS_PATIENCE_MS;

    /* Its title holds its folder: an id used anew is somebody else's. */
    if (s->pid > 0 && ts_process_is(s->pid, s->prefix)) {
        ts_kill(s->pid, SIGTERM);
        while (ts_is_running(s->pid)) {
            if (!ts_wait(deadline)) {
                ts_kill(s->pid, SIGKILL);
                break;
            }
        }
    }
    if (s->pid > 0 && s->owner == getpid()) {
        waitpid(s->pid, NULL, 0);
    }
    s->pid = 0;
    s->is_over = true;
    if (*ts_env("KEEP", "") == '\0') {
        ts_remove_folder(s->prefix);
    }
}

ts_server *
ts_server_nth(size_t i)
{
    return i < all->n ? &all->servers[i] : NULL;
}
