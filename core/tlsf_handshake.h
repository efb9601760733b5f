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
 * context (Apache the minimum of a host with its own SSLProtocol, nginx from
 * 1.29.2 on the SSL_OP_NO_ bits). So a context's bounds are lowered once at
 * start (tlsf_tls_open), each new connection gets the administrator's bounds
 * back (tlsf_handshake_begin), and the security callback refuses what only an
 * opened context let in. Everything else stays OpenSSL's own business, so that
 * without a rescue each version is judged as without us.
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
    int open_min;     /* the minimum it was opened to; 0: it was not */
    uint64_t options; /* the SSL_OP_NO_ protocol bits as they were */
    bool has_rsa;     /* kinds of certificates it can show */
    bool has_ecdsa;
    /* The security level rules that version out, with that certificate. */
    bool is_rsa_forbidden[TLSF_N_VERSIONS];
    bool is_ecdsa_forbidden[TLSF_N_VERSIONS];
    tlsf_security_fn security; /* as it was */
    void *security_ex;
    void (*info)(const SSL *, int, int); /* as it was; may be NULL */
} tlsf_tls;

/* A virtual host as the handshake sees it. */
typedef struct tlsf_tls_host {
    tlsf_host host;         /* settings, counters, name */
    tlsf_tls *tls;          /* NULL when it has no context of its own */
    const tlsf_tls *bounds; /* whose protocols decide for it; NULL: tls */
    bool needs_client_cert; /* then it is not rescued */
} tlsf_tls_host;

/* Whose protocol bounds hold for a connection that names a host. */
typedef enum tlsf_bounds_of {
    TLSF_BOUNDS_DEFAULT, /* the default host's of the address (nginx < 1.29.2,
                            Apache < 2.4.42: the version is chosen first) */
    TLSF_BOUNDS_NAMED,   /* nginx from 1.29.2: the named host's protocol bits,
                            the default's minimum and maximum */
    TLSF_BOUNDS_EITHER   /* Apache from 2.4.42: the named host's if it has an
                            SSLProtocol of its own, else the default's; a
                            module cannot see which */
} tlsf_bounds_of;

/* What the server lends. One constant per adapter. */
typedef struct tlsf_handshake_server {
    /*
     * The virtual host of a name; the default of the address when the name is
     * absent or unknown. Never NULL. `name` is as sent (any bytes, any case).
     */
    const tlsf_tls_host *(*find)(void *connection, tlsf_str name);
    int64_t (*now)(void);
    /* One line for the error log of the connection. */
    void (*log)(void *connection, const char *line);
    /* See tlsf_bounds_of. */
    tlsf_bounds_of (*bounds_of)(void);
} tlsf_handshake_server;

/* One connection; zeroed by the adapter, then tlsf_handshake_begin. */
typedef struct tlsf_handshake {
    const tlsf_handshake_server *server;
    void *connection;          /* the server's own */
    const tlsf_tls_host *host; /* the handshake's virtual host */
    const tlsf_tls *first;     /* the default host's context */
    const tlsf_tls *named;     /* the named host's, or first again */
    tlsf_version offered;      /* OTHER until a hello was read */
    tlsf_version negotiated;   /* OTHER until done */
    tlsf_version refuse_below; /* versions below it end in alert 70 */
    tlsf_version rescue_at;    /* the one version that a rescue admits */
    bool is_watched;           /* its hello can be seen: not QUIC */
    bool is_rescued;
    bool is_confined;      /* once done: rescued, or its version is one that the
                              recorded bounds do not admit (the backstop) */
    bool is_level_lowered; /* the rescue also lowered the security level */
    bool has_hello;        /* read and counted */
    bool has_bad_hello;    /* one came that could not be read */
    bool is_done;
    bool is_failed; /* counted as a failure */
    int alert_in;   /* description + 1; 0: none */
    int alert_out;
    unsigned long error; /* OpenSSL's first error of the failure */
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
 * Record a context and take it over: its security callback becomes ours, with
 * `tls` as its data. At start, before any connection. A context that several
 * virtual hosts share keeps its first record, which is returned.
 */
tlsf_tls *tlsf_tls_record(tlsf_tls *tls, SSL_CTX *ctx);

/* The record of the context that the connection has now; NULL if none. */
const tlsf_tls *tlsf_tls_of(const SSL *ssl);

/* Lower the context's bounds; only when some virtual host can rescue. */
void tlsf_tls_open(tlsf_tls *tls);

/* Whether the administrator's own bounds admit this version. */
bool tlsf_tls_admits(const tlsf_tls *tls, tlsf_version version);

/* The highest version that the bounds admit; TLSF_SSLV2 when none. */
tlsf_version tlsf_tls_highest(const tlsf_tls *tls);

/*
 * Whether the context's security level rules this version out, by its number
 * or, below TLS 1.2, by the only signatures that the version has, for every
 * certificate that the context can show.
 */
bool tlsf_tls_level_forbids(const tlsf_tls *tls, tlsf_version version);

/* Whether some stage of the host, now or later, may rescue a client. */
bool tlsf_tls_host_can_rescue(const tlsf_tls_host *host);

/*
 * What the administrator should hear at start: hosts whose stages cannot do
 * what they say. Collected over all hosts, so that a thousand hosts alike make
 * one line.
 */
typedef enum tlsf_remark {
    TLSF_REMARK_CERTIFICATES, /* block, but client certificates: no rescue */
    TLSF_REMARK_POINTLESS,    /* observe or warn, but nobody old gets in */
    TLSF_N_REMARKS
} tlsf_remark;

typedef struct tlsf_remarks {
    size_t n[TLSF_N_REMARKS]; /* hosts concerned */
    const tlsf_tls_host *first[TLSF_N_REMARKS];
} tlsf_remarks;

/* Add what there is to say about one host (its tls and name are set). */
void tlsf_remarks_collect(tlsf_remarks *remarks, const tlsf_tls_host *host);

/* One line without a line feed; nothing when no host is concerned. */
void tlsf_remarks_write(const tlsf_remarks *remarks, tlsf_remark which,
                        bool is_apache, tlsf_out *out);

/*
 * Begin: a connection has its SSL and nothing was read. `h` is zeroed memory
 * that lives as long as the connection, `host` the default virtual host of its
 * address. Puts the administrator's bounds back on `ssl` and watches for the
 * hello; without `watch_hello` (QUIC, whose stack owns the message callback)
 * a completed handshake counts as its own hello and a failed one not at all.
 */
void tlsf_handshake_begin(tlsf_handshake *h, SSL *ssl,
                          const tlsf_handshake_server *server, void *connection,
                          const tlsf_tls_host *host, bool watch_hello);

/* The record of a connection, or NULL. */
tlsf_handshake *tlsf_handshake_of(const SSL *ssl);

/* For the server's info callback (which chains its own). */
void tlsf_handshake_info(tlsf_handshake *h, const SSL *ssl, int where, int ret);

/*
 * The connection is over. Counts the failure when the handshake was neither
 * done nor failed before; touches nothing of OpenSSL, so it may run when the
 * SSL is already freed.
 */
void tlsf_handshake_end(tlsf_handshake *h, tlsf_ending ending);

/*
 * Whether every request over it goes through at a host with this floor, now
 * and later: the short way of a gate for modern clients.
 */
static inline bool
tlsf_handshake_passes(const tlsf_handshake *h, tlsf_version floor)
{
    return h->is_done && !h->is_confined &&
           !tlsf_policy_is_below(floor, h->negotiated, h->offered);
}

/*
 * What a request's gate needs. `is_rescued` is the flag or the backstop: a
 * version that the recorded bounds do not admit is treated as rescued, flag or
 * no flag. `h` may be NULL (a connection that we never saw begin).
 */
tlsf_facts tlsf_handshake_facts(const tlsf_handshake *h, const SSL *ssl);

/*
 * The version that a page should ask for: the floor, or for a host without one
 * (the backstop alone led there) the lowest version that the bounds admit.
 */
tlsf_version tlsf_handshake_required(const tlsf_handshake *h,
                                     const tlsf_settings *settings);

/*
 * The reason of a failure that has a hello or an error. Only for
 * tlsf_handshake.c and its tests.
 */
tlsf_reason tlsf_handshake_classify(const tlsf_handshake *h);

/*
 * What came where TLS was due and never reached OpenSSL: plain_http or not_tls,
 * told apart by the methods that OpenSSL itself knows, so that both servers
 * count alike. Source: ssl3_get_record in OpenSSL.
 */
tlsf_reason tlsf_handshake_reason_of_plain(tlsf_str first_bytes);

/*
 * What a hello lacks at a host: filled by tlsf_tls_lacks. Only for
 * tlsf_handshake.c and its tests.
 */
typedef struct tlsf_lack {
    bool version;        /* the bounds exclude it (set by the caller) */
    bool level;          /* the security level excludes it */
    bool suites;         /* no suite of the hello is usable */
    const char *ciphers; /* a cipher list that helps; NULL: none does */
} tlsf_lack;

tlsf_lack tlsf_tls_lacks(const tlsf_tls *tls, const tlsf_hello *hello,
                         tlsf_rescue_mode mode);

#endif
