/* SPDX-License-Identifier: Apache-2.0 */
/* What both models share; called by the commands. */
#include "model.h"

#include "forbid.h"
#include "model_parts.h"

static const struct {
    const char *name;
    const char *text;
} whys[CE_N_WHYS] = {
    [CE_WHY_OWN] = {"own", "its own line"},
    [CE_WHY_OUTER] = {"outer", "no own line: the outer level's"},
    [CE_WHY_DEFAULT] = {"default", "no line: the server's default"},
    [CE_WHY_FIRST] = {"first", "no line: the first virtual host's of the "
                               "address"},
    [CE_WHY_ADDRESS] = {"address", "the default server of the address "
                                   "decides"},
    [CE_WHY_COMMAND] = {"command", "a command of OpenSSL's configuration"},
    [CE_WHY_UNDECIDED] = {"undecided", "cannot be decided here"},
};

const char *
ce_why_text(ce_why why)
{
    return whys[why].text;
}

const char *
ce_why_name(ce_why why)
{
    return whys[why].name;
}

bool
ce_endpoint_is_below(const ce_endpoint *endpoint, tlsf_version floor)
{
    if (!endpoint->is_tls || endpoint->is_rejecting) {
        return false;
    }
    return endpoint->why == CE_WHY_UNDECIDED ||
           (endpoint->set & (CE_BIT(floor) - 1)) != 0;
}

void
ce_nodes_add(ce_arena *arena, ce_nodes *nodes, const ce_node *node)
{
    nodes->list = ce_arena_grow(arena, nodes->list, nodes->n, &nodes->room,
                                sizeof(ce_node *));
    nodes->list[nodes->n++] = node;
}

const ce_node *
ce_nodes_last(const ce_nodes *nodes)
{
    return nodes->n == 0 ? NULL : nodes->list[nodes->n - 1];
}

void
ce_model_reserve(ce_model *model, size_t n)
{
    size_t room = model->n + n;

    if (room <= model->room) {
        return;
    }
    ce_server *servers =
        ce_arena_alloc(model->config->arena, room * sizeof(ce_server));

    if (model->n > 0) {
        memcpy(servers, model->servers, model->n * sizeof(ce_server));
    }
    model->servers = servers;
    model->room = room;
}

ce_server *
ce_model_add(ce_model *model, const ce_node *node, const char *context)
{
    model->servers = ce_arena_grow(model->config->arena, model->servers,
                                   model->n, &model->room, sizeof(ce_server));
    ce_server *server = &model->servers[model->n++];

    server->node = node;
    server->context = context;
    return server;
}

void
ce_server_name(ce_model *model, ce_server *server, size_t *room, tlsf_str name)
{
    server->names = ce_arena_grow(model->config->arena, server->names,
                                  server->n_names, room, sizeof(tlsf_str));
    server->names[server->n_names++] = name;
}

static bool
decides(const ce_endpoint *e, const ce_node *line)
{
    for (size_t i = 0; i < e->n_lines; i++) {
        if (e->is_tls && e->lines[i] == line) {
            return true;
        }
    }
    return false;
}

void
ce_model_add_file(ce_model *model, const ce_node *line, ce_endpoint e)
{
    size_t room = 0;

    for (size_t i = 0; i < model->n; i++) {
        for (size_t k = 0; k < model->servers[i].n_endpoints; k++) {
            if (decides(&model->servers[i].endpoints[k], line)) {
                return;
            }
        }
    }
    ce_server *server = ce_model_add(model, NULL, "http");

    ce_server_name(model, server, &room, TLSF_LIT("(this file)"));
    e.address = TLSF_LIT("(wherever it is included)");
    e.is_tls = true;
    e.is_anywhere = true;
    server->endpoints =
        ce_arena_alloc(model->config->arena, sizeof(ce_endpoint));
    server->endpoints[0] = e;
    server->n_endpoints = 1;
}

void
ce_model_say(ce_model *model, ce_level level, const ce_node *node,
             const char *format, ...)
{
    ce_place place = {NULL, 0, 0};
    va_list args;

    va_start(args, format);
    const char *text = ce_arena_vformat(model->config->arena, format, args);
    va_end(args);
    if (node != NULL) {
        place = ce_node_place(model->config->arena, node);
    }
    ce_diag_say(model->config->diag, level, place, "%s", text);
}

unsigned
ce_port_of(tlsf_str digits)
{
    unsigned port = 0;

    for (size_t i = 0; i < digits.len; i++) {
        if (!tlsf_is_digit(digits.data[i]) || port > 65535) {
            return 0;
        }
        port = port * 10 + (unsigned)(digits.data[i] - '0');
    }
    return port > 65535 ? 0 : port;
}

void
ce_endpoint_doubt(ce_endpoint *endpoint, const char *reason)
{
    endpoint->set = 0;
    endpoint->why = CE_WHY_UNDECIDED;
    endpoint->reason = reason;
}

/* What a lone file does not say, its main file may. */
static void
doubt_defaults(ce_model *model)
{
    for (size_t i = 0; i < model->n; i++) {
        for (size_t k = 0; k < model->servers[i].n_endpoints; k++) {
            ce_endpoint *e = &model->servers[i].endpoints[k];

            if (e->is_tls && e->why == CE_WHY_DEFAULT) {
                ce_endpoint_doubt(e, "no line here, and the main file is not "
                                     "known");
            }
        }
    }
}

void
ce_model_build(ce_model *model, ce_config *config)
{
    *model = (ce_model){.config = config};
    ce_platform_read(model);
    if (config->kind == CE_APACHE) {
        ce_model_apache(model);
    } else {
        ce_model_nginx(model);
    }
    if (config->is_fragment) {
        doubt_defaults(model);
    }
}
