/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An http, stream or mail block of nginx taken apart: its servers, what each
 * level says about TLS, and which servers share which listening address.
 * Between model_nginx.c and nginx_block.c.
 */
#ifndef CE_NGINX_PARTS_H
#define CE_NGINX_PARTS_H

#include "forbid.h"
#include "map.h"

/* What one level (the block, or a server) says by itself. */
typedef struct ce_nginx_level {
    ce_nodes protocols; /* ssl_protocols */
    ce_nodes commands;  /* ssl_conf_command */
    const ce_node *ciphers;
    const ce_node *ssl;       /* `ssl on`, gone in 1.25.1 */
    const ce_node *starttls;  /* `starttls on` or `only` */
    const ce_node *rejecting; /* ssl_reject_handshake */
    const ce_node *certificate;
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
    bool is_tls;      /* `ssl` */
    bool is_quic;
    size_t last[2]; /* host that named it last, plus one; [1] for QUIC */
} ce_nginx_socket;

typedef struct ce_nginx_block {
    ce_arena *arena;
    const char *name;
    bool is_mail;
    bool is_stream;
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

/* What the lines add up to; 0 when there is none. */
unsigned ce_nginx_sum(const ce_nodes *lines);

/* What an argument of listen names: a host and a range of ports. */
typedef struct ce_nginx_listen {
    tlsf_str host; /* "*", "10.0.0.1", "[::1]", a name; or the whole text */
    unsigned first;
    unsigned last; /* both 0: unix:, any that is free, or too many to take
                      apart */
} ce_nginx_listen;

/*
 * Take an argument apart: "443" and "0.0.0.0:443" are "*" and 443.
 *
 *   port   where none is written; 0: nginx takes any that is free
 *
 * Returns false when nginx refuses it.
 */
bool ce_nginx_listen_parse(ce_arena *arena, tlsf_str text, unsigned port,
                           ce_nginx_listen *listen);

/* "*:443"; port 0: the host alone. */
tlsf_str ce_nginx_listen_text(ce_arena *arena, const ce_nginx_listen *listen,
                              unsigned port);

/*
 * The address of a listen in the spelling of ce_endpoint.address, of a range
 * the first; a name without a port has `port`.
 */
tlsf_str ce_nginx_address(ce_arena *arena, tlsf_str listen, unsigned port,
                          unsigned *found_port);

/* Whether nginx has to look the host up. */
bool ce_nginx_host_is_name(tlsf_str host);

/* The addresses of this machine's "localhost"; returns how many. */
size_t ce_nginx_localhost(ce_arena *arena, tlsf_str hosts[2]);

/* Whether a flag's line is there and says so. */
bool ce_nginx_is_on(const ce_node *line);

#endif
