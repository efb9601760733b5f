/* SPDX-License-Identifier: Apache-2.0 */
/* Lines about what a server asks of others; called by the reports. */
#include "outbound.h"

#include "tlsf_err.h"

bool
ce_outbound_is(const ce_node *node)
{
    return node->id == CE_A_SSL_PROXY_PROTOCOL ||
           node->id == CE_N_PROXY_PROTOCOLS ||
           node->id == CE_N_UWSGI_PROTOCOLS || node->id == CE_N_GRPC_PROTOCOLS;
}

/* Whether --vhost wants what a line is in; lines outside are everybody's. */
static bool
is_wanted(const ce_run *run, const ce_model *model, const ce_node *node)
{
    if (run->options->vhosts.n == 0) {
        return true;
    }
    for (const ce_node *p = node->parent; p != NULL; p = p->parent) {
        for (size_t i = 0; i < model->n; i++) {
            if (model->servers[i].node == p) {
                return ce_run_wants(run, &model->servers[i]);
            }
        }
    }
    return true;
}

const ce_node *
ce_outbound_next(const ce_run *run, const ce_model *model, const ce_node *last)
{
    const ce_node *node = last == NULL ? model->config->root : last;

    if (node == NULL) {
        return NULL;
    }
    for (node = ce_node_next(node); node != NULL; node = ce_node_next(node)) {
        if (ce_outbound_is(node) && node->taken != CE_NOT_TAKEN &&
            is_wanted(run, model, node)) {
            return node;
        }
    }
    return NULL;
}

unsigned
ce_outbound_set(const ce_model *model, const ce_node *node)
{
    unsigned set = 0;
    unsigned resets;
    tlsf_str bad;

    if (node->taken != CE_TAKEN || node->missing != NULL) {
        return 0;
    }
    if (model->config->kind == CE_APACHE) {
        return ce_apache_protocols(model->config->arena, node->args, &set,
                                   &resets, &bad) == TLSF_OK
                   ? set
                   : 0;
    }
    for (size_t i = 0; i < node->n_words; i++) {
        set |= ce_nginx_protocol(node->words[i].value);
    }
    return set;
}
