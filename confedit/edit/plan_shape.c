/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an edit must leave as it is, told in little: endpoints, what is asked
 * of other servers, and a checksum of all other lines; called by plan_keep.c
 * and the proof.
 */
#include "outbound.h"
#include "plan_parts.h"

/* FNV-1a. */
static void
sum(uint64_t *hash, const void *data, size_t n)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < n; i++) {
        *hash = (*hash ^ bytes[i]) * 0x100000001b3;
    }
}

static void
sum_text(uint64_t *hash, tlsf_str text)
{
    sum(hash, text.data, text.len);
    sum(hash, "", 1);
}

/* Lines whose arguments edits may change; their effect is compared apart. */
static bool
is_edited(const ce_node *n)
{
    return n->id == CE_A_SSL_CONF_CMD || n->id == CE_N_SSL_CONF_COMMAND ||
           n->id == CE_A_DEFINE || n->id == CE_A_USE || ce_outbound_is(n);
}

static void
sum_node(uint64_t *hash, ce_kind kind, const ce_node *n)
{
    unsigned head[] = {n->id, n->taken, n->is_block, n->is_macro,
                       n->missing != NULL};

    sum(hash, head, sizeof(head));
    sum(hash, &n->source->order, sizeof(n->source->order));
    sum_text(hash, n->name);
    if (is_edited(n)) {
        return;
    }
    if (kind == CE_APACHE) {
        sum_text(hash, n->args);
        return;
    }
    for (size_t i = 0; i < n->n_words; i++) {
        sum_text(hash, n->words[i].value);
    }
}

/* All in a block but lines with protocols, which come and go. */
static void
sum_block(uint64_t *hash, ce_kind kind, const ce_node *block)
{
    for (const ce_node *n = block->first; n != NULL; n = n->next) {
        if (ce_plan_is_protocols(n)) {
            continue;
        }
        sum_node(hash, kind, n);
        if (n->is_block) {
            sum_block(hash, kind, n);
            sum(hash, "}", 1);
        }
    }
}

void
ce_shape_of(ce_arena *arena, const ce_run *run, const ce_model *model,
            ce_shape *shape)
{
    ce_options options = *run->options;
    ce_run all = *run;

    options.vhosts.n = 0;
    all.options = &options;
    *shape = (ce_shape){.nodes = 0xcbf29ce484222325};
    if (model->config->root != NULL) {
        sum_block(&shape->nodes, model->config->kind, model->config->root);
    }
    for (size_t i = 0; i < model->n; i++) {
        const ce_server *s = &model->servers[i];

        for (size_t k = 0; k < s->n_endpoints; k++) {
            const ce_endpoint *e = &s->endpoints[k];

            ce_text_add(arena, &shape->endpoints,
                        !e->is_tls        ? TLSF_LIT("-")
                        : e->is_rejecting ? TLSF_LIT("R")
                                          : TLSF_LIT("T"));
        }
        ce_text_add(arena, &shape->endpoints, TLSF_LIT("/"));
    }
    for (const ce_node *n = ce_outbound_next(&all, model, NULL); n != NULL;
         n = ce_outbound_next(&all, model, n)) {
        shape->outbound = ce_arena_grow(arena, shape->outbound, shape->n,
                                        &shape->room, sizeof(unsigned));
        shape->outbound[shape->n++] = ce_outbound_set(model, n);
    }
}
