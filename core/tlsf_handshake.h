/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handshake side, for both servers, since both hand us the same SSL *.
 * The only unit of core that knows OpenSSL. Three callbacks do everything:
 *
 *   message   sees the ClientHello before OpenSSL chooses a version: counts
 *             it, finds the virtual host that it names, and decides: leave
 *             alone, rescue, or refuse. It takes itself off there, so no later
 *             message costs anything.
 *   security  OpenSSL asks it whether a version, cipher or signature will do.
 *             It enforces what the administrator's own configuration admits
 *             on every connection, adds `refuse`, and admits the one version
 *             and level of a rescue for the flagged connection alone.
 *   info      sees alerts, the end and the failure of the handshake. It is
 *             called by the adapter, which chains the server's own.
 *
 * Why the contexts are opened. A rescue must lower the version minimum of one
 * connection. Both servers switch an SSL to the context of the name in the
 * hello *after* the message callback, and the switch copies bounds from that
 * context (Apache the minimum, nginx from 1.29.2 on the SSL_OP_NO_ options).
 * So a context's bounds are lowered once at start (tlsf_tls_open), each new
 * connection gets the administrator's bounds back (tlsf_handshake_begin), and
 * the security callback enforces them again after the switch. The context
 * whose security callback is in force when OpenSSL chooses is by construction
 * the one whose settings would have decided without us.
 *
 * Threads: a tlsf_handshake belongs to its connection; contexts are read-only
 * after start; counters are atomic. Nothing here allocates but the cipher list
 * of a rescued connection.
 */
#ifndef TLSF_HANDSHAKE_H
#define TLSF_HANDSHAKE_H

#include <stdbool.h>
#include <stdint.h>
#include <openssl/ssl.h>

#include "tlsf_counters.h"
#include "tlsf_hello.h"
#include "tlsf_metrics.h"
#include "tlsf_policy.h"

typedef int (*tlsf_security_fn)(const SSL *, const SSL_CTX *, int op, int bits,
                                int nid, void *other, void *ex);

/* One SSL_CTX of the server as its administrator configured it. */
typedef struct tlsf_tls {
    SSL_CTX *ctx;
    int min; /* protocol numbers; 0: no bound */
    int max;
    uint64_t options; /* SSL_OP_NO_TLSv1 and kin as they were */
    bool has_rsa;     /* kinds of certificates it can show */
    bool has_ecdsa;
    tlsf_security_fn security; /* as it was */
    void *security_ex;
    void (*info)(const SSL *, int, int); /* as it was; may be NULL */
} tlsf_tls;

/* A virtual host as the handshake sees it. */
typedef struct tlsf_tls_host {
    tlsf_host host;  /* settings, counters, name */
    tlsf_tls *tls;   /* NULL when the host has no context of its own */
    bool can_rescue; /* false: rescue off, or client certificates required */
} tlsf_tls_host;

struct tlsf_handshake;

/* What the server lends. One constant per adapter. */
typedef struct tlsf_handshake_server {
    /* The virtual host of a name; the default of the address when the name is
     * absent or unknown. Never NULL. `name` is as sent (any case). */
    const tlsf_tls_host *(*find)(void *connection, tlsf_str name);
    int64_t (*now)(void);
    /* One line for the error log of the connection. */
    void (*log)(void *connection, const char *line);
} tlsf_handshake_server;

/* One connection; zeroed by the adapter, then tlsf_handshake_begin. */
typedef struct tlsf_handshake {
    const tlsf_handshake_server *server;
    void *connection;          /* the server's own */
    const tlsf_tls_host *host; /* the handshake's virtual host */
    tlsf_version offered;      /* OTHER until a hello was read */
    tlsf_version negotiated;   /* OTHER until done */
    tlsf_version refuse_below; /* versions below it end in alert 70 */
    tlsf_version rescue_at;    /* the one version a rescue admits */
    bool has_hello;            /* read and counted */
    bool is_malformed;         /* a hello arrived that could not be read */
    bool has_scsv;
    bool is_rescued;
    bool is_level_lowered; /* rescue also lowered the security level */
    bool is_done;
    bool is_failed; /* counted as a failure */
    int alert_in;   /* alert description + 1; 0: none */
    int alert_out;
    unsigned long error; /* first OpenSSL error of the failure */
} tlsf_handshake;

/* How a connection ended before its handshake did. */
typedef enum tlsf_ending {
    TLSF_ENDING_SILENT, /* not a single byte came */
    TLSF_ENDING_EOF,    /* closed or reset by the client */
    TLSF_ENDING_TIMEOUT
} tlsf_ending;

/*
 * Reserve the SSL ex_data index. `kept` is memory of the adapter that outlives
 * the loading of the module, -1 at first: a module that is loaded again uses
 * the same index. Returns TLSF_OK or TLSF_ESINK.
 */
int tlsf_handshake_init(int *kept);

/*
 * Record a context and take it over: its security callback becomes ours, its
 * data `tls`. Before any connection. Idempotent for a context that several
 * virtual hosts share: the tls recorded first is returned.
 */
tlsf_tls *tlsf_tls_record(tlsf_tls *tls, SSL_CTX *ctx);

/* The record of the context that the connection has now; NULL if none. */
tlsf_tls *tlsf_tls_of(const SSL *ssl);

/* Lower the context's bounds; only when some virtual host can rescue. */
void tlsf_tls_open(tlsf_tls *tls);

/* Whether the administrator's own bounds admit this version. */
bool tlsf_tls_admits(const tlsf_tls *tls, tlsf_version version);

/* The highest version that the bounds admit. */
tlsf_version tlsf_tls_highest(const tlsf_tls *tls);

/*
 * A below-floor version that the bounds admit but the library or the security
 * level forbids, or that the bounds forbid: "old clients cannot get in without
 * a rescue". For the warning at start.
 */
bool tlsf_tls_can_negotiate(const tlsf_tls *tls, tlsf_version version);

/*
 * Begin: a connection has its SSL and nothing was read. `h` is zeroed memory
 * of the connection, `host` the default virtual host of its address. Sets
 * ex_data, the message callback and the administrator's bounds on `ssl`.
 */
void tlsf_handshake_begin(tlsf_handshake *h, SSL *ssl,
                          const tlsf_handshake_server *server, void *connection,
                          const tlsf_tls_host *host);

/* The record of a connection, or NULL. */
tlsf_handshake *tlsf_handshake_of(const SSL *ssl);

/* For the server's info callback (not chained here). */
void tlsf_handshake_info(tlsf_handshake *h, const SSL *ssl, int where, int ret);

/*
 * The connection is over. Counts the failure when the handshake was neither
 * done nor failed before; touches nothing of OpenSSL, so it may run when the
 * SSL is already freed.
 */
void tlsf_handshake_end(tlsf_handshake *h, tlsf_ending ending);

/* Count a failure that the server itself saw (plain HTTP, not TLS). */
void tlsf_handshake_fail(tlsf_handshake *h, tlsf_reason reason);

/*
 * What a request's gate needs. `is_rescued` is the flag or the backstop: a
 * version that the recorded configuration of the connection's context does
 * not admit is treated as rescued, flag or no flag.
 */
tlsf_facts tlsf_handshake_facts(const tlsf_handshake *h, const SSL *ssl);

#endif
