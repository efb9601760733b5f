/* SPDX-License-Identifier: Apache-2.0 */
/* Servers and addresses of one block; called by model_nginx.c. */
#include "nginx_parts.h"

static unsigned
number_of(tlsf_str digits)
{
    unsigned n = 0;

    for (size_t i = 0; i < digits.len; i++) {
        if (!tlsf_is_digit(digits.data[i]) || n > 65535) {
            return 0;
        }
        n = n * 10 + (unsigned)(digits.data[i] - '0');
    }
    return n;
}

tlsf_str
ce_nginx_address(ce_arena *arena, tlsf_str listen, unsigned port,
                 unsigned *found_port)
{
    tlsf_str host = listen;
    size_t colon = listen.len;

    *found_port = 0;
    if (tlsf_str_starts_nocase(listen, TLSF_LIT("unix:"))) {
        return listen;
    }
    while (colon > 0 && listen.data[colon - 1] != ':' &&
           listen.data[colon - 1] != ']') {
        colon--;
    }
    bool has_colon = colon > 0 && listen.data[colon - 1] == ':';
    unsigned all = number_of(listen);

    if (all > 0) {
        host = TLSF_LIT("*");
        port = all;
    } else if (has_colon) {
        host = tlsf_str_sub(listen, 0, colon - 1);
        port = number_of(tlsf_str_sub(listen, colon, listen.len - colon));
        if (port == 0) {
            return listen; /* a range of ports */
        }
    }
    if (tlsf_str_eq(host, TLSF_LIT("0.0.0.0"))) {
        host = TLSF_LIT("*");
    }
    *found_port = port;
    return tlsf_str_of(
        ce_arena_format(arena, "%.*s:%u", (int)host.len, host.data, port));
}

static bool
is_on(const ce_node *node)
{
    return node->n_words == 1 &&
           tlsf_str_eq_nocase(node->words[0].value, TLSF_LIT("on"));
}

static void
check_words(ce_model *model, const ce_node *node)
{
    if (node->n_words == 0) {
        ce_model_say(model, CE_ERROR, node,
                     "ssl_protocols needs at least one protocol; nginx does "
                     "not start");
    }
    for (size_t i = 0; i < node->n_words; i++) {
        tlsf_str w = node->words[i].value;

        if (ce_nginx_protocol(w) == 0) {
            ce_model_say(model, CE_ERROR, node,
                         "nginx knows no protocol “%.*s”; it does not start",
                         (int)w.len, w.data);
        }
    }
}

/* Lines of one level add up; most people expect the last to win. */
static void
add_protocols(ce_model *model, ce_nodes *lines, const ce_node *node)
{
    check_words(model, node);
    for (size_t i = 0; i < lines->n; i++) {
        if (lines->list[i]->source == node->source &&
            lines->list[i]->at == node->at) {
            return;
        }
    }
    if (lines->n > 0) {
        ce_place first = ce_node_place(model->config->arena, lines->list[0]);

        ce_model_say(model, CE_WARNING, node,
                     "adds to %s:%zu: nginx adds the lines of one level up, "
                     "the last does not win",
                     first.file, first.line);
    }
    ce_nodes_add(model->config->arena, lines, node);
}

static void
read_level(ce_model *model, const ce_node *block, ce_nginx_level *level)
{
    for (const ce_node *n = block->first; n != NULL; n = n->next) {
        switch (n->id) {
        case CE_N_SSL_PROTOCOLS:
            add_protocols(model, &level->protocols, n);
            break;
        case CE_N_SSL_CONF_COMMAND:
            ce_nodes_add(model->config->arena, &level->commands, n);
            break;
        case CE_N_SSL_CIPHERS:
            level->ciphers = n;
            break;
        case CE_N_SSL:
            level->is_ssl_on = is_on(n);
            break;
        case CE_N_SSL_REJECT:
            level->is_rejecting = is_on(n);
            break;
        case CE_N_STARTTLS:
            level->is_starttls =
                n->n_words == 1 &&
                !tlsf_str_eq_nocase(n->words[0].value, TLSF_LIT("off"));
            break;
        default:
            break;
        }
    }
}

/* The socket of an address; a new one belongs to the host that names it. */
static size_t
socket_of(ce_nginx_block *block, tlsf_str address, unsigned port, size_t host)
{
    size_t known;

    if (ce_map_find(&block->by_address, address, &known)) {
        return known;
    }
    ce_map_set(block->arena, &block->by_address, address, block->n_sockets);
    block->sockets =
        ce_arena_grow(block->arena, block->sockets, block->n_sockets,
                      &block->sockets_room, sizeof(ce_nginx_socket));
    block->sockets[block->n_sockets] =
        (ce_nginx_socket){address, port, host, false, false};
    return block->n_sockets++;
}

static bool
has_word(const ce_node *node, const char *word)
{
    for (size_t i = 1; node != NULL && i < node->n_words; i++) {
        if (tlsf_str_eq(node->words[i].value, tlsf_str_of(word))) {
            return true;
        }
    }
    return false;
}

static void
add_listen(ce_nginx_block *block, size_t index, const ce_node *node,
           tlsf_str listen)
{
    ce_nginx_host *host = &block->hosts[index];
    unsigned port;
    tlsf_str address = ce_nginx_address(block->arena, listen, 80, &port);
    size_t s = socket_of(block, address, port, index);
    ce_nginx_socket *socket = &block->sockets[s];

    if (has_word(node, "ssl") || has_word(node, "quic")) {
        socket->is_tls = true;
    }
    if (!socket->has_default &&
        (has_word(node, "default_server") || has_word(node, "default"))) {
        socket->first = index;
        socket->has_default = true;
    }
    for (size_t i = 0; i < host->n_sockets; i++) {
        if (host->sockets[i] == s) {
            return; /* `listen … ssl` and `listen … quic` */
        }
    }
    host->sockets = ce_arena_grow(block->arena, host->sockets, host->n_sockets,
                                  &host->room, sizeof(size_t));
    host->sockets[host->n_sockets++] = s;
}

static void
add_host(ce_model *model, const ce_node *node, ce_nginx_block *block)
{
    size_t index = block->n;
    bool has_listen = false;

    block->hosts = ce_arena_grow(block->arena, block->hosts, block->n,
                                 &block->room, sizeof(ce_nginx_host));
    block->hosts[block->n++].node = node;
    read_level(model, node, &block->hosts[index].level);
    for (const ce_node *n = node->first; n != NULL; n = n->next) {
        if (n->id == CE_N_LISTEN && n->n_words > 0) {
            add_listen(block, index, n, n->words[0].value);
            has_listen = true;
        }
    }
    if (!has_listen && node->parent->id != CE_N_STREAM &&
        node->parent->id != CE_N_MAIL) {
        add_listen(block, index, NULL, TLSF_LIT("*:80"));
    }
}

/* Where the outer level says it and a server does not. */
static void
inherit(ce_nginx_block *block)
{
    for (size_t i = 0; i < block->n; i++) {
        ce_nginx_level *level = &block->hosts[i].level;

        level->is_ssl_on = level->is_ssl_on || block->level.is_ssl_on;
        level->is_starttls = level->is_starttls || block->level.is_starttls;
        level->is_rejecting = level->is_rejecting || block->level.is_rejecting;
    }
}

void
ce_nginx_block_read(ce_model *model, const ce_node *node, ce_nginx_block *block)
{
    block->name = node->id == CE_N_STREAM ? "stream"
                  : node->id == CE_N_MAIL ? "mail"
                                          : "http";
    block->is_mail = node->id == CE_N_MAIL;
    read_level(model, node, &block->level);
    for (const ce_node *n = node->first; n != NULL; n = n->next) {
        if (n->is_block && n->id == CE_N_SERVER) {
            add_host(model, n, block);
        }
    }
    inherit(block);
}
