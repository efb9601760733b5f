/* SPDX-License-Identifier: Apache-2.0 */
/* JSON for machines; called by the commands. */
#include "report.h"

#include <jansson.h>

#include "tlsf_release.h"

/* Bytes as text; what is no UTF-8 becomes U+FFFD bytewise. */
static json_t *
text_of(tlsf_str s)
{
    json_t *text = json_stringn(s.data == NULL ? "" : s.data, s.len);

    if (text != NULL) {
        return text;
    }
    char *to = malloc(s.len * 3 + 1);
    size_t n = 0;

    for (size_t i = 0; to != NULL && i < s.len; i++) {
        if ((unsigned char)s.data[i] < 0x80) {
            to[n++] = s.data[i];
        } else {
            memcpy(to + n, "\xef\xbf\xbd", 3);
            n += 3;
        }
    }
    text = json_stringn(to == NULL ? "" : to, n);
    free(to);
    return text;
}

static json_t *
set_of(unsigned set)
{
    json_t *list = json_array();

    for (unsigned v = 0; v < TLSF_VERSION_OTHER; v++) {
        if (set & CE_BIT(v)) {
            json_array_append_new(list,
                                  text_of(tlsf_version_name((tlsf_version)v)));
        }
    }
    return list;
}

static void
put_place(json_t *to, ce_place place)
{
    if (place.file != NULL) {
        json_object_set_new(to, "file", text_of(tlsf_str_of(place.file)));
    }
    if (place.line != 0) {
        json_object_set_new(to, "line", json_integer((json_int_t)place.line));
        json_object_set_new(to, "column",
                            json_integer((json_int_t)place.column));
    }
}

static json_t *
line_of(ce_arena *arena, const ce_node *node)
{
    json_t *line = json_object();

    put_place(line, ce_node_place(arena, node));
    json_object_set_new(
        line, "text",
        text_of(tlsf_str_sub(node->source->bytes, node->at, node->len)));
    if (node->is_macro) {
        json_object_set_new(line, "macro", json_true());
    }
    if (node->via != NULL) {
        json_t *via = json_object();

        put_place(via, ce_node_place(arena, node->via));
        json_object_set_new(line, "via", via);
    }
    return line;
}

static json_t *
endpoint_of(ce_arena *arena, const ce_endpoint *e, tlsf_version floor)
{
    json_t *to = json_object();
    json_t *lines = json_array();

    json_object_set_new(to, "address", text_of(e->address));
    json_object_set_new(to, "tls", json_boolean(e->is_tls));
    json_object_set_new(to, "default", json_boolean(e->is_default));
    if (!e->is_tls) {
        json_decref(lines);
        return to;
    }
    if (e->is_starttls) {
        json_object_set_new(to, "starttls", json_true());
    }
    if (e->is_rejecting) {
        json_object_set_new(to, "rejected", json_true());
    }
    json_object_set_new(to, "protocols",
                        e->why == CE_WHY_UNDECIDED ? json_null()
                                                   : set_of(e->set));
    if (e->unreachable != 0) {
        json_object_set_new(to, "unreachable", set_of(e->unreachable));
    }
    json_object_set_new(to, "why", json_string(ce_why_name(e->why)));
    if (e->reason != NULL) {
        json_object_set_new(to, "reason", json_string(e->reason));
    }
    for (size_t i = 0; i < e->n_lines; i++) {
        json_array_append_new(lines, line_of(arena, e->lines[i]));
    }
    json_object_set_new(to, "lines", lines);
    if (floor != TLSF_VERSION_OTHER) {
        json_object_set_new(to, "below",
                            json_boolean(ce_endpoint_is_below(e, floor)));
    }
    return to;
}

static json_t *
server_of(ce_arena *arena, const ce_server *server, tlsf_version floor)
{
    json_t *to = json_object();
    json_t *names = json_array();
    json_t *endpoints = json_array();

    for (size_t i = 0; i < server->n_names; i++) {
        json_array_append_new(names, text_of(server->names[i]));
    }
    for (size_t i = 0; i < server->n_endpoints; i++) {
        json_array_append_new(endpoints,
                              endpoint_of(arena, &server->endpoints[i], floor));
    }
    json_object_set_new(to, "names", names);
    json_object_set_new(to, "context", json_string(server->context));
    if (server->node != NULL) {
        put_place(to, ce_node_place(arena, server->node));
    }
    json_object_set_new(to, "endpoints", endpoints);
    return to;
}

static json_t *
remarks_of(const ce_diag *diag)
{
    json_t *list = json_array();

    for (size_t i = 0; i < diag->n; i++) {
        const ce_remark *r = &diag->remarks[i];
        json_t *to = json_object();

        json_object_set_new(to, "level", json_string(ce_level_name(r->level)));
        put_place(to, r->place);
        json_object_set_new(to, "text", text_of(tlsf_str_of(r->text)));
        json_array_append_new(list, to);
    }
    return list;
}

static json_t *
config_of(const ce_run *run, size_t index, tlsf_version floor)
{
    const ce_config *config = &run->configs[index];
    const ce_model *model = &run->models[index];
    json_t *to = json_object();
    json_t *servers = json_array();

    json_object_set_new(to, "config", text_of(tlsf_str_of(config->main)));
    json_object_set_new(to, "server", json_string(ce_kind_name(config->kind)));
    if (ce_release_is_known(config->release)) {
        const unsigned *part = config->release.part;

        json_object_set_new(
            to, "version", json_sprintf("%u.%u.%u", part[0], part[1], part[2]));
    }
    json_object_set_new(to, "fragment", json_boolean(config->is_fragment));
    for (size_t i = 0; i < model->n; i++) {
        if (ce_run_wants(run, &model->servers[i])) {
            json_array_append_new(
                servers, server_of(config->arena, &model->servers[i], floor));
        }
    }
    json_object_set_new(to, "servers", servers);
    json_object_set_new(to, "remarks", remarks_of(config->diag));
    return to;
}

void
ce_report_json(const ce_run *run, FILE *to, const char *command,
               tlsf_version floor)
{
    json_t *all = json_object();
    json_t *configs = json_array();

    json_object_set_new(all, "schema", json_integer(CE_SCHEMA));
    json_object_set_new(all, "confedit", json_string(TLSF_RELEASE));
    json_object_set_new(all, "command", json_string(command));
    if (floor != TLSF_VERSION_OTHER) {
        json_object_set_new(all, "floor", text_of(tlsf_version_name(floor)));
    }
    for (size_t i = 0; i < run->n; i++) {
        json_array_append_new(configs, config_of(run, i, floor));
    }
    json_object_set_new(all, "configurations", configs);
    json_dumpf(all, to, JSON_INDENT(2));
    fputs("\n", to);
    json_decref(all);
}
