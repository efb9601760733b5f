/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes and the names that matter; called by the readers and models. */
#include "tree.h"

static const struct {
    ce_kind kind;
    tlsf_str name;
} rows[CE_N_IDS] = {
    [CE_OTHER] = {CE_N_KINDS, {NULL, 0}},
#define CE_DIRECTIVE(id, kind, name)                                           \
    [CE_##id] = {CE_##kind, TLSF_LIT_INIT(name)},
#include "data/directives.def"
};

const char *
ce_kind_name(ce_kind kind)
{
    return kind == CE_APACHE ? "apache" : "nginx";
}

ce_id
ce_tree_find(ce_kind kind, tlsf_str name)
{
    for (ce_id id = CE_OTHER + 1; id < CE_N_IDS; id++) {
        if (rows[id].kind != kind || rows[id].name.len != name.len) {
            continue;
        }
        if (kind == CE_APACHE ? tlsf_str_eq_nocase(rows[id].name, name)
                              : tlsf_str_eq(rows[id].name, name)) {
            return id;
        }
    }
    return CE_OTHER;
}

bool
ce_id_is_condition(ce_id id)
{
    return id >= CE_A_IF_DEFINE && id <= CE_A_IF_SECTION;
}

ce_node *
ce_tree_add(ce_arena *arena, ce_node *parent, ce_id id)
{
    ce_node *node = ce_arena_alloc(arena, sizeof(ce_node));

    node->id = id;
    node->parent = parent;
    if (parent == NULL) {
        return node;
    }
    node->taken = parent->taken;
    if (parent->last == NULL) {
        parent->first = node;
    } else {
        parent->last->next = node;
    }
    parent->last = node;
    return node;
}

ce_place
ce_node_place(ce_arena *arena, const ce_node *node)
{
    return node->source == NULL
               ? (ce_place){NULL, 0, 0}
               : ce_source_place(arena, node->source, node->at);
}
