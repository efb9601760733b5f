/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends core's page through httpd: headers into headers_out, the body into a
 * brigade. Called by gate.c.
 */
#include "adapter.h"

#define TLSFLOOR_PAGE_LINGER 30 /* seconds, as MAX_SECS_TO_LINGER in httpd */

/* A brigade as core's sink. */
static int
tlsfloor_page_write(void *to, const char *bytes, size_t n)
{
    return apr_brigade_write(to, NULL, NULL, bytes, n) == APR_SUCCESS
               ? TLSF_OK
               : TLSF_ESINK;
}

/* One response header; name and value are copied. */
void
tlsfloor_page_header(void *request, tlsf_str name, tlsf_str value)
{
    request_rec *r = request;

    /* err_headers_out: kept on every status and over internal redirects. */
    apr_table_addn(r->err_headers_out,
                   apr_pstrmemdup(r->pool, name.data, name.len),
                   apr_pstrmemdup(r->pool, value.data, value.len));
}

/* The request header of this name, or an absent slice. */
tlsf_str
tlsfloor_page_request_header(request_rec *r, const char *name)
{
    return tlsf_str_of(apr_table_get(r->headers_in, name));
}

tlsf_client
tlsfloor_page_client(request_rec *r)
{
    return tlsf_client_read(tlsfloor_page_request_header(r, "User-Agent"));
}

/* mod_unique_id's number, which is in the admin's logs too; without it the
 * instant and the connection. */
static tlsf_str
tlsfloor_page_request_id(request_rec *r)
{
    const char *id = apr_table_get(r->subprocess_env, "UNIQUE_ID");

    if (id == NULL) {
        id = apr_psprintf(r->pool, "%" APR_TIME_T_FMT "-%ld", r->request_time,
                          r->connection->id);
    }
    return tlsf_str_of(id);
}

/* Seconds that local time is ahead of UTC at that instant. */
static int64_t
tlsfloor_page_utc_offset(int64_t at)
{
    apr_time_exp_t local;

    apr_time_exp_lt(&local, apr_time_from_sec(at));
    return local.tm_gmtoff;
}

static void
tlsfloor_page_fill(request_rec *r, const tlsfloor_judgement *judgement,
                   tlsf_page *page)
{
    const tlsfloor_conn *conn = tlsfloor_conn_of(r->connection);
    tlsf_page_request request;

    memset(page, 0, sizeof(*page));
    page->settings = judgement->settings;
    page->host_name = tlsf_str_of(r->server->server_hostname);
    page->facts = judgement->facts;
    page->required =
        tlsf_handshake_required(&conn->handshake, judgement->settings);
    page->now = apr_time_sec(r->request_time);
    page->utc_offset = tlsfloor_page_utc_offset;
    page->request_id = tlsfloor_page_request_id(r);
    page->is_http11 = r->proto_num == HTTP_VERSION(1, 1);

    request.user_agent = tlsfloor_page_request_header(r, "User-Agent");
    request.accept = tlsfloor_page_request_header(r, "Accept");
    request.accept_language =
        tlsfloor_page_request_header(r, "Accept-Language");
    tlsf_page_choose(page, &request);
}

/* Nothing of another answer is left. */
static void
tlsfloor_page_clear(request_rec *r)
{
    apr_table_clear(r->headers_out);
    apr_table_clear(r->err_headers_out);
    r->status_line = NULL;
    r->content_encoding = NULL;
    r->content_languages = NULL;
    r->chunked = 0;
    r->no_local_copy = 1;
    apr_table_unset(r->headers_in, "Range");
    apr_table_unset(r->headers_in, "If-Range");
}

static void
tlsfloor_page_set_status(request_rec *r, int status)
{
    r->status = status;
    if (status != HTTP_INTERNAL_SERVER_ERROR &&
        ap_index_of_response(status) ==
            ap_index_of_response(HTTP_INTERNAL_SERVER_ERROR)) {
        /* httpd has no words for it and would say 500. */
        r->status_line = apr_psprintf(r->pool, "%d Upgrade Required", status);
    }
}

/*
 * Headers and body of the page, ready to be sent. A failure is counted and
 * ends a rescued connection (DONE); any other request goes on without us
 * (DECLINED).
 */
int
tlsfloor_page_make(request_rec *r, const tlsfloor_judgement *judgement,
                   apr_bucket_brigade *body)
{
    tlsf_out out = {tlsfloor_page_write, body, 0, TLSF_OK};
    tlsf_page page;

    tlsfloor_page_fill(r, judgement, &page);
    tlsf_page_write(&page, &out);
    if (out.err != TLSF_OK) {
        tlsfloor_shm_error(r, TLSF_PART_PAGE, "no memory for a page");
        if (!judgement->facts.is_rescued) {
            return DECLINED;
        }
        r->connection->aborted = 1;
        return DONE;
    }
    tlsfloor_page_clear(r);
    tlsfloor_page_set_status(r, (int)tlsf_page_status(&page));
    ap_set_content_type(r, tlsf_page_content_type(&page).data);
    ap_set_content_length(r, (apr_off_t)out.n);
    tlsf_page_headers(&page, tlsfloor_page_header, r);
    if (r->header_only) {
        apr_brigade_cleanup(body);
    }
    APR_BRIGADE_INSERT_TAIL(body,
                            apr_bucket_eos_create(r->connection->bucket_alloc));
    if (r->connection->master == NULL) {
        /* Then the body of the request is never read either. */
        r->connection->keepalive = AP_CONN_CLOSE;
    }
    return OK;
}

/*
 * A stream of a multiplexed connection: its data is dropped, after the page and
 * for as long as httpd lingers on HTTP/1. Ending the stream under a client that
 * is still sending makes clients drop the page.
 */
static void
tlsfloor_page_drop_body(request_rec *r)
{
    apr_bucket_brigade *part =
        apr_brigade_create(r->pool, r->connection->bucket_alloc);
    apr_time_t deadline =
        apr_time_now() + apr_time_from_sec(TLSFLOOR_PAGE_LINGER);
    bool has_more = r->connection->master != NULL;

    r->expecting_100 = 0; /* the final answer is out */
    while (has_more && apr_time_now() < deadline) {
        has_more =
            ap_get_brigade(r->input_filters, part, AP_MODE_READBYTES,
                           APR_BLOCK_READ, HUGE_STRING_LEN) == APR_SUCCESS &&
            !APR_BRIGADE_EMPTY(part) &&
            !APR_BUCKET_IS_EOS(APR_BRIGADE_LAST(part));
        apr_brigade_cleanup(part);
    }
}

int
tlsfloor_page_send(request_rec *r, const tlsfloor_judgement *judgement)
{
    apr_bucket_brigade *body =
        apr_brigade_create(r->pool, r->connection->bucket_alloc);
    int rc = tlsfloor_page_make(r, judgement, body);

    if (rc != OK) {
        return rc;
    }
    r->output_filters = r->proto_output_filters;
    ap_pass_brigade(r->output_filters, body);
    tlsfloor_page_drop_body(r);
    return OK;
}
