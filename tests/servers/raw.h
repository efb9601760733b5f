/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client that is no TLS library: sends any bytes and tells what came back.
 * Hellos are put together here, in every form that has been on the wire.
 */
#ifndef TS_RAW_H
#define TS_RAW_H

#include <stdbool.h>
#include <stddef.h>

#include "servers/server.h"
#include "servers/tool.h"

/* A ClientHello. Numbers are given as on the wire, lists as hex words. */
typedef struct ts_hello {
    unsigned version;     /* legacy_version; 0: 0x0303 */
    const char *sni;      /* NULL: none */
    const char *suites;   /* "c013 002f 5600"; NULL: what most clients offer.
                             SSLv2 format: three bytes each, "00002f" */
    const char *versions; /* supported_versions, "0304 0303"; NULL: none */
    const char *groups;   /* NULL: 001d 0017 */
    const char *alpn;     /* one protocol name; NULL: none */
    bool is_sslv2;        /* SSLv2 format: version and suites alone */
} ts_hello;

/*
 * The bytes of a hello with its record headers, split over records of at most
 * `fragment` bytes (0: a single record). An SSLv2-format hello is never split.
 */
ts_text ts_hello_bytes(const ts_hello *hello, size_t fragment);

/* What a client does when it has sent its bytes. */
typedef enum ts_ending {
    TS_WAIT,   /* reads until the server closes */
    TS_ANSWER, /* reads once, then closes */
    TS_CLOSE,  /* closes at once */
    TS_RESET   /* resets the connection at once */
} ts_ending;

typedef struct ts_reply {
    int alert;             /* description of a first record that is an alert;
                              -1: it is none */
    unsigned server_hello; /* version of a ServerHello that came; 0: none */
    bool is_closed;        /* the server ended the connection */
    const char *bytes;
    size_t n;
} ts_reply;

/* Send n bytes (0: nothing but the connection) to a site's port. */
ts_reply ts_send(const ts_server *s, const char *site, const char *bytes,
                 size_t n, ts_ending ending);

/* The same for a hello. */
ts_reply ts_say_hello(const ts_server *s, const char *site,
                      const ts_hello *hello, ts_ending ending);

#endif
