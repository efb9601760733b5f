/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers by text: what is looked up once for each of many servers. */
#ifndef CE_MAP_H
#define CE_MAP_H

#include "arena.h"

typedef struct ce_map_slot {
    tlsf_str key; /* NULL data: free */
    size_t value;
} ce_map_slot;

/* All zero: empty. */
typedef struct ce_map {
    ce_map_slot *slots;
    size_t n_slots; /* a power of two */
    size_t n;
} ce_map;

/* The value of a key, compared byte by byte; false when it is not there. */
bool ce_map_find(const ce_map *map, tlsf_str key, size_t *value);

/* Add or change; the key is kept, not copied. */
void ce_map_set(ce_arena *arena, ce_map *map, tlsf_str key, size_t value);

#endif
