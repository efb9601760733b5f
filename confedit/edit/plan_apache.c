/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of Apache: where a value is written (in the line, at a macro's Use, in
 * a Define), and its new words put there; called by plan.c.
 */
#include "plan_parts.h"

#include "reader.h"

static const char by_hand[] = "its value is put together from variables or "
                              "parameters of a macro; edit it by hand";

/* A logical line read again, so that offsets lead to its bytes. */
typedef struct spot {
    ce_source *source;
    size_t from;
    size_t to;
    ce_line line;
    size_t args_at; /* in the line's text */
    tlsf_str args;
} spot;

static spot
spot_of(ce_arena *arena, const ce_node *node)
{
    spot s = {
        .source = node->source, .from = node->at, .to = node->at + node->len};
    ce_word name;
    size_t at;

    ce_edit_lines(CE_APACHE, s.source->bytes, &s.from, &s.to);
    at = s.from;
    ce_lex_apache(arena, s.source->bytes, &at, &s.line);
    s.from = node->at;
    s.to = node->at + node->len;
    at = 0;
    ce_lex_apache_word(arena, s.line.text, &at, &name);
    s.args_at = at;
    s.args = tlsf_str_sub(s.line.text, at, s.line.text.len - at);
    return s;
}

/* Replace text [at, at + len) of the line, wherever its bytes are. */
static void
put(ce_plan *plan, const spot *s, size_t at, size_t len, const char *text)
{
    ce_edit edit = {.text = tlsf_str_of(text)};

    if (len == 0) {
        edit.at = at == 0 ? s->from : ce_line_offset(&s->line, at - 1) + 1;
    } else {
        edit.at = ce_line_offset(&s->line, at);
        edit.len = ce_line_offset(&s->line, at + len - 1) + 1 - edit.at;
    }
    ce_plan_replace(plan, CE_APACHE, s->source, s->from, s->to, edit);
}

static unsigned
known_of(const ce_site *site)
{
    return ce_goal_known(site->config->kind, site->config->release);
}

static bool
has_variable(tlsf_str text)
{
    return tlsf_str_find(text, TLSF_LIT("${")) < text.len;
}

static bool
has_char(tlsf_str text, char c)
{
    return text.len > 0 && memchr(text.data, c, text.len) != NULL;
}

/* New words for the value of one word of a line: Use's or Define's. */
static const char *
edit_word(ce_plan *plan, const ce_site *site, const spot *s, size_t index)
{
    ce_arena *arena = plan->arena;
    ce_snips snips = {NULL, 0, 0};
    ce_word word = {{NULL, 0}, 0, 0};
    size_t at = 0;

    for (size_t i = 0; i <= index; i++) {
        if (!ce_lex_apache_word(arena, s->args, &at, &word)) {
            return by_hand;
        }
    }
    tlsf_str raw = tlsf_str_sub(s->args, word.at, word.len);

    if (has_char(raw, '\\') || has_variable(raw) ||
        !ce_words_apache(arena, word.value, plan->goal, known_of(site),
                         &snips)) {
        return by_hand;
    }
    if (snips.n == 0) {
        return NULL;
    }
    tlsf_str value = ce_snips_apply(arena, word.value, &snips);
    bool is_quoted = raw.data[0] == '"' || raw.data[0] == '\'';
    char quote = is_quoted ? raw.data[0] : '"';

    put(plan, s, s->args_at + word.at, word.len,
        is_quoted || has_char(value, ' ')
            ? ce_arena_format(arena, "%c%.*s%c", quote, (int)value.len,
                              value.data, quote)
            : ce_arena_text(arena, value));
    return NULL;
}

/* Whether a parameter stands nowhere but in `line` and other SSLProtocol. */
static bool
is_only_there(const ce_macro *macro, tlsf_str param, const ce_node *line)
{
    for (size_t i = 0; i < macro->n_lines; i++) {
        const ce_macro_line *l = &macro->lines[i];

        if (tlsf_str_find(l->text, param) < l->text.len &&
            l->text.data[0] != '#' &&
            (l->source != line->source || l->at != line->at) &&
            !tlsf_str_starts_nocase(l->text, TLSF_LIT("SSLProtocol"))) {
            return false;
        }
    }
    return true;
}

/*
 * The index of the parameter that a text is, of the macro that a Use names.
 *
 *   line      of the macro's body that has the text
 *   has_any   whether any parameter is in it
 */
static bool
find_param(ce_plan *plan, const ce_site *site, const ce_node *line,
           tlsf_str text, size_t *index, bool *has_any)
{
    const ce_node *use = line->via;
    size_t at = 0;
    ce_word name = {{NULL, 0}, 0, 0};

    *has_any = false;
    ce_lex_apache_word(plan->arena, use->args, &at, &name);
    const ce_macro *macro = ce_macro_find(site->config, name.value);

    for (size_t i = 0; macro != NULL && i < macro->n_params; i++) {
        tlsf_str param = macro->params[i];

        if (tlsf_str_eq(param, text) && param.data[0] != '@' &&
            is_only_there(macro, param, line)) {
            *index = i;
            return true;
        }
        *has_any = *has_any || tlsf_str_find(text, param) < text.len;
    }
    return false;
}

/* The value was given to a macro: at its Use, or further out. */
static const char *
edit_use(ce_plan *plan, const ce_site *site, const ce_node *use, size_t index)
{
    ce_arena *arena = plan->arena;
    spot s = spot_of(arena, use);
    ce_word word = {{NULL, 0}, 0, 0};
    size_t at = 0;
    bool has_any;
    size_t outer;

    for (size_t i = 0; i <= index + 1; i++) {
        if (!ce_lex_apache_word(arena, s.args, &at, &word)) {
            return by_hand;
        }
    }
    if (use->is_macro && use->via != NULL) {
        if (find_param(plan, site, use, word.value, &outer, &has_any)) {
            return edit_use(plan, site, use->via, outer);
        }
        if (has_any) {
            return by_hand;
        }
    }
    return edit_word(plan, site, &s, index + 1);
}

/* The one Define of a name that counts; NULL: none, or more than one. */
static void
find_define(const ce_node *block, tlsf_str name, const ce_node **found,
            size_t *n)
{
    for (const ce_node *c = block->first; c != NULL; c = c->next) {
        if (c->is_block) {
            find_define(c, name, found, n);
        } else if (c->id == CE_A_DEFINE && c->taken == CE_TAKEN &&
                   tlsf_str_starts(c->args, name) && !c->is_macro &&
                   (c->args.len == name.len ||
                    ce_is_space(c->args.data[name.len]))) {
            *found = c;
            ++*n;
        }
    }
}

/* Whether a variable stands nowhere but in lines with protocols. */
static bool
is_only_protocols(ce_plan *plan, tlsf_str use)
{
    ce_arena *arena = plan->arena;

    for (ce_source *f = plan->run->files.first; f != NULL; f = f->next) {
        ce_line line;
        size_t at = 0;

        if (tlsf_str_find(f->bytes, use) == f->bytes.len) {
            continue;
        }
        while (ce_lex_apache(arena, f->bytes, &at, &line)) {
            if (line.token.kind != CE_TOKEN_COMMENT &&
                tlsf_str_find(line.text, use) < line.text.len &&
                !tlsf_str_starts_nocase(line.text, TLSF_LIT("SSLProtocol"))) {
                return false;
            }
        }
    }
    return true;
}

/* The Define behind "${NAME}", when it may be edited; else NULL. */
static const ce_node *
define_of(ce_plan *plan, const ce_site *site, tlsf_str text)
{
    ce_arena *arena = plan->arena;
    size_t n = 0;

    if (text.len < 4 || !tlsf_str_starts(text, TLSF_LIT("${")) ||
        memchr(text.data, '}', text.len) != text.data + text.len - 1 ||
        plan->run->options->vhosts.n > 0) {
        return NULL;
    }
    if (plan->define == NULL || !tlsf_str_eq(tlsf_str_of(plan->define), text)) {
        plan->define = ce_arena_text(arena, text);
        plan->define_at = NULL;
        find_define(site->config->root, tlsf_str_sub(text, 2, text.len - 3),
                    &plan->define_at, &n);
        if (n != 1 || !is_only_protocols(plan, text)) {
            plan->define_at = NULL;
        }
    }
    return plan->define_at;
}

/* Put together from several places: only words at its end can be added. */
static const char *
append(ce_plan *plan, const ce_site *site, const spot *s)
{
    tlsf_str args = site->node->args;
    ce_snips snips = {NULL, 0, 0};

    if (!ce_words_apache(plan->arena, args, plan->goal, known_of(site),
                         &snips)) {
        return by_hand;
    }
    if (snips.n == 0) {
        return NULL;
    }
    if (snips.n != 1 || snips.list[0].at != args.len || args.len == 0) {
        return by_hand;
    }
    put(plan, s, s->line.text.len, 0, snips.list[0].text);
    return NULL;
}

const char *
ce_plan_apache(ce_plan *plan, const ce_site *site)
{
    const ce_node *node = site->node;
    ce_arena *arena = plan->arena;
    spot s = spot_of(arena, node);
    ce_snips snips = {NULL, 0, 0};
    bool has_param = false;
    size_t index;

    if (node->is_macro && node->via != NULL &&
        find_param(plan, site, node, s.args, &index, &has_param)) {
        return edit_use(plan, site, node->via, index);
    }
    if (has_param || has_variable(s.args)) {
        const ce_node *define = define_of(plan, site, s.args);

        if (define != NULL) {
            spot at = spot_of(arena, define);

            return edit_word(plan, site, &at, 1);
        }
        return append(plan, site, &s);
    }
    if (!ce_words_apache(arena, s.args, plan->goal, known_of(site), &snips)) {
        return "Apache refuses this line";
    }
    for (size_t i = 0; i < snips.n; i++) {
        put(plan, &s, s.args_at + snips.list[i].at, snips.list[i].len,
            snips.list[i].text);
    }
    return NULL;
}
