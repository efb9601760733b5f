/* SPDX-License-Identifier: Apache-2.0 */
/* A hash table with open addressing; called by the models. */
#include "map.h"

#include <stdint.h>

static ce_map_slot *
slot_of(const ce_map *map, tlsf_str key)
{
    uint64_t hash = 14695981039346656037U; /* FNV-1a */

    for (size_t i = 0; i < key.len; i++) {
        hash = (hash ^ (unsigned char)key.data[i]) * 1099511628211U;
    }
    size_t at = (size_t)(hash ^ hash >> 32) & (map->n_slots - 1);

    while (map->slots[at].key.data != NULL &&
           !tlsf_str_eq(map->slots[at].key, key)) {
        at = (at + 1) & (map->n_slots - 1);
    }
    return &map->slots[at];
}

static void
enlarge(ce_arena *arena, ce_map *map)
{
    ce_map old = *map;

    map->n_slots = old.n_slots == 0 ? 16 : old.n_slots * 2;
    map->slots = ce_arena_alloc(arena, map->n_slots * sizeof(ce_map_slot));
    for (size_t i = 0; i < old.n_slots; i++) {
        if (old.slots[i].key.data != NULL) {
            *slot_of(map, old.slots[i].key) = old.slots[i];
        }
    }
}

bool
ce_map_find(const ce_map *map, tlsf_str key, size_t *value)
{
    if (map->n == 0) {
        return false;
    }
    const ce_map_slot *slot = slot_of(map, key);

    *value = slot->value;
    return slot->key.data != NULL;
}

void
ce_map_set(ce_arena *arena, ce_map *map, tlsf_str key, size_t value)
{
    if (map->n * 2 >= map->n_slots) {
        enlarge(arena, map);
    }
    ce_map_slot *slot = slot_of(map, key);

    if (slot->key.data == NULL) {
        slot->key = key.data == NULL ? TLSF_LIT("") : key;
        map->n++;
    }
    slot->value = value;
}
