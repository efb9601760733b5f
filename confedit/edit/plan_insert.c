/* SPDX-License-Identifier: Apache-2.0 */
/* A line where the server's default decides; called by plan.c. */
#include "plan_parts.h"

static void
add(ce_plan *plan, ce_kind kind, ce_source *source, size_t at, tlsf_str indent,
    const char *text)
{
    ce_plan_draft(plan, (ce_draft){.kind = CE_DRAFT_INSERT,
                                   .server = kind,
                                   .edit = {.source = source,
                                            .at = at,
                                            .text = tlsf_str_of(text)},
                                   .indent = indent,
                                   .from = at,
                                   .to = at});
}

/* Behind the line of an offset; the file's end when it has no line end. */
static size_t
next_line(tlsf_str bytes, size_t at)
{
    const char *lf =
        at >= bytes.len ? NULL : memchr(bytes.data + at, '\n', bytes.len - at);

    return lf == NULL ? bytes.len : (size_t)(lf - bytes.data) + 1;
}

/* Whether nothing but blanks and a comment follows on the line. */
static bool
ends_line(tlsf_str bytes, size_t at)
{
    while (at < bytes.len && ce_is_space(bytes.data[at]) &&
           bytes.data[at] != '\n') {
        at++;
    }
    return at < bytes.len && (bytes.data[at] == '\n' || bytes.data[at] == '#');
}

/* Whether a file's first indented line begins with a tab. */
static bool
has_tabs(tlsf_str bytes)
{
    for (size_t at = 0; at < bytes.len; at = next_line(bytes, at)) {
        if (bytes.data[at] == '\t' || bytes.data[at] == ' ') {
            return bytes.data[at] == '\t';
        }
    }
    return false;
}

static tlsf_str
deeper(ce_plan *plan, tlsf_str bytes, tlsf_str indent)
{
    bool is_tab =
        indent.len > 0 ? indent.data[indent.len - 1] == '\t' : has_tabs(bytes);

    return tlsf_str_of(ce_arena_format(plan->arena, "%.*s%s", (int)indent.len,
                                       indent.data, is_tab ? "\t" : "    "));
}

/* What closes a block of either server. */
static bool
closes(tlsf_str line)
{
    return tlsf_str_starts(line, TLSF_LIT("}")) ||
           tlsf_str_starts(line, TLSF_LIT("</"));
}

/*
 * As the block's other lines: the first from `line` on that is neither empty
 * nor a comment further out; without one, a step deeper than the block.
 */
static tlsf_str
indent_in(ce_plan *plan, const ce_node *block, size_t line)
{
    tlsf_str bytes = block->source->bytes;
    tlsf_str outer = ce_edit_indent(bytes, block->at);

    if (line > 0 && bytes.data[line - 1] != '\n') {
        return deeper(plan, bytes, outer);
    }
    for (; line < bytes.len; line = next_line(bytes, line)) {
        tlsf_str inner = ce_edit_indent(bytes, line);
        size_t first = line + inner.len;
        tlsf_str text = tlsf_str_sub(bytes, first, bytes.len - first);
        char c = text.len == 0 ? '\n' : text.data[0];

        if (closes(text)) {
            break;
        }
        if (c != '\r' && c != '\n' && (c != '#' || inner.len > outer.len)) {
            return inner;
        }
    }
    return deeper(plan, bytes, outer);
}

/* The first line in a block of nginx. */
static void
insert_in_block(ce_plan *plan, const ce_node *block, unsigned goal)
{
    tlsf_str bytes = block->source->bytes;
    size_t at = block->at + block->len;
    const char *text = ce_arena_format(plan->arena, "ssl_protocols %s;",
                                       ce_set_text(plan->arena, goal));

    if (ends_line(bytes, at)) {
        at = next_line(bytes, at);
    }
    add(plan, CE_NGINX, block->source, at, indent_in(plan, block, at), text);
}

static bool
has_own_line(const ce_endpoint *e)
{
    for (size_t i = 0; i < e->n_lines; i++) {
        if (e->lines[i]->id == CE_N_SSL_PROTOCOLS) {
            return true;
        }
    }
    return false;
}

/* Whether all servers for which a line in the block would decide ask for it. */
static bool
fits_block(ce_plan *plan, const ce_target *t, const ce_node *block)
{
    if (plan->block == block) {
        return plan->block_fits;
    }
    plan->block = block;
    plan->block_fits = true;
    for (size_t i = 0; i < plan->n && plan->block_fits; i++) {
        const ce_target *other = &plan->targets[i];

        if (other->config != t->config || other->serves_nobody ||
            other->server->node->parent != block ||
            has_own_line(other->endpoint)) {
            continue;
        }
        plan->block_fits =
            other->goal == t->goal && other->is_chosen && !other->is_left;
    }
    return plan->block_fits;
}

/* The default server of the address, where that one decides. */
static const ce_target *
decider_of(const ce_plan *plan, const ce_target *t)
{
    static const ce_release per_name = {{1, 29, 2}};
    const ce_config *config = &plan->run->configs[t->config];

    if (t->endpoint->is_default ||
        ce_release_compare(config->release, per_name) >= 0) {
        return t;
    }
    for (size_t i = 0; i < plan->n; i++) {
        const ce_target *other = &plan->targets[i];

        if (other->config == t->config && other->endpoint->is_default &&
            other->server->node->parent == t->server->node->parent &&
            tlsf_str_eq(other->endpoint->address, t->endpoint->address)) {
            return other;
        }
    }
    return t;
}

static const char *
insert_nginx(ce_plan *plan, const ce_target *t)
{
    const ce_node *block = t->server->node->parent;

    if (block->id == CE_OTHER || !fits_block(plan, t, block)) {
        block = decider_of(plan, t)->server->node;
    }
    insert_in_block(plan, block, t->goal);
    return NULL;
}

static const char *
insert_behind(ce_plan *plan, const ce_node *line, const char *text)
{
    tlsf_str bytes = line->source->bytes;
    size_t from = line->at;
    size_t to = line->at + line->len;

    ce_edit_lines(CE_APACHE, bytes, &from, &to);
    if (to == bytes.len && bytes.data[to - 1] == '\\') {
        return "its file ends in a backslash, which would join a new line";
    }
    add(plan, CE_APACHE, line->source, next_line(bytes, to),
        ce_edit_indent(bytes, line->at), text);
    return NULL;
}

static const char *
insert_apache(ce_plan *plan, const ce_target *t)
{
    ce_arena *arena = plan->arena;
    const ce_config *config = &plan->run->configs[t->config];
    const ce_node *host = t->server->node;
    const ce_node *engine =
        ce_plan_last(host == NULL ? config->root : host, CE_A_SSL_ENGINE, "");
    const char *text = ce_arena_format(
        arena, "SSLProtocol %s",
        ce_words_value(arena, t->goal, plan->goal->is_explicit,
                       ce_goal_known(config->kind, config->release)));

    if (engine != NULL &&
        (host == NULL ||
         (engine->source == host->source &&
          engine->is_macro == host->is_macro && engine->at > host->at &&
          engine->at < host->end_at))) {
        return insert_behind(plan, engine, text);
    }
    if (host == NULL || host->end_at == 0) {
        return "no line says which protocols, and there is no place for one";
    }
    tlsf_str bytes = host->source->bytes;
    size_t at = ce_edit_line_start(bytes, host->end_at);

    add(plan, CE_APACHE, host->source, at,
        indent_in(plan, host, next_line(bytes, host->at)), text);
    return NULL;
}

/* Where the address's first host is to have the same, it decides for all. */
static bool
follows_first(const ce_plan *plan, const ce_target *t)
{
    for (size_t i = 0; i < plan->n && !t->endpoint->is_default; i++) {
        const ce_target *first = &plan->targets[i];

        if (first->config == t->config && first->endpoint->is_default &&
            tlsf_str_eq_nocase(first->endpoint->address,
                               t->endpoint->address)) {
            return first->is_chosen && !first->is_left &&
                   first->endpoint->n_lines == 0 && first->goal == t->goal;
        }
    }
    return false;
}

const char *
ce_plan_insert(ce_plan *plan, const ce_target *target)
{
    if (plan->run->configs[target->config].kind == CE_NGINX) {
        return insert_nginx(plan, target);
    }
    return follows_first(plan, target) ? NULL : insert_apache(plan, target);
}
