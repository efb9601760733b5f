/* SPDX-License-Identifier: Apache-2.0 */
/* JSON for machines; called by the commands. */
#include "report.h"

#include "report_parts.h"
#include "outbound.h"
#include "tlsf_release.h"

/* What is said of a line; the object stays open. */
static void
open_line(ce_json *json, ce_arena *arena, const ce_node *node)
{
    ce_json_open(json, NULL, '{');
    ce_report_put_place(json, ce_node_place(arena, node));
    ce_json_text(json, "text",
                 tlsf_str_sub(node->source->bytes, node->at, node->len));
    if (node->is_macro) {
        ce_json_bool(json, "macro", true);
    }
    if (node->via != NULL) {
        ce_json_open(json, "via", '{');
        ce_report_put_place(json, ce_node_place(arena, node->via));
        ce_json_close(json);
    }
}

static void
put_line(ce_json *json, ce_arena *arena, const ce_node *node)
{
    open_line(json, arena, node);
    ce_json_close(json);
}

static void
put_outbound(ce_json *json, const ce_run *run, const ce_model *model)
{
    const ce_node *n = NULL;

    ce_json_open(json, "outbound", '[');
    while ((n = ce_outbound_next(run, model, n)) != NULL) {
        unsigned set = ce_outbound_set(model, n);

        open_line(json, model->config->arena, n);
        if (set == 0) {
            ce_json_null(json, "protocols");
        } else {
            ce_report_put_set(json, "protocols", set);
        }
        ce_json_close(json);
    }
    ce_json_close(json);
}

/* Why what is admitted is never served, and what would change it. */
static void
put_forbids(ce_json *json, const ce_endpoint *e)
{
    ce_report_put_set(json, "unreachable", e->unreachable);
    ce_json_open(json, "forbids", '[');
    for (size_t i = 0; i < e->n_forbids; i++) {
        const ce_forbid *f = &e->forbids[i];

        if ((f->set & e->unreachable) != 0) {
            ce_json_open(json, NULL, '{');
            ce_report_put_set(json, "protocols", f->set & e->unreachable);
            ce_report_put_place(json, f->place);
            ce_json_text(json, "text", tlsf_str_of(f->text));
            ce_json_text(json, "change", tlsf_str_of(f->change));
            ce_json_close(json);
        }
    }
    ce_json_close(json);
}

static void
put_tls(ce_json *json, ce_arena *arena, const ce_endpoint *e,
        tlsf_version floor)
{
    if (e->is_starttls) {
        ce_json_bool(json, "starttls", true);
    }
    if (e->is_rejecting) {
        ce_json_bool(json, "rejected", true);
    }
    if (e->is_anywhere) {
        ce_json_bool(json, "anywhere", true);
    }
    if (e->why == CE_WHY_UNDECIDED) {
        ce_json_null(json, "protocols");
    } else {
        ce_report_put_set(json, "protocols", e->set);
    }
    if (e->unreachable != 0) {
        put_forbids(json, e);
    }
    if ((e->set & e->doubtful) != 0) {
        ce_report_put_set(json, "doubtful", e->set & e->doubtful);
    }
    ce_json_text(json, "why", tlsf_str_of(ce_why_name(e->why)));
    if (e->reason != NULL) {
        ce_json_text(json, "reason", tlsf_str_of(e->reason));
    }
    ce_json_open(json, "lines", '[');
    for (size_t i = 0; i < e->n_lines; i++) {
        put_line(json, arena, e->lines[i]);
    }
    ce_json_close(json);
    if (floor != TLSF_VERSION_OTHER) {
        ce_json_bool(json, "below", ce_endpoint_is_below(e, floor));
    }
}

static void
put_server(ce_json *json, ce_arena *arena, const ce_server *server,
           tlsf_version floor)
{
    ce_json_open(json, NULL, '{');
    ce_json_open(json, "names", '[');
    for (size_t i = 0; i < server->n_names; i++) {
        ce_json_text(json, NULL, server->names[i]);
    }
    ce_json_close(json);
    ce_json_text(json, "context", tlsf_str_of(server->context));
    if (server->node != NULL) {
        ce_report_put_place(json, ce_node_place(arena, server->node));
    }
    ce_json_open(json, "endpoints", '[');
    for (size_t i = 0; i < server->n_endpoints; i++) {
        const ce_endpoint *e = &server->endpoints[i];

        ce_json_open(json, NULL, '{');
        ce_json_text(json, "address", e->address);
        ce_json_bool(json, "tls", e->is_tls);
        ce_json_bool(json, "default", e->is_default);
        if (e->is_tls) {
            put_tls(json, arena, e, floor);
        }
        ce_json_close(json);
    }
    ce_json_close(json);
    ce_json_close(json);
}

static void
put_remarks(ce_json *json, const ce_diag *diag)
{
    ce_json_open(json, "remarks", '[');
    for (size_t i = 0; i < diag->n; i++) {
        const ce_remark *r = &diag->remarks[i];

        ce_json_open(json, NULL, '{');
        ce_json_text(json, "level", tlsf_str_of(ce_level_name(r->level)));
        ce_report_put_place(json, r->place);
        ce_json_text(json, "text", tlsf_str_of(r->text));
        ce_json_close(json);
    }
    ce_json_close(json);
}

static void
put_config(ce_json *json, const ce_run *run, size_t index, tlsf_version floor)
{
    const ce_config *config = &run->configs[index];
    const ce_model *model = &run->models[index];

    ce_json_open(json, NULL, '{');
    ce_json_text(json, "config", tlsf_str_of(config->main));
    ce_json_text(json, "server", tlsf_str_of(ce_kind_name(config->kind)));
    if (ce_release_is_known(config->release)) {
        const unsigned *part = config->release.part;

        ce_json_text(json, "version",
                     tlsf_str_of(ce_arena_format(config->arena, "%u.%u.%u",
                                                 part[0], part[1], part[2])));
    }
    ce_json_bool(json, "fragment", config->is_fragment);
    ce_json_open(json, "servers", '[');
    for (size_t i = 0; i < model->n; i++) {
        if (ce_run_wants(run, &model->servers[i])) {
            put_server(json, config->arena, &model->servers[i], floor);
        }
    }
    ce_json_close(json);
    if (model->config != NULL) {
        put_outbound(json, run, model);
    }
    put_remarks(json, config->diag);
    ce_json_close(json);
}

void
ce_report_json(const ce_run *run, FILE *to, const char *command,
               tlsf_version floor, int status)
{
    ce_json json = {.to = to};

    ce_json_open(&json, NULL, '{');
    ce_json_number(&json, "schema", CE_SCHEMA);
    ce_json_text(&json, "confedit", TLSF_LIT(TLSF_RELEASE));
    ce_json_text(&json, "command", tlsf_str_of(command));
    if (floor != TLSF_VERSION_OTHER) {
        ce_json_text(&json, "floor", tlsf_version_name(floor));
    }
    ce_json_open(&json, "configurations", '[');
    for (size_t i = 0; i < run->n; i++) {
        put_config(&json, run, i, floor);
    }
    ce_json_close(&json);
    if (run->diag != NULL && run->diag->n > 0) {
        put_remarks(&json, run->diag);
    }
    ce_json_number(&json, "status", (size_t)status);
    ce_json_close(&json);
}
