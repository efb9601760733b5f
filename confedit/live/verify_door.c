/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses to visit; called by verify.c. */
#include "verify_door.h"

#include "lex_apache.h"
#include "nginx_parts.h"

static bool
has_word(const ce_node *node, const char *word)
{
    for (size_t i = 0; i < node->n_words; i++) {
        if (tlsf_str_eq(node->words[i].value, tlsf_str_of(word))) {
            return true;
        }
    }
    return false;
}

static tlsf_str
first_word(ce_arena *arena, const ce_node *node, size_t *at)
{
    ce_word word = {{NULL, 0}, 0, 0};

    return ce_lex_apache_word(arena, node->args, at, &word)
               ? word.value
               : (tlsf_str){NULL, 0};
}

/* RemoteIPProxyProtocol counts for the address, whoever of its hosts says so.
 */
static void
take_proxied(ce_street *s, const ce_node *node)
{
    size_t at = 0;
    tlsf_str value = first_word(s->arena, node, &at);

    if (tlsf_str_eq_nocase(value, TLSF_LIT("off"))) {
        return;
    }
    while (node != NULL && node->id != CE_A_VIRTUAL_HOST) {
        node = node->parent;
    }
    if (node == NULL) {
        s->is_proxied = true;
        return;
    }
    for (size_t i = 0; i < s->model->n; i++) {
        const ce_server *server = &s->model->servers[i];

        for (size_t k = 0; server->node == node && k < server->n_endpoints;
             k++) {
            ce_map_set(s->arena, &s->proxied, server->endpoints[k].address, 1);
        }
    }
}

static void
take_node(ce_street *s, const ce_node *node)
{
    size_t at = 0;
    unsigned port;

    if (node->taken == CE_NOT_TAKEN) {
        return;
    }
    if (node->id == CE_N_LISTEN && node->n_words > 0) {
        tlsf_str address =
            ce_nginx_address(s->arena, node->words[0].value, 80, &port);

        if (has_word(node, "proxy_protocol")) {
            ce_map_set(s->arena, &s->proxied, address, 1);
        }
        if (has_word(node, "ipv6only=off")) {
            ce_map_set(s->arena, &s->dual, address, 1);
        }
    } else if (node->id == CE_A_LISTEN) {
        s->listens = ce_arena_grow(s->arena, s->listens, s->n, &s->room,
                                   sizeof(tlsf_str));
        s->listens[s->n++] = first_word(s->arena, node, &at);
    } else if (node->id == CE_A_PROXIED) {
        take_proxied(s, node);
    }
}

void
ce_street_read(ce_street *street, const ce_model *model)
{
    const ce_node *node = model->config->root;

    *street = (ce_street){.model = model, .arena = model->config->arena};
    for (size_t i = 0; i < model->n; i++) {
        for (size_t k = 0; k < model->servers[i].n_endpoints; k++) {
            ce_map_set(street->arena, &street->addresses,
                       model->servers[i].endpoints[k].address, 1);
        }
    }
    while (node != NULL) {
        take_node(street, node);
        if (node->first != NULL) {
            node = node->first;
            continue;
        }
        while (node != NULL && node->next == NULL) {
            node = node->parent;
        }
        node = node == NULL ? NULL : node->next;
    }
}

static void
add_door(ce_doors *doors, const char *host)
{
    if (doors->n < CE_DOORS) {
        doors->hosts[doors->n++] = host;
    }
}

static bool
is_known(const ce_street *s, const char *host, const char *port)
{
    size_t value;

    return ce_map_find(
        &s->addresses,
        tlsf_str_of(ce_arena_format(s->arena, "%s:%s", host, port)), &value);
}

/* The part before the port, without brackets. */
static tlsf_str
host_of(tlsf_str address)
{
    size_t n = address.len;

    while (n > 0 && tlsf_is_digit(address.data[n - 1])) {
        n--;
    }
    if (n == 0 || address.data[n - 1] != ':') {
        return n == 0 ? TLSF_LIT("*") : address; /* a port alone, or none */
    }
    address.len = n - 1;
    if (address.len > 2 && address.data[0] == '[') {
        address = tlsf_str_sub(address, 1, address.len - 2);
    }
    return address;
}

static bool
is_any(tlsf_str host)
{
    return tlsf_str_eq(host, TLSF_LIT("*")) ||
           tlsf_str_eq(host, TLSF_LIT("0.0.0.0")) ||
           tlsf_str_eq(host, TLSF_LIT("::"));
}

/* This machine's own addresses for a wildcard, unless another has them. */
static void
add_own(const ce_street *s, ce_doors *doors, bool has_v4, bool has_v6)
{
    if (has_v4) {
        add_door(doors, is_known(s, "127.0.0.1", doors->port) ? "127.0.0.2"
                                                              : "127.0.0.1");
    }
    if (has_v6 && !is_known(s, "[::1]", doors->port)) {
        add_door(doors, "::1");
    }
}

/* Apache's * is both families, nginx's one unless it says otherwise. */
static void
add_host(const ce_street *s, ce_doors *doors, tlsf_str host, bool is_dual)
{
    if (is_any(host)) {
        bool is_v6 = tlsf_str_eq(host, TLSF_LIT("::"));

        add_own(s, doors, is_dual || !is_v6, is_dual || is_v6);
    } else {
        add_door(doors, ce_arena_text(s->arena, host));
    }
}

/* Apache: what is * to a virtual host is what Listen makes of it. */
static void
add_listens(const ce_street *s, ce_doors *doors)
{
    tlsf_str port = tlsf_str_of(doors->port);

    for (size_t i = 0; i < s->n; i++) {
        tlsf_str listen = s->listens[i];

        if (listen.len < port.len ||
            !tlsf_str_eq(tlsf_str_sub(listen, listen.len - port.len, port.len),
                         port) ||
            (listen.len > port.len &&
             listen.data[listen.len - port.len - 1] != ':')) {
            continue;
        }
        tlsf_str host = host_of(listen);

        if (is_any(host) ||
            !is_known(s, ce_arena_text(s->arena, host), doors->port)) {
            add_host(s, doors, host, true);
        }
    }
}

void
ce_street_doors(const ce_street *street, const ce_endpoint *endpoint,
                ce_doors *doors)
{
    tlsf_str host = host_of(endpoint->address);
    size_t value;

    *doors = (ce_doors){.n = 0};
    if (tlsf_str_starts_nocase(endpoint->address, TLSF_LIT("unix:"))) {
        doors->reason = "it is a unix socket";
        return;
    }
    if (endpoint->is_anywhere) {
        doors->reason = "which servers include the file is not known";
        return;
    }
    if (endpoint->port == 0) {
        doors->reason = "its port is not known";
        return;
    }
    doors->port = ce_arena_format(street->arena, "%u", endpoint->port);
    doors->is_proxied =
        street->is_proxied ||
        ce_map_find(&street->proxied, endpoint->address, &value);
    if (street->model->config->kind == CE_APACHE && is_any(host)) {
        add_listens(street, doors);
    } else {
        add_host(street, doors, host,
                 street->model->config->kind == CE_APACHE ||
                     ce_map_find(&street->dual, endpoint->address, &value));
    }
    if (doors->n == 0) {
        doors->reason = "nothing tells at which address it can be met";
    }
}
