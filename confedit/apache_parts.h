/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Apache's configuration taken apart: the main server and the virtual hosts,
 * with the lines that count in each. Between model_apache.c and
 * apache_scope.c.
 */
#ifndef CE_APACHE_PARTS_H
#define CE_APACHE_PARTS_H

#include "lex_apache.h"
#include "map.h"
#include "model_parts.h"

/* The main server or a virtual host. */
typedef struct ce_scope {
    const ce_node *node; /* NULL: the main server */
    const ce_node *protocol;
    const ce_node *doubt; /* a line whose condition cannot be decided */
    const ce_node *engine;
    const ce_node *ciphers;
    ce_nodes commands;
    ce_nodes names;
    bool has_certificate;
} ce_scope;

typedef struct ce_host {
    ce_scope scope;
    tlsf_str *addresses;
    size_t n;
    size_t room;
} ce_host;

typedef struct ce_apache {
    ce_model *model;
    ce_arena *arena;
    ce_scope main;
    ce_host *hosts;
    size_t n;
    size_t room;
    ce_nodes listens;
    ce_map firsts; /* the first host of an address in small letters, by index */
    ce_map https;  /* whether the first Listen of a port is for https */
} ce_apache;

/*
 * Find the scopes of the configuration that was read, and their lines, in the
 * order in which Apache takes them.
 */
void ce_apache_scopes(ce_apache *a);

/* The first argument of a directive; NULL data when there is none. */
tlsf_str ce_apache_word(const ce_apache *a, const ce_node *node);

#endif
