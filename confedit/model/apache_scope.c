/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts and their lines; called by model_apache.c. */
#include "apache_parts.h"

tlsf_str
ce_apache_word(const ce_apache *a, const ce_node *node)
{
    ce_word word = {{NULL, 0}, 0, 0};
    size_t at = 0;

    ce_lex_apache_word(a->arena, node->args, &at, &word);
    return word.value;
}

/* Trunk's SSLPolicy: what it stands for is in its own modules. */
static void
take_policy(ce_apache *a, ce_scope *s, const ce_node *n)
{
    ce_release release = a->model->config->release;

    s->unsure = n;
    if (ce_release_is_known(release) &&
        ce_release_compare(release, CE_RELEASE(2, 5, 0)) < 0) {
        ce_model_say(a->model, CE_ERROR, n,
                     "Apache 2.4 knows no SSLPolicy; it does not start");
    }
}

static void
take_command(ce_apache *a, ce_scope *s, const ce_node *n)
{
    ce_word words[3];
    size_t at = 0;
    size_t count = 0;

    while (count < 3 &&
           ce_lex_apache_word(a->arena, n->args, &at, &words[count])) {
        count++;
    }
    if (count != 2) {
        ce_model_say(a->model, CE_ERROR, n,
                     "SSLOpenSSLConfCmd takes a command and a value; Apache "
                     "does not start");
        return;
    }
    if (n->missing == NULL && n->taken == CE_TAKEN) {
        ce_forbid_check(a->model, n, words[0].value, words[1].value);
    }
    ce_nodes_add(a->arena, &s->commands, n);
}

static void
take_engine(ce_apache *a, ce_scope *s, const ce_node *n)
{
    tlsf_str word = ce_apache_word(a, n);

    s->engine = n;
    if (n->missing == NULL && !tlsf_str_eq_nocase(word, TLSF_LIT("on")) &&
        !tlsf_str_eq_nocase(word, TLSF_LIT("off")) &&
        !tlsf_str_eq_nocase(word, TLSF_LIT("optional"))) {
        ce_model_say(a->model, CE_ERROR, n,
                     "SSLEngine is on, off or optional; Apache does not "
                     "start");
    }
}

/*
 * The port of [scheme://]NAME[:PORT]; that of the main server is meant where a
 * <VirtualHost ADDRESS> behind it names none.
 */
static unsigned
port_of_name(tlsf_str name)
{
    unsigned port = 0;
    size_t at = name.len;

    while (at > 0 && tlsf_is_digit(name.data[at - 1])) {
        at--;
    }
    if (at == 0 || name.data[at - 1] != ':') {
        return 0;
    }
    for (; at < name.len && port <= 65535; at++) {
        port = port * 10 + (unsigned)(name.data[at] - '0');
    }
    return port > 65535 ? 0 : port;
}

static void
take_line(ce_apache *a, ce_scope *s, const ce_node *n)
{
    if ((n->taken == CE_UNDECIDED || n->missing != NULL) &&
        (n->id == CE_A_SSL_ENGINE || n->id == CE_A_SSL_CONF_CMD)) {
        s->unsure = n;
    }
    switch (n->id) {
    case CE_A_SSL_PROTOCOL:
        if (n->taken == CE_UNDECIDED) {
            s->doubt = n;
        } else {
            s->protocol = n;
            s->doubt = NULL;
        }
        break;
    case CE_A_INCLUDE:
    case CE_A_INCLUDE_OPTIONAL:
        if (n->taken == CE_UNDECIDED && s != &a->main) {
            s->doubt = n;
            s->unread = n;
        }
        break;
    case CE_A_SSL_POLICY:
        take_policy(a, s, n);
        break;
    case CE_A_SSL_ENGINE:
        take_engine(a, s, n);
        break;
    case CE_A_SSL_CIPHERS:
        if (!tlsf_str_eq_nocase(ce_apache_word(a, n), TLSF_LIT("TLSv1.3"))) {
            s->ciphers = n;
        }
        break;
    case CE_A_SSL_CONF_CMD:
        take_command(a, s, n);
        break;
    case CE_A_PROTOCOL:
        s->listen_protocol = n;
        break;
    case CE_A_SERVER_NAME:
        if (s == &a->main) {
            a->port = port_of_name(ce_apache_word(a, n));
        }
        ce_nodes_add(a->arena, &s->names, n);
        break;
    case CE_A_SERVER_ALIAS:
        ce_nodes_add(a->arena, &s->names, n);
        break;
    case CE_A_SSL_CERTIFICATE:
        s->has_certificate = true;
        break;
    case CE_A_LISTEN:
        ce_nodes_add(a->arena, &a->listens, n);
        break;
    default:
        break;
    }
}

/* Its name is looked up when Apache starts, and may be another's address. */
static void
warn_name(ce_apache *a, const ce_node *node, ce_where where)
{
    char first = where.host.len > 0 ? where.host.data[0] : '*';
    bool is_number = true;

    for (size_t i = 0; i < where.host.len; i++) {
        is_number = is_number && (tlsf_is_digit(where.host.data[i]) ||
                                  where.host.data[i] == '.');
    }
    if (first != '*' && first != '[' && !is_number) {
        ce_model_say(a->model, CE_WARNING, node,
                     "%.*s is not looked up here: hosts that have the same "
                     "address as a number are taken for others",
                     (int)where.host.len, where.host.data);
    }
}

static void
add_where(ce_apache *a, ce_host *h, tlsf_str word)
{
    ce_where where = ce_apache_where(a->arena, word, a->port);

    warn_name(a, h->scope.node, where);
    h->wheres =
        ce_arena_grow(a->arena, h->wheres, h->n, &h->room, sizeof(ce_where));
    h->wheres[h->n++] = where;
}

/* Virtual hosts that may come: those in conditions too. */
static size_t
count_hosts(const ce_node *block)
{
    size_t n = 0;

    for (const ce_node *c = block->first; c != NULL; c = c->next) {
        n += c->id == CE_A_VIRTUAL_HOST;
        n += ce_id_is_condition(c->id) ? count_hosts(c) : 0;
    }
    return n;
}

static ce_host *
add_host(ce_apache *a, const ce_node *node)
{
    tlsf_str args = node->args;
    size_t at = 0;
    ce_word word;

    a->hosts =
        ce_arena_grow(a->arena, a->hosts, a->n, &a->room, sizeof(ce_host));
    ce_host *h = &a->hosts[a->n++];
    h->scope.node = node;
    while (args.len > 0 && args.data[args.len - 1] != '>') {
        args.len--;
    }
    args.len -= args.len > 0;
    while (ce_lex_apache_word(a->arena, args, &at, &word)) {
        add_where(a, h, word.value);
    }
    return h;
}

/* Where Apache refuses SSLProtocol: <Directory>, <If> and their like. */
static void
refuse_inside(ce_apache *a, const ce_node *block)
{
    for (const ce_node *n = block->first; n != NULL; n = n->next) {
        if (n->is_block && n->taken == CE_TAKEN) {
            refuse_inside(a, n);
        } else if (n->id == CE_A_SSL_PROTOCOL && n->taken == CE_TAKEN) {
            ce_model_say(a->model, CE_ERROR, n,
                         "Apache refuses SSLProtocol in %.*s>; it does not "
                         "start",
                         (int)block->name.len, block->name.data);
        }
    }
}

/* Lines of a scope and of the conditions in it; hosts by themselves. */
static void
walk(ce_apache *a, size_t index, const ce_node *block)
{
    for (const ce_node *n = block->first; n != NULL; n = n->next) {
        /* Hosts move when one is added: found again by their index. */
        ce_scope *s = index == 0 ? &a->main : &a->hosts[index - 1].scope;

        if (n->taken == CE_NOT_TAKEN) {
            continue;
        }
        if (!n->is_block) {
            take_line(a, s, n);
        } else if (n->id == CE_A_VIRTUAL_HOST && index == 0) {
            add_host(a, n);
            walk(a, a->n, n);
        } else if (ce_id_is_condition(n->id)) {
            walk(a, index, n);
        } else if (n->id != CE_A_VIRTUAL_HOST) {
            refuse_inside(a, n);
        }
    }
}

/* TLS lines for a server without mod_ssl: it does not know them. */
static void
check_module(ce_apache *a)
{
    const ce_config *config = a->model->config;
    const ce_node *line =
        a->main.protocol != NULL ? a->main.protocol : a->main.engine;

    for (size_t i = 0; i < a->n && line == NULL; i++) {
        const ce_scope *s = &a->hosts[i].scope;

        line = s->protocol != NULL ? s->protocol : s->engine;
    }
    if (line != NULL && line->taken == CE_TAKEN && config->knows_modules &&
        ce_defines_find(&config->modules, "ssl_module") == NULL) {
        ce_model_say(a->model, CE_ERROR, line,
                     "mod_ssl is not loaded, so Apache does not know this "
                     "line and does not start");
    }
}

void
ce_apache_scopes(ce_apache *a)
{
    a->room = count_hosts(a->model->config->root);
    a->hosts = ce_arena_alloc(a->arena, a->room * sizeof(ce_host));
    walk(a, 0, a->model->config->root);
    check_module(a);
}
