/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One neutral description of a server's virtual hosts, rendered to nginx's or
 * Apache's syntax, so that one test body runs against both.
 *
 * tlsfloor's directives are given in nginx's spelling ("tlsfloor_stage block")
 * without the semicolon. Extra text is given per server and taken as it is,
 * but for these words: @prefix@ the server's folder, @certs@ the folder of
 * tools/certs.sh, @status@ the plain port, @port0@ … the listeners' ports,
 * @upstream@ the port of upstream.h.
 */
#ifndef TS_CONF_H
#define TS_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef enum ts_kind { TS_NGINX, TS_APACHE, TS_N_SERVERS } ts_kind;

#define TS_MAX_LISTENERS 8

/* Which certificates a site shows. */
enum { TS_RSA = 1, TS_ECDSA = 2 };

/* A TLS port of 127.0.0.1. Its first site is the default of the address. */
typedef struct ts_listener {
    const char *protocols; /* "TLSv1 TLSv1.1 …"; NULL: TLSv1.2 TLSv1.3 */
    const char *ciphers;   /* NULL: the server's own default */
    bool has_http2;
} ts_listener;

/* A virtual host; its `/` answers "SITE <name>". */
typedef struct ts_site {
    const char *name;    /* NULL ends a list; "" is a site without a name */
    const char *aliases; /* separated by blanks; may be NULL */
    unsigned certs;      /* TS_RSA | TS_ECDSA; 0: both */
    unsigned listener;
    bool has_no_protocols;  /* it leaves them to the default site */
    const char *ciphers;    /* NULL: the listener's */
    const char *directives; /* tlsfloor's, one per line; may be NULL */
    const char *nginx;      /* extra text; may be NULL */
    const char *apache;
} ts_site;

typedef struct ts_conf {
    ts_listener listeners[TS_MAX_LISTENERS];
    size_t n_listeners; /* 0 counts as 1 */
    const ts_site *sites;
    const char *directives; /* tlsfloor's in the outer context */
    const char *status;     /* arguments of tlsfloor_status; NULL: none */
    const char *nginx;      /* extra text in http */
    const char *nginx_main; /* extra text before everything */
    const char *apache;     /* extra text in the main server */
    unsigned handshake_s;   /* limit for a handshake; 0: the server's own */
    bool is_stock;          /* without our module */
    bool is_single;         /* one process: nginx without a master, httpd -X */
    bool is_prefork;        /* httpd's prefork MPM: one thread, too */
} ts_conf;

/* What the renderer needs to know of the server. */
typedef struct ts_place {
    const char *prefix;    /* absolute folder */
    const unsigned *ports; /* of the listeners */
    unsigned status_port;  /* plain HTTP */
    unsigned upstream_port;
    unsigned generation; /* told in the TS-Generation header there */
} ts_place;

/* "nginx", "apache" */
const char *ts_kind_name(ts_kind kind);

size_t ts_conf_listeners(const ts_conf *conf);

/* Write the configuration file, in the syntax of that server. */
void ts_conf_write_nginx(FILE *to, const ts_conf *conf, const ts_place *place);
void ts_conf_write_apache(FILE *to, const ts_conf *conf, const ts_place *place);

/*
 * A directive of tlsfloor in Apache's spelling: "tlsfloor_stage" gives
 * "TLSFloorStage". A name that is no directive is returned as it is, so that
 * wrong names can be tested.
 */
const char *ts_apache_spelling(const char *nginx_name);

#endif
