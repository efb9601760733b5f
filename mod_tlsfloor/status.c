/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The status handler: metrics and JSON, streamed piece by piece. Registered by
 * module.c; reached by `SetHandler tlsfloor-status`.
 */
#include "adapter.h"

/*
 * Loopback by the socket's own peer, whatever mod_remoteip or the PROXY
 * protocol say, and not through a proxy that says so in a header. A unix
 * socket tells no address.
 */
static bool
tlsfloor_status_is_local(request_rec *r)
{
    conn_rec *c = r->connection;
    apr_sockaddr_t *peer;
    tlsf_str name;

    for (size_t i = 0; (name = tlsf_status_proxy_header(i)).data != NULL; i++) {
        if (tlsfloor_page_request_header(r, name.data).data != NULL) {
            return false;
        }
    }
    if (apr_socket_addr_get(
            &peer, APR_REMOTE,
            ap_get_conn_socket(c->master != NULL ? c->master : c)) !=
        APR_SUCCESS) {
        return false;
    }
    return (peer->family == APR_INET || peer->family == APR_INET6) &&
           tlsf_status_is_loopback(peer->ipaddr_ptr, (size_t)peer->ipaddr_len);
}

static int
tlsfloor_status_write(void *to, const char *bytes, size_t n)
{
    return ap_rwrite(bytes, (int)n, to) < 0 ? TLSF_ESINK : TLSF_OK;
}

static const tlsf_build *
tlsfloor_status_build(request_rec *r)
{
    tlsf_build *build = apr_pcalloc(r->pool, sizeof(*build));
    ap_version_t v;

    ap_get_server_revision(&v);
    build->version = TLSF_LIT(TLSF_RELEASE);
    build->server = tlsf_str_of(
        apr_psprintf(r->pool, "Apache/%d.%d.%d", v.major, v.minor, v.patch));
    build->openssl = tlsf_str_of(OpenSSL_version(OPENSSL_VERSION));
    return build;
}

static void
tlsfloor_status_header(request_rec *r, tlsf_str type)
{
    ap_set_content_type(r, type.data);
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
}

static int
tlsfloor_status_report(request_rec *r, tlsf_report_kind kind)
{
    tlsf_out out = {tlsfloor_status_write, r, 0, TLSF_OK};
    tlsf_report report = {
        .kind = kind,
        .table = tlsfloor_retain->table,
        .hosts = (const tlsf_host *const *)tlsfloor_configured.hosts,
        .n_hosts = tlsfloor_configured.n_hosts,
        .build = tlsfloor_status_build(r),
        .now = apr_time_sec(r->request_time),
    };

    tlsfloor_status_header(r, tlsf_report_content_type(kind));
    while (!r->header_only && out.err == TLSF_OK &&
           tlsf_report_next(&report, &out)) {
    }
    return OK;
}

static int
tlsfloor_status_index(request_rec *r)
{
    tlsf_str text = tlsf_status_index();

    tlsfloor_status_header(r, TLSF_LIT("text/plain; charset=utf-8"));
    ap_rwrite(text.data, (int)text.len, r);
    return OK;
}

int
tlsfloor_status_handler(request_rec *r)
{
    const tlsfloor_location_conf *lc;
    tlsf_status_page page;

    if (r->handler == NULL || strcmp(r->handler, "tlsfloor-status") != 0) {
        return DECLINED;
    }
    r->allowed = AP_METHOD_BIT << M_GET;
    if (r->method_number != M_GET) {
        return HTTP_METHOD_NOT_ALLOWED;
    }
    lc = ap_get_module_config(r->per_dir_config, &tlsfloor_module);
    if (lc->is_local != 0 && !tlsfloor_status_is_local(r)) {
        return HTTP_FORBIDDEN;
    }
    page = tlsf_status_page_of(tlsf_str_of(r->uri));
    switch (page) {
    case TLSF_STATUS_METRICS:
    case TLSF_STATUS_JSON:
        return tlsfloor_status_report(
            r, tlsf_status_report_of(
                   page, tlsfloor_page_request_header(r, "Accept")));
    case TLSF_STATUS_INDEX:
        return tlsfloor_status_index(r);
    case TLSF_STATUS_NONE:
        break;
    }
    return HTTP_NOT_FOUND;
}
