/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nginx: lines of one level add up, a level with a line hides the outer one,
 * and who decides at an address depends on the release; called by model.c.
 */
#include "model_parts.h"
#include "nginx_parts.h"

/* The releases around which the behaviour changed, oldest first. */
static const ce_release epochs[] = {
    {{1, 18, 0}}, {{1, 23, 4}}, {{1, 27, 3}}, {{1, 29, 2}}};

static const ce_release per_name = {{1, 29, 2}};

/* The lines of the level that decides for a host. */
static const ce_nodes *
lines_of(const ce_nginx_level *own, const ce_nginx_level *outer, ce_why *why)
{
    if (own->protocols.n > 0) {
        *why = CE_WHY_OWN;
        return &own->protocols;
    }
    *why = outer->protocols.n > 0 ? CE_WHY_OUTER : CE_WHY_DEFAULT;
    return &outer->protocols;
}

/* What a host's own context admits, and the lines that say so. */
typedef struct context {
    ce_limits limits;
    ce_suites suites;
    ce_why why;
    ce_nodes lines;
} context;

static void
apply_commands(ce_model *model, const ce_nodes *commands, context *c)
{
    for (size_t i = 0; i < commands->n; i++) {
        const ce_node *node = commands->list[i];
        tlsf_str name = node->words[0].value;
        tlsf_str value = node->words[1].value;
        unsigned before = ce_limits_admit(c->limits);

        if (tlsf_str_eq_nocase(name, TLSF_LIT("CipherString"))) {
            ce_suites_take(model, &c->suites, node, value);
        } else if (ce_limits_command(&c->limits, name, value) > 0 &&
                   ce_limits_admit(c->limits) != before) {
            c->why = CE_WHY_COMMAND;
            ce_nodes_add(model->config->arena, &c->lines, node);
        }
    }
}

static context
context_of(ce_model *model, const ce_nginx_level *own,
           const ce_nginx_level *outer, ce_release release)
{
    context c = {.suites = ce_suites_begin(model)};
    const ce_nodes *lines = lines_of(own, outer, &c.why);

    c.limits = ce_nginx_limits(lines->n > 0 ? ce_nginx_sum(lines)
                                            : ce_nginx_default(release.part));
    /* All hosts may share these; without room, adding makes a copy. */
    c.lines = (ce_nodes){lines->list, lines->n, lines->n};
    if (own->ciphers != NULL && own->ciphers->n_words > 0) {
        ce_suites_take(model, &c.suites, own->ciphers,
                       own->ciphers->words[0].value);
    }
    apply_commands(model,
                   own->commands.n > 0 ? &own->commands : &outer->commands, &c);
    return c;
}

static bool
is_same_list(const ce_nodes *a, const ce_nodes *b)
{
    return a->n == b->n &&
           (a->n == 0 ||
            memcmp(a->list, b->list, a->n * sizeof(a->list[0])) == 0);
}

/* Without a certificate nginx makes no context, and the first one's stays. */
static bool
has_context(const ce_nginx_level *level, const ce_nginx_level *first)
{
    return level->certificate != NULL || ce_nginx_is_on(level->rejecting) ||
           first->certificate == NULL;
}

/* The endpoint of `host` at a socket, as this release decides it. */
static void
decide(ce_model *model, const ce_nginx_block *block,
       const ce_nginx_socket *socket, const ce_nginx_host *host,
       ce_release release, ce_endpoint *e)
{
    const ce_nginx_host *first = &block->hosts[socket->first];
    context theirs = context_of(model, &first->level, &block->level, release);
    context ours = theirs;
    ce_suites early = theirs.suites;
    ce_suites begin = theirs.suites;
    ce_limits limits = theirs.limits;
    ce_why why;

    if (host != first) {
        ours = context_of(model, &host->level, &block->level, release);
    }
    e->own = ce_limits_admit(ours.limits);
    bool is_old = ce_release_compare(release, per_name) < 0;
    bool has_own = has_context(&host->level, &first->level);

    e->is_contextless = !is_old && !has_own;
    why = ours.why;
    if (host != first && (is_old || !has_own)) {
        if (has_own) {
            theirs.suites = ours.suites;
        }
        why = is_same_list(&ours.lines, &theirs.lines) ? theirs.why
                                                       : CE_WHY_ADDRESS;
        ours = theirs;
    } else if (host != first) {
        /* The name brings options along, but no lowest and highest. */
        ours.limits.min = theirs.limits.min;
        ours.limits.max = theirs.limits.max;
    }
    e->set = ce_limits_admit(ours.limits);
    if (!socket->is_tls && socket->is_quic) {
        e->set &= CE_BIT(TLSF_TLSV13);
    }
    e->why = why;
    e->lines = ours.lines.list;
    e->n_lines = ours.lines.n;
    if (ce_release_compare(release, per_name) >= 0) {
        early = ours.suites;
    }
    ce_endpoint_forbid(model, e, &ours.suites, &early, 0);
    if (socket->is_tls || !socket->is_quic) {
        ce_endpoint_gap(model, e, limits, &begin);
    }
}

static void
take_endpoint(ce_model *model, const ce_nginx_block *block,
              const ce_nginx_socket *socket, const ce_nginx_host *host,
              ce_endpoint *e)
{
    ce_release release = model->config->release;

    if (ce_release_is_known(release)) {
        decide(model, block, socket, host, release, e);
        return;
    }
    size_t last = TLSF_COUNTOF(epochs) - 1;
    ce_endpoint old = *e;

    decide(model, block, socket, host, epochs[last], e);
    for (size_t i = 0; i < last; i++) {
        decide(model, block, socket, host, epochs[i], &old);
        if (old.set != e->set) {
            ce_endpoint_doubt(e, "it depends on the version of nginx; give "
                                 "--server-version");
            return;
        }
    }
}

static bool
is_tls_at(const ce_nginx_block *block, const ce_nginx_socket *socket,
          const ce_nginx_host *host)
{
    return socket->is_tls || socket->is_quic ||
           ce_nginx_is_on(block->hosts[socket->first].level.ssl) ||
           (block->is_mail && ce_nginx_is_on(host->level.starttls));
}

static void
add_endpoint(ce_model *model, const ce_nginx_block *block,
             const ce_nginx_socket *socket, const ce_nginx_host *host,
             ce_server *server)
{
    ce_endpoint *e = &server->endpoints[server->n_endpoints++];

    e->address = socket->address;
    e->port = socket->port;
    e->is_default = &block->hosts[socket->first] == host;
    e->is_tls = is_tls_at(block, socket, host);
    e->is_starttls = e->is_tls && block->is_mail && !socket->is_tls &&
                     !ce_nginx_is_on(host->level.ssl);
    e->is_rejecting = ce_nginx_is_on(host->level.rejecting);
    if (e->is_tls) {
        take_endpoint(model, block, socket, host, e);
    }
}

static void
add_server(ce_model *model, const ce_nginx_block *block,
           const ce_nginx_host *host)
{
    ce_server *server = ce_model_add(model, host->node, block->name);
    size_t room = 0;

    for (const ce_node *n = host->node->first; n != NULL; n = n->next) {
        for (size_t i = 0; n->id == CE_N_SERVER_NAME && i < n->n_words; i++) {
            ce_server_name(model, server, &room, n->words[i].value);
        }
    }
    server->endpoints = ce_arena_alloc(model->config->arena,
                                       host->n_sockets * sizeof(ce_endpoint));
    for (size_t i = 0; i < host->n_sockets; i++) {
        add_endpoint(model, block, &block->sockets[host->sockets[i]], host,
                     server);
    }
}

/* Lines that a lone file has outside of its servers, for whoever includes it.
 */
static void
add_file(ce_model *model, const ce_nginx_block *block)
{
    const ce_nodes *lines = &block->level.protocols;
    ce_nginx_level none = {.ssl = NULL};
    ce_endpoint e = {.port = 0};

    if (lines->n == 0) {
        return;
    }
    context c = context_of(model, &block->level, &none, model->config->release);

    e.set = ce_limits_admit(c.limits);
    e.own = e.set;
    e.why = c.why;
    e.lines = c.lines.list;
    e.n_lines = c.lines.n;
    ce_endpoint_forbid(model, &e, &c.suites, &c.suites, 0);
    ce_endpoint_gap(model, &e, c.limits, &c.suites);
    ce_model_add_file(model, ce_nodes_last(lines), e);
}

static void
add_block(ce_model *model, const ce_node *node)
{
    ce_nginx_block block = {.arena = model->config->arena};

    ce_nginx_block_read(model, node, &block);
    for (size_t i = 0; i < block.n; i++) {
        add_server(model, &block, &block.hosts[i]);
    }
    if (node == model->config->root) {
        add_file(model, &block);
    }
}

void
ce_model_nginx(ce_model *model)
{
    const ce_node *root = model->config->root;
    const ce_node *seen[3] = {NULL, NULL, NULL};

    if (model->config->is_fragment) {
        /* Such files are included in http. */
        add_block(model, root);
    }
    for (const ce_node *n = root->first; n != NULL; n = n->next) {
        if (!n->is_block || (n->id != CE_N_HTTP && n->id != CE_N_STREAM &&
                             n->id != CE_N_MAIL)) {
            continue;
        }
        const ce_node **same = &seen[n->id == CE_N_HTTP     ? 0
                                     : n->id == CE_N_STREAM ? 1
                                                            : 2];

        if (*same != NULL) {
            ce_model_say(model, CE_ERROR, n,
                         "nginx takes one %.*s block; it does not start",
                         (int)n->name.len, n->name.data);
        }
        *same = n;
        add_block(model, n);
    }
}
