/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the gate found out, as TLSFLOOR_ variables of the request's environment
 * for logs and scripts. Called by gate.c.
 */
#include "adapter.h"

/* User-Agents of modern clients are not read. */
void
tlsfloor_variables_set(request_rec *r, const tlsfloor_judgement *judgement)
{
    apr_table_t *env = r->subprocess_env;
    tlsf_client client;

    apr_table_setn(env, "TLSFLOOR_OFFERED",
                   tlsf_version_name(judgement->facts.offered).data);
    apr_table_setn(env, "TLSFLOOR_ACTION",
                   tlsf_action_name(judgement->action).data);
    if (!judgement->is_below) {
        return;
    }
    client = tlsfloor_page_client(r);
    apr_table_setn(
        env, "TLSFLOOR_STAGE",
        tlsf_stage_name(tlsf_policy_stage(judgement->settings,
                                          apr_time_sec(r->request_time)))
            .data);
    apr_table_setn(env, "TLSFLOOR_RESCUED",
                   judgement->facts.is_rescued ? "1" : "0");
    apr_table_setn(env, "TLSFLOOR_CLIENT",
                   tlsf_family_label(client.family).data);
    apr_table_setn(
        env, "TLSFLOOR_VERDICT",
        tlsf_verdict_name(
            tlsf_client_judge(&client, judgement->settings->floor).verdict)
            .data);
}
