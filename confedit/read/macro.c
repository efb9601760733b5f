/* SPDX-License-Identifier: Apache-2.0 */
/* mod_macro's macros; called by read_apache.c. */
#include "reader.h"

ce_macro *
ce_macro_find(const ce_config *config, tlsf_str name)
{
    for (size_t i = config->n_macros; i > 0; i--) {
        ce_macro *macro = &config->macros[i - 1];

        if (tlsf_str_eq_nocase(tlsf_str_of(macro->name), name)) {
            return macro;
        }
    }
    return NULL;
}

ce_macro *
ce_macro_add(ce_config *config, tlsf_str args)
{
    ce_arena *arena = config->arena;
    size_t at = 0;
    size_t room = 0;
    ce_word word;
    ce_macro macro = {.name = NULL};

    while (args.len > 0 && args.data[args.len - 1] != '>') {
        args.len--;
    }
    args.len -= args.len > 0;
    if (!ce_lex_apache_word(arena, args, &at, &word)) {
        return NULL;
    }
    macro.name = ce_arena_text(arena, word.value);
    while (ce_lex_apache_word(arena, args, &at, &word)) {
        macro.params = ce_arena_grow(arena, macro.params, macro.n_params, &room,
                                     sizeof(tlsf_str));
        macro.params[macro.n_params++] = word.value;
    }
    ce_macro *old = ce_macro_find(config, tlsf_str_of(macro.name));
    if (old == NULL) {
        config->macros = ce_arena_grow(arena, config->macros, config->n_macros,
                                       &config->macros_room, sizeof(ce_macro));
        old = &config->macros[config->n_macros++];
    }
    *old = macro;
    return old;
}

bool
ce_macro_remove(ce_config *config, tlsf_str name)
{
    ce_macro *macro = ce_macro_find(config, name);

    if (macro != NULL) {
        macro->name = ""; /* that no Use can say */
    }
    return macro != NULL;
}

bool
ce_macro_take(ce_arena *arena, ce_macro *macro, tlsf_str name,
              ce_macro_line line)
{
    if (tlsf_str_starts_nocase(name, TLSF_LIT("</Macro"))) {
        if (macro->depth == 0) {
            return true;
        }
        macro->depth--;
    } else if (tlsf_str_eq_nocase(name, TLSF_LIT("<Macro"))) {
        macro->depth++;
    }
    macro->lines = ce_arena_grow(arena, macro->lines, macro->n_lines,
                                 &macro->room, sizeof(ce_macro_line));
    macro->lines[macro->n_lines++] = line;
    return false;
}

/* The parameter that begins first at or behind `at`, the longest of these. */
static size_t
next_param(const ce_macro *macro, tlsf_str line, size_t at, size_t *which)
{
    tlsf_str rest = tlsf_str_sub(line, at, line.len - at);
    size_t best = rest.len;

    for (size_t i = 0; i < macro->n_params; i++) {
        size_t found = tlsf_str_find(rest, macro->params[i]);

        if (found == rest.len || macro->params[i].len == 0) {
            continue;
        }
        if (found < best || (found == best && macro->params[i].len >
                                                  macro->params[*which].len)) {
            best = found;
            *which = i;
        }
    }
    return at + best;
}

/* mod_macro puts values of @parameters between quotes. */
static const char *
quoted(ce_arena *arena, tlsf_str value)
{
    char *to = ce_arena_alloc(arena, value.len * 2 + 3);
    size_t n = 0;

    to[n++] = '"';
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] == '"' || value.data[i] == '\\') {
            to[n++] = '\\';
        }
        to[n++] = value.data[i];
    }
    to[n] = '"';
    return to;
}

tlsf_str
ce_macro_put(ce_arena *arena, const ce_macro *macro, tlsf_str line,
             const tlsf_str *values)
{
    ce_text result = {NULL, 0, 0};
    size_t done = 0;
    bool is_changed = false;

    while (done < line.len) {
        size_t which = 0;
        size_t at = next_param(macro, line, done, &which);

        if (at >= line.len) {
            break;
        }
        const char *value = macro->params[which].data[0] == '@'
                                ? quoted(arena, values[which])
                                : ce_arena_text(arena, values[which]);
        ce_text_add(arena, &result, tlsf_str_sub(line, done, at - done));
        ce_text_add(arena, &result, tlsf_str_of(value));
        done = at + macro->params[which].len;
        is_changed = true;
    }
    if (!is_changed) {
        return line;
    }
    ce_text_add(arena, &result, tlsf_str_sub(line, done, line.len - done));
    return (tlsf_str){result.data == NULL ? "" : result.data, result.n};
}

bool
ce_macro_enter(ce_config *config, const ce_macro *macro)
{
    if (config->n_used >= CE_MAX_USES) {
        return false;
    }
    for (unsigned i = 0; i < config->n_used; i++) {
        if (macro->lines != NULL && config->used[i] == macro->lines) {
            return false;
        }
    }
    config->used[config->n_used++] = macro->lines;
    return true;
}

void
ce_macro_leave(ce_config *config)
{
    config->n_used--;
}
