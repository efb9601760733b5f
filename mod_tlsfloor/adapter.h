/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the Apache adapter share. The nginx adapter has the same
 * files with the same functions; what differs by nature is how a hook is
 * attached (module.c, handshake.c), how bytes leave (page.c, status.c) and how
 * memory is shared (shm.c).
 */
#ifndef TLSFLOOR_ADAPTER_H
#define TLSFLOOR_ADAPTER_H

#include "httpd.h"
#include "http_config.h"
#include "http_connection.h"
#include "http_core.h"
#include "http_log.h"
#include "http_main.h"
#include "http_protocol.h"
#include "http_request.h"
#include "http_vhost.h"
#include "ap_listen.h"
#include "ap_mpm.h"
#include "apr_optional_hooks.h"
#include "apr_shm.h"
#include "apr_strings.h"
#include "mod_ssl_openssl.h"
#include "util_filter.h"

#include "tlsf_handshake.h"
#include "tlsf_hosts.h"
#include "tlsf_metrics.h"
#include "tlsf_page.h"
#include "tlsf_policy.h"
#include "tlsf_release.h"
#include "tlsf_settings.h"
#include "tlsf_status.h"

/* What outlives a graceful restart, when httpd loads the module again. */
typedef struct tlsfloor_retained {
    apr_shm_t *shm;
    tlsf_table *table;
    int ssl_index; /* OpenSSL's ex_data index */
} tlsfloor_retained;

/* A server or virtual host. */
typedef struct tlsfloor_server_conf {
    tlsf_settings settings;
    tlsf_tls_host host; /* points to settings, tls and a row */
    tlsf_tls tls;
    SSL_CTX *ctx;            /* given by mod_ssl; NULL without SSLEngine */
    size_t zone_rows;        /* TLSFloorZone, main server only; 0: not given */
    apr_uint64_t names;      /* tlsfloor_handshake_names of `named` */
    const server_rec *named; /* NULL without a context */
} tlsfloor_server_conf;

/* A directory or location. */
typedef struct tlsfloor_location_conf {
    int is_local; /* TLSFloorStatus local; -1: not given */
} tlsfloor_location_conf;

/* A TLS connection; in its pool. */
typedef struct tlsfloor_conn {
    tlsf_handshake handshake;
    conn_rec *c;
    SSL *ssl;
    void (*info)(const SSL *, int, int); /* the server's own; may be NULL */
    bool has_bytes;                      /* something came */
    apr_status_t read_rv;                /* how reading ended */
} tlsfloor_conn;

/* A request's facts and what they lead to. */
typedef struct tlsfloor_judgement {
    const tlsf_settings *settings; /* of the request's virtual host */
    tlsf_facts facts;
    tlsf_action action;
    bool is_below; /* below the floor of the host that decides */
} tlsfloor_judgement;

/* The configured hosts, in the process's configuration pool. */
typedef struct tlsfloor_hosts {
    tlsf_host **hosts; /* hosts that have a row */
    size_t n_hosts;
    size_t zone_rows;
} tlsfloor_hosts;

extern module AP_MODULE_DECLARE_DATA tlsfloor_module;
#ifndef TLSFLOOR_DECLARES_MODULE /* module.c, which declares it by itself */
APLOG_USE_MODULE(tlsfloor);
#endif

/* module.c */
extern tlsfloor_retained *tlsfloor_retain;
extern tlsfloor_hosts tlsfloor_configured;

/* config.c */
extern const command_rec tlsfloor_commands[];
void *tlsfloor_config_create_server(apr_pool_t *p, server_rec *s);
void *tlsfloor_config_merge_server(apr_pool_t *p, void *outer, void *inner);
void *tlsfloor_config_create_location(apr_pool_t *p, char *path);
void *tlsfloor_config_merge_location(apr_pool_t *p, void *outer, void *inner);
tlsfloor_server_conf *tlsfloor_config_own(apr_pool_t *p, server_rec *s);
int tlsfloor_config_check(apr_pool_t *p, server_rec *s);

/* handshake.c */
int tlsfloor_handshake_context(server_rec *s, apr_pool_t *p, int is_proxy,
                               SSL_CTX *ctx);
int tlsfloor_handshake_begin(conn_rec *c, SSL *ssl, int is_proxy);
int tlsfloor_handshake_attach(server_rec *s);
void tlsfloor_handshake_register(void);

/* gate.c */
int tlsfloor_gate_judge(request_rec *r, tlsfloor_judgement *judgement);
void tlsfloor_gate_register(void);

/* variables.c */
void tlsfloor_variables_set(request_rec *r,
                            const tlsfloor_judgement *judgement);

/* page.c */
int tlsfloor_page_make(request_rec *r, const tlsfloor_judgement *judgement,
                       apr_bucket_brigade *body);
int tlsfloor_page_send(request_rec *r, const tlsfloor_judgement *judgement);
void tlsfloor_page_header(void *request, tlsf_str name, tlsf_str value);
tlsf_str tlsfloor_page_request_header(request_rec *r, const char *name);
tlsf_client tlsfloor_page_client(request_rec *r);

/* status.c */
int tlsfloor_status_handler(request_rec *r);

/* shm.c */
int tlsfloor_shm_create(apr_pool_t *p, server_rec *s);
void tlsfloor_shm_watch(void);
void tlsfloor_shm_error(request_rec *r, tlsf_part part, const char *what);

static inline tlsfloor_server_conf *
tlsfloor_server(const server_rec *s)
{
    return ap_get_module_config(s->module_config, &tlsfloor_module);
}

/* The record of the TLS connection that a request came over, also through a
 * stream of HTTP/2; NULL without TLS. */
static inline tlsfloor_conn *
tlsfloor_conn_of(conn_rec *c)
{
    if (c->master != NULL) {
        c = c->master;
    }
    return ap_get_module_config(c->conn_config, &tlsfloor_module);
}

#endif
