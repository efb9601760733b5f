/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the nginx adapter share. The Apache adapter has the same
 * files with the same functions; what differs by nature is how a hook is
 * attached (module.c, handshake.c), how bytes leave (page.c, status.c) and how
 * memory is shared (shm.c).
 */
#ifndef NGX_HTTP_TLSFLOOR_ADAPTER_H
#define NGX_HTTP_TLSFLOOR_ADAPTER_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#if !(NGX_HTTP_SSL)
#error "tlsfloor needs nginx's --with-http_ssl_module"
#endif

#include "tlsf_handshake.h"
#include "tlsf_hosts.h"
#include "tlsf_metrics.h"
#include "tlsf_page.h"
#include "tlsf_policy.h"
#include "tlsf_release.h"
#include "tlsf_settings.h"
#include "tlsf_status.h"

typedef struct {
    size_t zone_rows;     /* tlsfloor_zone; 0: not given */
    ngx_uint_t is_used;   /* some server has a floor, or reports are read */
    ngx_shm_zone_t *zone; /* NULL while not used */
    tlsf_table *table;    /* in the zone */
    tlsf_host **hosts;    /* servers that have a row */
    size_t n_hosts;
} ngx_http_tlsfloor_main_conf_t;

typedef struct {
    tlsf_settings settings;
    tlsf_tls_host host; /* points to settings, tls and a row */
    tlsf_tls tls;
    ngx_uint_t is_tls;    /* connections to some address of it begin with TLS */
    tlsf_version highest; /* that it can negotiate there */
} ngx_http_tlsfloor_srv_conf_t;

typedef struct {
    ngx_flag_t is_local; /* tlsfloor_status local */
} ngx_http_tlsfloor_loc_conf_t;

/* A TLS connection; in its pool. */
typedef struct {
    tlsf_handshake handshake;
    ngx_connection_t *c;
} ngx_http_tlsfloor_conn_t;

/* A request that we answer, or that the gate let pass. */
typedef struct {
    ngx_uint_t is_passed;    /* judged for good: gate.c's alone */
    tlsf_version negotiated; /* then: over this version */
    ngx_uint_t is_ours;      /* the answer on its way is ours */
    ngx_uint_t is_replaced;  /* it takes the place of another one */
    ngx_chain_t *out;        /* the page, or the part of a report in flight */
    tlsf_report report;      /* status.c: where it has got to */
} ngx_http_tlsfloor_ctx_t;

/* A request's facts and what they lead to. */
typedef struct {
    const tlsf_settings *settings; /* of the request's virtual host */
    tlsf_facts facts;
    tlsf_action action;
    ngx_uint_t is_below; /* below the floor of the host that decides */
} ngx_http_tlsfloor_judgement_t;

extern ngx_module_t ngx_http_tlsfloor_module;

/* config.c */
extern ngx_command_t ngx_http_tlsfloor_commands[];
void *ngx_http_tlsfloor_config_create_main(ngx_conf_t *cf);
void *ngx_http_tlsfloor_config_create_server(ngx_conf_t *cf);
char *ngx_http_tlsfloor_config_merge_server(ngx_conf_t *cf, void *outer,
                                            void *inner);
void *ngx_http_tlsfloor_config_create_location(ngx_conf_t *cf);
char *ngx_http_tlsfloor_config_merge_location(ngx_conf_t *cf, void *outer,
                                              void *inner);
ngx_int_t ngx_http_tlsfloor_config_check(ngx_conf_t *cf);

/* handshake.c */
ngx_int_t ngx_http_tlsfloor_handshake_attach(ngx_conf_t *cf);
tlsf_handshake *ngx_http_tlsfloor_handshake_of(const ngx_connection_t *c);

/* gate.c */
ngx_int_t
ngx_http_tlsfloor_gate_judge(ngx_http_request_t *r,
                             ngx_http_tlsfloor_judgement_t *judgement);
ngx_int_t ngx_http_tlsfloor_gate_attach(ngx_conf_t *cf);
void ngx_http_tlsfloor_gate_promote(ngx_cycle_t *cycle);

/* variables.c */
ngx_int_t ngx_http_tlsfloor_variables_add(ngx_conf_t *cf);

/* page.c */
ngx_int_t
ngx_http_tlsfloor_page_make(ngx_http_request_t *r,
                            const ngx_http_tlsfloor_judgement_t *judgement,
                            ngx_chain_t **body);
ngx_int_t
ngx_http_tlsfloor_page_send(ngx_http_request_t *r,
                            const ngx_http_tlsfloor_judgement_t *judgement);
void ngx_http_tlsfloor_page_header(void *request, tlsf_str name,
                                   tlsf_str value);
tlsf_str ngx_http_tlsfloor_page_request_header(ngx_http_request_t *r,
                                               tlsf_str name);
tlsf_client ngx_http_tlsfloor_page_client(ngx_http_request_t *r);

/* status.c */
ngx_int_t ngx_http_tlsfloor_status_handler(ngx_http_request_t *r);

/* shm.c */
ngx_int_t ngx_http_tlsfloor_shm_create(ngx_conf_t *cf);
void ngx_http_tlsfloor_shm_watch(ngx_cycle_t *cycle);
void ngx_http_tlsfloor_shm_error(ngx_http_request_t *r, tlsf_part part,
                                 const char *what);

static inline tlsf_str
ngx_http_tlsfloor_str(const ngx_str_t *s)
{
    tlsf_str text = {(const char *)s->data, s->len};

    return text;
}

#endif
