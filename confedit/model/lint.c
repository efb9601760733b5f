/* SPDX-License-Identifier: Apache-2.0 */
/* Warnings over a finished model; called by cmd.c. */
#include "lint.h"

#include "lint_parts.h"

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

/* A server's line of that kind, or that of the level around it. */
static const ce_node *
line_of(const ce_node *server, ce_id id)
{
    const ce_node *found = NULL;

    for (const ce_node *block = server; block != NULL && found == NULL;
         block = block->parent) {
        for (const ce_node *n = block->first; n != NULL; n = n->next) {
            found = n->id == id ? n : found;
        }
    }
    return found;
}

/* stream: TLS goes through to others, who are chosen by its first bytes. */
static bool
is_passing_on(const ce_server *server)
{
    const ce_node *line = line_of(server->node, CE_N_SSL_PREREAD);

    return strcmp(server->context, "stream") == 0 && line != NULL &&
           line->n_words == 1 &&
           tlsf_str_eq_nocase(line->words[0].value, TLSF_LIT("on"));
}

static void
lint_port(ce_model *model, const ce_server *server, const ce_endpoint *e)
{
    static const unsigned tls_ports[] = {443, 465, 563, 636,  853,
                                         990, 993, 995, 8443, 8445};

    if (!e->is_tls && is_one_of(e->port, tls_ports, TLSF_COUNTOF(tls_ports)) &&
        !is_passing_on(server)) {
        ce_model_say(model, CE_WARNING, server->node,
                     "port %u without TLS, where clients expect it: %s, or "
                     "take another port",
                     e->port,
                     model->config->kind == CE_NGINX
                         ? "write ssl behind the port of listen"
                         : "write SSLEngine on");
    }
}

/* The port on which TLS begins with the first byte. */
static unsigned
implicit_port(unsigned port)
{
    return port == 143 ? 993 : port == 110 ? 995 : 465;
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
                     "mail logins without TLS on %.*s: write starttls only, "
                     "or offer port %u with TLS from the first byte",
                     (int)e->address.len, e->address.data,
                     implicit_port(e->port));
        return;
    }
    const ce_node *line = line_of(server->node, CE_N_STARTTLS);

    if (e->is_starttls && line != NULL && line->n_words == 1 &&
        tlsf_str_eq_nocase(line->words[0].value, TLSF_LIT("on"))) {
        ce_model_say(model, CE_WARNING, line,
                     "mail logins stay possible before STARTTLS on %.*s: "
                     "write starttls only",
                     (int)e->address.len, e->address.data);
    }
    if (e->is_starttls && (e->port == 25 || e->port == 587)) {
        ce_model_say(model, CE_WARNING, server->node,
                     "STARTTLS on port %u: offer port 465 with TLS from the "
                     "first byte, and move clients there; confedit probe "
                     "--starttls smtp tells whether commands can be slipped "
                     "in (CVE-2011-0411)",
                     e->port);
    }
}

/* Whether the server is new enough for TLS 1.3, as far as is known. */
static bool
can_13(const ce_config *config)
{
    ce_release first =
        config->kind == CE_NGINX ? CE_RELEASE(1, 13, 0) : CE_RELEASE(2, 4, 36);

    return !ce_release_is_known(config->release) ||
           ce_release_compare(config->release, first) >= 0;
}

/* " (openssl.cnf:7)"; "" when it is written nowhere. */
static const char *
place_of(ce_arena *arena, const ce_forbid *forbid)
{
    return forbid->place.file == NULL
               ? ""
               : ce_arena_format(arena, " (%s:%zu)", forbid->place.file,
                                 forbid->place.line);
}

/* Versions that are admitted and never served, each with its reason. */
static void
lint_never(ce_model *model, const ce_node *line, const ce_endpoint *e)
{
    unsigned left = e->unreachable & ~CE_BIT(TLSF_SSLV3);

    for (size_t i = 0; i < e->n_forbids; i++) {
        unsigned never = left & e->forbids[i].set;

        if (never != 0) {
            ce_model_say(model, CE_WARNING, line,
                         "%s admitted, but never served: %s%s; %s",
                         ce_set_text(model->config->arena, never),
                         e->forbids[i].text,
                         place_of(model->config->arena, &e->forbids[i]),
                         e->forbids[i].is_all ? e->forbids[i].change
                         : e->n_lines > 0     ? "take it out here"
                                          : "say what is served with a line");
        }
        left &= ~never;
    }
}

static void
lint_set(ce_model *model, const ce_server *server, const ce_endpoint *e)
{
    const ce_node *line = e->n_lines > 0 ? e->lines[e->n_lines - 1] : NULL;

    if (line == NULL) {
        line = server->node;
    }
    if (e->set == CE_BIT(TLSF_TLSV12) && can_13(model->config)) {
        bool is_words = line != NULL && (line->id == CE_A_SSL_PROTOCOL ||
                                         line->id == CE_N_SSL_PROTOCOLS);

        ce_model_say(model, CE_WARNING, line,
                     "TLSv1.2 alone: TLSv1.3 is switched off%s",
                     !is_words                         ? ""
                     : model->config->kind == CE_NGINX ? "; add TLSv1.3"
                                                       : "; add +TLSv1.3");
    }
    lint_never(model, line, e);
    if (e->set == 0 && model->config->kind == CE_NGINX) {
        ce_model_say(model, CE_WARNING, line,
                     "no protocol is left: every handshake will fail");
    }
}

/* Old versions that may not be served: OpenSSL is not here to be asked. */
static void
lint_doubtful(ce_model *model)
{
    const ce_config *config = model->config;
    unsigned set = 0;

    for (size_t i = 0; i < model->n; i++) {
        for (size_t k = 0; k < model->servers[i].n_endpoints; k++) {
            const ce_endpoint *e = &model->servers[i].endpoints[k];

            if (e->is_tls && !e->is_rejecting && e->why != CE_WHY_UNDECIDED) {
                set |= e->set & e->doubtful;
            }
        }
    }
    if (set != 0) {
        ce_diag_say(config->diag, CE_NOTE, (ce_place){config->main, 0, 0},
                    "which OpenSSL the server uses is not known here: its "
                    "security level, or a cipher list, may still forbid %s",
                    ce_set_text(config->arena, set));
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
            ce_model_say(model, CE_WARNING, n, "has no effect at %.*s: %s",
                         (int)e->address.len, e->address.data,
                         e->is_contextless
                             ? "without a certificate this server has no TLS "
                               "of its own, and the default server of the "
                               "address decides"
                             : "in this version the default server of the "
                               "address decides for all its names");
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

/* A lone file: what is taken for granted of the server it is meant for. */
static bool
lint_granted(ce_model *model, const ce_node *block)
{
    for (const ce_node *n = block->first; n != NULL; n = n->next) {
        if (n->id == CE_A_IF_MODULE &&
            (tlsf_str_find(n->args, TLSF_LIT("mod_ssl.c")) < n->args.len ||
             tlsf_str_find(n->args, TLSF_LIT("ssl_module")) < n->args.len)) {
            ce_model_say(model, CE_NOTE, n,
                         "a lone file does not tell whether mod_ssl is loaded: "
                         "it is read as for a server with mod_ssl");
            return true;
        }
        if (n->is_block && lint_granted(model, n)) {
            return true;
        }
    }
    return false;
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
    lint_doubtful(model);
    lint_branches(model, model->config->root);
    if (model->config->is_fragment) {
        lint_granted(model, model->config->root);
    }
    ce_lint_lines(model);
    ce_lint_twins(model);
    ce_lint_marks(model);
}
