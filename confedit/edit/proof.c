/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the edited files again in memory; called by the editing commands. */
#include "proof.h"

#include "plan_parts.h"
#include "system.h"

/* Exchange the bytes of the sources; twice is none. */
static void
swap(ce_changes *changes)
{
    for (size_t i = 0; i < changes->n; i++) {
        ce_change *c = &changes->list[i];
        tlsf_str bytes = c->source->bytes;

        c->source->bytes = c->after;
        ce_source_forget(c->source);
        c->after = bytes;
    }
}

/*
 * A set may come out smaller than lower asks for, because something else
 * forbids it. What is taken back may leave out versions that were out before,
 * but not the floor, and may name SSLv3 as it did.
 */
static bool
is_reached(const ce_plan *plan, const ce_target *t)
{
    unsigned more =
        t->after & ~t->goal & ~(plan->has_backs ? CE_BIT(TLSF_SSLV3) : 0);

    if (t->after == t->goal) {
        return true;
    }
    return plan->goal->verb == CE_VERB_LOWER && t->is_chosen &&
           (!plan->has_backs || (t->after & CE_BIT(plan->goal->floor))) &&
           more == 0 && (t->before & ~t->after) == 0;
}

/* Whether a command would leave a set as it is. */
static bool
is_asked(const ce_plan *plan, unsigned set, unsigned known)
{
    if (plan->goal->verb == CE_VERB_LOWER && plan->has_backs) {
        return (set & CE_BIT(plan->goal->floor)) != 0;
    }
    return ce_goal_of(plan->goal, set & known, known) == (set & known);
}

/* Compare one endpoint; false when it is not as it shall be. */
static bool
judge(const ce_plan *plan, ce_target *t, const ce_endpoint *now)
{
    unsigned known = ce_goal_known(plan->run->configs[t->config].kind,
                                   plan->run->configs[t->config].release);

    if (t->serves_nobody) {
        t->after = t->before;
        t->is_failed = false;
        return true;
    }
    t->after = now->set;
    if (t->why == CE_WHY_UNDECIDED) {
        t->is_failed = t->is_chosen && now->why != CE_WHY_UNDECIDED &&
                       !is_asked(plan, now->set, known);
        return !t->is_failed;
    }
    t->after = t->after == t->before ? t->after : t->after & known;
    t->is_failed = now->why == CE_WHY_UNDECIDED || !is_reached(plan, t);
    return !t->is_failed;
}

static const char *
compare(ce_plan *plan, size_t config, const ce_model *now, size_t *next)
{
    const ce_shape *before = &plan->shapes[config];
    ce_arena *arena = now->config->arena;
    const char *problem = NULL;
    ce_shape shape;

    ce_shape_of(arena, plan->run, now, &shape);
    if (!tlsf_str_eq((tlsf_str){shape.endpoints.data, shape.endpoints.n},
                     (tlsf_str){before->endpoints.data, before->endpoints.n})) {
        return "after the edits other servers would be there, or TLS at other "
               "addresses";
    }
    for (size_t i = 0; i < now->n; i++) {
        for (size_t k = 0; k < now->servers[i].n_endpoints; k++) {
            const ce_endpoint *e = &now->servers[i].endpoints[k];

            if (e->is_tls && !judge(plan, &plan->targets[(*next)++], e)) {
                problem = "the edits would not do what is asked";
            }
        }
    }
    if (problem == NULL && shape.nodes != before->nodes) {
        problem = "after the edits other lines would be there";
    }
    return problem != NULL ? problem
                           : ce_plan_outbound_holds(plan, config, &shape);
}

static const char *
read_again(ce_config *config, ce_model *model)
{
    if (ce_config_read(config) != 0) {
        return "after the edits the configuration could not be read";
    }
    ce_model_build(model, config);
    return config->diag->count[CE_ERROR] == 0
               ? NULL
               : "after the edits the server would not start";
}

static bool
is_changed(const ce_target *t)
{
    return t->why != CE_WHY_UNDECIDED && t->after != t->before;
}

/* Whether two endpoints have a line or an address in common. */
static bool
is_shared(const ce_target *a, const ce_target *b)
{
    if (a->config == b->config && tlsf_str_eq_nocase(a->address, b->address)) {
        return true;
    }
    for (size_t i = 0; i < a->n_lines; i++) {
        for (size_t k = 0; k < b->n_lines; k++) {
            if (a->lines[i].source == b->lines[k].source &&
                a->lines[i].at == b->lines[k].at) {
                return true;
            }
        }
    }
    return false;
}

/* Whom --vhost does not name and nobody can tell: nothing near may change. */
static const char *
judge_undecided(ce_plan *plan)
{
    const char *problem = NULL;

    for (size_t i = 0; i < plan->n; i++) {
        ce_target *t = &plan->targets[i];

        if (t->is_chosen || t->serves_nobody || t->why != CE_WHY_UNDECIDED) {
            continue;
        }
        for (size_t k = 0; k < plan->n && !t->is_failed; k++) {
            t->is_failed = is_changed(&plan->targets[k]) &&
                           is_shared(t, &plan->targets[k]);
        }
        problem =
            t->is_failed ? "the edits may change more than is asked" : problem;
    }
    return problem;
}

const char *
ce_proof(ce_plan *plan, ce_changes *changes, ce_arena *arena)
{
    ce_run *run = plan->run;
    const char *problem = NULL;
    size_t next = 0;
    ce_diag diag = {.arena = arena};
    ce_config *configs;
    size_t n;

    plan->after = ce_arena_alloc(arena, run->n * sizeof(ce_model));
    swap(changes);
    if (ce_system_configs(run->options, &run->files, arena, &diag, &configs,
                          &n) != CE_DONE ||
        n != run->n) {
        problem = "the configurations could not be found again";
    }
    for (size_t i = 0; i < run->n && problem == NULL; i++) {
        configs[i].is_proof = true;
        problem = read_again(&configs[i], &plan->after[i]);
        if (problem == NULL) {
            problem = compare(plan, i, &plan->after[i], &next);
        }
    }
    swap(changes);
    return problem != NULL ? problem : judge_undecided(plan);
}
