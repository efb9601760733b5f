/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends core's page through nginx: headers into headers_out, the body into a
 * chain of buffers. Called by gate.c.
 */
#include "adapter.h"

#define NGX_HTTP_TLSFLOOR_PAGE_PART 4096

/* A chain as core's sink; grows in the request's pool. */
typedef struct {
    ngx_pool_t *pool;
    ngx_chain_t *first;
    ngx_chain_t *last;
} ngx_http_tlsfloor_page_sink_t;

static int
ngx_http_tlsfloor_page_write(void *to, const char *bytes, size_t n)
{
    ngx_http_tlsfloor_page_sink_t *sink = to;

    while (n > 0) {
        ngx_chain_t *link = sink->last;
        size_t room = link == NULL ? 0 : link->buf->end - link->buf->last;

        if (room == 0) {
            link = ngx_alloc_chain_link(sink->pool);
            if (link == NULL) {
                return TLSF_ESINK;
            }
            link->next = NULL;
            link->buf =
                ngx_create_temp_buf(sink->pool, NGX_HTTP_TLSFLOOR_PAGE_PART);
            if (link->buf == NULL) {
                return TLSF_ESINK;
            }
            if (sink->last == NULL) {
                sink->first = link;
            } else {
                sink->last->next = link;
            }
            sink->last = link;
            continue;
        }
        room = ngx_min(room, n);
        link->buf->last = ngx_cpymem(link->buf->last, bytes, room);
        bytes += room;
        n -= room;
    }
    return TLSF_OK;
}

/* One response header; name and value are copied. */
void
ngx_http_tlsfloor_page_header(void *request, tlsf_str name, tlsf_str value)
{
    ngx_http_request_t *r = request;
    ngx_table_elt_t *h = ngx_list_push(&r->headers_out.headers);
    u_char *copy;

    if (h == NULL) {
        return;
    }
    ngx_memzero(h, sizeof(*h));
    copy = ngx_pnalloc(r->pool, name.len + value.len);
    if (copy == NULL) {
        return; /* hash 0: not sent */
    }
    h->key.data = copy;
    h->key.len = name.len;
    h->value.data = ngx_cpymem(copy, name.data, name.len);
    h->value.len = value.len;
    ngx_memcpy(h->value.data, value.data, value.len);
    h->hash = 1;
}

/* The first request header of this name, or an absent slice. */
tlsf_str
ngx_http_tlsfloor_page_request_header(ngx_http_request_t *r, tlsf_str name)
{
    ngx_list_part_t *part = &r->headers_in.headers.part;
    ngx_table_elt_t *h = part->elts;
    tlsf_str absent = {NULL, 0};

    for (ngx_uint_t i = 0;; i++) {
        if (i >= part->nelts) {
            if (part->next == NULL) {
                return absent;
            }
            part = part->next;
            h = part->elts;
            i = 0;
        }
        if (tlsf_str_eq_nocase(ngx_http_tlsfloor_str(&h[i].key), name)) {
            return ngx_http_tlsfloor_str(&h[i].value);
        }
    }
}

tlsf_client
ngx_http_tlsfloor_page_client(ngx_http_request_t *r)
{
    tlsf_str absent = {NULL, 0};

    return tlsf_client_read(
        r->headers_in.user_agent == NULL
            ? absent
            : ngx_http_tlsfloor_str(&r->headers_in.user_agent->value));
}

/* nginx's own $request_id, so that the number is in the admin's logs too. */
static tlsf_str
ngx_http_tlsfloor_page_request_id(ngx_http_request_t *r)
{
    static ngx_str_t name = ngx_string("request_id");
    ngx_http_variable_value_t *value =
        ngx_http_get_variable(r, &name, ngx_hash_key(name.data, name.len));
    tlsf_str id = {NULL, 0};

    if (value != NULL && !value->not_found) {
        id.data = (const char *)value->data;
        id.len = value->len;
    }
    return id;
}

/* Seconds that local time is ahead of UTC at that instant. */
static int64_t
ngx_http_tlsfloor_page_utc_offset(int64_t at)
{
    struct tm tm;

    ngx_libc_localtime(at, &tm);
    return tm.tm_gmtoff;
}

static void
ngx_http_tlsfloor_page_fill(ngx_http_request_t *r,
                            const ngx_http_tlsfloor_judgement_t *judgement,
                            tlsf_page *page)
{
    const tlsf_handshake *handshake =
        tlsf_handshake_of(r->connection->ssl->connection);
    ngx_http_core_srv_conf_t *cscf =
        ngx_http_get_module_srv_conf(r, ngx_http_core_module);
    tlsf_page_request request;

    ngx_memzero(page, sizeof(*page));
    page->settings = judgement->settings;
    page->host_name = ngx_http_tlsfloor_str(&cscf->server_name);
    page->facts = judgement->facts;
    page->required = tlsf_handshake_required(handshake, judgement->settings);
    page->now = ngx_time();
    page->utc_offset = ngx_http_tlsfloor_page_utc_offset;
    page->request_id = ngx_http_tlsfloor_page_request_id(r);
    page->is_http11 = r->http_version == NGX_HTTP_VERSION_11;

    request.user_agent =
        ngx_http_tlsfloor_page_request_header(r, TLSF_LIT("User-Agent"));
    request.accept =
        ngx_http_tlsfloor_page_request_header(r, TLSF_LIT("Accept"));
    request.accept_language =
        ngx_http_tlsfloor_page_request_header(r, TLSF_LIT("Accept-Language"));
    tlsf_page_choose(page, &request);
}

/* As nginx made it for a new request: nothing of another answer is left. */
static ngx_int_t
ngx_http_tlsfloor_page_clear(ngx_http_request_t *r)
{
    ngx_memzero(&r->headers_out, sizeof(r->headers_out));
    r->headers_out.content_length_n = -1;
    r->headers_out.last_modified_time = -1;
    if (ngx_list_init(&r->headers_out.trailers, r->pool, 4,
                      sizeof(ngx_table_elt_t)) != NGX_OK) {
        return NGX_ERROR;
    }
    return ngx_list_init(&r->headers_out.headers, r->pool, 20,
                         sizeof(ngx_table_elt_t));
}

/*
 * Headers and body of the page, ready to be sent. A failure is counted and
 * closes a rescued connection (NGX_ERROR); any other request goes on without
 * us (NGX_DECLINED).
 */
ngx_int_t
ngx_http_tlsfloor_page_make(ngx_http_request_t *r,
                            const ngx_http_tlsfloor_judgement_t *judgement,
                            ngx_chain_t **body)
{
    ngx_int_t failure = judgement->facts.is_rescued ? NGX_ERROR : NGX_DECLINED;
    ngx_http_tlsfloor_page_sink_t sink = {r->pool, NULL, NULL};
    tlsf_out out = {ngx_http_tlsfloor_page_write, &sink, 0, TLSF_OK};
    ngx_http_tlsfloor_ctx_t *ctx;
    tlsf_page page;
    tlsf_str type;

    ctx = ngx_pcalloc(r->pool, sizeof(ngx_http_tlsfloor_ctx_t));
    ngx_http_tlsfloor_page_fill(r, judgement, &page);
    tlsf_page_write(&page, &out);
    if (ctx == NULL || out.err != TLSF_OK || sink.last == NULL) {
        ngx_http_tlsfloor_shm_error(r, TLSF_PART_PAGE, "no memory for a page");
        return failure;
    }
    if (ngx_http_tlsfloor_page_clear(r) != NGX_OK) {
        return NGX_ERROR;
    }
    sink.last->buf->last_buf = 1;
    sink.last->buf->last_in_chain = 1;
    *body = sink.first;

    type = tlsf_page_content_type(&page);
    r->err_status = 0;
    r->headers_out.status = tlsf_page_status(&page);
    r->headers_out.content_length_n = out.n;
    r->headers_out.content_type.data = (u_char *)type.data;
    r->headers_out.content_type.len = type.len;
    r->headers_out.content_type_len = type.len;
    tlsf_page_headers(&page, ngx_http_tlsfloor_page_header, r);

    /* The body of the request is never read: the page first, then the server
     * lingers for what is still on its way. */
    r->keepalive = 0;
    r->lingering_close = 1;
    ctx->is_ours = 1;
    ngx_http_set_ctx(r, ctx, ngx_http_tlsfloor_module);
    return NGX_OK;
}

/* A stream of a multiplexed connection: its data is dropped. */
static ngx_int_t
ngx_http_tlsfloor_page_drop_body(ngx_http_request_t *r)
{
    if (r->http_version < NGX_HTTP_VERSION_20) {
        return NGX_OK;
    }
    return ngx_http_discard_request_body(r) == NGX_OK ? NGX_OK : NGX_ERROR;
}

ngx_int_t
ngx_http_tlsfloor_page_send(ngx_http_request_t *r,
                            const ngx_http_tlsfloor_judgement_t *judgement)
{
    ngx_chain_t *body;
    ngx_int_t rc;

    rc = ngx_http_tlsfloor_page_make(r, judgement, &body);
    if (rc != NGX_OK) {
        return rc;
    }
    if (ngx_http_tlsfloor_page_drop_body(r) != NGX_OK) {
        return NGX_ERROR;
    }
    rc = ngx_http_send_header(r);
    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }
    return ngx_http_output_filter(r, body);
}
