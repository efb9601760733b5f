/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Visits the servers of a model and compares what they negotiate with what the
 * model says: each endpoint at its address (a wildcard as 127.0.0.1 and ::1),
 * by each literal name, one made-up name for each wildcard, and once without a
 * name where it is the default. A name that an earlier virtual host of the
 * address takes is left out.
 */
#ifndef CE_VERIFY_H
#define CE_VERIFY_H

#include "run.h"

typedef enum ce_verified {
    CE_VERIFY_HOLDS, /* everything that could be visited is as said */
    CE_VERIFY_FAILS, /* a version below is served, or one above is not */
    CE_VERIFY_PARTLY /* holds, but something could not be visited, a version
                        before TLS 1.2 that the lines admit is not served, or
                        whether one is served is not known */
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
    bool is_failing; /* the reason for CE_VERIFY_FAILS */
} ce_visit;

typedef struct ce_visits {
    ce_visit *list;
    size_t n;
    size_t room;
} ce_visits;

/*
 * Visit the endpoints that --vhost selects and that speak TLS, whether anything
 * was changed or not.
 *
 *   model   as the configuration is now
 *
 * Versions that this machine's library cannot speak at all are left out.
 */
ce_verified ce_verify(const ce_run *run, ce_model *model, ce_visits *visits);

/*
 * The same for a change: those endpoints alone whose protocols differ between
 * two models of one configuration.
 *
 *   model    as the configuration is now
 *   other    as it was, or will be
 *   before   visits that were made before the change: a version that was
 *            missing then is not missed now; NULL: none were made
 */
ce_verified ce_verify_change(const ce_run *run, ce_model *model,
                             const ce_model *other, const ce_visits *before,
                             ce_visits *visits);

/* Print one line for each visit that has a problem or, with all, for each. */
void ce_visits_print(const ce_visits *visits, FILE *to, bool all);

#endif
