/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Visits the servers of a model and compares what they negotiate with what the
 * model says: each endpoint at its address (a wildcard as 127.0.0.1 and ::1),
 * by each literal name, one made-up name for each wildcard, and once without a
 * name where it is the default.
 */
#ifndef CE_VERIFY_H
#define CE_VERIFY_H

#include "cmd.h"

typedef enum ce_verified {
    CE_VERIFY_HOLDS, /* everything that could be visited is as said */
    CE_VERIFY_FAILS, /* a version below is served, or one above is not */
    CE_VERIFY_PARTLY /* holds, but something could not be visited */
} ce_verified;

/* One visit, for the report. */
typedef struct ce_visit {
    const ce_server *server;
    const ce_endpoint *endpoint;
    const char *address; /* "127.0.0.1:443" */
    const char *name;    /* asked for; NULL: none */
    unsigned set;        /* negotiated with the server itself */
    unsigned rescued;    /* below the floor, by tlsfloor's module */
    const char *problem; /* what is wrong, or why it was not visited; NULL */
    bool was_visited;
} ce_visit;

typedef struct ce_visits {
    ce_visit *list;
    size_t n;
    size_t room;
} ce_visits;

/*
 * Visit the endpoints that --vhost selects and that speak TLS.
 *
 *   model   as the configuration is now
 *
 * Versions that this machine's library cannot speak at all are left out.
 */
ce_verified ce_verify(const ce_run *run, ce_model *model, ce_visits *visits);

#endif
