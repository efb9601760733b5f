/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Apache's configuration taken apart: the main server and the virtual hosts,
 * with the lines that count in each. Between model_apache.c and
 * apache_scope.c.
 */
#ifndef CE_APACHE_PARTS_H
#define CE_APACHE_PARTS_H

#include "forbid.h"
#include "lex_apache.h"
#include "map.h"

/* The main server or a virtual host. */
typedef struct ce_scope {
    const ce_node *node; /* NULL: the main server */
    const ce_node *protocol;
    const ce_node *doubt;  /* an SSLProtocol behind a condition that cannot be
                              decided, or in a host an Include that is not
                              followed; NULL again when an SSLProtocol
                              follows */
    const ce_node *unread; /* such an Include */
    const ce_node *unsure; /* any other line of that kind */
    const ce_node *engine;
    const ce_node *listen_protocol; /* Protocol, as Listen may have it */
    const ce_node *ciphers;
    ce_nodes commands;
    ce_nodes names;
    bool has_certificate;
} ce_scope;

/* An argument of <VirtualHost …>, or of Listen. */
typedef struct ce_where {
    tlsf_str host; /* "*", "10.0.0.1", "[::1]", a name */
    unsigned port; /* 0: any */
} ce_where;

typedef struct ce_host {
    ce_scope scope;
    ce_where *wheres;
    size_t n;
    size_t room;
} ce_host;

/* What mod_ssl makes of the main server or a virtual host. */
typedef struct ce_apache_context {
    ce_limits limits;
    unsigned off; /* switched off by OpenSSL's configuration alone */
    ce_suites suites;
    ce_why why;
    bool is_set;  /* a line of its own or the main server's */
    bool is_none; /* no protocol is left */
    const char *reason;
    ce_nodes lines;
} ce_apache_context;

typedef struct ce_apache {
    ce_model *model;
    ce_arena *arena;
    ce_scope main;
    ce_host *hosts;
    size_t n;
    size_t room;
    ce_nodes listens;
    unsigned port;        /* of the main server's name so far; 0: none */
    ce_map firsts;        /* the first host of an argument, by index */
    ce_map https;         /* the first Listen of a port: is it for https */
    const ce_host *known; /* whose context is here: many ask for it */
    ce_apache_context known_context;
} ce_apache;

/*
 * Find the scopes of the configuration that was read, and their lines, in the
 * order in which Apache takes them.
 */
void ce_apache_scopes(ce_apache *a);

/* Evaluate a scope's lines, those of the main server beneath them. */
ce_apache_context ce_apache_context_of(ce_apache *a, const ce_scope *s);

/*
 * An address in one spelling: "_default_", "0.0.0.0" and "[::]" are "*".
 *
 *   port   when none is written
 */
ce_where ce_apache_where(ce_arena *arena, tlsf_str word, unsigned port);

/* Prepare ce_apache_first_at, when all hosts are known. */
void ce_apache_find_firsts(ce_apache *a);

/*
 * The virtual host that answers first where a connection arrives; NULL: none,
 * so the main server. An address goes before any, a port before all.
 */
const ce_host *ce_apache_first_at(const ce_apache *a, ce_where at);

/* The first argument of a directive; NULL data when there is none. */
tlsf_str ce_apache_word(const ce_apache *a, const ce_node *node);

#endif
