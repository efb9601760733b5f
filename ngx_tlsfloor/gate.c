/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gate: every request's facts are judged, a below-floor client in `block`
 * gets the page and nothing else, and every request is counted once. Attached
 * by module.c, then called by nginx.
 *
 * The gate stands in three phases. POST_READ is the first that runs at all.
 * `error_page` for 400, 414 and 494-497 jumps over it, to an URI (SERVER_
 * REWRITE) or to a named location (REWRITE). A header filter stands behind all
 * three and puts the page in the place of any answer that is not ours.
 */
#include "adapter.h"

/* What modern clients never need stays out of the functions that each of
 * their requests calls. */
#define NGX_HTTP_TLSFLOOR_APART __attribute__((noinline))

static ngx_http_output_header_filter_pt ngx_http_tlsfloor_gate_next_header;
static ngx_http_output_body_filter_pt ngx_http_tlsfloor_gate_next_body;

/*
 * NGX_OK with a judgement, NGX_DECLINED for a request without TLS. Cheap for a
 * modern client: a version and a floor are compared.
 */
ngx_int_t
ngx_http_tlsfloor_gate_judge(ngx_http_request_t *r,
                             ngx_http_tlsfloor_judgement_t *judgement)
{
    ngx_http_tlsfloor_srv_conf_t *scf;
    tlsf_handshake *handshake;
    SSL *ssl;

    if (r->connection->ssl == NULL) {
        return NGX_DECLINED;
    }
    ssl = r->connection->ssl->connection;
    handshake = tlsf_handshake_of(ssl);
    scf = ngx_http_get_module_srv_conf(r, ngx_http_tlsfloor_module);
    judgement->settings = &scf->settings;
    judgement->facts = tlsf_handshake_facts(handshake, ssl);
    judgement->action =
        tlsf_policy_judge(&scf->settings, r->start_sec, &judgement->facts);
    judgement->is_below =
        tlsf_policy_is_below(scf->settings.floor, judgement->facts.negotiated,
                             judgement->facts.offered);
    if (judgement->facts.is_rescued && !judgement->is_below &&
        handshake != NULL) {
        /* Here under another host's name: the host that rescued it speaks. */
        judgement->settings = handshake->host->host.settings;
        judgement->is_below = 1;
    }
    return NGX_OK;
}

/* The context of a request that is let pass, by version; nothing allocates. */
static ngx_http_tlsfloor_ctx_t ngx_http_tlsfloor_gate_passed[] = {
    [TLSF_SSLV2] = {.is_passed = 1, .negotiated = TLSF_SSLV2},
    [TLSF_SSLV3] = {.is_passed = 1, .negotiated = TLSF_SSLV3},
    [TLSF_TLSV1] = {.is_passed = 1, .negotiated = TLSF_TLSV1},
    [TLSF_TLSV11] = {.is_passed = 1, .negotiated = TLSF_TLSV11},
    [TLSF_TLSV12] = {.is_passed = 1, .negotiated = TLSF_TLSV12},
    [TLSF_TLSV13] = {.is_passed = 1, .negotiated = TLSF_TLSV13},
    [TLSF_VERSION_OTHER] = {.is_passed = 1, .negotiated = TLSF_VERSION_OTHER},
};

_Static_assert(TLSF_COUNTOF(ngx_http_tlsfloor_gate_passed) == TLSF_N_VERSIONS,
               "one for each");

static inline bool
ngx_http_tlsfloor_gate_has_passed(ngx_http_request_t *r)
{
    ngx_http_tlsfloor_ctx_t *ctx =
        ngx_http_get_module_ctx(r, ngx_http_tlsfloor_module);

    return ctx != NULL && ctx->is_passed;
}

/*
 * The short way of the modern client, which every phase and filter takes: at
 * or above the floor of the request's server no time and no phase can change
 * the answer, so one look is enough.
 */
static bool
ngx_http_tlsfloor_gate_let_pass(ngx_http_request_t *r)
{
    ngx_http_tlsfloor_srv_conf_t *scf =
        ngx_http_get_module_srv_conf(r, ngx_http_tlsfloor_module);
    tlsf_handshake *handshake = ngx_http_tlsfloor_handshake_of(r->connection);

    if (handshake == NULL ||
        !tlsf_handshake_passes(handshake, scf->settings.floor) ||
        ngx_http_get_module_ctx(r, ngx_http_tlsfloor_module) != NULL) {
        return false;
    }
    ngx_http_set_ctx(r, &ngx_http_tlsfloor_gate_passed[handshake->negotiated],
                     ngx_http_tlsfloor_module);
    return true;
}

static ngx_int_t
ngx_http_tlsfloor_gate_check(ngx_http_request_t *r)
{
    ngx_http_tlsfloor_judgement_t judgement;
    ngx_int_t rc;

    if (r != r->main || ngx_http_tlsfloor_gate_judge(r, &judgement) != NGX_OK ||
        judgement.action != TLSF_ACTION_PAGE) {
        return NGX_DECLINED;
    }
    if (r->post_action) {
        /* The page went out before; what comes after it is the site's. */
        ngx_http_finalize_request(r, NGX_DONE);
        return NGX_DONE;
    }
    rc = ngx_http_tlsfloor_page_send(r, &judgement);
    if (rc == NGX_DECLINED) {
        return NGX_DECLINED;
    }
    ngx_http_finalize_request(r, rc);
    return NGX_DONE;
}

/* A phase's first look at a request, or one at a request that may not pass. */
static NGX_HTTP_TLSFLOOR_APART ngx_int_t
ngx_http_tlsfloor_gate_look(ngx_http_request_t *r, ngx_http_phase_handler_t *ph)
{
    if (!ngx_http_tlsfloor_gate_let_pass(r) && ph->handler(r) != NGX_DECLINED) {
        return NGX_OK; /* answered */
    }
    r->phase_handler++;
    return NGX_AGAIN;
}

/*
 * The gate as a phase runs it, in the place of nginx's own checker: most
 * requests go by without a call.
 */
static ngx_int_t
ngx_http_tlsfloor_gate_phase(ngx_http_request_t *r,
                             ngx_http_phase_handler_t *ph)
{
    if (ngx_http_tlsfloor_gate_has_passed(r)) {
        r->phase_handler++;
        return NGX_AGAIN;
    }
    return ngx_http_tlsfloor_gate_look(r, ph);
}

/* The page in the place of an answer that came round the gate. */
static ngx_int_t
ngx_http_tlsfloor_gate_replace(ngx_http_request_t *r,
                               const ngx_http_tlsfloor_judgement_t *judgement)
{
    ngx_http_tlsfloor_ctx_t *ctx;
    ngx_chain_t *page;
    ngx_int_t rc;

    rc = ngx_http_tlsfloor_page_make(r, judgement, &page);
    if (rc == NGX_DECLINED) {
        return ngx_http_tlsfloor_gate_next_header(r);
    }
    if (rc != NGX_OK) {
        return NGX_ERROR;
    }
    ctx = ngx_http_get_module_ctx(r, ngx_http_tlsfloor_module);
    ctx->is_replaced = 1;
    ctx->out = page;
    return ngx_http_tlsfloor_gate_next_header(r);
}

/* The header of an answer to a request that was not let pass for good. */
static NGX_HTTP_TLSFLOOR_APART ngx_int_t
ngx_http_tlsfloor_gate_answer(ngx_http_request_t *r)
{
    ngx_http_tlsfloor_judgement_t judgement;
    ngx_http_tlsfloor_ctx_t *ctx;

    if (ngx_http_tlsfloor_gate_judge(r, &judgement) != NGX_OK) {
        return ngx_http_tlsfloor_gate_next_header(r);
    }
    if (judgement.action == TLSF_ACTION_WARN) {
        tlsf_page_notice_headers(judgement.settings,
                                 ngx_http_tlsfloor_page_header, r);
    } else if (judgement.action == TLSF_ACTION_PAGE) {
        ctx = ngx_http_get_module_ctx(r, ngx_http_tlsfloor_module);
        if (ctx == NULL || !ctx->is_ours) {
            return ngx_http_tlsfloor_gate_replace(r, &judgement);
        }
    }
    return ngx_http_tlsfloor_gate_next_header(r);
}

static ngx_int_t
ngx_http_tlsfloor_gate_filter_header(ngx_http_request_t *r)
{
    return r != r->main || ngx_http_tlsfloor_gate_has_passed(r)
               ? ngx_http_tlsfloor_gate_next_header(r)
               : ngx_http_tlsfloor_gate_answer(r);
}

/* The other answer's bytes are taken and dropped, the page goes out once. */
static ngx_int_t
ngx_http_tlsfloor_gate_filter_body(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_http_tlsfloor_ctx_t *ctx;
    ngx_chain_t *page;

    ctx = r == r->main ? ngx_http_get_module_ctx(r, ngx_http_tlsfloor_module)
                       : NULL;
    if (ctx == NULL || !ctx->is_replaced) {
        return ngx_http_tlsfloor_gate_next_body(r, in);
    }
    for (ngx_chain_t *link = in; link != NULL; link = link->next) {
        link->buf->pos = link->buf->last;
        link->buf->file_pos = link->buf->file_last;
    }
    page = ctx->out;
    ctx->out = NULL;
    if (page == NULL && !r->connection->buffered) {
        return NGX_OK; /* it went out whole */
    }
    return ngx_http_tlsfloor_gate_next_body(r, page);
}

/* Plain HTTP, or something else, where TLS was due: it never had an SSL. */
static void
ngx_http_tlsfloor_gate_count_plain(ngx_http_request_t *r)
{
    ngx_http_connection_t *hc = r->http_connection;
    ngx_http_tlsfloor_srv_conf_t *scf =
        hc->conf_ctx->srv_conf[ngx_http_tlsfloor_module.ctx_index];
    tlsf_str came = ngx_http_tlsfloor_str(&r->request_line);

    if (scf->host.host.row == NULL) {
        return;
    }
    if (came.len == 0 && r->header_in != NULL) {
        /* Not even a line of a request. */
        came.data = (const char *)r->header_in->start;
        came.len = r->header_in->last - r->header_in->start;
    }
    if (came.len == 0) {
        return;
    }
    tlsf_bump(
        &scf->host.host.row->failures[tlsf_handshake_reason_of_plain(came)]);
}

/* A request that was not let pass for good, or never had TLS. */
static NGX_HTTP_TLSFLOOR_APART void
ngx_http_tlsfloor_gate_count_judged(ngx_http_request_t *r, tlsf_row *row)
{
    ngx_http_tlsfloor_judgement_t judgement;

    if (ngx_http_tlsfloor_gate_judge(r, &judgement) != NGX_OK) {
        if (r->http_connection->ssl) {
            ngx_http_tlsfloor_gate_count_plain(r);
        }
    } else if (row != NULL) {
        tlsf_row_request(row, judgement.facts.negotiated, judgement.action);
        if (judgement.is_below) {
            tlsf_row_request_below(row, ngx_http_tlsfloor_page_client(r).family,
                                   ngx_time());
        }
    }
}

/* LOG phase: the one place that every request passes exactly once. */
static ngx_int_t
ngx_http_tlsfloor_gate_count(ngx_http_request_t *r)
{
    ngx_http_tlsfloor_srv_conf_t *scf =
        ngx_http_get_module_srv_conf(r, ngx_http_tlsfloor_module);
    tlsf_row *row = scf->host.host.row;
    ngx_http_tlsfloor_ctx_t *ctx;

    if (r != r->main) {
        return NGX_OK;
    }
    if (!ngx_http_tlsfloor_gate_has_passed(r)) {
        ngx_http_tlsfloor_gate_count_judged(r, row);
    } else if (row != NULL) {
        ctx = ngx_http_get_module_ctx(r, ngx_http_tlsfloor_module);
        tlsf_row_request(row, ctx->negotiated, TLSF_ACTION_PASS);
    }
    return NGX_OK;
}

static ngx_int_t
ngx_http_tlsfloor_gate_add(ngx_http_core_main_conf_t *cmcf, ngx_uint_t phase,
                           ngx_http_handler_pt handler)
{
    ngx_http_handler_pt *h = ngx_array_push(&cmcf->phases[phase].handlers);

    if (h == NULL) {
        return NGX_ERROR;
    }
    *h = handler;
    return NGX_OK;
}

ngx_int_t
ngx_http_tlsfloor_gate_attach(ngx_conf_t *cf)
{
    static const ngx_uint_t phases[] = {NGX_HTTP_POST_READ_PHASE,
                                        NGX_HTTP_SERVER_REWRITE_PHASE,
                                        NGX_HTTP_REWRITE_PHASE};
    ngx_http_core_main_conf_t *cmcf =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    for (size_t i = 0; i < TLSF_COUNTOF(phases); i++) {
        if (ngx_http_tlsfloor_gate_add(
                cmcf, phases[i], ngx_http_tlsfloor_gate_check) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    ngx_http_tlsfloor_gate_next_header = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_tlsfloor_gate_filter_header;
    ngx_http_tlsfloor_gate_next_body = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_tlsfloor_gate_filter_body;
    return ngx_http_tlsfloor_gate_add(cmcf, NGX_HTTP_LOG_PHASE,
                                      ngx_http_tlsfloor_gate_count);
}

/*
 * A module that was loaded after ours runs before ours in a phase. In the
 * finished phase engine the handlers of one phase stand next to each other
 * with one checker: ours moves to the front of each such run, and gets a
 * checker of its own.
 */
void
ngx_http_tlsfloor_gate_promote(ngx_cycle_t *cycle)
{
    ngx_http_core_main_conf_t *cmcf =
        ngx_http_cycle_get_module_main_conf(cycle, ngx_http_core_module);
    ngx_http_phase_handler_t *ph;

    if (cmcf == NULL || cmcf->phase_engine.handlers == NULL) {
        return;
    }
    ph = cmcf->phase_engine.handlers;
    for (ngx_uint_t i = 0; ph[i].checker != NULL; i++) {
        if (ph[i].handler != ngx_http_tlsfloor_gate_check) {
            continue;
        }
        ngx_uint_t k = i;

        for (; k > 0 && ph[k - 1].checker == ph[i].checker &&
               ph[k - 1].next == ph[i].next;
             k--) {
            ph[k].handler = ph[k - 1].handler;
        }
        ph[k].handler = ngx_http_tlsfloor_gate_check;
        ph[k].checker = ngx_http_tlsfloor_gate_phase;
    }
}
