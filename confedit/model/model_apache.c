/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Apache: the last line of a scope wins, a virtual host without one takes the
 * global one or else what the first virtual host of its address has; called by
 * model.c.
 */
#include "apache_parts.h"

/* Before it the first virtual host of an address decides for all names. */
static const ce_release per_name = {{2, 4, 43}};

typedef enum engine { ENGINE_OFF, ENGINE_ON, ENGINE_OPTIONAL } engine;

/* Support for it went with CVE-2025-49812: it is off from here on. */
static const ce_release without_optional = {{2, 4, 64}};

static tlsf_str
listener_key(const ce_apache *a, ce_where where)
{
    return tlsf_str_of(ce_arena_format(a->arena, "%.*s:%u", (int)where.host.len,
                                       where.host.data, where.port));
}

/* Of each address the first Listen: whether it is for https. */
static void
find_https(ce_apache *a)
{
    for (size_t i = a->listens.n; i > 0; i--) {
        tlsf_str args = a->listens.list[i - 1]->args;
        ce_word word = {{NULL, 0}, 0, 0};
        size_t at = 0;

        ce_lex_apache_word(a->arena, args, &at, &word);
        ce_where where = ce_apache_where(a->arena, word.value, 0);
        bool is_https = ce_lex_apache_word(a->arena, args, &at, &word)
                            ? tlsf_str_eq_nocase(word.value, TLSF_LIT("https"))
                            : where.port == 443;

        ce_map_set(a->arena, &a->https, listener_key(a, where), is_https);
    }
}

/*
 * Whether a host without SSLEngine is one for https: by Protocol, else by the
 * Listen of the first of its addresses that has one. It must be the same
 * address: `Listen 443` is not that of <VirtualHost 10.0.0.1:443>.
 */
static bool
is_https(ce_apache *a, const ce_host *h)
{
    const ce_node *line = h->scope.listen_protocol != NULL
                              ? h->scope.listen_protocol
                              : a->main.listen_protocol;
    size_t found;

    if (line != NULL) {
        return tlsf_str_eq_nocase(ce_apache_word(a, line), TLSF_LIT("https"));
    }
    for (size_t i = 0; i < h->n; i++) {
        if (ce_map_find(&a->https, listener_key(a, h->wheres[i]), &found)) {
            return found != 0;
        }
    }
    return false;
}

static engine
engine_of(ce_apache *a, const ce_node *line)
{
    ce_release release = a->model->config->release;
    tlsf_str word = ce_apache_word(a, line);

    if (!tlsf_str_eq_nocase(word, TLSF_LIT("optional"))) {
        return tlsf_str_eq_nocase(word, TLSF_LIT("off")) ? ENGINE_OFF
                                                         : ENGINE_ON;
    }
    return ce_release_is_known(release) &&
                   ce_release_compare(release, without_optional) >= 0
               ? ENGINE_OFF
               : ENGINE_OPTIONAL;
}

static engine
engine_at(ce_apache *a, const ce_host *h)
{
    const ce_node *line =
        h->scope.engine != NULL ? h->scope.engine : a->main.engine;

    /* What is not read may switch it on. */
    if (h->scope.unread != NULL && h->scope.engine == NULL) {
        return ENGINE_ON;
    }
    if (line != NULL) {
        return engine_of(a, line);
    }
    return (h->scope.has_certificate || a->main.has_certificate) &&
                   is_https(a, h)
               ? ENGINE_ON
               : ENGINE_OFF;
}

/*
 * What a connection gets: `theirs` is the context of the first host of the
 * address, in which every connection begins.
 */
static void
decide(ce_model *model, const ce_apache_context *ours,
       const ce_apache_context *theirs, bool is_first, ce_endpoint *e)
{
    ce_release release = model->config->release;
    ce_limits limits = ours->limits;
    unsigned off = ours->off;
    const ce_apache_context *c = ours;

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
        off |= theirs->off;
    }
    e->set = c->is_none ? 0 : ce_limits_admit(limits);
    e->own = ours->is_none ? 0 : ce_limits_admit(ours->limits);
    e->lines = c->lines.list;
    e->n_lines = c->lines.n;
    ce_endpoint_forbid(model, e, &ours->suites, &ours->suites, off);
    ce_limits begin = theirs->limits;

    begin.off |= theirs->off;
    ce_endpoint_gap(model, e, begin, &theirs->suites);
    if (c->reason != NULL) {
        ce_endpoint_doubt(e, c->reason);
    }
}

/* The name in [scheme://]NAME[:port]; an alias has only the name. */
static tlsf_str
bare_name(tlsf_str name)
{
    tlsf_str mark = TLSF_LIT("://");
    size_t scheme = tlsf_str_find(name, mark);

    if (scheme < name.len) {
        scheme += mark.len;
        name = tlsf_str_sub(name, scheme, name.len - scheme);
    }
    return tlsf_str_sub(name, 0, tlsf_str_find(name, TLSF_LIT(":")));
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
            ce_server_name(a->model, server, &room,
                           s->names.list[i]->id == CE_A_SERVER_NAME
                               ? bare_name(word.value)
                               : word.value);
        }
    }
}

static bool
is_doubtful(const ce_host *h)
{
    return h->scope.node->taken == CE_UNDECIDED ||
           h->scope.node->missing != NULL;
}

/* One address of a host, where `first` answers. */
static void
add_endpoint(ce_apache *a, ce_server *server, size_t *room, const ce_host *h,
             const ce_host *first, ce_where where)
{
    server->endpoints =
        ce_arena_grow(a->arena, server->endpoints, server->n_endpoints, room,
                      sizeof(ce_endpoint));
    ce_endpoint *e = &server->endpoints[server->n_endpoints++];
    engine state = engine_at(a, first);

    e->address = tlsf_str_of(
        where.port == 0
            ? ce_arena_text(a->arena, where.host)
            : ce_arena_format(a->arena, "%.*s:%u", (int)where.host.len,
                              where.host.data, where.port));
    e->port = where.port;
    e->is_default = first == h;
    e->is_tls = state != ENGINE_OFF;
    e->is_starttls = state == ENGINE_OPTIONAL;
    if (!e->is_tls) {
        return;
    }
    if (a->known != first) {
        a->known_context = ce_apache_context_of(a, &first->scope);
        a->known = first;
    }
    ce_apache_context theirs = a->known_context;
    /* A host that has no TLS has no context: the first one's stays. */
    ce_apache_context ours = first == h || engine_at(a, h) == ENGINE_OFF
                                 ? theirs
                                 : ce_apache_context_of(a, &h->scope);

    decide(a->model, &ours, &theirs, first == h, e);
    if (h->scope.node->missing != NULL) {
        ce_endpoint_doubt(e, "a variable in its address has no value here");
    } else if (is_doubtful(h) || is_doubtful(first)) {
        ce_endpoint_doubt(e, "whether a virtual host of this address is read "
                             "depends on a condition that cannot be decided "
                             "here");
    }
}

/* An argument without a port: wherever Apache listens and none is nearer. */
static void
add_listeners(ce_apache *a, ce_server *server, size_t *room, const ce_host *h,
              ce_where where)
{
    bool is_any = tlsf_str_eq(where.host, TLSF_LIT("*"));
    const ce_host *first = ce_apache_first_at(a, where);
    size_t before = server->n_endpoints;

    for (size_t i = 0; i < a->listens.n; i++) {
        ce_where at =
            ce_apache_where(a->arena, ce_apache_word(a, a->listens.list[i]), 0);

        if (tlsf_str_eq(at.host, TLSF_LIT("*"))) {
            at.host = where.host;
        }
        if ((is_any || tlsf_str_eq_nocase(at.host, where.host)) &&
            ce_apache_first_at(a, at) == first) {
            add_endpoint(a, server, room, h, first, at);
        }
    }
    if (server->n_endpoints == before) {
        add_endpoint(a, server, room, h, first, where);
    }
}

static void
add_server(ce_apache *a, const ce_host *h)
{
    ce_server *server = ce_model_add(a->model, h->scope.node, "http");
    size_t room = h->n;

    add_names(a, server, &h->scope);
    server->endpoints = ce_arena_alloc(a->arena, room * sizeof(ce_endpoint));
    for (size_t i = 0; i < h->n; i++) {
        ce_where where = h->wheres[i];

        if (where.port == 0) {
            add_listeners(a, server, &room, h, where);
        } else {
            add_endpoint(a, server, &room, h, ce_apache_first_at(a, where),
                         where);
        }
    }
}

/* The main server itself, when it speaks TLS: at what no host takes. */
static void
add_main(ce_apache *a)
{
    if (a->main.engine == NULL || engine_of(a, a->main.engine) == ENGINE_OFF ||
        (a->model->config->is_fragment && a->listens.n == 0)) {
        return;
    }
    ce_server *server = ce_model_add(a->model, NULL, "http");
    ce_apache_context c = ce_apache_context_of(a, &a->main);

    add_names(a, server, &a->main);
    server->endpoints =
        ce_arena_alloc(a->arena, (a->listens.n + 1) * sizeof(ce_endpoint));
    for (size_t i = 0; i < a->listens.n; i++) {
        ce_where at =
            ce_apache_where(a->arena, ce_apache_word(a, a->listens.list[i]), 0);
        ce_endpoint *e = &server->endpoints[server->n_endpoints];

        if (ce_apache_first_at(a, at) != NULL) {
            continue;
        }
        server->n_endpoints++;
        e->address = tlsf_str_of(ce_arena_format(
            a->arena, "%.*s:%u", (int)at.host.len, at.host.data, at.port));
        e->port = at.port;
        e->is_default = true;
        e->is_tls = true;
        e->is_starttls = engine_of(a, a->main.engine) == ENGINE_OPTIONAL;
        decide(a->model, &c, &c, true, e);
    }
}

/* Lines that a lone file has outside of its hosts, for whoever includes it. */
static void
add_file(ce_apache *a)
{
    const ce_node *line =
        a->main.doubt != NULL ? a->main.doubt : a->main.protocol;
    ce_endpoint e = {.port = 0};

    if (line == NULL) {
        return;
    }
    ce_apache_context c = ce_apache_context_of(a, &a->main);

    decide(a->model, &c, &c, true, &e);
    ce_model_add_file(a->model, line, e);
}

void
ce_model_apache(ce_model *model)
{
    ce_apache a = {.model = model, .arena = model->config->arena};

    ce_apache_scopes(&a);
    ce_apache_find_firsts(&a);
    find_https(&a);
    ce_model_reserve(model, a.n + 1);
    add_main(&a);
    for (size_t i = 0; i < a.n; i++) {
        add_server(&a, &a.hosts[i]);
    }
    if (model->config->is_fragment) {
        add_file(&a);
    }
}
