/* SPDX-License-Identifier: Apache-2.0 */
/* Warnings over a finished model; called by cmd.c. */
#include "lint.h"

#include "model_parts.h"

static bool
is_one_of(unsigned port, const unsigned *ports, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (ports[i] == port) {
            return true;
        }
    }
    return false;
}

static void
lint_port(ce_model *model, const ce_server *server, const ce_endpoint *e)
{
    static const unsigned tls_ports[] = {443, 465, 563, 636,  853,
                                         990, 993, 995, 8443, 8445};

    if (!e->is_tls && is_one_of(e->port, tls_ports, TLSF_COUNTOF(tls_ports))) {
        ce_model_say(model, CE_WARNING, server->node,
                     "port %u without TLS: clients expect it there", e->port);
    }
}

/* STARTTLS where mail is handed in: a command may be slipped in before it. */
static void
lint_mail(ce_model *model, const ce_server *server, const ce_endpoint *e)
{
    if (strcmp(server->context, "mail") != 0) {
        return;
    }
    if (!e->is_tls) {
        ce_model_say(model, CE_WARNING, server->node,
                     "mail logins without TLS on %.*s", (int)e->address.len,
                     e->address.data);
    } else if (e->is_starttls && (e->port == 25 || e->port == 587)) {
        ce_model_say(model, CE_WARNING, server->node,
                     "STARTTLS on port %u: offer port 465 with TLS from the "
                     "first byte, and move clients there",
                     e->port);
    }
}

static void
lint_set(ce_model *model, const ce_server *server, const ce_endpoint *e)
{
    const ce_node *line = e->n_lines > 0 ? e->lines[e->n_lines - 1] : NULL;

    if (line == NULL) {
        line = server->node;
    }
    if (e->set == CE_BIT(TLSF_TLSV12)) {
        ce_model_say(model, CE_WARNING, line,
                     "TLSv1.2 alone: TLSv1.3 is switched off");
    }
    unsigned never = e->unreachable & ~CE_BIT(TLSF_SSLV3);

    if (never != 0) {
        ce_model_say(model, CE_WARNING, line,
                     "%s admitted, but never served: OpenSSL's security level "
                     "forbids it with this cipher list",
                     ce_set_text(model->config->arena, never));
    }
    if (e->set == 0 && model->config->kind == CE_NGINX) {
        ce_model_say(model, CE_WARNING, line,
                     "no protocol is left: every handshake will fail");
    }
}

/* A line of its own that does not decide. */
static void
lint_overruled(ce_model *model, const ce_server *server, const ce_endpoint *e)
{
    if (e->why != CE_WHY_ADDRESS || e->set == e->own || server->node == NULL) {
        return;
    }
    for (const ce_node *n = server->node->first; n != NULL; n = n->next) {
        if (n->id == CE_N_SSL_PROTOCOLS || n->id == CE_A_SSL_PROTOCOL) {
            ce_model_say(model, CE_WARNING, n,
                         "has no effect at %.*s: in this version the default "
                         "server of the address decides for all its names",
                         (int)e->address.len, e->address.data);
        }
    }
}

static const char *
branch_of(const ce_node *node)
{
    return node->taken == CE_UNDECIDED
               ? "is in a branch that cannot be decided here"
               : "is in a branch that is not read today; it would be with "
                 "another -D, module or file";
}

/* Lines about protocols that the server does not act on today. */
static void
lint_branches(ce_model *model, const ce_node *block)
{
    for (const ce_node *n = block->first; n != NULL; n = n->next) {
        if (n->is_block) {
            lint_branches(model, n);
        } else if (n->id == CE_A_SSL_PROTOCOL && n->taken != CE_TAKEN) {
            ce_model_say(model, CE_NOTE, n, "%.*s %.*s: %s", (int)n->name.len,
                         n->name.data, (int)n->args.len, n->args.data,
                         branch_of(n));
        } else if (n->taken == CE_UNDECIDED &&
                   (n->id == CE_A_INCLUDE || n->id == CE_A_INCLUDE_OPTIONAL)) {
            ce_model_say(model, CE_WARNING, n,
                         "this include is not followed: whether the server "
                         "does cannot be decided here");
        }
    }
}

static void
lint_marks(ce_model *model)
{
    const ce_config *config = model->config;

    for (size_t i = 0; i < config->n_marks; i++) {
        const ce_mark *mark = &config->marks[i];
        tlsf_str text = mark->text;

        while (text.len > 0 && (text.data[text.len - 1] == '#' ||
                                text.data[text.len - 1] == '\r')) {
            text.len--;
        }
        text = tlsf_str_sub(text, 16, text.len - 16);
        ce_diag_say(config->diag, CE_NOTE,
                    ce_source_place(config->arena, mark->source, mark->at),
                    "overridden by %.*s", (int)text.len, text.data);
    }
}

void
ce_lint(ce_model *model)
{
    for (size_t i = 0; i < model->n; i++) {
        const ce_server *server = &model->servers[i];

        for (size_t k = 0; k < server->n_endpoints; k++) {
            const ce_endpoint *e = &server->endpoints[k];

            lint_port(model, server, e);
            lint_mail(model, server, e);
            if (e->is_tls && e->why != CE_WHY_UNDECIDED) {
                lint_set(model, server, e);
                lint_overruled(model, server, e);
            }
        }
    }
    lint_branches(model, model->config->root);
    lint_marks(model);
}
