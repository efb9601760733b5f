/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gate: every request's facts are judged, a below-floor client in `block`
 * gets the page and nothing else, and every request is counted once.
 * Registered by module.c, then called by httpd.
 *
 * The gate stands in quick_handler, before any other: caches, rewriting,
 * access control and ErrorDocuments (which come through here again) are all
 * behind it. A request that fails before any handler (a protocol error) is
 * answered by httpd itself; an error filter puts the page in that answer's
 * place, since it may be a redirect or the site's own text.
 */
#include "adapter.h"

static ap_filter_rec_t *tlsfloor_gate_replace_handle;
static ap_filter_rec_t *tlsfloor_gate_notice_handle;

/*
 * OK with a judgement, DECLINED for a request without TLS. Cheap for a modern
 * client: a version and a floor are compared.
 */
int
tlsfloor_gate_judge(request_rec *r, tlsfloor_judgement *judgement)
{
    const tlsfloor_conn *conn = tlsfloor_conn_of(r->connection);
    const tlsf_settings *settings;

    if (conn == NULL || !conn->handshake.is_done) {
        return DECLINED;
    }
    settings = &tlsfloor_server(r->server)->settings;
    judgement->settings = settings;
    judgement->facts = tlsf_handshake_facts(&conn->handshake, conn->ssl);
    judgement->action = tlsf_policy_judge(
        settings, apr_time_sec(r->request_time), &judgement->facts);
    judgement->is_below = tlsf_policy_is_below(
        settings->floor, judgement->facts.negotiated, judgement->facts.offered);
    if (judgement->facts.is_rescued && !judgement->is_below) {
        /* Here under another host's name: the host that rescued it speaks. */
        judgement->settings = conn->handshake.host->host.settings;
        judgement->is_below = true;
    }
    return OK;
}

/* Once: an error answer may have lost its filters, or not. */
static void
tlsfloor_gate_insert(request_rec *r, const tlsfloor_judgement *judgement,
                     ap_filter_rec_t *filter)
{
    for (ap_filter_t *f = r->output_filters; f != NULL; f = f->next) {
        if (f->frec == filter) {
            return;
        }
    }
    ap_add_output_filter_handle(
        filter, apr_pmemdup(r->pool, judgement, sizeof(*judgement)), r,
        r->connection);
}

static int
tlsfloor_gate_check(request_rec *r, int lookup)
{
    tlsfloor_judgement judgement;

    if (lookup || r->main != NULL || tlsfloor_gate_judge(r, &judgement) != OK) {
        return DECLINED;
    }
    tlsfloor_variables_set(r, &judgement);
    switch (judgement.action) {
    case TLSF_ACTION_PAGE:
        return tlsfloor_page_send(r, &judgement);
    case TLSF_ACTION_WARN:
        tlsfloor_gate_insert(r, &judgement, tlsfloor_gate_notice_handle);
        break;
    case TLSF_ACTION_PASS:
    case TLSF_ACTION_EXEMPT:
    case TLSF_N_ACTIONS:
        break;
    }
    return DECLINED;
}

/* The page in the place of an answer that came round the gate; the other
 * answer's bytes are taken and dropped. */
static apr_status_t
tlsfloor_gate_replace(ap_filter_t *f, apr_bucket_brigade *bb)
{
    const tlsfloor_judgement *judgement = f->ctx;
    apr_bucket_brigade *page;
    int rc;

    if (judgement == NULL) {
        apr_brigade_cleanup(bb);
        return APR_SUCCESS; /* the page went out already */
    }
    f->ctx = NULL;
    page = apr_brigade_create(f->r->pool, f->c->bucket_alloc);
    rc = tlsfloor_page_make(f->r, judgement, page);
    if (rc == DECLINED) {
        ap_remove_output_filter(f);
        return ap_pass_brigade(f->next, bb);
    }
    apr_brigade_cleanup(bb);
    if (rc != OK) {
        return APR_ECONNABORTED;
    }
    return ap_pass_brigade(f->next, page);
}

/* The headers of `warn`, on an answer that every cache has seen already. */
static apr_status_t
tlsfloor_gate_notice(ap_filter_t *f, apr_bucket_brigade *bb)
{
    const tlsfloor_judgement *judgement = f->ctx;

    tlsf_page_notice_headers(judgement->settings, tlsfloor_page_header, f->r);
    ap_remove_output_filter(f);
    return ap_pass_brigade(f->next, bb);
}

/* An answer that httpd makes by itself, perhaps before the gate was reached. */
static void
tlsfloor_gate_filter(request_rec *r)
{
    tlsfloor_judgement judgement;

    if (r->main != NULL || tlsfloor_gate_judge(r, &judgement) != OK) {
        return;
    }
    tlsfloor_variables_set(r, &judgement);
    if (judgement.action == TLSF_ACTION_PAGE) {
        tlsfloor_gate_insert(r, &judgement, tlsfloor_gate_replace_handle);
    } else if (judgement.action == TLSF_ACTION_WARN) {
        tlsfloor_gate_insert(r, &judgement, tlsfloor_gate_notice_handle);
    }
}

/* log_transaction: the one place that every request passes exactly once. */
static int
tlsfloor_gate_count(request_rec *r)
{
    tlsfloor_judgement judgement;
    tlsf_row *row = tlsfloor_server(r->server)->host.host.row;

    if (r->the_request == NULL || r->the_request[0] == '\0' || row == NULL ||
        tlsfloor_gate_judge(r, &judgement) != OK) {
        return DECLINED;
    }
    tlsf_row_request(row, judgement.facts.negotiated, judgement.action);
    if (judgement.is_below) {
        tlsf_row_request_below(row, tlsfloor_page_client(r).family,
                               apr_time_sec(r->request_time));
    }
    return DECLINED;
}

void
tlsfloor_gate_register(void)
{
    /* mod_cache answers from quick_handler at APR_HOOK_FIRST. */
    ap_hook_quick_handler(tlsfloor_gate_check, NULL, NULL,
                          APR_HOOK_REALLY_FIRST - 10);
    ap_hook_insert_error_filter(tlsfloor_gate_filter, NULL, NULL,
                                APR_HOOK_REALLY_LAST);
    ap_hook_log_transaction(tlsfloor_gate_count, NULL, NULL,
                            APR_HOOK_REALLY_FIRST);
    /* Behind every cache and content filter, before the headers are written. */
    tlsfloor_gate_replace_handle = ap_register_output_filter(
        "TLSFLOOR_GATE", tlsfloor_gate_replace, NULL, AP_FTYPE_PROTOCOL - 1);
    tlsfloor_gate_notice_handle = ap_register_output_filter(
        "TLSFLOOR_NOTICE", tlsfloor_gate_notice, NULL, AP_FTYPE_PROTOCOL - 1);
}
