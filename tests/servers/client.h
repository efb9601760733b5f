/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client inside the test: OpenSSL at security level 0, so that the server
 * alone decides, with every knob that a test needs. Zero means "as a client
 * usually is". Certificates are not checked unless `reject` is set.
 *
 * It waits for the server's end of the connection, so a request without
 * "Connection: close" ends when the server's keep-alive does.
 */
#ifndef TS_CLIENT_H
#define TS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <openssl/ssl.h>

#include "servers/server.h"

typedef struct ts_client {
    const char *sni;          /* NULL: none */
    const char *to;           /* site whose port is meant; NULL: sni's or the
                                 first listener */
    int min;                  /* TLS1_VERSION …; 0: `max`, or everything */
    int max;                  /* 0: everything */
    const char *ciphers;      /* up to TLS 1.2; NULL: ALL */
    const char *ciphersuites; /* TLS 1.3 */
    const char *groups;       /* NULL: "X25519:P-256:P-384" */
    const char *alpn;         /* "h2,http/1.1" */
    bool has_fallback_scsv;
    bool has_no_tickets;
    SSL_SESSION *session; /* to be offered; of an earlier answer */
    const char *cert;     /* "client", "stranger": files of tools/certs.sh */
    int reject; /* X509_V_ERR_… with which it turns down the server */
    const char *request; /* sent as it is; NULL: GET / with Host and close;
                            "": nothing, and close after the handshake */
    const char *host;    /* Host of the request made here; NULL: sni */
    const char *headers; /* further lines for it, each with \r\n */
    bool is_hasty;       /* does not wait for an answer: closes at once */
    bool is_spoiling;    /* its Finished has a wrong bit */
    void (*watch)(int, int, int, const void *, size_t, SSL *, void *);
    void *watch_arg; /* OpenSSL's message callback and its argument */
} ts_client;

typedef struct ts_answer {
    bool is_connected;
    bool is_handshaken;
    const char *version; /* "TLSv1"; "" without a handshake */
    const char *cipher;
    const char *alpn;  /* what the server chose; "" */
    const char *group; /* of the key exchange as OpenSSL names it; "" */
    bool is_resumed;
    int alert; /* the fatal alert received; -1: none */
    SSL_SESSION *session;
    int status;      /* of HTTP; 0: no answer */
    const char *raw; /* all bytes that came */
    size_t raw_n;
    const char *head; /* status line and headers */
    const char *body;
    const char *error; /* OpenSSL's word for what failed; "" */
} ts_answer;

/* Connect, shake hands, send the request, read to the end. */
ts_answer ts_visit(const ts_server *s, const ts_client *client);

/*
 * GET over plain HTTP/1.1; `headers` are further lines ("Accept: …\r\n") or
 * NULL. status is 0 when nobody listens.
 */
ts_answer ts_fetch(unsigned port, const char *path, const char *headers);

/* The value of a header of the answer (name in any case), or NULL. */
const char *ts_header(const ts_answer *answer, const char *name);

/* Fill status, head and body from the raw bytes; chunks are put together. */
void ts_answer_read(ts_answer *answer, const char *raw, size_t n);

#endif
