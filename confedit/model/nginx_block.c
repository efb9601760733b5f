/* SPDX-License-Identifier: Apache-2.0 */
/* Servers and addresses of one block; called by model_nginx.c. */
#include "nginx_parts.h"

static const ce_release without_ssl = {{1, 25, 1}};
static const ce_release with_quic = {{1, 25, 0}};
static const ce_release stream_names = {{1, 25, 5}};

/* Whether the release is known and not before another. */
static bool
is_since(const ce_model *model, ce_release since)
{
    ce_release release = model->config->release;

    return ce_release_is_known(release) &&
           ce_release_compare(release, since) >= 0;
}

bool
ce_nginx_is_on(const ce_node *line)
{
    return line != NULL && line->n_words == 1 &&
           !tlsf_str_eq_nocase(line->words[0].value, TLSF_LIT("off"));
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

/* A line that may stand once in a level. */
static void
take_once(ce_model *model, const ce_node **line, const ce_node *node)
{
    if (*line != NULL) {
        ce_model_say(model, CE_ERROR, node,
                     "nginx takes %.*s once in a level; it does not start",
                     (int)node->name.len, node->name.data);
    }
    *line = node;
}

static void
take_command(ce_model *model, ce_nginx_level *level, const ce_node *node)
{
    if (node->n_words != 2) {
        ce_model_say(model, CE_ERROR, node,
                     "ssl_conf_command takes a command and a value; nginx "
                     "does not start");
        return;
    }
    ce_forbid_check(model, node, node->words[0].value, node->words[1].value);
    ce_nodes_add(model->config->arena, &level->commands, node);
}

static void
take_ssl(ce_model *model, ce_nginx_level *level, const ce_node *node)
{
    take_once(model, &level->ssl, node);
    if (is_since(model, without_ssl)) {
        ce_model_say(model, CE_ERROR, node,
                     "this version has no ssl; nginx does not start: use "
                     "listen … ssl");
    }
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
            take_command(model, level, n);
            break;
        case CE_N_SSL_CIPHERS:
            take_once(model, &level->ciphers, n);
            break;
        case CE_N_SSL:
            take_ssl(model, level, n);
            break;
        case CE_N_SSL_REJECT:
            take_once(model, &level->rejecting, n);
            break;
        case CE_N_STARTTLS:
            take_once(model, &level->starttls, n);
            break;
        case CE_N_SSL_CERTIFICATE:
            level->certificate = n;
            break;
        default:
            break;
        }
    }
}

/* Where nginx refuses lines about TLS. */
static void
refuse_inside(ce_model *model, const ce_node *block)
{
    static const char *const names[] = {"location", "if", "limit_except"};
    bool is_refusing = false;

    for (size_t i = 0; i < TLSF_COUNTOF(names); i++) {
        is_refusing =
            is_refusing || tlsf_str_eq(block->name, tlsf_str_of(names[i]));
    }
    for (const ce_node *n = block->first; n != NULL; n = n->next) {
        if (n->is_block) {
            refuse_inside(model, n);
        } else if (is_refusing && (n->id == CE_N_SSL_PROTOCOLS ||
                                   n->id == CE_N_SSL_CONF_COMMAND ||
                                   n->id == CE_N_SSL_CIPHERS)) {
            ce_model_say(model, CE_ERROR, n,
                         "nginx refuses %.*s in %.*s; it does not start",
                         (int)n->name.len, n->name.data, (int)block->name.len,
                         block->name.data);
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
        (ce_nginx_socket){.address = address, .port = port, .first = host};
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

/* Two lines for one address that nginx refuses. */
static void
check_twice(ce_model *model, const ce_nginx_block *block,
            const ce_nginx_socket *socket, size_t index, const ce_node *node)
{
    bool is_quic = has_word(node, "quic");
    bool is_one_each =
        block->is_mail ||
        (block->is_stream && ce_release_is_known(model->config->release) &&
         !is_since(model, stream_names));
    size_t last = socket->last[is_quic];

    if (node != NULL && last != 0 &&
        (last == index + 1 || (is_one_each && !has_word(node, "udp")))) {
        ce_model_say(model, CE_ERROR, node,
                     "%.*s is there already; nginx does not start",
                     (int)socket->address.len, socket->address.data);
    }
}

static void
add_socket(ce_model *model, ce_nginx_block *block, size_t index,
           const ce_node *node, tlsf_str address, unsigned port)
{
    ce_nginx_host *host = &block->hosts[index];
    size_t s = socket_of(block, address, port, index);
    ce_nginx_socket *socket = &block->sockets[s];
    bool is_quic = has_word(node, "quic");

    check_twice(model, block, socket, index, node);
    socket->last[is_quic] = index + 1;
    socket->is_tls = socket->is_tls || has_word(node, "ssl");
    socket->is_quic = socket->is_quic || is_quic;
    if (has_word(node, "default_server") || has_word(node, "default")) {
        if (socket->has_default && socket->first != index) {
            ce_model_say(model, CE_ERROR, node,
                         "%.*s has a default server already; nginx does not "
                         "start",
                         (int)address.len, address.data);
        }
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
add_ports(ce_model *model, ce_nginx_block *block, size_t index,
          const ce_node *node, const ce_nginx_listen *listen)
{
    for (unsigned port = listen->first; port <= listen->last; port++) {
        add_socket(model, block, index, node,
                   ce_nginx_listen_text(block->arena, listen, port), port);
    }
}

static void
add_listen(ce_model *model, ce_nginx_block *block, size_t index,
           const ce_node *node, tlsf_str text)
{
    bool is_http = !block->is_mail && !block->is_stream;
    ce_nginx_listen listen;
    tlsf_str hosts[2];
    size_t n = 0;

    if (!ce_nginx_listen_parse(block->arena, text, is_http ? 80 : 0, &listen)) {
        ce_model_say(model, CE_ERROR, node,
                     "“%.*s” has no port that nginx takes; it does not start",
                     (int)text.len, text.data);
        return;
    }
    if (model->config->is_local &&
        tlsf_str_eq_nocase(listen.host, TLSF_LIT("localhost"))) {
        n = ce_nginx_localhost(block->arena, hosts);
    }
    for (size_t i = 0; i < n; i++) {
        listen.host = hosts[i];
        add_ports(model, block, index, node, &listen);
    }
    if (n == 0) {
        if (ce_nginx_host_is_name(listen.host)) {
            ce_model_say(model, CE_WARNING, node,
                         "%.*s is not looked up here: servers that listen on "
                         "the same address as a number are taken for others",
                         (int)listen.host.len, listen.host.data);
        }
        add_ports(model, block, index, node, &listen);
    }
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
            add_listen(model, block, index, n, n->words[0].value);
            has_listen = true;
        }
    }
    if (!has_listen && !block->is_stream && !block->is_mail) {
        add_listen(model, block, index, NULL, TLSF_LIT("*:80"));
    }
}

static void
inherit_line(const ce_node **own, const ce_node *outer)
{
    if (*own == NULL) {
        *own = outer;
    }
}

/* Where the outer level says it and a server does not. */
static void
inherit(ce_nginx_block *block)
{
    for (size_t i = 0; i < block->n; i++) {
        ce_nginx_level *level = &block->hosts[i].level;

        inherit_line(&level->ssl, block->level.ssl);
        inherit_line(&level->starttls, block->level.starttls);
        inherit_line(&level->rejecting, block->level.rejecting);
        inherit_line(&level->certificate, block->level.certificate);
        inherit_line(&level->ciphers, block->level.ciphers);
    }
}

/* QUIC knows TLSv1.3 alone, and nginx looks at ssl_protocols for it. */
static void
check_quic(ce_model *model, const ce_nginx_block *block)
{
    for (size_t i = 0; i < block->n_sockets; i++) {
        const ce_nginx_socket *socket = &block->sockets[i];
        const ce_nginx_level *first = &block->hosts[socket->first].level;
        const ce_nodes *lines = first->protocols.n > 0
                                    ? &first->protocols
                                    : &block->level.protocols;

        if (socket->is_quic && lines->n > 0 && first->certificate != NULL &&
            is_since(model, with_quic) &&
            !(ce_nginx_sum(lines) & CE_BIT(TLSF_TLSV13))) {
            ce_model_say(model, CE_ERROR, ce_nodes_last(lines),
                         "QUIC on %.*s needs TLSv1.3; nginx does not start",
                         (int)socket->address.len, socket->address.data);
        }
    }
}

unsigned
ce_nginx_sum(const ce_nodes *lines)
{
    unsigned set = 0;

    for (size_t i = 0; i < lines->n; i++) {
        for (size_t w = 0; w < lines->list[i]->n_words; w++) {
            set |= ce_nginx_protocol(lines->list[i]->words[w].value);
        }
    }
    return set & ~CE_BIT(TLSF_SSLV2);
}

void
ce_nginx_block_read(ce_model *model, const ce_node *node, ce_nginx_block *block)
{
    block->is_stream = node->id == CE_N_STREAM;
    block->is_mail = node->id == CE_N_MAIL;
    block->name = block->is_stream ? "stream"
                  : block->is_mail ? "mail"
                                   : "http";
    read_level(model, node, &block->level);
    for (const ce_node *n = node->first; n != NULL; n = n->next) {
        block->room += n->is_block && n->id == CE_N_SERVER;
    }
    block->hosts =
        ce_arena_alloc(block->arena, block->room * sizeof(ce_nginx_host));
    ce_model_reserve(model, block->room);
    for (const ce_node *n = node->first; n != NULL; n = n->next) {
        if (n->is_block && n->id == CE_N_SERVER) {
            add_host(model, n, block);
            refuse_inside(model, n);
        }
    }
    inherit(block);
    check_quic(model, block);
}
