/* SPDX-License-Identifier: Apache-2.0 */
/* Edits for machines; called by cmd_edit.c. */
#include "report_edit.h"

#include "report_parts.h"
#include "tlsf_release.h"

static void
put_edits(ce_json *json, const ce_outcome *o, const ce_source *source,
          size_t *next)
{
    const ce_drafts *drafts = &o->plan->drafts;

    ce_json_open(json, "edits", '[');
    while (*next < drafts->n && drafts->list[*next].edit.source == source) {
        ce_shown s = ce_report_shown(o->plan->arena, drafts, next);

        ce_json_open(json, NULL, '{');
        ce_json_number(json, "line", s.place.line);
        ce_json_text(json, "before", s.before);
        ce_json_text(json, "after", s.after);
        ce_json_close(json);
    }
    ce_json_close(json);
}

static void
put_files(ce_json *json, const ce_outcome *o)
{
    size_t next = 0;

    ce_json_open(json, "files", '[');
    for (size_t i = 0; o->is_planned && i < o->changes->n; i++) {
        const ce_source *source = o->changes->list[i].source;

        ce_json_open(json, NULL, '{');
        ce_report_put_text(json, "file", source->name);
        put_edits(json, o, source, &next);
        ce_json_close(json);
    }
    ce_json_close(json);
}

static void
put_endpoint(ce_json *json, const ce_outcome *o, const ce_target *t)
{
    bool is_known = t->why != CE_WHY_UNDECIDED;

    ce_json_open(json, NULL, '{');
    ce_json_text(json, "address", t->address);
    ce_json_bool(json, "chosen", t->is_chosen);
    ce_json_bool(json, "left", t->is_left);
    if (t->serves_nobody) {
        ce_json_bool(json, "rejected", true);
    }
    if (is_known) {
        ce_report_put_set(json, "before", t->before);
        ce_report_put_set(json, "after",
                          o->plan->is_refused ? t->before : t->after);
    } else {
        ce_json_null(json, "before");
        ce_json_null(json, "after");
        ce_report_put_text(json, "reason", t->reason);
    }
    ce_json_close(json);
}

/* A server and its endpoints with TLS; i moves behind them. */
static void
put_server(ce_json *json, const ce_outcome *o, size_t *i)
{
    const ce_target *first = &o->plan->targets[*i];
    const ce_party *party = first->party;

    ce_json_open(json, NULL, '{');
    ce_json_open(json, "names", '[');
    for (size_t k = 0; k < party->n_names; k++) {
        ce_json_text(json, NULL, party->names[k]);
    }
    ce_json_close(json);
    ce_report_put_text(json, "context", party->context);
    if (party->at.source != NULL) {
        ce_report_put_place(json, ce_anchor_place(o->plan->arena, party->at));
    }
    ce_json_open(json, "endpoints", '[');
    while (*i < o->plan->n && o->plan->targets[*i].party == party) {
        put_endpoint(json, o, &o->plan->targets[*i]);
        ++*i;
    }
    ce_json_close(json);
    ce_json_close(json);
}

static void
put_remarks(ce_json *json, const ce_diag *diag, ce_level lowest)
{
    for (size_t i = 0; i < diag->n; i++) {
        const ce_remark *r = &diag->remarks[i];

        if (r->level > lowest) {
            continue;
        }
        ce_json_open(json, NULL, '{');
        ce_report_put_text(json, "level", ce_level_name(r->level));
        ce_report_put_place(json, r->place);
        ce_report_put_text(json, "text", r->text);
        ce_json_close(json);
    }
}

static void
put_configs(ce_json *json, const ce_outcome *o, const ce_run *run)
{
    size_t next = 0;

    ce_json_open(json, "configurations", '[');
    for (size_t i = 0; i < run->n && o->is_read; i++) {
        const ce_config *config = &run->configs[i];

        ce_json_open(json, NULL, '{');
        ce_report_put_text(json, "config", config->main);
        ce_report_put_text(json, "server", ce_kind_name(config->kind));
        ce_json_bool(json, "fragment", config->is_fragment);
        ce_json_open(json, "servers", '[');
        while (o->is_planned && next < o->plan->n &&
               o->plan->targets[next].config == i) {
            put_server(json, o, &next);
        }
        ce_json_close(json);
        ce_json_close(json);
    }
    ce_json_close(json);
    ce_json_open(json, "remarks", '[');
    for (size_t i = 0; i < run->n && o->is_read; i++) {
        put_remarks(json, run->configs[i].diag, CE_ERROR);
    }
    if (o->is_planned) {
        put_remarks(json, o->plan->diag, CE_NOTE);
    }
    ce_json_close(json);
}

static void
put_visits(ce_json *json, const ce_outcome *o, const ce_run *run)
{
    ce_json_open(json, "visits", '[');
    for (size_t i = 0; i < run->n; i++) {
        for (size_t k = 0; k < o->loop->visits[i].n; k++) {
            const ce_visit *v = &o->loop->visits[i].list[k];

            ce_json_open(json, NULL, '{');
            ce_report_put_text(json, "address", v->address);
            ce_report_put_text(json, "name", v->name);
            if (v->was_visited) {
                ce_report_put_set(json, "protocols", v->set);
                ce_report_put_set(json, "rescued", v->rescued);
            }
            ce_report_put_text(json, "problem", v->problem);
            ce_json_close(json);
        }
    }
    ce_json_close(json);
}

void
ce_report_edit_json(const ce_outcome *o, const ce_run *run, FILE *to)
{
    ce_json json = {.to = to};

    ce_json_open(&json, NULL, '{');
    ce_json_number(&json, "schema", CE_SCHEMA);
    ce_report_put_text(&json, "confedit", TLSF_RELEASE);
    ce_report_put_text(&json, "command", o->command);
    if (o->goal->verb == CE_VERB_SET) {
        ce_report_put_set(&json, "protocols", o->goal->protocols);
    } else {
        ce_json_text(&json, "floor", tlsf_version_name(o->goal->floor));
    }
    ce_json_bool(&json, "dry_run", o->is_dry_run);
    ce_json_bool(&json, "changed", o->set != NULL);
    ce_report_put_text(&json, "set", o->set);
    ce_report_put_text(&json, "tested", o->loop->tested);
    ce_report_put_text(&json, "reloaded", o->loop->reloaded);
    ce_report_put_text(&json, "verified", o->loop->verified);
    ce_json_number(&json, "status", (size_t)o->status);
    put_files(&json, o);
    put_configs(&json, o, run);
    if (o->loop->visits != NULL) {
        put_visits(&json, o, run);
    }
    ce_json_close(&json);
}
