/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Apache: the last line of a scope wins, a virtual host without one takes the
 * global one or else what the first virtual host of its address has; called by
 * model.c.
 */
#include "apache_parts.h"

#include "tlsf_err.h"

/* Before it the first virtual host of an address decides for all names. */
static const ce_release per_name = {{2, 4, 43}};

/* What a line says; a set of 0 with a reason: unknown or refused. */
static unsigned
evaluate(ce_apache *a, const ce_node *node, const char **reason)
{
    tlsf_str bad = {NULL, 0};
    unsigned set;
    unsigned resets;
    tlsf_str args = node->args;

    *reason = NULL;
    if (node->missing != NULL) {
        *reason = ce_arena_format(a->arena,
                                  "${%s} has no value here; give it with "
                                  "-D %s=VALUE",
                                  node->missing, node->missing);
        return 0;
    }
    if (ce_apache_protocols(a->arena, args, &set, &resets, &bad) != TLSF_OK) {
        ce_model_say(a->model, CE_ERROR, node,
                     "Apache knows no protocol “%.*s”; it does not start",
                     (int)bad.len, bad.data);
        *reason = "Apache refuses this line";
        return 0;
    }
    if (resets > 0) {
        ce_model_say(a->model, CE_WARNING, node,
                     "a word without + or - forgets all before it: this "
                     "means %s alone; to add, put + before the word",
                     ce_set_text(a->arena, set));
    }
    if (set == 0) {
        ce_model_say(a->model, CE_WARNING, node,
                     "no protocol is left: Apache's test accepts this, its "
                     "start does not");
    }
    return set;
}

/* A context as mod_ssl makes it of a host and the main server. */
typedef struct context {
    ce_limits limits;
    ce_why why;
    bool is_set;  /* a line of its own or the main server's */
    bool is_none; /* no protocol is left */
    const char *reason;
    ce_nodes lines;
} context;

static void
apply_commands(ce_apache *a, const ce_nodes *commands, context *c)
{
    for (size_t i = 0; i < commands->n; i++) {
        tlsf_str args = commands->list[i]->args;
        unsigned before = ce_limits_admit(c->limits);
        ce_word name = {{NULL, 0}, 0, 0};
        ce_word value = {{NULL, 0}, 0, 0};
        size_t at = 0;

        ce_lex_apache_word(a->arena, args, &at, &name);
        ce_lex_apache_word(a->arena, args, &at, &value);
        if (ce_limits_command(&c->limits, name.value, value.value) > 0 &&
            ce_limits_admit(c->limits) != before) {
            c->why = CE_WHY_COMMAND;
            ce_nodes_add(a->arena, &c->lines, commands->list[i]);
        }
    }
}

static context
context_of(ce_apache *a, const ce_scope *s)
{
    context c = {.why = CE_WHY_DEFAULT};
    const ce_scope *from =
        s->protocol != NULL || s->doubt != NULL ? s : &a->main;
    unsigned set = CE_ALL & ~CE_BIT(TLSF_SSLV3);

    if (from->protocol != NULL) {
        set = evaluate(a, from->protocol, &c.reason);
        c.is_set = true;
        c.why = from == s ? CE_WHY_OWN : CE_WHY_OUTER;
        ce_nodes_add(a->arena, &c.lines, from->protocol);
    }
    if (from->doubt != NULL) {
        ce_nodes_add(a->arena, &c.lines, from->doubt);
        c.reason = "whether this line is read depends on a condition that "
                   "cannot be decided here";
    }
    c.is_none = set == 0;
    c.limits = ce_apache_limits(set);
    apply_commands(a, &a->main.commands, &c);
    if (s != &a->main) {
        apply_commands(a, &s->commands, &c);
    }
    return c;
}

/* An address in small letters. */
static tlsf_str
small(const ce_apache *a, tlsf_str address)
{
    size_t i = 0;

    while (i < address.len && tlsf_lower(address.data[i]) == address.data[i]) {
        i++;
    }
    if (i == address.len) {
        return address;
    }
    char *text = ce_arena_text(a->arena, address);

    for (; i < address.len; i++) {
        text[i] = tlsf_lower(text[i]);
    }
    return (tlsf_str){text, address.len};
}

static const ce_host *
first_at(const ce_apache *a, tlsf_str address)
{
    size_t index;

    return ce_map_find(&a->firsts, small(a, address), &index) ? &a->hosts[index]
                                                              : NULL;
}

static void
find_firsts(ce_apache *a)
{
    for (size_t i = a->n; i > 0; i--) {
        for (size_t k = 0; k < a->hosts[i - 1].n; k++) {
            ce_map_set(a->arena, &a->firsts,
                       small(a, a->hosts[i - 1].addresses[k]), i - 1);
        }
    }
}

static unsigned
port_of(tlsf_str address)
{
    unsigned port = 0;
    size_t i = address.len;

    while (i > 0 && address.data[i - 1] != ':') {
        i--;
    }
    /* Without a colon it is a port, as Listen may have it. */
    for (; i < address.len && tlsf_is_digit(address.data[i]); i++) {
        port = port * 10 + (unsigned)(address.data[i] - '0');
        if (port > 65535) {
            return 0;
        }
    }
    return i == address.len ? port : 0;
}

static tlsf_str
port_key(const ce_apache *a, unsigned port)
{
    return tlsf_str_of(ce_arena_format(a->arena, "%u", port));
}

static void
find_https(ce_apache *a)
{
    for (size_t i = a->listens.n; i > 0; i--) {
        tlsf_str args = a->listens.list[i - 1]->args;
        unsigned port = port_of(ce_apache_word(a, a->listens.list[i - 1]));
        ce_word word;
        size_t at = 0;

        if (port == 0) {
            continue;
        }
        ce_lex_apache_word(a->arena, args, &at, &word);
        bool is_https = ce_lex_apache_word(a->arena, args, &at, &word)
                            ? tlsf_str_eq_nocase(word.value, TLSF_LIT("https"))
                            : port == 443;

        ce_map_set(a->arena, &a->https, port_key(a, port), is_https);
    }
}

/* Whether the Listen of the host's first port that has one is for https. */
static bool
is_https(ce_apache *a, const ce_host *h)
{
    for (size_t i = 0; i < h->n; i++) {
        size_t https;

        if (ce_map_find(&a->https, port_key(a, port_of(h->addresses[i])),
                        &https)) {
            return https != 0;
        }
    }
    return false;
}

static bool
is_on(ce_apache *a, const ce_node *engine)
{
    return engine != NULL &&
           !tlsf_str_eq_nocase(ce_apache_word(a, engine), TLSF_LIT("off"));
}

/* Without any SSLEngine a listener for https and a certificate are enough. */
static bool
is_tls(ce_apache *a, const ce_host *h)
{
    const ce_node *engine =
        h->scope.engine != NULL ? h->scope.engine : a->main.engine;

    if (engine == NULL) {
        return (h->scope.has_certificate || a->main.has_certificate) &&
               is_https(a, h);
    }
    return is_on(a, engine);
}

static void
decide(const context *ours, const context *theirs, bool is_first,
       ce_release release, ce_endpoint *e)
{
    ce_limits limits = ours->limits;
    const context *c = ours;

    e->why = ours->why;
    if (!is_first) {
        if (ce_release_is_known(release) &&
            ce_release_compare(release, per_name) < 0) {
            c = theirs;
            limits = theirs->limits;
            e->why = CE_WHY_ADDRESS;
        } else if (!ours->is_set) {
            /* Only a line of the host copies its range to a connection. */
            c = theirs;
            limits = theirs->limits;
            limits.off |= ours->limits.off;
            e->why = theirs->is_set ? CE_WHY_FIRST : theirs->why;
        } else {
            limits.off |= theirs->limits.off;
        }
    }
    e->set = c->is_none ? 0 : ce_limits_admit(limits);
    e->own = ours->is_none ? 0 : ce_limits_admit(ours->limits);
    e->lines = c->lines.list;
    e->n_lines = c->lines.n;
    if (c->reason != NULL) {
        ce_endpoint_doubt(e, c->reason);
    }
}

static void
add_names(ce_apache *a, ce_server *server, const ce_scope *s)
{
    size_t room = 0;

    for (size_t i = 0; i < s->names.n; i++) {
        tlsf_str args = s->names.list[i]->args;
        size_t at = 0;
        ce_word word;

        while (ce_lex_apache_word(a->arena, args, &at, &word)) {
            ce_server_name(a->model, server, &room, word.value);
        }
    }
}

/* SSLCipherSuite [TLSv1.3] LIST: a list for 1.3 says nothing about others. */
static tlsf_str
ciphers_of(ce_apache *a, const ce_scope *s)
{
    const ce_node *node = s->ciphers != NULL ? s->ciphers : a->main.ciphers;

    return node == NULL ? (tlsf_str){NULL, 0} : ce_apache_word(a, node);
}

static bool
is_doubtful(const ce_host *h)
{
    return h->scope.node->taken == CE_UNDECIDED;
}

static void
add_server(ce_apache *a, const ce_host *h)
{
    ce_server *server = ce_model_add(a->model, h->scope.node, "http");
    context ours = context_of(a, &h->scope);

    add_names(a, server, &h->scope);
    server->endpoints = ce_arena_alloc(a->arena, h->n * sizeof(ce_endpoint));
    for (size_t i = 0; i < h->n; i++) {
        ce_endpoint *e = &server->endpoints[server->n_endpoints++];
        const ce_host *first = first_at(a, h->addresses[i]);

        e->address = h->addresses[i];
        e->port = port_of(e->address);
        e->is_default = first == h;
        e->is_tls = is_tls(a, first) && is_tls(a, h);
        e->ciphers = ciphers_of(a, &h->scope);
        if (e->is_tls) {
            context theirs = first == h ? ours : context_of(a, &first->scope);

            decide(&ours, &theirs, first == h, a->model->config->release, e);
            if (is_doubtful(h) || is_doubtful(first)) {
                ce_endpoint_doubt(e, "whether a virtual host of this address "
                                     "is read depends on a condition that "
                                     "cannot be decided here");
            }
        }
    }
}

/* The main server itself, when it speaks TLS: at what no host takes. */
static void
add_main(ce_apache *a)
{
    if (!is_on(a, a->main.engine)) {
        return;
    }
    ce_server *server = ce_model_add(a->model, NULL, "http");
    context c = context_of(a, &a->main);

    add_names(a, server, &a->main);
    server->endpoints =
        ce_arena_alloc(a->arena, (a->listens.n + 1) * sizeof(ce_endpoint));
    for (size_t i = 0; i < a->listens.n; i++) {
        tlsf_str address = ce_apache_word(a, a->listens.list[i]);
        unsigned port = port_of(address);
        tlsf_str any = tlsf_str_of(ce_arena_format(a->arena, "*:%u", port));
        ce_endpoint *e = &server->endpoints[server->n_endpoints];

        if (address.len > 0 && memchr(address.data, ':', address.len) == NULL) {
            address = any;
        }
        if (first_at(a, address) != NULL || first_at(a, any) != NULL) {
            continue;
        }
        server->n_endpoints++;
        e->address = address;
        e->port = port;
        e->is_default = true;
        e->is_tls = true;
        e->ciphers = ciphers_of(a, &a->main);
        decide(&c, &c, true, a->model->config->release, e);
    }
}

void
ce_model_apache(ce_model *model)
{
    ce_apache a = {.model = model, .arena = model->config->arena};

    ce_apache_scopes(&a);
    find_firsts(&a);
    find_https(&a);
    add_main(&a);
    for (size_t i = 0; i < a.n; i++) {
        add_server(&a, &a.hosts[i]);
    }
}
