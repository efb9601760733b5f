/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lower allows and something else still forbids: cipher lists, security
 * levels, commands of OpenSSL's configuration; called by cmd_edit.c.
 */
#include "edit_forbid.h"

#include "plan_parts.h"

/* Name a command that by itself rules out some of the missing versions. */
static size_t
name_command(ce_plan *plan, const ce_node *n, unsigned missing)
{
    ce_arena *arena = plan->arena;
    ce_limits limits = {0, TLSF_SSLV3, TLSF_TLSV13};
    tlsf_str name;
    tlsf_str value;
    tlsf_str floor = tlsf_version_name(plan->goal->floor);

    ce_plan_words(arena, n, &name, &value);
    if (ce_limits_command(&limits, name, value) <= 0) {
        return 0;
    }
    unsigned out = missing & ~ce_limits_admit(limits);

    if (out == 0) {
        return 0;
    }
    const char *change = "allow them there";

    if (tlsf_str_eq_nocase(name, TLSF_LIT("MinProtocol"))) {
        change = ce_arena_format(arena, "write MinProtocol %.*s instead",
                                 (int)floor.len, floor.data);
    }
    ce_plan_say(plan, CE_WARNING, n,
                "%s allowed, but still not served: %.*s %.*s forbids it; %s",
                ce_set_text(arena, out), (int)name.len, name.data,
                (int)value.len, value.data, change);
    return 1;
}

/* Commands of a block itself and of the conditions in it. */
static size_t
name_commands(ce_plan *plan, const ce_node *block, unsigned missing,
              size_t *seen)
{
    size_t named = 0;

    for (const ce_node *n = block->first; n != NULL; n = n->next) {
        if (n->taken == CE_NOT_TAKEN) {
            continue;
        }
        if (n->id == CE_A_SSL_CONF_CMD || n->id == CE_N_SSL_CONF_COMMAND) {
            named += name_command(plan, n, missing);
            ++*seen;
        } else if (n->is_block && ce_id_is_condition(n->id)) {
            named += name_commands(plan, n, missing, seen);
        }
    }
    return named;
}

/* Those of the server and, as each server takes them, of the outer level. */
static size_t
name_all(ce_plan *plan, const ce_target *t, unsigned missing)
{
    const ce_config *config = &plan->run->configs[t->config];
    const ce_node *node = t->server->node;
    const ce_node *outer = config->root;
    size_t seen = 0;
    size_t named = 0;

    if (missing == 0) {
        return 0;
    }
    if (node != NULL) {
        named = name_commands(plan, node, missing, &seen);
        outer = config->kind == CE_NGINX ? node->parent : outer;
    }
    if (config->kind == CE_APACHE || seen == 0) {
        named += name_commands(plan, outer, missing, &seen);
    }
    return named;
}

/*
 * A change that adds a line, with where it belongs: nginx's block around the
 * servers, which all take it from there; Apache's virtual host.
 */
static const char *
with_place(const ce_plan *plan, const ce_target *t, const char *change)
{
    const char *quote = strstr(change, "”");
    const ce_config *config = &plan->run->configs[t->config];
    const ce_node *node = t->server->node;

    if (quote == NULL ||
        strncmp(change, "add the line “", strlen("add the line “")) != 0) {
        return change;
    }
    quote += strlen("”");
    if (config->kind == CE_NGINX && node != NULL &&
        node->parent->source != NULL) {
        node = node->parent;
    }
    if (node == NULL) {
        return ce_arena_format(plan->arena, "%.*s to %s%s",
                               (int)(quote - change), change, config->main,
                               quote);
    }
    ce_place place = ce_node_place(plan->arena, node);

    return ce_arena_format(
        plan->arena, "%.*s to the block that begins at %s:%zu%s",
        (int)(quote - change), change, place.file, place.line, quote);
}

/* The versions that a command asks for by itself. */
static unsigned
asked_of(const ce_goal *goal)
{
    return goal->verb == CE_VERB_SET
               ? goal->protocols
               : ce_goal_range(goal->floor, TLSF_VERSION_OTHER);
}

/* What OpenSSL itself rules out of what was asked for. */
static size_t
name_forbids(ce_plan *plan, const ce_target *t, unsigned asked)
{
    ce_arena *arena = plan->arena;
    size_t named = 0;

    for (size_t i = 0; i < t->endpoint->n_forbids; i++) {
        const ce_forbid *f = &t->endpoint->forbids[i];

        if ((f->set & asked) == 0) {
            continue;
        }
        ce_diag_say(plan->diag, CE_WARNING, f->place,
                    "%s allowed, but still not served: %s; %s",
                    ce_set_text(arena, f->set & asked), f->text,
                    with_place(plan, t, f->change));
        named++;
    }
    return named;
}

/* That nobody can tell here, of one configuration. */
static void
say_doubt(ce_plan *plan, size_t config, unsigned set)
{
    ce_place place = {plan->run->configs[config].main, 0, 0};

    if (set != 0) {
        ce_diag_say(plan->diag, CE_NOTE, place,
                    "%s allowed, but which OpenSSL the server uses is not "
                    "known here: its security level, or a cipher list, may "
                    "still forbid it",
                    ce_set_text(plan->arena, set));
    }
}

bool
ce_edit_asks_old(const ce_goal *goal)
{
    unsigned old = ce_goal_range(TLSF_SSLV3, TLSF_TLSV12);

    return goal->verb == CE_VERB_LOWER ||
           (goal->verb == CE_VERB_SET && (goal->protocols & old) != 0);
}

void
ce_edit_forbids(ce_plan *plan)
{
    unsigned asked = asked_of(plan->goal);
    unsigned doubtful = 0;
    size_t named = 0;

    if (!ce_edit_asks_old(plan->goal)) {
        return;
    }
    for (size_t i = 0; i < plan->n; i++) {
        const ce_target *t = &plan->targets[i];

        if (t->is_chosen && !t->is_left && !t->serves_nobody) {
            named += name_all(plan, t, t->goal & ~t->after);
            named += name_forbids(plan, t, t->goal & asked);
            doubtful |= t->endpoint->doubtful & t->after & asked;
        }
        if (i + 1 == plan->n || t[1].config != t->config) {
            say_doubt(plan, t->config, doubtful);
            doubtful = 0;
        }
    }
    plan->n_left += plan->goal->verb == CE_VERB_LOWER && named > 0;
}
