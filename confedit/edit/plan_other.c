/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines beside those that decide: what is asked of upstreams, and what is not
 * read today; called by plan.c.
 */
#include "outbound.h"
#include "plan_parts.h"

static void
leave(ce_plan *plan, const ce_node *n, const char *reason)
{
    plan->n_left++;
    ce_plan_say(plan, CE_WARNING, n, "%.*s is left alone: %s", (int)n->name.len,
                n->name.data, reason);
}

/* Whether a line stands in a server, not outside where it is everybody's. */
static bool
is_in_server(const ce_model *model, const ce_node *n)
{
    for (const ce_node *p = n->parent; p != NULL; p = p->parent) {
        for (size_t i = 0; i < model->n; i++) {
            if (model->servers[i].node == p) {
                return true;
            }
        }
    }
    return false;
}

static void
edit_line(ce_plan *plan, const ce_model *model, const ce_node *n)
{
    const ce_config *config = model->config;
    unsigned known = ce_goal_known(config->kind, config->release);
    unsigned set = ce_outbound_set(model, n) & known;
    unsigned goal = ce_goal_of(plan->goal, set, known);
    ce_site site = {.config = config,
                    .node = n,
                    .goal = goal,
                    .missing = goal & ~set,
                    .is_first = true};

    if (set == 0) {
        leave(plan, n, "its value cannot be told here; edit it by hand");
        return;
    }
    if (goal == set) {
        return;
    }
    if (plan->run->options->vhosts.n > 0 && !is_in_server(model, n)) {
        leave(plan, n, "it counts for servers that --vhost does not name");
        return;
    }
    if (ce_plan_back(plan, config->kind, &n, 1, goal)) {
        return;
    }
    const char *reason = config->kind == CE_APACHE ? ce_plan_apache(plan, &site)
                                                   : ce_plan_nginx(plan, &site);

    if (reason != NULL) {
        leave(plan, n, reason);
    }
}

void
ce_plan_outbound(ce_plan *plan)
{
    for (size_t i = 0; i < plan->run->n; i++) {
        const ce_model *model = &plan->run->models[i];
        const ce_node *n = NULL;

        while ((n = ce_outbound_next(plan->run, model, n)) != NULL) {
            edit_line(plan, model, n);
        }
    }
}

/* Whether a line may have become what it is. */
static bool
is_asked(const ce_plan *plan, unsigned before, unsigned after, unsigned known)
{
    const ce_goal *goal = plan->goal;
    unsigned above = ce_goal_range(goal->floor, TLSF_VERSION_OTHER) |
                     (plan->has_backs ? CE_BIT(TLSF_SSLV3) : 0);

    if (after == before) {
        return true;
    }
    if (goal->verb == CE_VERB_LOWER) {
        return goal->has_outbound && (after & ~(before | above)) == 0;
    }
    return goal->has_outbound &&
           (after & known) == ce_goal_of(goal, before & known, known);
}

const char *
ce_plan_outbound_holds(const ce_plan *plan, size_t config,
                       const ce_shape *after)
{
    const ce_config *c = &plan->run->configs[config];
    const ce_shape *before = &plan->shapes[config];
    unsigned known = ce_goal_known(c->kind, c->release);

    if (after->n != before->n) {
        return "after the edits other lines would be there";
    }
    for (size_t i = 0; i < after->n; i++) {
        if (!is_asked(plan, before->outbound[i], after->outbound[i], known)) {
            return "the edits would change what is asked of other servers";
        }
    }
    return NULL;
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
