/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The module: what nginx calls, and in which order things are attached.
 * Called by nginx alone.
 */
#include "adapter.h"

static ngx_int_t
ngx_http_tlsfloor_module_prepare(ngx_conf_t *cf)
{
    return ngx_http_tlsfloor_variables_add(cf);
}

/*
 * After every server was read. With the module off everywhere nothing is
 * attached: no callback, no context touched, no zone.
 */
static ngx_int_t
ngx_http_tlsfloor_module_attach(ngx_conf_t *cf)
{
    ngx_http_tlsfloor_main_conf_t *mcf;

    if (ngx_http_tlsfloor_config_check(cf) != NGX_OK) {
        return NGX_ERROR;
    }
    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_tlsfloor_module);
    if (ngx_http_tlsfloor_shm_create(cf) != NGX_OK) {
        return NGX_ERROR;
    }
    if (mcf->n_hosts == 0) {
        return NGX_OK;
    }
    if (ngx_http_tlsfloor_handshake_attach(cf) != NGX_OK) {
        return NGX_ERROR;
    }
    return ngx_http_tlsfloor_gate_attach(cf);
}

/* The phase engine exists only now, and the configuration cannot be refused
 * any more. */
static ngx_int_t
ngx_http_tlsfloor_module_start(ngx_cycle_t *cycle)
{
    ngx_http_tlsfloor_gate_promote(cycle);
    ngx_http_tlsfloor_shm_watch(cycle);
    return NGX_OK;
}

static ngx_http_module_t ngx_http_tlsfloor_module_ctx = {
    ngx_http_tlsfloor_module_prepare, /* preconfiguration */
    ngx_http_tlsfloor_module_attach,  /* postconfiguration */

    ngx_http_tlsfloor_config_create_main, /* create main configuration */
    NULL,                                 /* init main configuration */

    ngx_http_tlsfloor_config_create_server, /* create server configuration */
    ngx_http_tlsfloor_config_merge_server,  /* merge server configuration */

    ngx_http_tlsfloor_config_create_location, /* create location config */
    ngx_http_tlsfloor_config_merge_location   /* merge location config */
};

ngx_module_t ngx_http_tlsfloor_module = {
    NGX_MODULE_V1,
    &ngx_http_tlsfloor_module_ctx,  /* module context */
    ngx_http_tlsfloor_commands,     /* module directives */
    NGX_HTTP_MODULE,                /* module type */
    NULL,                           /* init master */
    ngx_http_tlsfloor_module_start, /* init module */
    NULL,                           /* init process */
    NULL,                           /* init thread */
    NULL,                           /* exit thread */
    NULL,                           /* exit process */
    NULL,                           /* exit master */
    NGX_MODULE_V1_PADDING};
