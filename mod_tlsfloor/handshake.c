/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attaches core's handshake observer to every TLS connection and lends it what
 * only httpd knows. Registered by module.c, then called by mod_ssl and
 * OpenSSL.
 *
 * mod_ssl hands out each new context (init_server) and each new connection
 * (pre_handshake) through optional hooks, so nothing of mod_ssl is linked and
 * the order of LoadModule does not matter.
 */
#include "adapter.h"

static ap_filter_rec_t *tlsfloor_handshake_filter_handle;

typedef struct tlsfloor_wanted {
    const char *name;
    apr_uint64_t bit;
    server_rec *found;
} tlsfloor_wanted;

/* One of 64 bits by FNV-1a of the name in lower case. */
static apr_uint64_t
tlsfloor_handshake_bit(const char *name)
{
    apr_uint32_t sum = 2166136261u;

    for (; *name != '\0'; name++) {
        sum = (sum ^ (unsigned char)tlsf_lower(*name)) * 16777619u;
    }
    return (apr_uint64_t)1 << (sum >> 26);
}

/* The bits of all names of a host: a name whose bit is not there is none of
 * them. All bits where there is a wildcard. */
static apr_uint64_t
tlsfloor_handshake_names(const server_rec *s)
{
    apr_uint64_t bits = tlsfloor_handshake_bit(s->server_hostname);

    for (int i = 0; s->names != NULL && i < s->names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(s->names, i, const char *);

        bits |= name == NULL ? 0 : tlsfloor_handshake_bit(name);
    }
    return s->wild_names != NULL && s->wild_names->nelts > 0 ? ~(apr_uint64_t)0
                                                             : bits;
}

/* As mod_ssl compares a name: host name, aliases, wildcard aliases. */
static int
tlsfloor_handshake_compare(tlsfloor_wanted *wanted, server_rec *s)
{
    const apr_array_header_t *lists[] = {s->names, s->wild_names};

    if (strcasecmp(wanted->name, s->server_hostname) == 0) {
        wanted->found = s;
        return 1;
    }
    for (size_t list = 0; list < TLSF_COUNTOF(lists); list++) {
        for (int i = 0; lists[list] != NULL && i < lists[list]->nelts; i++) {
            const char *name = APR_ARRAY_IDX(lists[list], i, const char *);

            if (name != NULL &&
                (list == 0 ? strcasecmp(wanted->name, name)
                           : ap_strcasecmp_match(wanted->name, name)) == 0) {
                wanted->found = s;
                return 1;
            }
        }
    }
    return 0;
}

/* httpd asks host after host: a thousand of them must cost next to nothing. */
static int
tlsfloor_handshake_match(void *data, conn_rec *c, server_rec *s)
{
    const tlsfloor_server_conf *sc = tlsfloor_server(s);
    tlsfloor_wanted *wanted = data;

    (void)c;
    return sc->named == s && (sc->names & wanted->bit) == 0
               ? 0
               : tlsfloor_handshake_compare(wanted, s);
}

/*
 * The virtual host of a name, as mod_ssl itself looks it up; else the default
 * of the address.
 */
static const tlsf_tls_host *
tlsfloor_handshake_find(void *connection, tlsf_str name)
{
    tlsfloor_conn *conn = connection;
    tlsfloor_wanted wanted = {NULL, 0, NULL};
    char text[256];

    if (name.len > 0 && name.len < sizeof(text)) {
        memcpy(text, name.data, name.len);
        text[name.len] = '\0';
        wanted.name = text;
        wanted.bit = tlsfloor_handshake_bit(text);
        ap_vhost_iterate_given_conn(conn->c, tlsfloor_handshake_match, &wanted);
    }
    return &tlsfloor_server(wanted.found != NULL ? wanted.found
                                                 : conn->c->base_server)
                ->host;
}

static int64_t
tlsfloor_handshake_now(void)
{
    return apr_time_sec(apr_time_now());
}

static void
tlsfloor_handshake_log(void *connection, const char *line)
{
    tlsfloor_conn *conn = connection;

    ap_log_cerror(APLOG_MARK, APLOG_WARNING, 0, conn->c, "%s", line);
}

/* From 2.4.42 on mod_ssl switches hosts before the version is chosen. */
static tlsf_bounds_of
tlsfloor_handshake_bounds_of(void)
{
    ap_version_t version;

    ap_get_server_revision(&version);
    return version.major > 2 || version.minor > 4 || version.patch >= 42
               ? TLSF_BOUNDS_EITHER
               : TLSF_BOUNDS_DEFAULT;
}

static const tlsf_handshake_server tlsfloor_handshake_server = {
    .find = tlsfloor_handshake_find,
    .now = tlsfloor_handshake_now,
    .log = tlsfloor_handshake_log,
    .bounds_of = tlsfloor_handshake_bounds_of,
};

/*
 * The connection's pool goes. By then mod_ssl has freed the SSL, so only our
 * own record is read.
 */
static apr_status_t
tlsfloor_handshake_end(void *data)
{
    tlsfloor_conn *conn = data;

    tlsf_handshake_end(&conn->handshake, !conn->has_bytes ? TLSF_ENDING_SILENT
                                         : APR_STATUS_IS_TIMEUP(conn->read_rv)
                                             ? TLSF_ENDING_TIMEOUT
                                             : TLSF_ENDING_EOF);
    return APR_SUCCESS;
}

/* Between mod_ssl and the socket until the handshake is over: only here can
 * be seen whether any byte came and how reading ended. */
static apr_status_t
tlsfloor_handshake_filter(ap_filter_t *f, apr_bucket_brigade *bb,
                          ap_input_mode_t mode, apr_read_type_e block,
                          apr_off_t readbytes)
{
    tlsfloor_conn *conn = f->ctx;
    apr_status_t rv = ap_get_brigade(f->next, bb, mode, block, readbytes);

    if (conn->handshake.is_done) {
        ap_remove_input_filter(f);
    } else if (rv == APR_SUCCESS) {
        for (apr_bucket *b = APR_BRIGADE_FIRST(bb);
             b != APR_BRIGADE_SENTINEL(bb) && !conn->has_bytes;
             b = APR_BUCKET_NEXT(b)) {
            conn->has_bytes = !APR_BUCKET_IS_METADATA(b) && b->length != 0;
        }
    } else if (!APR_STATUS_IS_EAGAIN(rv)) {
        conn->read_rv = rv;
    }
    return rv;
}

static void
tlsfloor_handshake_info(const SSL *ssl, int where, int ret)
{
    tlsf_handshake *handshake = tlsf_handshake_of(ssl);
    tlsfloor_conn *conn = handshake == NULL ? NULL : handshake->connection;

    if (conn != NULL && conn->info != NULL) {
        conn->info(ssl, where, ret);
    }
    if (handshake != NULL) {
        tlsf_handshake_info(handshake, ssl, where, ret);
    }
}

/* mod_ssl's hook: a connection has its SSL, nothing was read. */
int
tlsfloor_handshake_begin(conn_rec *c, SSL *ssl, int is_proxy)
{
    tlsfloor_conn *conn;

    if (is_proxy || tlsfloor_configured.n_hosts == 0) {
        return DECLINED;
    }
    conn = apr_pcalloc(c->pool, sizeof(tlsfloor_conn));
    conn->c = c;
    conn->ssl = ssl;
    conn->info = SSL_get_info_callback(ssl);
    if (conn->info == NULL) {
        conn->info = SSL_CTX_get_info_callback(SSL_get_SSL_CTX(ssl));
    }
    ap_set_module_config(c->conn_config, &tlsfloor_module, conn);
    apr_pool_cleanup_register(c->pool, conn, tlsfloor_handshake_end,
                              apr_pool_cleanup_null);
    ap_add_input_filter_handle(tlsfloor_handshake_filter_handle, conn, NULL, c);
    tlsf_handshake_begin(&conn->handshake, ssl, &tlsfloor_handshake_server,
                         conn, &tlsfloor_server(c->base_server)->host, true);
    SSL_set_info_callback(ssl, tlsfloor_handshake_info);
    return OK;
}

static void
tlsfloor_handshake_remark(server_rec *s, const tlsf_remarks *remarks)
{
    char words[512];

    for (int which = 0; which < TLSF_N_REMARKS; which++) {
        tlsf_buf buf = {words, sizeof(words) - 1, 0};
        tlsf_out out = tlsf_out_to_buf(&buf);

        tlsf_remarks_write(remarks, which, true, &out);
        words[buf.used] = '\0';
        if (buf.used > 0) {
            ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s, "%s", words);
        }
    }
}

/* mod_ssl's hook: the context of a virtual host, finished. */
int
tlsfloor_handshake_context(server_rec *s, apr_pool_t *p, int is_proxy,
                           SSL_CTX *ctx)
{
    if (!is_proxy) {
        tlsfloor_server_conf *sc = tlsfloor_config_own(p, s);

        sc->ctx = ctx;
        sc->names = tlsfloor_handshake_names(s);
        sc->named = s;
    }
    return OK;
}

/* Every host with TLS, whatever its own floor: an SSL begins in the default
 * host's context and is switched to another's. */
int
tlsfloor_handshake_attach(server_rec *s)
{
    bool can_rescue = false;
    tlsf_remarks remarks = {0};

    if (tlsf_handshake_init(&tlsfloor_retain->ssl_index) != TLSF_OK) {
        ap_log_error(APLOG_MARK, APLOG_EMERG, 0, s,
                     "tlsfloor: OpenSSL has no room for our data");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    for (server_rec *each = s; each != NULL; each = each->next) {
        tlsfloor_server_conf *sc = tlsfloor_server(each);

        if (sc->ctx == NULL) {
            continue;
        }
        sc->host.tls = tlsf_tls_record(&sc->tls, sc->ctx);
        can_rescue |= tlsf_tls_host_can_rescue(&sc->host);
        tlsf_remarks_collect(&remarks, &sc->host);
    }
    tlsfloor_handshake_remark(s, &remarks);
    for (server_rec *each = s; can_rescue && each != NULL; each = each->next) {
        tlsfloor_server_conf *sc = tlsfloor_server(each);

        if (sc->host.tls != NULL) {
            tlsf_tls_open(sc->host.tls);
        }
    }
    return OK;
}

void
tlsfloor_handshake_register(void)
{
    APR_OPTIONAL_HOOK(ssl, init_server, tlsfloor_handshake_context, NULL, NULL,
                      APR_HOOK_REALLY_LAST);
    APR_OPTIONAL_HOOK(ssl, pre_handshake, tlsfloor_handshake_begin, NULL, NULL,
                      APR_HOOK_REALLY_LAST);
    /* Below mod_ssl (+5), above mod_reqtimeout (+8). */
    tlsfloor_handshake_filter_handle = ap_register_input_filter(
        "TLSFLOOR_HANDSHAKE", tlsfloor_handshake_filter, NULL,
        AP_FTYPE_CONNECTION + 6);
}
