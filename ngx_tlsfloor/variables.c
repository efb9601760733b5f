/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the gate found out, as $tlsfloor_ variables for logs and maps. Attached
 * by module.c, then called by nginx for each use of one.
 */
#include "adapter.h"

typedef enum {
    NGX_HTTP_TLSFLOOR_OFFERED,
    NGX_HTTP_TLSFLOOR_STAGE,
    NGX_HTTP_TLSFLOOR_ACTION,
    NGX_HTTP_TLSFLOOR_CLIENT,
    NGX_HTTP_TLSFLOOR_VERDICT,
    NGX_HTTP_TLSFLOOR_RESCUED
} ngx_http_tlsfloor_variable_e;

/* Absent where there is nothing to say; User-Agents of modern clients are not
 * read. */
static tlsf_str
ngx_http_tlsfloor_variables_value(
    ngx_http_request_t *r, const ngx_http_tlsfloor_judgement_t *judgement,
    ngx_http_tlsfloor_variable_e which)
{
    tlsf_str absent = {NULL, 0};
    tlsf_client client;

    if (which == NGX_HTTP_TLSFLOOR_OFFERED) {
        return tlsf_version_name(judgement->facts.offered);
    }
    if (which == NGX_HTTP_TLSFLOOR_ACTION) {
        return tlsf_action_name(judgement->action);
    }
    if (!judgement->is_below) {
        return absent;
    }
    if (which == NGX_HTTP_TLSFLOOR_STAGE) {
        return tlsf_stage_name(
            tlsf_policy_stage(judgement->settings, r->start_sec));
    }
    if (which == NGX_HTTP_TLSFLOOR_RESCUED) {
        return judgement->facts.is_rescued ? TLSF_LIT("1") : TLSF_LIT("0");
    }
    client = ngx_http_tlsfloor_page_client(r);
    return which == NGX_HTTP_TLSFLOOR_CLIENT
               ? tlsf_family_label(client.family)
               : tlsf_verdict_name(
                     tlsf_client_judge(&client, judgement->settings->floor)
                         .verdict);
}

static ngx_int_t
ngx_http_tlsfloor_variables_get(ngx_http_request_t *r,
                                ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_tlsfloor_judgement_t judgement;
    ngx_http_tlsfloor_srv_conf_t *scf =
        ngx_http_get_module_srv_conf(r, ngx_http_tlsfloor_module);
    tlsf_str text = {NULL, 0};

    if (scf->host.tls != NULL &&
        ngx_http_tlsfloor_gate_judge(r, &judgement) == NGX_OK) {
        text = ngx_http_tlsfloor_variables_value(
            r, &judgement, (ngx_http_tlsfloor_variable_e)data);
    }
    if (text.data == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }
    v->data = (u_char *)text.data;
    v->len = text.len;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    return NGX_OK;
}

ngx_int_t
ngx_http_tlsfloor_variables_add(ngx_conf_t *cf)
{
    static const struct {
        ngx_str_t name;
        ngx_http_tlsfloor_variable_e which;
    } rows[] = {
        {ngx_string("tlsfloor_offered"), NGX_HTTP_TLSFLOOR_OFFERED},
        {ngx_string("tlsfloor_stage"), NGX_HTTP_TLSFLOOR_STAGE},
        {ngx_string("tlsfloor_action"), NGX_HTTP_TLSFLOOR_ACTION},
        {ngx_string("tlsfloor_client"), NGX_HTTP_TLSFLOOR_CLIENT},
        {ngx_string("tlsfloor_verdict"), NGX_HTTP_TLSFLOOR_VERDICT},
        {ngx_string("tlsfloor_rescued"), NGX_HTTP_TLSFLOOR_RESCUED},
    };

    for (size_t i = 0; i < TLSF_COUNTOF(rows); i++) {
        ngx_str_t name = rows[i].name;
        ngx_http_variable_t *v = ngx_http_add_variable(cf, &name, 0);

        if (v == NULL) {
            return NGX_ERROR;
        }
        v->get_handler = ngx_http_tlsfloor_variables_get;
        v->data = rows[i].which;
    }
    return NGX_OK;
}
