/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of one endpoint: which of them are edited; called by plan.c. */
#include "plan_parts.h"

bool
ce_plan_is_protocols(const ce_node *node)
{
    return node->id == CE_A_SSL_PROTOCOL || node->id == CE_N_SSL_PROTOCOLS;
}

const ce_node *
ce_plan_last(const ce_node *block, ce_id id, const char *begin)
{
    const ce_node *found = NULL;

    for (const ce_node *n = block->first; n != NULL; n = n->next) {
        const ce_node *inner = NULL;

        if (n->taken != CE_TAKEN) {
            continue;
        }
        if (n->is_block) {
            inner =
                ce_id_is_condition(n->id) ? ce_plan_last(n, id, begin) : NULL;
        } else if (n->id == id &&
                   tlsf_str_starts_nocase(n->args, tlsf_str_of(begin))) {
            inner = n;
        }
        found = inner != NULL ? inner : found;
    }
    return found;
}

/* The lines with protocols; the first one is the one that grows. */
static const char *
edit_lines(ce_plan *plan, const ce_target *t)
{
    const ce_endpoint *e = t->endpoint;
    ce_site site = {.config = &plan->run->configs[t->config],
                    .goal = t->goal,
                    .missing = t->goal & ~e->set,
                    .is_first = true};
    const char *reason = NULL;

    if (ce_plan_back(plan, site.config->kind, e->lines, e->n_lines, t->goal)) {
        return NULL;
    }
    for (size_t i = 0; i < e->n_lines && reason == NULL; i++) {
        const ce_node *n = e->lines[i];

        if (!ce_plan_is_protocols(n)) {
            continue;
        }
        site.node = n;
        reason = site.config->kind == CE_APACHE ? ce_plan_apache(plan, &site)
                                                : ce_plan_nginx(plan, &site);
        site.is_first = false;
    }
    return reason;
}

/*
 * Apache: the last command of a name in a server, or in the main one. It wins
 * over SSLProtocol even where it changes nothing today.
 */
static const ce_node *
hidden_command(ce_plan *plan, const ce_target *t, const char *name,
               const ce_node **of_main)
{
    const ce_config *config = &plan->run->configs[t->config];
    const ce_node *own = NULL;

    if (config->kind != CE_APACHE || plan->goal->verb != CE_VERB_RAISE) {
        return NULL;
    }
    if (t->server->node != NULL) {
        own = ce_plan_last(t->server->node, CE_A_SSL_CONF_CMD, name);
    }
    if (plan->main != config->root) {
        plan->main = config->root;
        plan->main_min =
            ce_plan_last(config->root, CE_A_SSL_CONF_CMD, "MinProtocol");
        plan->main_protocol =
            ce_plan_last(config->root, CE_A_SSL_CONF_CMD, "Protocol");
    }
    return own != NULL ? own : *of_main;
}

/*
 * The command first; where there is more to add than it can, the lines too, or
 * these alone when they are enough.
 */
const char *
ce_plan_target(ce_plan *plan, const ce_target *t)
{
    const ce_endpoint *e = t->endpoint;
    const ce_node *command =
        hidden_command(plan, t, "MinProtocol", &plan->main_min);
    const ce_node *more =
        hidden_command(plan, t, "Protocol", &plan->main_protocol);
    ce_site site = {.config = &plan->run->configs[t->config],
                    .goal = t->goal,
                    .extra = e->set & ~t->goal};
    bool has_line = false;

    for (size_t i = 0; i < e->n_lines; i++) {
        has_line = has_line || ce_plan_is_protocols(e->lines[i]);
        command = ce_plan_is_protocols(e->lines[i]) ? command : e->lines[i];
    }
    if (more != NULL && more != command &&
        ce_plan_switches_on(plan->arena, more, site.extra)) {
        site.node = more;
        const char *reason = ce_plan_command(plan, &site);

        if (reason != NULL) {
            return reason;
        }
    }
    if (command != NULL && plan->goal->verb != CE_VERB_LOWER &&
        !(has_line && (t->goal & ~e->set) != 0 &&
          ce_plan_suffices(plan, t, command))) {
        site.node = command;
        const char *reason = ce_plan_command(plan, &site);

        if (reason != NULL || (t->goal & ~e->set) == 0) {
            return reason;
        }
    }
    return has_line ? edit_lines(plan, t) : ce_plan_insert(plan, t);
}
