/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the proof, the writing and the reports need of what was read, copied so
 * that the trees may go before everything is read once more; called by the
 * editing commands.
 */
#include "plan_parts.h"

/* What is copied, and where equal addresses were copied before. */
typedef struct keeping {
    ce_arena *arena;
    ce_plan *plan;
    ce_map addresses; /* indexes of targets */
} keeping;

static const char *
name_of(ce_arena *arena, const tlsf_str *names, size_t n, ce_anchor at)
{
    if (n > 0 && names[0].len > 0) {
        return ce_arena_text(arena, names[0]);
    }
    if (at.source == NULL) {
        return "the main server";
    }
    ce_place place = ce_anchor_place(arena, at);

    return ce_arena_format(arena, "(%s:%zu)", place.file, place.line);
}

static ce_anchor
anchor_of(const ce_node *node)
{
    return node == NULL ? (ce_anchor){NULL, 0}
                        : (ce_anchor){node->source, node->at};
}

const char *
ce_plan_name(ce_arena *arena, const ce_server *server)
{
    return name_of(arena, server->names, server->n_names,
                   anchor_of(server->node));
}

const char *
ce_party_name(ce_arena *arena, const ce_party *party)
{
    return name_of(arena, party->names, party->n_names, party->at);
}

ce_place
ce_anchor_place(ce_arena *arena, ce_anchor anchor)
{
    return anchor.source == NULL
               ? (ce_place){NULL, 0, 0}
               : ce_source_place(arena, anchor.source, anchor.at);
}

/* A text that may be a part of a file, which stays. */
static tlsf_str
keep_text(ce_arena *arena, const ce_source *source, tlsf_str s)
{
    if (source != NULL && s.len > 0 && s.data >= source->bytes.data &&
        s.data < source->bytes.data + source->bytes.len) {
        return s;
    }
    return (tlsf_str){ce_arena_text(arena, s), s.len};
}

static const ce_party *
keep_server(const keeping *k, const ce_server *server)
{
    ce_party *p = ce_arena_alloc(k->arena, sizeof(ce_party));

    *p = (ce_party){.n_names = server->n_names,
                    .context = server->context,
                    .at = anchor_of(server->node)};
    p->names = ce_arena_alloc(k->arena, p->n_names * sizeof(tlsf_str));
    for (size_t i = 0; i < p->n_names; i++) {
        p->names[i] = keep_text(k->arena, p->at.source, server->names[i]);
    }
    return p;
}

static tlsf_str
keep_address(keeping *k, size_t i)
{
    tlsf_str address = k->plan->targets[i].endpoint->address;
    size_t known;

    if (ce_map_find(&k->addresses, address, &known)) {
        return k->plan->targets[known].address;
    }
    ce_map_set(k->plan->arena, &k->addresses, address, i);
    return keep_text(k->arena, NULL, address);
}

/* The lines, or those of the target before it, when they are the same. */
static void
keep_lines(const keeping *k, ce_target *t)
{
    const ce_endpoint *e = t->endpoint;
    const ce_target *before = t > k->plan->targets ? &t[-1] : NULL;

    t->n_lines = (unsigned)e->n_lines;
    if (before != NULL && before->n_lines == t->n_lines &&
        (t->n_lines == 0 || memcmp(before->endpoint->lines, e->lines,
                                   e->n_lines * sizeof(e->lines[0])) == 0)) {
        t->lines = before->lines;
        return;
    }
    t->lines = ce_arena_alloc(k->arena, e->n_lines * sizeof(ce_anchor));
    for (size_t i = 0; i < e->n_lines; i++) {
        t->lines[i] = anchor_of(e->lines[i]);
    }
}

static void
keep_targets(keeping *k)
{
    ce_plan *plan = k->plan;

    for (size_t i = 0; i < plan->n; i++) {
        ce_target *t = &plan->targets[i];
        const ce_endpoint *e = t->endpoint;

        t->party = i > 0 && t[-1].server == t->server
                       ? t[-1].party
                       : keep_server(k, t->server);
        t->address = keep_address(k, i);
        t->why = e->why;
        t->before = e->set;
        if (e->reason != NULL) {
            t->reason = ce_arena_text(k->arena, tlsf_str_of(e->reason));
        }
        keep_lines(k, t);
    }
}

static void
keep_drafts(const keeping *k)
{
    ce_drafts *d = &k->plan->drafts;
    ce_draft *kept = ce_arena_alloc(k->arena, d->n * sizeof(ce_draft));

    for (size_t i = 0; i < d->n; i++) {
        kept[i] = d->list[i];
        kept[i].edit.text =
            keep_text(k->arena, kept[i].edit.source, kept[i].edit.text);
        kept[i].indent =
            keep_text(k->arena, kept[i].edit.source, kept[i].indent);
    }
    d->list = kept;
    d->room = d->n;
}

void
ce_plan_keep(ce_plan *plan)
{
    const ce_run *run = plan->run;
    keeping k = {.arena = run->files.arena, .plan = plan};

    keep_targets(&k);
    keep_drafts(&k);
    plan->shapes = ce_arena_alloc(k.arena, run->n * sizeof(ce_shape));
    for (size_t i = 0; i < run->n; i++) {
        ce_shape_of(k.arena, run, &run->models[i], &plan->shapes[i]);
    }
    plan->arena = k.arena;
}
