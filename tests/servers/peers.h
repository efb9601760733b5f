/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real clients as child processes: curl, openssl s_client, gnutls-cli, and
 * Node 0.12, which is genuinely old (OpenSSL 1.0.1).
 */
#ifndef TS_PEERS_H
#define TS_PEERS_H

#include <stdbool.h>
#include <stdint.h>

#include "servers/client.h"

typedef enum ts_peer {
    TS_CURL,
    TS_OPENSSL,
    TS_GNUTLS,
    TS_NODE012,
    TS_N_PEERS
} ts_peer;

/* How a child process ended. */
typedef struct ts_run {
    int code;        /* exit status; -1: killed, or it took too long */
    bool is_late;    /* it was stopped at the deadline */
    const char *out; /* its standard output */
    const char *err; /* its standard error */
} ts_run;

/* Run a program; `input` (may be NULL) is its standard input. */
ts_run ts_exec(const char *const *argv, const char *input);

/* The same for a program that may take longer. */
ts_run ts_exec_for(const char *const *argv, const char *input,
                   int64_t patience_ms);

/* "curl", "openssl", "gnutls-cli", "node 0.12" */
const char *ts_peer_name(ts_peer peer);

/* Why this client cannot be used here; NULL when it can. */
const char *ts_peer_lacks(ts_peer peer);

/*
 * Visit `/` of a site, with its name as SNI and Host, with exactly this
 * version: "1.0", "1.1", "1.2", "1.3". Of the answer only the HTTP part is
 * filled; `error` is what the client said when none came.
 */
ts_answer ts_peer_visit(ts_peer peer, const ts_server *s, const char *site,
                        const char *version);

#endif
