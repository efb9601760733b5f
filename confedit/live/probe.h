/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which versions a running server really negotiates: one connection for each,
 * with OpenSSL as the client at security level 0, no certificate checked.
 *
 * A version that tlsfloor's module grants only for the upgrade page is told
 * apart by a second connection with TLS_FALLBACK_SCSV: the module does not
 * rescue such a client, so that the server itself refuses it with alert 70
 * (protocol_version); a server that allows the version by itself answers with
 * alert 86 (inappropriate_fallback), or goes on when it has no higher one.
 *
 * Source: RFC 7507.
 */
#ifndef CE_PROBE_H
#define CE_PROBE_H

#include "options.h"
#include "protocols.h"

/* The versions that are tried. */
#define CE_PROBED                                                              \
    (CE_BIT(TLSF_TLSV1) | CE_BIT(TLSF_TLSV11) | CE_BIT(TLSF_TLSV12) |          \
     CE_BIT(TLSF_TLSV13))

typedef struct ce_target {
    const char *host; /* a name or an address, without brackets */
    const char *port;
    const char *name; /* asked for (SNI); NULL: none */
    ce_starttls starttls;
    bool is_proxied; /* the server expects a line of the PROXY protocol */
} ce_target;

typedef enum ce_injected {
    CE_INJECTED_UNTRIED, /* no STARTTLS, or no version */
    CE_INJECTED_IGNORED,
    CE_INJECTED_EXECUTED /* CVE-2011-0411 */
} ce_injected;

typedef struct ce_probe {
    const char *address; /* that answered; NULL: none */
    unsigned set;        /* the server itself negotiates these */
    unsigned rescued;    /* tlsfloor's module alone does */
    unsigned untried;    /* our own library cannot speak these */
    unsigned unknown;    /* closed twice without an alert: refused, or not */
    const char *problem; /* why the server could not be probed; NULL */
    ce_injected injected;
} ce_probe;

/*
 * Try each version; with STARTTLS, what is sent behind it too. A name is that
 * of one server: its first address that answers is visited for all versions.
 */
void ce_probe_run(ce_arena *arena, const ce_target *target, ce_probe *probe);

#define CE_PROBE_MINUTES 30

/*
 * The same for many servers, several at a time. What is not visited within
 * CE_PROBE_MINUTES, or when a signal came that is held back (commit_signal.h),
 * has that as its problem.
 *
 *   probes   n, filled
 */
void ce_probe_all(ce_arena *arena, const ce_target *const *targets, size_t n,
                  ce_probe *probes);

/* Why not all is known of a server; NULL: it is. */
const char *ce_probe_doubt(ce_arena *arena, const ce_probe *probe);

#endif
