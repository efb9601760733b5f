/* SPDX-License-Identifier: Apache-2.0 */
/* Apache's files as nodes; called by include.c. */
#include "reader.h"

#include "glob.h"

/* A line of mod_macro's; longer ones stop the server. */
#define MAX_MACRO_LINE 8192

/* Lines from macros in a whole configuration, far above any that is real. */
#define MAX_MACRO_LINES 1000000

/* One file under way; a macro's lines go the same way. */
typedef struct reading {
    ce_config *config;
    ce_source *source;
    ce_node *block; /* the innermost that is open */
    ce_node *outer; /* that in which the file began */
    const ce_node *via;
    ce_macro *macro;      /* whose body is being read; NULL: none */
    bool is_macro_unused; /* its definition is not acted on */
    size_t macro_at;      /* where the definition begins */
} reading;

/* One logical line, of a file or of a macro. */
typedef struct entry {
    tlsf_str text;
    ce_source *source;
    size_t at;  /* in the source, of the text */
    size_t len; /* in the source */
    bool is_macro;
    tlsf_str name;
    tlsf_str args;
    const char *missing; /* a variable without a value; NULL: none */
} entry;

/* Warn that something could not be decided; the text names a variable. */
static void
warn_missing(reading *r, const entry *e, const char *missing)
{
    ce_diag_say(r->config->diag, CE_WARNING,
                ce_source_place(r->config->arena, e->source, e->at),
                "${%s} has no value here, so this cannot be decided; give it "
                "with -D %s=VALUE",
                missing, missing);
}

/*
 * Name and arguments as Apache divides them. A line of a macro's body is only
 * looked at; every other has its variables replaced first, so that a value may
 * become several words.
 */
static void
divide(reading *r, entry *e)
{
    ce_word word;
    size_t at = 0;
    tlsf_str text = e->text;

    if (r->macro == NULL) {
        text = ce_config_expand(r->config, text, &e->missing);
    }
    if (!ce_lex_apache_word(r->config->arena, text, &at, &word)) {
        return;
    }
    e->name = word.value;
    e->args = tlsf_str_sub(text, at, text.len - at);
    if (e->name.len > 1 && e->name.data[0] == '<' && e->name.data[1] != '/' &&
        e->name.data[e->name.len - 1] == '>') {
        e->name.len--;
        if (e->args.len == 0) {
            e->args = TLSF_LIT(">");
        }
    }
}

static ce_node *
take_node(reading *r, const entry *e, ce_id id, bool is_block)
{
    ce_node *node = ce_config_node(r->config, r->block, id);

    node->name = e->name;
    node->args = e->args;
    node->missing = e->missing;
    node->source = e->source;
    node->at = (uint32_t)e->at;
    node->len = (uint32_t)e->len;
    node->is_block = is_block;
    node->is_macro = e->is_macro;
    node->via = r->via;
    return node;
}

static int
stop_at(reading *r, const entry *e, const char *what)
{
    return ce_config_stop(r->config, e->source, e->at, "%s", what);
}

/* The next word of arguments that Apache acts on while it reads. */
static tlsf_str
take_argument(reading *r, const entry *e, size_t *at, bool *is_known)
{
    ce_word word = {{NULL, 0}, 0, 0};

    ce_lex_apache_word(r->config->arena, e->args, at, &word);
    if (e->missing != NULL) {
        warn_missing(r, e, e->missing);
        *is_known = false;
    }
    return word.value;
}

static int
include(reading *r, const entry *e, ce_node *node)
{
    ce_config *config = r->config;
    ce_names names = {NULL, 0, 0};
    bool is_known = true;
    size_t at = 0;
    tlsf_str argument = take_argument(r, e, &at, &is_known);

    if (argument.len == 0) {
        return stop_at(r, e, "an include needs a name");
    }
    if (!is_known || ce_config_is_elsewhere(config, argument, node)) {
        node->taken = CE_UNDECIDED;
        return 0;
    }
    ce_files looked = *config->files;

    looked.arena = ce_arena_within(config->arena);
    const char *why = ce_glob_apache(&looked, ce_config_name(config, argument),
                                     node->id == CE_A_INCLUDE_OPTIONAL, &names);

    for (size_t i = 0; i < names.n && !config->is_stopped; i++) {
        ce_config_open(config, names.list[i],
                       ce_files_read(config->files, names.list[i]), r->block,
                       node);
    }
    if (why != NULL && !config->is_stopped) {
        stop_at(r, e, why);
    }
    ce_arena_free(looked.arena);
    return config->is_stopped ? -1 : 0;
}

static void
define(reading *r, const entry *e)
{
    bool is_known = true;
    size_t at = 0;
    tlsf_str name = take_argument(r, e, &at, &is_known);
    bool has_value = at < e->args.len;
    tlsf_str value = take_argument(r, e, &at, &is_known);
    ce_config *config = r->config;

    if (name.len > 0) {
        ce_defines_set(config->arena, &config->defines,
                       ce_arena_text(config->arena, name),
                       has_value ? ce_arena_text(config->arena, value) : NULL);
    }
}

static int take_entry(reading *r, entry *e);

static int
use_macro(reading *r, const entry *e, ce_node *node)
{
    ce_config *config = r->config;
    bool is_known = true;
    size_t at = 0;
    tlsf_str name = take_argument(r, e, &at, &is_known);
    ce_macro *macro = ce_macro_find(config, name);

    if (macro == NULL) {
        return ce_config_stop(config, e->source, e->at,
                              "the macro %.*s is not defined before this; "
                              "the server does not start",
                              (int)name.len, name.data);
    }
    tlsf_str *values =
        ce_arena_alloc(config->arena, (macro->n_params + 1) * sizeof(tlsf_str));
    size_t n = 0;

    while (at < e->args.len && n <= macro->n_params) {
        values[n < macro->n_params ? n : 0] =
            take_argument(r, e, &at, &is_known);
        n++;
    }
    if (n != macro->n_params || !ce_macro_enter(config, macro)) {
        return stop_at(r, e,
                       n != macro->n_params
                           ? "the macro has another number of parameters"
                           : "macros use each other in a circle");
    }
    const ce_node *before = r->via;
    ce_macro body = *macro; /* its lines may define it anew */

    r->via = node;
    for (size_t i = 0; i < body.n_lines && !config->is_stopped; i++) {
        const ce_macro_line *line = &body.lines[i];
        entry inner = {
            .text = ce_macro_put(config->arena, &body, line->text, values),
            .source = line->source,
            .at = line->at,
            .len = line->len,
            .is_macro = true};
        if (inner.text.len >= MAX_MACRO_LINE ||
            ++config->n_macro_lines > MAX_MACRO_LINES) {
            return stop_at(r, e, "the macro becomes too long");
        }
        take_entry(r, &inner);
    }
    ce_macro_leave(config);
    r->via = before;
    return config->is_stopped ? -1 : 0;
}

/* What Apache does while it reads. */
static int
act(reading *r, const entry *e, ce_node *node)
{
    bool is_known = true;
    size_t at = 0;

    switch (node->id) {
    case CE_A_INCLUDE:
    case CE_A_INCLUDE_OPTIONAL:
        return include(r, e, node);
    case CE_A_USE:
        return use_macro(r, e, node);
    case CE_A_DEFINE:
        define(r, e);
        return 0;
    case CE_A_UNDEFINE:
        ce_defines_unset(&r->config->defines,
                         ce_arena_text(r->config->arena,
                                       take_argument(r, e, &at, &is_known)));
        return 0;
    case CE_A_UNDEF_MACRO:
        return ce_macro_remove(r->config,
                               take_argument(r, e, &at, &is_known)) ||
                       !is_known
                   ? 0
                   : stop_at(r, e,
                             "no macro of this name is defined; the "
                             "server does not start");
    case CE_A_SERVER_ROOT:
        r->config->folder = ce_arena_text(r->config->arena,
                                          take_argument(r, e, &at, &is_known));
        return 0;
    case CE_A_LOAD_MODULE:
        ce_apache_load(r->config, take_argument(r, e, &at, &is_known));
        return 0;
    default:
        return 0;
    }
}

static int
open_block(reading *r, const entry *e)
{
    ce_id id = ce_tree_find(CE_APACHE, e->name);

    if (e->args.len == 0 || memchr(e->args.data, '>', e->args.len) == NULL) {
        return stop_at(r, e, "the > at the end of this line is missing");
    }
    ce_node *node = take_node(r, e, id, true);

    if (id == CE_A_MACRO) {
        r->is_macro_unused = node->taken != CE_TAKEN;
        r->macro = ce_macro_add(r->config, e->args);
        r->macro_at = e->at;
        return r->macro == NULL ? stop_at(r, e, "a macro needs a name") : 0;
    }
    if (ce_id_is_condition(id) && node->taken != CE_NOT_TAKEN) {
        const char *why = NULL;
        ce_taken taken =
            ce_apache_judge(r->config, id, e->args, e->missing, &why);

        if (node->taken != CE_UNDECIDED || taken != CE_TAKEN) {
            node->taken = taken;
        }
    }
    r->block = node;
    return 0;
}

static int
close_block(reading *r, const entry *e)
{
    tlsf_str name = e->name;

    if (r->block == r->outer) {
        return stop_at(r, e, "nothing is open that this could close");
    }
    tlsf_str opened = r->block->name;

    if (name.len < 3 || name.data[name.len - 1] != '>') {
        return stop_at(r, e, "the > at the end of this line is missing");
    }
    name = tlsf_str_sub(name, 2, name.len - 3);
    opened = tlsf_str_sub(opened, 1, opened.len - 1);
    if (!tlsf_str_eq_nocase(name, opened)) {
        return ce_config_stop(r->config, e->source, e->at,
                              "</%.*s> is expected here", (int)opened.len,
                              opened.data);
    }
    ce_node *block = r->block;

    block->end_at = (uint32_t)e->at;
    r->block = block->parent;
    ce_config_spare(r->config, block);
    return 0;
}

/* A line of a macro's body. */
static void
take_body(reading *r, const entry *e)
{
    ce_macro_line line = {e->text, e->source, e->at, e->len};

    if (ce_macro_take(r->config->arena, r->macro, e->name, line)) {
        r->macro = NULL;
        r->block->last->end_at = (uint32_t)e->at;
    }
}

static int
take_entry(reading *r, entry *e)
{
    if (e->text.len == 0) {
        return 0;
    }
    if (e->text.data[0] == '#') {
        ce_config_mark(r->config, e->source, e->at, e->text);
        if (r->macro != NULL) {
            take_body(r, e);
        }
        return 0;
    }
    divide(r, e);
    if (r->macro != NULL) {
        take_body(r, e);
        return 0;
    }
    if (e->name.len > 0 && e->name.data[0] == '<') {
        return e->name.len > 1 && e->name.data[1] == '/' ? close_block(r, e)
                                                         : open_block(r, e);
    }
    ce_id id = ce_tree_find(CE_APACHE, e->name);

    if (id == CE_OTHER) {
        return 0;
    }
    ce_node *node = take_node(r, e, id, false);

    return node->taken == CE_TAKEN ? act(r, e, node) : 0;
}

int
ce_apache_read(ce_config *config, ce_source *source, ce_node *parent,
               const ce_node *via)
{
    reading r = {.config = config,
                 .source = source,
                 .block = parent,
                 .outer = parent,
                 .via = via};
    size_t at = 0;
    ce_line line;

    while (!config->is_stopped &&
           ce_lex_apache(config->arena, source->bytes, &at, &line)) {
        if (line.text.len == 0 ||
            (line.token.kind == CE_TOKEN_COMMENT && r.macro == NULL &&
             !tlsf_str_starts(line.text, TLSF_LIT("#:")))) {
            continue; /* no annotation */
        }
        entry e = {.text = line.text,
                   .source = source,
                   .at = ce_line_offset(&line, 0)};

        e.len = ce_line_offset(&line, line.text.len - 1) + 1 - e.at;
        take_entry(&r, &e);
    }
    if (config->is_stopped) {
        return -1;
    }
    if (r.macro != NULL || r.block != r.outer) {
        size_t open_at = r.macro != NULL ? r.macro_at : r.block->at;

        return ce_config_stop(config, source, open_at,
                              "the file ends before this is closed");
    }
    return 0;
}
