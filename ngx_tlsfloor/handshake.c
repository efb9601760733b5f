/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attaches core's handshake observer to every TLS context of http{} and lends
 * it what only nginx knows. Called at start by module.c, then by OpenSSL.
 *
 * nginx gives no hook between accept and the hello, but a context's info
 * callback reports the start of a handshake before its first byte is read.
 */
#include "adapter.h"

/* The name as nginx compares it: in lower case, without a port and without a
 * dot at the end. Empty when it cannot be a name. */
static ngx_str_t
ngx_http_tlsfloor_handshake_name(tlsf_str name, u_char lower[255])
{
    ngx_str_t host = {0, lower};

    if (name.len > 255) {
        return host;
    }
    while (host.len < name.len && name.data[host.len] != ':') {
        host.len++;
    }
    if (host.len > 0 && name.data[host.len - 1] == '.') {
        host.len--;
    }
    ngx_strlow(lower, (u_char *)name.data, host.len);
    return host;
}

/*
 * The server of a name, as nginx itself looks it up: exact and wildcard names
 * by hash, then regular expressions in order; else the address's default.
 */
static const tlsf_tls_host *
ngx_http_tlsfloor_handshake_find(void *connection, tlsf_str name)
{
    ngx_http_tlsfloor_conn_t *conn = connection;
    ngx_http_connection_t *hc = conn->c->data;
    ngx_http_virtual_names_t *names = hc->addr_conf->virtual_names;
    ngx_http_conf_ctx_t *ctx = hc->conf_ctx;
    ngx_http_core_srv_conf_t *cscf;
    ngx_http_tlsfloor_srv_conf_t *scf;
    u_char lower[255];
    ngx_str_t host = ngx_http_tlsfloor_handshake_name(name, lower);

    if (names != NULL && host.len > 0) {
        cscf = ngx_hash_find_combined(&names->names,
                                      ngx_hash_key(host.data, host.len),
                                      host.data, host.len);
#if (NGX_PCRE)
        for (ngx_uint_t i = 0; cscf == NULL && i < names->nregex; i++) {
            if (ngx_regex_exec(names->regex[i].regex->regex, &host, NULL, 0) >=
                0) {
                cscf = names->regex[i].server;
            }
        }
#endif
        if (cscf != NULL) {
            ctx = cscf->ctx;
        }
    }
    scf = ctx->srv_conf[ngx_http_tlsfloor_module.ctx_index];
    return &scf->host;
}

static int64_t
ngx_http_tlsfloor_handshake_now(void)
{
    return ngx_time();
}

static void
ngx_http_tlsfloor_handshake_log(void *connection, const char *line)
{
    ngx_http_tlsfloor_conn_t *conn = connection;

    ngx_log_error(NGX_LOG_WARN, conn->c->log, 0, "%s", line);
}

static tlsf_bounds_of
ngx_http_tlsfloor_handshake_bounds_of(void)
{
#if (NGX_HTTP_TLSFLOOR_VERSION_BY_NAME)
    return TLSF_BOUNDS_NAMED;
#else
    return TLSF_BOUNDS_DEFAULT;
#endif
}

static const tlsf_handshake_server ngx_http_tlsfloor_handshake_server = {
    .find = ngx_http_tlsfloor_handshake_find,
    .now = ngx_http_tlsfloor_handshake_now,
    .log = ngx_http_tlsfloor_handshake_log,
    .bounds_of = ngx_http_tlsfloor_handshake_bounds_of,
};

/*
 * The connection's pool goes. By then nginx has freed the SSL and put c->data
 * on its free list, so only our own record and the timeout flags are read.
 */
static void
ngx_http_tlsfloor_handshake_end(void *data)
{
    ngx_http_tlsfloor_conn_t *conn = data;

    tlsf_handshake_end(&conn->handshake,
                       conn->c->read->timedout || conn->c->timedout
                           ? TLSF_ENDING_TIMEOUT
                           : TLSF_ENDING_EOF);
}

/*
 * The record of a connection with TLS, or NULL. Over HTTP/1 ours is the pool's
 * first cleanup, since nothing else has one; asking OpenSSL costs more.
 */
tlsf_handshake *
ngx_http_tlsfloor_handshake_of(const ngx_connection_t *c)
{
    const ngx_pool_cleanup_t *first = c->pool->cleanup;

    if (first != NULL && first->handler == ngx_http_tlsfloor_handshake_end) {
        return &((ngx_http_tlsfloor_conn_t *)first->data)->handshake;
    }
    return c->ssl == NULL ? NULL : tlsf_handshake_of(c->ssl->connection);
}

static void
ngx_http_tlsfloor_handshake_begin(SSL *ssl)
{
    ngx_connection_t *c = ngx_ssl_get_connection(ssl);
    ngx_http_connection_t *hc;
    ngx_http_tlsfloor_srv_conf_t *scf;
    ngx_http_tlsfloor_conn_t *conn;
    ngx_pool_cleanup_t *cleanup;

    if (c == NULL || c->ssl == NULL || c->ssl->handshaked || c->data == NULL) {
        return;
    }
    hc = c->data;
    scf = hc->conf_ctx->srv_conf[ngx_http_tlsfloor_module.ctx_index];
    cleanup = ngx_pool_cleanup_add(c->pool, sizeof(ngx_http_tlsfloor_conn_t));
    if (cleanup == NULL) {
        if (scf->host.host.row != NULL) {
            ngx_log_error(NGX_LOG_WARN, c->log, 0,
                          "tlsfloor: no memory to watch this connection");
        }
        return;
    }
    conn = cleanup->data;
    ngx_memzero(conn, sizeof(*conn));
    conn->c = c;
    cleanup->handler = ngx_http_tlsfloor_handshake_end;
    /* Over UDP the message callback belongs to nginx's QUIC. */
    tlsf_handshake_begin(&conn->handshake, ssl,
                         &ngx_http_tlsfloor_handshake_server, conn, &scf->host,
                         c->type != SOCK_DGRAM);
}

static void
ngx_http_tlsfloor_handshake_info(const SSL *ssl, int where, int ret)
{
    const tlsf_tls *tls = tlsf_tls_of(ssl);
    tlsf_handshake *handshake = tlsf_handshake_of(ssl);

    if (tls != NULL && tls->info != NULL) {
        tls->info(ssl, where, ret);
    }
    if (handshake != NULL) {
        tlsf_handshake_info(handshake, ssl, where, ret);
    } else if (where & SSL_CB_HANDSHAKE_START) {
        /* OpenSSL's info callbacks get a const SSL of a connection that is
         * not; every setter needs the other. */
        ngx_http_tlsfloor_handshake_begin((SSL *)(uintptr_t)ssl);
    }
}

static void
ngx_http_tlsfloor_handshake_remark(ngx_conf_t *cf, const tlsf_remarks *remarks)
{
    char words[512];

    for (int which = 0; which < TLSF_N_REMARKS; which++) {
        tlsf_buf buf = {words, sizeof(words), 0};
        tlsf_out out = tlsf_out_to_buf(&buf);

        tlsf_remarks_write(remarks, which, false, &out);
        if (buf.used > 0) {
            ngx_log_error(NGX_LOG_WARN, cf->log, 0, "%*s", buf.used, words);
        }
    }
}

/* Every server with TLS, whatever its own floor: an SSL begins in the default
 * server's context and is switched to another's. */
ngx_int_t
ngx_http_tlsfloor_handshake_attach(ngx_conf_t *cf)
{
    static int kept_index = -1;
    ngx_http_core_main_conf_t *cmcf =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    ngx_http_core_srv_conf_t **cscfp = cmcf->servers.elts;
    ngx_http_tlsfloor_srv_conf_t *scf;
    ngx_uint_t i;
    bool can_rescue = false;
    tlsf_remarks remarks = {0};

    if (tlsf_handshake_init(&kept_index) != TLSF_OK) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "tlsfloor: OpenSSL has no room for our data");
        return NGX_ERROR;
    }
    for (i = 0; i < cmcf->servers.nelts; i++) {
        scf = ngx_http_conf_get_module_srv_conf(cscfp[i],
                                                ngx_http_tlsfloor_module);
        if (scf->tls.ctx != NULL) {
            scf->host.tls = tlsf_tls_record(&scf->tls, scf->tls.ctx);
            SSL_CTX_set_info_callback(scf->tls.ctx,
                                      ngx_http_tlsfloor_handshake_info);
        }
        if (scf->is_tls) {
            can_rescue |= tlsf_tls_host_can_rescue(&scf->host);
            tlsf_remarks_collect(&remarks, &scf->host);
        }
    }
    ngx_http_tlsfloor_handshake_remark(cf, &remarks);
    for (i = 0; can_rescue && i < cmcf->servers.nelts; i++) {
        scf = ngx_http_conf_get_module_srv_conf(cscfp[i],
                                                ngx_http_tlsfloor_module);
        if (scf->host.tls != NULL) {
            tlsf_tls_open(scf->host.tls);
        }
    }
    return NGX_OK;
}
