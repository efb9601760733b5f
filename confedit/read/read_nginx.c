/* SPDX-License-Identifier: Apache-2.0 */
/* nginx's files as nodes; called by include.c. */
#include "reader.h"

#include "glob.h"
#include "lex_nginx.h"

/* One file under way. */
typedef struct reading {
    ce_config *config;
    ce_source *source;
    ce_nginx_lexer lexer;
    ce_node *block; /* the innermost that is open */
    ce_node *outer; /* that in which the file began */
    const ce_node *via;
    ce_word *words; /* of the statement so far, its name first */
    size_t n_words;
    size_t room;
} reading;

static bool
is_open(const ce_config *config, const ce_source *source)
{
    for (const ce_open *o = config->open; o != NULL; o = o->outer) {
        if (o->source == source) {
            return true;
        }
    }
    return false;
}

/* One file of an include: whether it is being read already. */
static int
include_one(reading *r, const char *name, ce_node *node, bool is_pattern)
{
    ce_config *config = r->config;
    ce_source *source = ce_files_read(config->files, name);

    if (source == NULL || !is_open(config, source)) {
        return ce_config_open(config, name, source, node->parent, node);
    }
    if (!is_pattern) {
        return ce_config_stop(config, node->source, node->at,
                              "%s includes itself; nginx does not start (too "
                              "many open files)",
                              name);
    }
    ce_diag_say(config->diag, CE_WARNING, ce_node_place(config->arena, node),
                "the pattern matches %s, which is being read; nginx reads it "
                "again and again until it has no files left: exclude it",
                name);
    return 0;
}

static int
include(reading *r, ce_node *node)
{
    ce_config *config = r->config;
    ce_names names = {NULL, 0, 0};

    if (node->n_words != 1) {
        return ce_config_stop(config, r->source, node->at,
                              "include takes one name; nginx refuses this");
    }
    const char *name = ce_config_name(config, node->words[0].value);
    bool is_pattern = ce_glob_is_pattern(name);
    ce_files looked = *config->files;

    looked.arena = ce_arena_within(config->arena);
    ce_glob_nginx(&looked, name, &names);
    for (size_t i = 0; i < names.n && !config->is_stopped; i++) {
        include_one(r, names.list[i], node, is_pattern);
    }
    ce_arena_free(looked.arena);
    return config->is_stopped ? -1 : 0;
}

/* The statement's node; NULL for a directive that does not matter. */
static ce_node *
take_statement(reading *r, bool is_block, size_t end)
{
    ce_config *config = r->config;
    tlsf_str name = r->config->words[0].value;
    ce_id id = ce_tree_find(CE_NGINX, name);

    if (id == CE_OTHER && !is_block) {
        r->n_words = 0;
        return NULL;
    }
    ce_node *node = ce_config_node(config, r->block, id);

    node->name = name;
    node->is_block = is_block;
    node->source = r->source;
    node->via = r->via;
    node->at = (uint32_t)r->config->words[0].at;
    node->len = (uint32_t)(end - node->at);
    node->n_words = id == CE_OTHER ? 0 : r->n_words - 1;
    if (node->n_words > 0) {
        size_t size = node->n_words * sizeof(ce_word);

        node->words = ce_arena_alloc(config->arena, size);
        memcpy(node->words, r->config->words + 1, size);
        for (size_t i = 0; i < node->n_words; i++) {
            node->words[i].value =
                ce_lex_nginx_value(config->arena, node->words[i].value);
        }
    }
    r->n_words = 0;
    return node;
}

static int
end_statement(reading *r, const ce_token *token)
{
    if (r->n_words == 0) {
        return ce_config_stop(r->config, r->source, token->at,
                              "nginx does not expect “%c” here",
                              r->source->bytes.data[token->at]);
    }
    bool is_block = token->kind == CE_TOKEN_OPEN;
    ce_node *node = take_statement(r, is_block, token->at + token->len);

    if (is_block) {
        r->block = node;
    } else if (node != NULL && node->id == CE_N_INCLUDE) {
        return include(r, node);
    }
    return 0;
}

static int
close_block(reading *r, const ce_token *token)
{
    if (r->n_words > 0 || r->block == r->outer) {
        return ce_config_stop(r->config, r->source, token->at,
                              "nginx does not expect “}” here");
    }
    ce_node *block = r->block;

    block->end_at = (uint32_t)token->at;
    r->block = block->parent;
    ce_config_spare(r->config, block);
    return 0;
}

static int
take_word(reading *r, const ce_token *token)
{
    tlsf_str raw = tlsf_str_sub(r->source->bytes, token->at, token->len);

    if (!ce_lex_nginx_is_closed(raw)) {
        return ce_config_stop(r->config, r->source, token->at,
                              "this quote is never closed");
    }
    if (r->n_words == 0) {
        /* A name may be quoted too. */
        raw = ce_lex_nginx_value(r->config->arena, raw);
    }
    if (r->n_words == r->config->words_room) {
        r->config->words =
            ce_arena_grow(r->config->arena, r->config->words, r->n_words,
                          &r->config->words_room, sizeof(ce_word));
    }
    r->config->words[r->n_words++] = (ce_word){raw, token->at, token->len};
    return 0;
}

static int
take_token(reading *r, const ce_token *token)
{
    if (token->len > CE_NGINX_MAX_TOKEN &&
        (token->kind == CE_TOKEN_WORD || token->kind == CE_TOKEN_COMMENT)) {
        return ce_config_stop(r->config, r->source, token->at,
                              "longer than %d bytes; nginx refuses this",
                              CE_NGINX_MAX_TOKEN);
    }
    switch (token->kind) {
    case CE_TOKEN_WORD:
        return take_word(r, token);
    case CE_TOKEN_SEMICOLON:
    case CE_TOKEN_OPEN:
        return end_statement(r, token);
    case CE_TOKEN_CLOSE:
        return close_block(r, token);
    case CE_TOKEN_COMMENT:
        ce_config_mark(r->config, r->source, token->at,
                       tlsf_str_sub(r->source->bytes, token->at, token->len));
        return 0;
    case CE_TOKEN_BAD:
        return ce_config_stop(r->config, r->source, token->at,
                              "a blank or ; is missing after the quote");
    case CE_TOKEN_BLANK:
    case CE_TOKEN_LUA:
    case CE_TOKEN_DIRECTIVE:
        return 0;
    }
    return 0;
}

int
ce_nginx_read(ce_config *config, ce_source *source, ce_node *parent,
              const ce_node *via)
{
    reading r = {.config = config,
                 .source = source,
                 .lexer = {.bytes = source->bytes},
                 .block = parent,
                 .outer = parent,
                 .via = via};
    ce_token token;

    while (!config->is_stopped && ce_lex_nginx(&r.lexer, &token)) {
        if (take_token(&r, &token) != 0) {
            return -1;
        }
        ce_lex_nginx_skip(&r.lexer);
    }
    if (config->is_stopped) {
        return -1;
    }
    if (r.n_words > 0 || r.block != r.outer) {
        size_t at = r.n_words > 0 ? config->words[0].at : r.block->at;

        return ce_config_stop(config, source, at,
                              "the file ends before this does; nginx expects "
                              "“;” or “}”");
    }
    return 0;
}
