/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The status handler: metrics and JSON, streamed in parts so that a report
 * over any number of servers never holds the worker for long. Set as a
 * location's handler by config.c.
 */
#include "adapter.h"

#define NGX_HTTP_TLSFLOOR_STATUS_PART 32768 /* flushed at this many bytes */
#define NGX_HTTP_TLSFLOOR_STATUS_ROOM 65536 /* that and one more piece */

/*
 * Loopback by the socket's own peer, whatever realip or the PROXY protocol
 * say, and not through a proxy that says so in a header. A unix socket tells
 * no address.
 */
static bool
ngx_http_tlsfloor_status_is_local(ngx_http_request_t *r)
{
    struct sockaddr_storage peer;
    socklen_t len = sizeof(peer);
    tlsf_str name;

    for (size_t i = 0; (name = tlsf_status_proxy_header(i)).data != NULL; i++) {
        if (ngx_http_tlsfloor_page_request_header(r, name).data != NULL) {
            return false;
        }
    }
    if (getpeername(r->connection->fd, (struct sockaddr *)&peer, &len) != 0) {
        return false;
    }
    if (peer.ss_family == AF_INET) {
        return tlsf_status_is_loopback(
            (u_char *)&((struct sockaddr_in *)&peer)->sin_addr, 4);
    }
#if (NGX_HAVE_INET6)
    if (peer.ss_family == AF_INET6) {
        return tlsf_status_is_loopback(
            ((struct sockaddr_in6 *)&peer)->sin6_addr.s6_addr, 16);
    }
#endif
    return false;
}

/* Fill the buffer in flight; whether there is more after it. */
static bool
ngx_http_tlsfloor_status_fill(ngx_http_tlsfloor_ctx_t *ctx)
{
    ngx_buf_t *b = ctx->out->buf;
    tlsf_buf buf = {(char *)b->start, b->end - b->start, 0};
    tlsf_out out = tlsf_out_to_buf(&buf);
    bool has_more = true;

    while (has_more && buf.used < NGX_HTTP_TLSFLOOR_STATUS_PART) {
        has_more = tlsf_report_next(&ctx->report, &out);
    }
    b->pos = b->start;
    b->last = b->start + buf.used;
    b->last_buf = !has_more;
    b->last_in_chain = !has_more;
    b->flush = has_more;
    return has_more;
}

static void
ngx_http_tlsfloor_status_wait(ngx_http_request_t *r)
{
    ngx_event_t *wev = r->connection->write;
    ngx_http_core_loc_conf_t *clcf =
        ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (!wev->delayed) {
        ngx_add_timer(wev, clcf->send_timeout);
    }
    if (ngx_handle_write_event(wev, clcf->send_lowat) != NGX_OK) {
        ngx_http_finalize_request(r, NGX_ERROR);
    }
}

/*
 * Send what is there, then make the next part in the event loop's next round,
 * so that other connections have their turn in between.
 */
static void
ngx_http_tlsfloor_status_write(ngx_http_request_t *r)
{
    ngx_http_tlsfloor_ctx_t *ctx =
        ngx_http_get_module_ctx(r, ngx_http_tlsfloor_module);
    ngx_event_t *wev = r->connection->write;
    ngx_buf_t *b = ctx->out->buf;
    ngx_chain_t *in = NULL;
    bool has_more = true;

    if (wev->timedout) {
        r->connection->timedout = 1;
        ngx_http_finalize_request(r, NGX_HTTP_REQUEST_TIME_OUT);
        return;
    }
    if (b->pos == b->last && !r->connection->buffered) {
        has_more = ngx_http_tlsfloor_status_fill(ctx);
        in = ctx->out;
    }
    if (ngx_http_output_filter(r, in) == NGX_ERROR) {
        ngx_http_finalize_request(r, NGX_ERROR);
        return;
    }
    if (!has_more) {
        ngx_http_finalize_request(r, NGX_OK);
        return;
    }
    if (b->pos != b->last || r->connection->buffered) {
        ngx_http_tlsfloor_status_wait(r);
        return;
    }
    if (wev->timer_set) {
        ngx_del_timer(wev);
    }
    ngx_post_event(wev, &ngx_posted_next_events);
}

static const tlsf_build *
ngx_http_tlsfloor_status_build(void)
{
    static tlsf_build build = {
        TLSF_LIT_INIT(TLSF_RELEASE), TLSF_LIT_INIT(NGINX_VER), {NULL, 0}};

    build.openssl = tlsf_str_of(OpenSSL_version(OPENSSL_VERSION));
    return &build;
}

static void
ngx_http_tlsfloor_status_header(ngx_http_request_t *r, tlsf_str type)
{
    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = -1;
    r->headers_out.content_type.data = (u_char *)type.data;
    r->headers_out.content_type.len = type.len;
    r->headers_out.content_type_len = type.len;
    ngx_http_tlsfloor_page_header(r, TLSF_LIT("Cache-Control"),
                                  TLSF_LIT("no-store"));
}

static ngx_int_t
ngx_http_tlsfloor_status_report(ngx_http_request_t *r, tlsf_report_kind kind)
{
    ngx_http_tlsfloor_main_conf_t *mcf =
        ngx_http_get_module_main_conf(r, ngx_http_tlsfloor_module);
    ngx_http_tlsfloor_ctx_t *ctx = ngx_pcalloc(r->pool, sizeof(*ctx));
    ngx_int_t rc;

    if (ctx == NULL || (ctx->out = ngx_alloc_chain_link(r->pool)) == NULL ||
        (ctx->out->buf = ngx_create_temp_buf(
             r->pool, NGX_HTTP_TLSFLOOR_STATUS_ROOM)) == NULL) {
        ngx_http_tlsfloor_shm_error(r, TLSF_PART_STATUS, "no memory for it");
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    ctx->out->next = NULL;
    ctx->is_ours = 1;
    ctx->report.kind = kind;
    ctx->report.table = mcf->table;
    ctx->report.hosts = (const tlsf_host *const *)mcf->hosts;
    ctx->report.n_hosts = mcf->n_hosts;
    ctx->report.build = ngx_http_tlsfloor_status_build();
    ctx->report.now = ngx_time();
    ngx_http_set_ctx(r, ctx, ngx_http_tlsfloor_module);

    ngx_http_tlsfloor_status_header(r, tlsf_report_content_type(kind));
    rc = ngx_http_send_header(r);
    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }
    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = ngx_http_tlsfloor_status_write;
    r->main->count++;
    ngx_http_tlsfloor_status_write(r);
    return NGX_DONE;
}

static ngx_int_t
ngx_http_tlsfloor_status_index(ngx_http_request_t *r)
{
    tlsf_str text = tlsf_status_index();
    ngx_http_complex_value_t body;
    ngx_str_t type = ngx_string("text/plain; charset=utf-8");

    ngx_http_tlsfloor_status_header(r, ngx_http_tlsfloor_str(&type));
    ngx_memzero(&body, sizeof(body));
    body.value.data = (u_char *)text.data;
    body.value.len = text.len;
    return ngx_http_send_response(r, NGX_HTTP_OK, &type, &body);
}

ngx_int_t
ngx_http_tlsfloor_status_handler(ngx_http_request_t *r)
{
    ngx_http_tlsfloor_loc_conf_t *lcf =
        ngx_http_get_module_loc_conf(r, ngx_http_tlsfloor_module);
    tlsf_str accept =
        ngx_http_tlsfloor_page_request_header(r, TLSF_LIT("Accept"));
    tlsf_status_page page = tlsf_status_page_of(ngx_http_tlsfloor_str(&r->uri));
    ngx_int_t rc;

    if (!(r->method & (NGX_HTTP_GET | NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }
    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }
    if (lcf->is_local && !ngx_http_tlsfloor_status_is_local(r)) {
        return NGX_HTTP_FORBIDDEN;
    }
    switch (page) {
    case TLSF_STATUS_METRICS:
    case TLSF_STATUS_JSON:
        return ngx_http_tlsfloor_status_report(
            r, tlsf_status_report_of(page, accept));
    case TLSF_STATUS_INDEX:
        return ngx_http_tlsfloor_status_index(r);
    case TLSF_STATUS_NONE:
        break;
    }
    return NGX_HTTP_NOT_FOUND;
}
