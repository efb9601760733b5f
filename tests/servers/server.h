/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A real server in a folder of its own (build/tmp/<suite>-<n>), started from
 * a neutral configuration on free ports. It ends with the process that started
 * it. The struct is in shared memory: what a test's process does to a server
 * is known to the others.
 */
#ifndef TS_SERVER_H
#define TS_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "servers/conf.h"

#define TS_MAX_WORKERS 64

typedef struct ts_server {
    ts_kind kind;
    const ts_conf *conf;
    pid_t pid; /* the master; 0 when stopped */
    unsigned ports[TS_MAX_LISTENERS];
    unsigned status_port;
    unsigned upstream_port; /* for upstream.h */
    unsigned generation;
    char prefix[512];
    size_t log_mark; /* bytes of the error log that are old news */
    pid_t owner;     /* the process that started it */
    bool is_over;    /* stopped, or never came up */
} ts_server;

/* Start, and wait until a worker answers. */
ts_server *ts_server_start(ts_kind kind, const ts_conf *conf);

/*
 * The same for a configuration that may be refused: returns NULL then, and
 * what the server said in *complaint.
 */
ts_server *ts_server_try(ts_kind kind, const ts_conf *conf, char **complaint);

/*
 * Reload (Apache: graceful; nginx: HUP) with a configuration that has the same
 * number of listeners. Returns when only the new generation accepts.
 */
void ts_server_reload(ts_server *s, const ts_conf *conf);

/*
 * Signal a reload with a configuration that must be refused; whether the
 * server says this text (in its log or on stderr). nginx goes on with the old
 * configuration; Apache may end.
 */
bool ts_server_refuses(ts_server *s, const ts_conf *conf, const char *text);

/* Stop at once; the folder goes too, unless KEEP is set. */
void ts_server_stop(ts_server *s);

/* The ids of the workers, at most TS_MAX_WORKERS. */
size_t ts_server_workers(const ts_server *s, pid_t *pids);

/* Kill one worker with SIGKILL and wait until the server has another. */
void ts_server_kill_worker(ts_server *s);

/* The error log since the last mark. */
char *ts_server_log(const ts_server *s);
void ts_server_mark_log(ts_server *s);

/* Wait until the error log, since the mark, holds this text. */
bool ts_server_says(const ts_server *s, const char *text);

/* How often the error log, since the mark, holds this text now. */
unsigned ts_server_said(const ts_server *s, const char *text);

/* The label of a site in the metrics: "a.test:20443". */
const char *ts_vhost(const ts_server *s, const char *site);

/* The port of a site. */
unsigned ts_port_of(const ts_server *s, const char *site);

#endif
