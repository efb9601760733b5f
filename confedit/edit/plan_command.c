/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of OpenSSL's own configuration that decide; called by plan.c. */
#include "plan_parts.h"

static const char by_hand[] =
    "a command of OpenSSL's configuration decides; edit it by hand";

void
ce_plan_words(ce_arena *arena, const ce_node *line, tlsf_str *name,
              tlsf_str *value)
{
    ce_word words[2] = {{{NULL, 0}, 0, 0}, {{NULL, 0}, 0, 0}};
    size_t at = 0;

    for (size_t i = 0; i < TLSF_COUNTOF(words); i++) {
        if (line->id == CE_A_SSL_CONF_CMD) {
            ce_lex_apache_word(arena, line->args, &at, &words[i]);
        } else if (i < line->n_words) {
            words[i] = line->words[i];
        }
    }
    *name = words[0].value;
    *value = words[1].value;
}

static int
apply(ce_arena *arena, const ce_node *line, ce_limits *limits)
{
    tlsf_str name;
    tlsf_str value;

    ce_plan_words(arena, line, &name, &value);
    return ce_limits_command(limits, name, value);
}

bool
ce_plan_suffices(ce_plan *plan, const ce_target *target, const ce_node *command)
{
    const ce_endpoint *e = target->endpoint;
    bool is_apache = plan->run->configs[target->config].kind == CE_APACHE;
    ce_limits limits = is_apache ? ce_apache_limits(target->goal)
                                 : ce_nginx_limits(target->goal);

    for (size_t i = 0; i < e->n_lines; i++) {
        if (e->lines[i]->id == command->id && e->lines[i] != command) {
            apply(plan->arena, e->lines[i], &limits);
        }
    }
    apply(plan->arena, command, &limits);
    return ce_limits_admit(limits) == target->goal;
}

/* ",-TLSv1,-TLSv1.1" behind the value of Protocol. */
static const char *
without(ce_arena *arena, tlsf_str value, unsigned set)
{
    const char *text = ce_arena_text(arena, value);

    for (unsigned v = TLSF_SSLV3; v < TLSF_VERSION_OTHER; v++) {
        if (set & CE_BIT(v)) {
            tlsf_str name = tlsf_version_name((tlsf_version)v);

            text = ce_arena_format(arena, "%s,-%.*s", text, (int)name.len,
                                   name.data);
        }
    }
    return text;
}

/* The new value; NULL: not by us. */
static const char *
value_of(const ce_plan *plan, const ce_site *site, tlsf_str name,
         tlsf_str value)
{
    ce_arena *arena = plan->arena;
    tlsf_str floor = tlsf_version_name(plan->goal->floor);

    if (plan->goal->verb != CE_VERB_RAISE) {
        return NULL;
    }
    if (tlsf_str_eq_nocase(name, TLSF_LIT("MinProtocol"))) {
        return ce_arena_text(arena, floor);
    }
    if (tlsf_str_eq_nocase(name, TLSF_LIT("Protocol"))) {
        return without(arena, value, site->extra);
    }
    return NULL;
}

/* The word's bytes, its quotes kept. */
static void
put(ce_plan *plan, const ce_node *node, ce_kind kind, size_t at, size_t len,
    const char *value)
{
    char first = node->source->bytes.data[at];
    ce_edit edit = {.at = at, .len = len, .text = tlsf_str_of(value)};

    if (first == '"' || first == '\'') {
        edit.text = tlsf_str_of(
            ce_arena_format(plan->arena, "%c%s%c", first, value, first));
    }
    ce_plan_replace(plan, kind, node->source, node->at, node->at + node->len,
                    edit);
}

static const char *
edit_apache(ce_plan *plan, const ce_site *site)
{
    const ce_node *node = site->node;
    ce_arena *arena = plan->arena;
    tlsf_str bytes = node->source->bytes;
    size_t from = node->at;
    size_t to = node->at + node->len;
    ce_word words[3];
    ce_line line;
    size_t at = 0;

    ce_edit_lines(CE_APACHE, bytes, &from, &to);
    ce_lex_apache(arena, bytes, &from, &line);
    for (size_t i = 0; i < TLSF_COUNTOF(words); i++) {
        if (!ce_lex_apache_word(arena, line.text, &at, &words[i])) {
            return by_hand;
        }
    }
    const char *value = value_of(plan, site, words[1].value, words[2].value);
    tlsf_str seen =
        tlsf_str_sub(line.text, words[1].at, line.text.len - words[1].at);

    if (value == NULL || !tlsf_str_eq(seen, node->args)) {
        return by_hand;
    }
    size_t first = ce_line_offset(&line, words[2].at);
    size_t last = ce_line_offset(&line, words[2].at + words[2].len - 1);

    put(plan, node, CE_APACHE, first, last + 1 - first, value);
    return NULL;
}

const char *
ce_plan_command(ce_plan *plan, const ce_site *site)
{
    const ce_node *node = site->node;

    if (site->config->kind == CE_APACHE) {
        return edit_apache(plan, site);
    }
    const char *value =
        node->n_words != 2
            ? NULL
            : value_of(plan, site, node->words[0].value, node->words[1].value);

    if (value == NULL) {
        return by_hand;
    }
    put(plan, node, CE_NGINX, node->words[1].at, node->words[1].len, value);
    return NULL;
}

bool
ce_plan_switches_on(ce_arena *arena, const ce_node *node, unsigned set)
{
    ce_limits limits = {set, TLSF_SSLV3, TLSF_TLSV13};

    return apply(arena, node, &limits) > 0 && (limits.off & set) != set;
}
