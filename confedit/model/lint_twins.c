/* SPDX-License-Identifier: Apache-2.0 */
/* Sites with and without TLS; called by lint.c. */
#include "lint_parts.h"

#include "map.h"

/* Where a site is commonly served besides its TLS port. */
static bool
is_plain_port(unsigned port)
{
    return port == 80 || (port >= 8000 && port <= 8099);
}

static tlsf_str
small(ce_arena *arena, tlsf_str name)
{
    size_t i = 0;

    while (i < name.len && tlsf_lower(name.data[i]) == name.data[i]) {
        i++;
    }
    if (i == name.len) {
        return name;
    }
    char *text = ce_arena_text(arena, name);

    for (; i < name.len; i++) {
        text[i] = tlsf_lower(text[i]);
    }
    return (tlsf_str){text, name.len};
}

/* The names of a server, "" for one without; false when there is no more. */
static bool
name_at(const ce_server *server, size_t i, tlsf_str *name)
{
    if (server->n_names == 0 && i == 0) {
        *name = TLSF_LIT("");
        return true;
    }
    if (i < server->n_names) {
        *name = server->names[i];
    }
    return i < server->n_names;
}

static bool
is_https(tlsf_str text)
{
    return tlsf_str_starts_nocase(text, TLSF_LIT("https://"));
}

/* return 301 https://…; return 404 for all that a server is asked. */
static bool
sends_away(const ce_node *n, bool is_all)
{
    switch (n->id) {
    case CE_N_RETURN:
        return n->n_words > 0 && (is_https(n->words[n->n_words - 1].value) ||
                                  (is_all && n->words[0].value.data[0] == '4'));
    case CE_N_REWRITE:
        return n->n_words > 1 && is_https(n->words[1].value);
    case CE_A_REDIRECT:
    case CE_A_REDIRECT_MATCH:
    case CE_A_REDIRECT_PERMANENT:
    case CE_A_REDIRECT_TEMP:
    case CE_A_REWRITE_RULE:
        return n->taken != CE_NOT_TAKEN &&
               tlsf_str_find(n->args, TLSF_LIT("https://")) < n->args.len;
    default:
        return false;
    }
}

/* Whether a server, or some part of it, only leads to https. */
static bool
redirects(const ce_node *block, bool is_all)
{
    for (const ce_node *n = block->first; n != NULL; n = n->next) {
        if (n->is_block ? redirects(n, false) : sends_away(n, is_all)) {
            return true;
        }
    }
    return false;
}

static void
lint_server(ce_model *model, const ce_map *secured, const ce_server *server)
{
    tlsf_str name;
    size_t index;

    if (server->node == NULL || redirects(server->node, true)) {
        return;
    }
    for (size_t i = 0; i < server->n_endpoints; i++) {
        const ce_endpoint *e = &server->endpoints[i];

        if (e->is_tls || !is_plain_port(e->port)) {
            continue;
        }
        for (size_t k = 0; name_at(server, k, &name); k++) {
            if (ce_map_find(secured, small(model->config->arena, name),
                            &index)) {
                ce_model_say(model, CE_WARNING, server->node,
                             "%.*s without TLS on %.*s, though it has TLS on "
                             "another port: redirect to https, or close it",
                             name.len == 0 ? 8 : (int)name.len,
                             name.len == 0 ? "the site" : name.data,
                             (int)e->address.len, e->address.data);
                break;
            }
        }
    }
}

static bool
is_http(const ce_server *server)
{
    return strcmp(server->context, "http") == 0;
}

/* Without such a port there is nothing to compare. */
static bool
has_plain_port(const ce_model *model)
{
    for (size_t i = 0; i < model->n; i++) {
        const ce_server *server = &model->servers[i];

        for (size_t k = 0; k < server->n_endpoints; k++) {
            if (!server->endpoints[k].is_tls &&
                is_plain_port(server->endpoints[k].port)) {
                return true;
            }
        }
    }
    return false;
}

void
ce_lint_twins(ce_model *model)
{
    ce_arena *arena = model->config->arena;
    ce_map secured = {NULL, 0, 0};

    if (!has_plain_port(model)) {
        return;
    }
    for (size_t i = 0; i < model->n; i++) {
        const ce_server *server = &model->servers[i];
        bool has_tls = false;
        tlsf_str name;

        for (size_t k = 0; is_http(server) && k < server->n_endpoints; k++) {
            has_tls = has_tls || (server->endpoints[k].is_tls &&
                                  !server->endpoints[k].is_rejecting);
        }
        for (size_t k = 0; has_tls && name_at(server, k, &name); k++) {
            ce_map_set(arena, &secured, small(arena, name), i);
        }
    }
    for (size_t i = 0; i < model->n; i++) {
        if (is_http(&model->servers[i])) {
            lint_server(model, &secured, &model->servers[i]);
        }
    }
}
