/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An http, stream or mail block of nginx taken apart: its servers, what each
 * level says about TLS, and which servers share which listening address.
 * Between model_nginx.c and nginx_block.c.
 */
#ifndef CE_NGINX_PARTS_H
#define CE_NGINX_PARTS_H

#include "map.h"
#include "model_parts.h"

/* What one level (the block, or a server) says by itself. */
typedef struct ce_nginx_level {
    ce_nodes protocols; /* ssl_protocols */
    ce_nodes commands;  /* ssl_conf_command */
    const ce_node *ciphers;
    bool is_ssl_on;    /* `ssl on`, gone in 1.25.1 */
    bool is_starttls;  /* `starttls on` or `only` */
    bool is_rejecting; /* ssl_reject_handshake */
} ce_nginx_level;

typedef struct ce_nginx_host {
    const ce_node *node;
    ce_nginx_level level;
    size_t *sockets; /* indexes into the block's */
    size_t n_sockets;
    size_t room;
} ce_nginx_host;

typedef struct ce_nginx_socket {
    tlsf_str address; /* "*:443" */
    unsigned port;
    size_t first;     /* the default server: index into the block's hosts */
    bool has_default; /* it says so itself */
    bool is_tls;
} ce_nginx_socket;

typedef struct ce_nginx_block {
    ce_arena *arena;
    const char *name;
    bool is_mail;
    ce_nginx_level level;
    ce_nginx_host *hosts;
    size_t n;
    size_t room;
    ce_nginx_socket *sockets;
    size_t n_sockets;
    size_t sockets_room;
    ce_map by_address; /* indexes into the sockets */
} ce_nginx_block;

/* Read a block; what is remarkable about its lines goes to the diag. */
void ce_nginx_block_read(ce_model *model, const ce_node *node,
                         ce_nginx_block *block);

/*
 * The address of a listen in one spelling: "443" and "0.0.0.0:443" are
 * "*:443", a name without a port has `port`.
 */
tlsf_str ce_nginx_address(ce_arena *arena, tlsf_str listen, unsigned port,
                          unsigned *found_port);

#endif
