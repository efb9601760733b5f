/* SPDX-License-Identifier: Apache-2.0 */
/* Which names lead to a server; of verify.c. */
#ifndef CE_VERIFY_NAME_H
#define CE_VERIFY_NAME_H

#include "map.h"
#include "model.h"

/* Names that earlier servers of an address have. */
typedef struct ce_names {
    ce_arena *arena;
    const ce_model *model;
    ce_map taken; /* "address name" */
} ce_names;

/*
 * The next name by which a client reaches a server at an endpoint: a literal
 * one in lower case, or one made up for a wildcard; names that an earlier
 * server of the address takes, and regular expressions, are passed over. To be
 * asked for the servers in their order.
 *
 *   at   of the server's names, from 0; moved
 *
 * Returns NULL when there is none left.
 */
const char *ce_names_next(ce_names *names, const ce_server *server,
                          const ce_endpoint *endpoint, size_t *at);

#endif
