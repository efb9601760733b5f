/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that do not decide what they seem to; called by lint.c. */
#include "lint_parts.h"

#include "tlsf_err.h"

unsigned
ce_lint_set(ce_model *model, const ce_node *line)
{
    unsigned set = 0;
    unsigned resets;
    tlsf_str bad;

    if (model->config->kind == CE_APACHE) {
        return line->missing == NULL &&
                       ce_apache_protocols(model->config->arena, line->args,
                                           &set, &resets, &bad) == TLSF_OK
                   ? set
                   : 0;
    }
    for (size_t i = 0; i < line->n_words; i++) {
        set |= ce_nginx_protocol(line->words[i].value);
    }
    return set;
}

unsigned
ce_lint_older(unsigned set, unsigned than)
{
    unsigned lowest = than & (~than + 1);

    return than == 0 ? 0 : set & (lowest - 1);
}

static bool
is_protocols(const ce_node *n)
{
    return (n->id == CE_A_SSL_PROTOCOL || n->id == CE_N_SSL_PROTOCOLS) &&
           n->taken == CE_TAKEN;
}

const ce_node *
ce_lint_own_line(const ce_node *block)
{
    const ce_node *own = NULL;

    for (const ce_node *n = block->first; n != NULL; n = n->next) {
        if (is_protocols(n)) {
            own = n;
        } else if (n->is_block && ce_id_is_condition(n->id)) {
            const ce_node *inner = ce_lint_own_line(n);

            own = inner != NULL ? inner : own;
        }
    }
    return own;
}

/* Apache: two lines of one scope, the later of which counts. */
static void
compare(ce_model *model, const ce_node *before, const ce_node *after)
{
    ce_arena *arena = model->config->arena;
    unsigned back =
        ce_lint_older(ce_lint_set(model, after), ce_lint_set(model, before));

    if (back != 0) {
        ce_place place = ce_node_place(arena, before);

        ce_model_say(model, CE_WARNING, after,
                     "admits %s again, which %s:%zu had switched off: the "
                     "last line of a scope counts",
                     ce_set_text(arena, back), place.file, place.line);
    } else {
        ce_place place = ce_node_place(arena, after);

        ce_model_say(model, CE_NOTE, before,
                     "has no effect: %s:%zu comes later in the same scope",
                     place.file, place.line);
    }
}

/* Lines of one scope in Apache's order; hosts are scopes of their own. */
static void
walk_scope(ce_model *model, const ce_node *block, const ce_node **last)
{
    for (const ce_node *n = block->first; n != NULL; n = n->next) {
        if (n->id == CE_A_VIRTUAL_HOST) {
            const ce_node *none = NULL;

            walk_scope(model, n, &none);
        } else if (n->is_block && ce_id_is_condition(n->id)) {
            walk_scope(model, n, last);
        } else if (is_protocols(n)) {
            if (*last != NULL &&
                ((*last)->source != n->source || (*last)->at != n->at)) {
                compare(model, *last, n);
            }
            *last = n;
        }
    }
}

/* How many hosts there are below an outer line. */
typedef struct outer {
    const ce_node *line;
    const ce_node *block; /* NULL: Apache's main server */
    unsigned set;
    size_t n;     /* hosts that speak TLS */
    size_t n_own; /* of these, with a line of their own */
} outer;

static void
count_host(ce_model *model, const ce_server *server, outer *o)
{
    ce_arena *arena = model->config->arena;
    bool has_tls = false;

    for (size_t i = 0; i < server->n_endpoints; i++) {
        has_tls = has_tls || server->endpoints[i].is_tls;
    }
    if (!has_tls) {
        return;
    }
    const ce_node *own =
        server->node == NULL ? NULL : ce_lint_own_line(server->node);

    o->n++;
    if (own == NULL) {
        return;
    }
    o->n_own++;
    unsigned older = ce_lint_older(ce_lint_set(model, own), o->set);

    if (older != 0) {
        ce_place place = ce_node_place(arena, o->line);

        ce_model_say(model, CE_WARNING, own,
                     "admits %s, which %s:%zu does not: a line of the host "
                     "replaces the outer one; without it that decides",
                     ce_set_text(arena, older), place.file, place.line);
    }
}

static void
lint_outer(ce_model *model, const ce_node *block)
{
    outer o = {.line = ce_lint_own_line(block),
               .block = block->parent == NULL ? NULL : block};

    if (o.line == NULL) {
        return;
    }
    o.set = ce_lint_set(model, o.line);
    for (size_t i = 0; i < model->n; i++) {
        const ce_server *server = &model->servers[i];

        if (o.block == NULL ||
            (server->node != NULL && server->node->parent == o.block)) {
            count_host(model, server, &o);
        }
    }
    if (o.n > 0 && o.n == o.n_own) {
        ce_model_say(model, CE_WARNING, o.line,
                     "decides for no virtual host: %s a line of %s own, "
                     "which is where to change it",
                     o.n == 1 ? "the only one with TLS has"
                              : "all with TLS have",
                     o.n == 1 ? "its" : "their");
    }
}

void
ce_lint_lines(ce_model *model)
{
    const ce_node *root = model->config->root;
    const ce_node *none = NULL;

    if (model->config->kind == CE_APACHE) {
        walk_scope(model, root, &none);
    }
    if (model->config->kind == CE_APACHE || model->config->is_fragment) {
        lint_outer(model, root);
    }
    for (const ce_node *n = root->first; n != NULL; n = n->next) {
        if (n->id == CE_N_HTTP || n->id == CE_N_STREAM || n->id == CE_N_MAIL) {
            lint_outer(model, n);
        }
    }
}
