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

/* Rows by a hash of their names, since every statement is looked up. */
#define N_SLOTS 64

static size_t
slot_of(ce_kind kind, tlsf_str name)
{
    unsigned first = (unsigned char)tlsf_lower(name.data[0]);
    unsigned last = (unsigned char)tlsf_lower(name.data[name.len - 1]);

    return (first * 5 + last * 3 + name.len + (kind == CE_NGINX ? 32 : 0)) %
           N_SLOTS;
}

static unsigned char heads[N_SLOTS]; /* ids; CE_OTHER: none */
static unsigned char nexts[CE_N_IDS];

static void
fill_slots(void)
{
    for (ce_id id = CE_OTHER + 1; id < CE_N_IDS; id++) {
        size_t slot = slot_of(rows[id].kind, rows[id].name);

        nexts[id] = heads[slot];
        heads[slot] = (unsigned char)id;
    }
}

ce_id
ce_tree_find(ce_kind kind, tlsf_str name)
{
    static bool is_filled;

    if (!is_filled) {
        fill_slots();
        is_filled = true;
    }
    if (name.len == 0) {
        return CE_OTHER;
    }
    for (unsigned id = heads[slot_of(kind, name)]; id != CE_OTHER;
         id = nexts[id]) {
        if (rows[id].kind == kind && rows[id].name.len == name.len &&
            (kind == CE_APACHE ? tlsf_str_eq_nocase(rows[id].name, name)
                               : tlsf_str_eq(rows[id].name, name))) {
            return (ce_id)id;
        }
    }
    return CE_OTHER;
}

bool
ce_id_is_condition(ce_id id)
{
    return id >= CE_A_IF_DEFINE && id <= CE_A_IF_SECTION;
}

/* Put a node behind its parent's others; a parent that waits for one, too. */
static void
link_node(ce_node *node)
{
    ce_node *parent = node->parent;

    node->is_waiting = false;
    if (parent->is_waiting) {
        link_node(parent);
    }
    if (parent->last == NULL) {
        parent->first = node;
    } else {
        parent->last->next = node;
    }
    parent->last = node;
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
    node->is_waiting = id == CE_OTHER;
    if (!node->is_waiting) {
        link_node(node);
    }
    return node;
}

const ce_node *
ce_node_next(const ce_node *node)
{
    if (node->first != NULL) {
        return node->first;
    }
    while (node != NULL && node->next == NULL) {
        node = node->parent;
    }
    return node == NULL ? NULL : node->next;
}

ce_place
ce_node_place(ce_arena *arena, const ce_node *node)
{
    return node->source == NULL
               ? (ce_place){NULL, 0, 0}
               : ce_source_place(arena, node->source, node->at);
}
