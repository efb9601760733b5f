/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts and their lines; called by model_apache.c. */
#include "apache_parts.h"

tlsf_str
ce_apache_word(const ce_apache *a, const ce_node *node)
{
    ce_word word = {{NULL, 0}, 0, 0};
    size_t at = 0;

    ce_lex_apache_word(a->arena, node->args, &at, &word);
    return word.value;
}

static void
take_line(ce_apache *a, ce_scope *s, const ce_node *n)
{
    switch (n->id) {
    case CE_A_SSL_PROTOCOL:
        if (n->taken == CE_UNDECIDED) {
            s->doubt = n;
        } else {
            s->protocol = n;
            s->doubt = NULL;
        }
        break;
    case CE_A_SSL_ENGINE:
        s->engine = n;
        break;
    case CE_A_SSL_CIPHERS:
        if (!tlsf_str_starts_nocase(n->args, TLSF_LIT("TLSv1.3 "))) {
            s->ciphers = n;
        }
        break;
    case CE_A_SSL_CONF_CMD:
        ce_nodes_add(a->arena, &s->commands, n);
        break;
    case CE_A_SERVER_NAME:
    case CE_A_SERVER_ALIAS:
        ce_nodes_add(a->arena, &s->names, n);
        break;
    case CE_A_SSL_CERTIFICATE:
        s->has_certificate = true;
        break;
    case CE_A_LISTEN:
        ce_nodes_add(a->arena, &a->listens, n);
        break;
    default:
        break;
    }
}

static void
add_address(ce_apache *a, ce_host *h, tlsf_str word)
{
    if (tlsf_str_starts_nocase(word, TLSF_LIT("_default_"))) {
        word = tlsf_str_of(ce_arena_format(a->arena, "*%.*s",
                                           (int)(word.len - 9), word.data + 9));
    }
    h->addresses =
        ce_arena_grow(a->arena, h->addresses, h->n, &h->room, sizeof(tlsf_str));
    h->addresses[h->n++] = word;
}

static ce_host *
add_host(ce_apache *a, const ce_node *node)
{
    tlsf_str args = node->args;
    size_t at = 0;
    ce_word word;

    a->hosts =
        ce_arena_grow(a->arena, a->hosts, a->n, &a->room, sizeof(ce_host));
    ce_host *h = &a->hosts[a->n++];
    h->scope.node = node;
    while (args.len > 0 && args.data[args.len - 1] != '>') {
        args.len--;
    }
    args.len -= args.len > 0;
    while (ce_lex_apache_word(a->arena, args, &at, &word)) {
        add_address(a, h, word.value);
    }
    return h;
}

/* Where Apache refuses SSLProtocol: <Directory>, <If> and their like. */
static void
refuse_inside(ce_apache *a, const ce_node *block)
{
    for (const ce_node *n = block->first; n != NULL; n = n->next) {
        if (n->is_block && n->taken == CE_TAKEN) {
            refuse_inside(a, n);
        } else if (n->id == CE_A_SSL_PROTOCOL && n->taken == CE_TAKEN) {
            ce_model_say(a->model, CE_ERROR, n,
                         "Apache refuses SSLProtocol in %.*s>; it does not "
                         "start",
                         (int)block->name.len, block->name.data);
        }
    }
}

/* Lines of a scope and of the conditions in it; hosts by themselves. */
static void
walk(ce_apache *a, size_t index, const ce_node *block)
{
    for (const ce_node *n = block->first; n != NULL; n = n->next) {
        /* Hosts move when one is added: found again by their index. */
        ce_scope *s = index == 0 ? &a->main : &a->hosts[index - 1].scope;

        if (n->taken == CE_NOT_TAKEN) {
            continue;
        }
        if (!n->is_block) {
            take_line(a, s, n);
        } else if (n->id == CE_A_VIRTUAL_HOST && index == 0) {
            add_host(a, n);
            walk(a, a->n, n);
        } else if (ce_id_is_condition(n->id)) {
            walk(a, index, n);
        } else if (n->id != CE_A_VIRTUAL_HOST) {
            refuse_inside(a, n);
        }
    }
}

void
ce_apache_scopes(ce_apache *a)
{
    walk(a, 0, a->model->config->root);
}
