/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoints that shall change, and the lines that decide; called by the
 * editing commands. */
#include "plan_parts.h"

void
ce_plan_say(ce_plan *plan, ce_level level, const ce_node *node,
            const char *format, ...)
{
    ce_arena *arena = plan->arena;
    ce_place place = {NULL, 0, 0};
    va_list args;

    va_start(args, format);
    const char *text = ce_arena_vformat(arena, format, args);
    va_end(args);
    if (node != NULL) {
        place = ce_node_place(arena, node);
    }
    ce_diag_say(plan->diag, level, place, "%s", text);
}

void
ce_plan_draft(ce_plan *plan, ce_draft draft)
{
    ce_drafts *d = &plan->drafts;

    d->list =
        ce_arena_grow(plan->arena, d->list, d->n, &d->room, sizeof(ce_draft));
    d->list[d->n++] = draft;
}

void
ce_plan_replace(ce_plan *plan, ce_kind kind, ce_source *source, size_t from,
                size_t to, ce_edit edit)
{
    if (tlsf_str_eq(edit.text,
                    tlsf_str_sub(source->bytes, edit.at, edit.len))) {
        return;
    }
    edit.source = source;
    ce_plan_draft(plan, (ce_draft){.kind = CE_DRAFT_REPLACE,
                                   .server = kind,
                                   .edit = edit,
                                   .from = from,
                                   .to = to});
}

static const ce_node *
node_of(const ce_target *t)
{
    const ce_endpoint *e = t->endpoint;

    return e->n_lines > 0 ? e->lines[e->n_lines - 1] : t->server->node;
}

static void
leave(ce_plan *plan, ce_target *t, const char *reason)
{
    const ce_endpoint *e = t->endpoint;

    t->is_left = true;
    t->goal = e->set;
    plan->n_left++;
    ce_plan_say(plan, CE_WARNING, node_of(t), "%s at %.*s is left alone: %s",
                ce_plan_name(plan->arena, t->server), (int)e->address.len,
                e->address.data, reason);
}

/* What negotiates nothing is closed to everyone: opening it is worth a word. */
static void
say_opened(ce_plan *plan, const ce_target *t)
{
    const ce_endpoint *e = t->endpoint;

    if (e->set == 0) {
        ce_plan_say(plan, CE_NOTE, node_of(t),
                    "%s at %.*s negotiates nothing today; it will serve %s",
                    ce_plan_name(plan->arena, t->server), (int)e->address.len,
                    e->address.data, ce_set_text(plan->arena, t->goal));
    }
}

/* Endpoints with TLS of all servers. */
static size_t
count_targets(const ce_run *run)
{
    size_t n = 0;

    for (size_t i = 0; i < run->n; i++) {
        const ce_model *model = &run->models[i];

        for (size_t k = 0; k < model->n; k++) {
            for (size_t m = 0; m < model->servers[k].n_endpoints; m++) {
                n += model->servers[k].endpoints[m].is_tls;
            }
        }
    }
    return n;
}

static void
add_targets(ce_plan *plan, size_t config, const ce_server *server,
            unsigned known)
{
    bool is_chosen = ce_run_wants(plan->run, server);

    for (size_t i = 0; i < server->n_endpoints; i++) {
        const ce_endpoint *e = &server->endpoints[i];
        bool changes =
            is_chosen && !e->is_rejecting && e->why != CE_WHY_UNDECIDED;

        if (e->is_tls) {
            plan->targets[plan->n++] = (ce_target){
                .config = (unsigned)config,
                .server = server,
                .endpoint = e,
                .goal =
                    changes ? ce_goal_of(plan->goal, e->set, known) : e->set,
                .is_chosen = is_chosen,
                .serves_nobody = e->is_rejecting};
        }
    }
}

/* Every endpoint with TLS, and what it shall be. */
static void
find_targets(ce_plan *plan)
{
    ce_run *run = plan->run;

    plan->targets = ce_arena_alloc(run->files.arena,
                                   count_targets(run) * sizeof(ce_target));
    for (size_t i = 0; i < run->n; i++) {
        const ce_model *model = &run->models[i];
        unsigned known =
            ce_goal_known(model->config->kind, model->config->release);

        for (size_t k = 0; k < model->n; k++) {
            add_targets(plan, i, &model->servers[k], known);
        }
    }
}

/*
 * Whether the lines that decide are the same as before it, and it has no
 * command of its own that may come to decide.
 */
static bool
is_like(const ce_target *a, const ce_target *b)
{
    const ce_endpoint *e = a->endpoint;
    const ce_endpoint *f = b->endpoint;

    return a->config == b->config && a->goal == b->goal && e->set == f->set &&
           e->n_lines > 0 && e->n_lines == f->n_lines &&
           memcmp(e->lines, f->lines, e->n_lines * sizeof(e->lines[0])) == 0 &&
           (a->server == b->server || b->server->node == NULL ||
            ce_plan_last(b->server->node, CE_A_SSL_CONF_CMD, "") == NULL);
}

static void
refuse(ce_plan *plan)
{
    for (size_t i = 0; i < plan->run->n; i++) {
        const ce_config *config = &plan->run->configs[i];
        const char *reason = ce_goal_refused(plan->arena, plan->goal,
                                             config->kind, config->release);

        if (reason != NULL) {
            plan->is_refused = true;
            ce_diag_say(plan->diag, CE_ERROR, (ce_place){config->main, 0, 0},
                        "%s", reason);
        }
    }
}

void
ce_plan_make(ce_plan *plan, ce_run *run, const ce_goal *goal, bool has_no_backs)
{
    const ce_target *last = NULL;

    *plan = (ce_plan){.run = run,
                      .goal = goal,
                      .arena = run->trees,
                      .has_no_backs = has_no_backs};
    plan->diag = ce_arena_alloc(run->files.arena, sizeof(ce_diag));
    plan->diag->arena = run->files.arena;
    refuse(plan);
    if (plan->is_refused) {
        return;
    }
    find_targets(plan);
    for (size_t i = 0; i < plan->n; i++) {
        ce_target *t = &plan->targets[i];

        if (!t->is_chosen || t->serves_nobody) {
            continue;
        }
        if (t->endpoint->why == CE_WHY_UNDECIDED) {
            leave(plan, t, t->endpoint->reason);
            continue;
        }
        if (t->goal == t->endpoint->set ||
            (last != NULL && is_like(last, t) && !last->is_left)) {
            continue;
        }
        const char *reason = ce_plan_target(plan, t);

        if (reason != NULL) {
            leave(plan, t, reason);
        } else {
            say_opened(plan, t);
        }
        last = t;
    }
    if (goal->has_outbound) {
        ce_plan_outbound(plan);
    }
    ce_plan_branches(plan);
}
