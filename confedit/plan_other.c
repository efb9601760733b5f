/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines beside those that decide: what is asked of upstreams, and what is not
 * read today; called by plan.c.
 */
#include "plan_parts.h"

#include "tlsf_err.h"

static bool
is_outbound(const ce_node *n)
{
    return n->id == CE_A_SSL_PROXY_PROTOCOL || n->id == CE_N_PROXY_PROTOCOLS ||
           n->id == CE_N_UWSGI_PROTOCOLS || n->id == CE_N_GRPC_PROTOCOLS;
}

/* What a line by itself asks for; 0: it cannot be told. */
static unsigned
set_of(ce_plan *plan, const ce_config *config, const ce_node *n)
{
    unsigned set = 0;
    unsigned resets;
    tlsf_str bad;

    if (config->kind == CE_APACHE) {
        return n->missing == NULL &&
                       ce_apache_protocols(plan->diag->arena, n->args, &set,
                                           &resets, &bad) == TLSF_OK
                   ? set
                   : 0;
    }
    for (size_t i = 0; i < n->n_words; i++) {
        set |= ce_nginx_protocol(n->words[i].value);
    }
    return set;
}

static void
edit_line(ce_plan *plan, const ce_config *config, const ce_node *n)
{
    unsigned known = ce_goal_known(config->kind, config->release);
    unsigned set = set_of(plan, config, n) & known;
    const char *reason = "its value cannot be told here; edit it by hand";

    if (set != 0) {
        unsigned goal = ce_goal_of(plan->goal, set, known);
        ce_site site = {.config = config,
                        .node = n,
                        .goal = goal,
                        .missing = goal & ~set,
                        .is_first = true};

        reason = config->kind == CE_APACHE ? ce_plan_apache(plan, &site)
                                           : ce_plan_nginx(plan, &site);
    }
    if (reason != NULL) {
        plan->n_left++;
        ce_plan_say(plan, CE_WARNING, n, "%.*s is left alone: %s",
                    (int)n->name.len, n->name.data, reason);
    }
}

/* Whether a block is a server that --vhost names. */
static bool
is_chosen(const ce_plan *plan, size_t config, const ce_node *block)
{
    const ce_model *model = &plan->run->models[config];

    for (size_t i = 0; i < model->n; i++) {
        if (model->servers[i].node == block) {
            return ce_run_wants(plan->run, &model->servers[i]);
        }
    }
    return false;
}

static void
walk_outbound(ce_plan *plan, size_t config, const ce_node *block, bool is_in)
{
    for (const ce_node *n = block->first; n != NULL; n = n->next) {
        if (n->taken == CE_NOT_TAKEN) {
            continue;
        }
        if (n->is_block) {
            walk_outbound(plan, config, n, is_in || is_chosen(plan, config, n));
        } else if (is_outbound(n) && is_in) {
            edit_line(plan, &plan->run->configs[config], n);
        }
    }
}

void
ce_plan_outbound(ce_plan *plan)
{
    for (size_t i = 0; i < plan->run->n; i++) {
        if (plan->run->configs[i].root != NULL) {
            walk_outbound(plan, i, plan->run->configs[i].root,
                          plan->run->options->vhosts.n == 0);
        }
    }
}

static void
walk_branches(ce_plan *plan, const ce_node *block)
{
    for (const ce_node *n = block->first; n != NULL; n = n->next) {
        if (n->is_block) {
            walk_branches(plan, n);
        } else if (n->id == CE_A_SSL_PROTOCOL && n->taken == CE_NOT_TAKEN) {
            ce_plan_say(plan, CE_NOTE, n,
                        "%.*s %.*s is left alone: it is in a branch that is "
                        "not read today",
                        (int)n->name.len, n->name.data, (int)n->args.len,
                        n->args.data);
        }
    }
}

void
ce_plan_branches(ce_plan *plan)
{
    for (size_t i = 0; i < plan->run->n; i++) {
        if (plan->run->configs[i].root != NULL) {
            walk_branches(plan, plan->run->configs[i].root);
        }
    }
}
