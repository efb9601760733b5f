/* SPDX-License-Identifier: Apache-2.0 */
/* What mod_ssl makes of a scope's lines; called by model_apache.c. */
#include "apache_parts.h"

#include "tlsf_err.h"

/* Words that need an OpenSSL with SSLv3; -SSLv3 is legal everywhere. */
static void
check_sslv3(ce_apache *a, const ce_node *node)
{
    const ce_library *library = &a->model->platform->library;
    size_t at = 0;
    ce_word word;

    while (library->is_ours && !library->has_sslv3 &&
           ce_lex_apache_word(a->arena, node->args, &at, &word)) {
        if (tlsf_str_eq_nocase(word.value, TLSF_LIT("SSLv3")) ||
            tlsf_str_eq_nocase(word.value, TLSF_LIT("+SSLv3"))) {
            ce_model_say(a->model, CE_ERROR, node,
                         "this OpenSSL has no SSLv3; Apache does not start: "
                         "take the word away");
        }
    }
}

/* What a line says; a set of 0 with a reason: unknown or refused. */
static unsigned
evaluate(ce_apache *a, const ce_node *node, const char **reason)
{
    tlsf_str bad = {NULL, 0};
    unsigned set;
    unsigned resets;

    *reason = NULL;
    if (node->missing != NULL) {
        *reason = ce_arena_format(a->arena,
                                  "${%s} has no value here; give it with "
                                  "-D %s=VALUE",
                                  node->missing, node->missing);
        return 0;
    }
    if (ce_apache_protocols(a->arena, node->args, &set, &resets, &bad) !=
        TLSF_OK) {
        ce_model_say(a->model, CE_ERROR, node,
                     "Apache knows no protocol “%.*s”; it does not start",
                     (int)bad.len, bad.data);
        *reason = "Apache refuses this line";
        return 0;
    }
    check_sslv3(a, node);
    if (resets > 0) {
        ce_model_say(a->model, CE_WARNING, node,
                     "a word without + or - forgets all before it: this "
                     "means %s alone; to add, put + before the word",
                     ce_set_text(a->arena, set));
    }
    if (set == 0) {
        ce_model_say(a->model, CE_WARNING, node,
                     "no protocol is left: Apache's test accepts this, its "
                     "start does not");
    }
    return set;
}

static void
apply_commands(ce_apache *a, const ce_nodes *commands, ce_apache_context *c,
               ce_limits *real)
{
    for (size_t i = 0; i < commands->n; i++) {
        const ce_node *node = commands->list[i];
        unsigned before = ce_limits_admit(c->limits);
        ce_word name = {{NULL, 0}, 0, 0};
        ce_word value = {{NULL, 0}, 0, 0};
        size_t at = 0;

        ce_lex_apache_word(a->arena, node->args, &at, &name);
        ce_lex_apache_word(a->arena, node->args, &at, &value);
        if (node->missing != NULL) {
            c->reason = "a value of SSLOpenSSLConfCmd is not known here";
        } else if (ce_limits_command(&c->limits, name.value, value.value) > 0) {
            ce_limits_command(real, name.value, value.value);
        } else if (tlsf_str_eq_nocase(name.value, TLSF_LIT("CipherString"))) {
            ce_suites_take(a->model, &c->suites, node, value.value);
        }
        if (ce_limits_admit(c->limits) != before) {
            c->why = CE_WHY_COMMAND;
            ce_nodes_add(a->arena, &c->lines, node);
        }
    }
}

/* SSLCipherSuite [SSL] LIST; lists for TLSv1.3 were left out before. */
static void
take_ciphers(ce_apache *a, const ce_scope *s, ce_suites *suites)
{
    const ce_node *node = s->ciphers != NULL ? s->ciphers : a->main.ciphers;
    ce_word word = {{NULL, 0}, 0, 0};
    ce_word second;
    size_t at = 0;

    if (node == NULL || node->missing != NULL) {
        return;
    }
    ce_lex_apache_word(a->arena, node->args, &at, &word);
    if (ce_lex_apache_word(a->arena, node->args, &at, &second)) {
        word = second;
    }
    ce_suites_take(a->model, suites, node, word.value);
}

/* The line about protocols that counts, and what it says. */
static unsigned
take_protocol(ce_apache *a, const ce_scope *s, ce_apache_context *c)
{
    const ce_scope *from =
        s->protocol != NULL || s->doubt != NULL ? s : &a->main;
    unsigned set = CE_ALL & ~CE_BIT(TLSF_SSLV3);

    if (from->protocol != NULL) {
        set = evaluate(a, from->protocol, &c->reason);
        c->is_set = true;
        c->why = from == s ? CE_WHY_OWN : CE_WHY_OUTER;
        ce_nodes_add(a->arena, &c->lines, from->protocol);
    }
    if (from->doubt != NULL) {
        ce_nodes_add(a->arena, &c->lines, from->doubt);
        c->reason = from->doubt == from->unread
                        ? "an include in it is not followed: whether the "
                          "server does cannot be decided here"
                        : "whether this line is read depends on a condition "
                          "that cannot be decided here";
    }
    return set;
}

static void
take_unsure(const ce_scope *s, ce_apache_context *c)
{
    if (s->unsure != NULL) {
        c->reason = s->unsure->id == CE_A_SSL_POLICY
                        ? "what SSLPolicy stands for is not known here"
                    : s->unsure->missing != NULL
                        ? "a variable in a line about TLS has no value here"
                        : "whether a line about TLS is read depends on a "
                          "condition that cannot be decided here";
    }
}

ce_apache_context
ce_apache_context_of(ce_apache *a, const ce_scope *s)
{
    ce_apache_context c = {.why = CE_WHY_DEFAULT,
                           .suites = ce_suites_begin(a->model)};
    unsigned set = take_protocol(a, s, &c);

    c.is_none = set == 0;
    c.limits = ce_apache_limits(set);
    take_ciphers(a, s, &c.suites);

    /* What OpenSSL's configuration switched off stays so until a command. */
    ce_limits real = c.limits;
    real.off |= a->model->platform->off;
    apply_commands(a, &a->main.commands, &c, &real);
    if (s != &a->main) {
        apply_commands(a, &s->commands, &c, &real);
        take_unsure(&a->main, &c);
    }
    take_unsure(s, &c);
    c.off = real.off & ~c.limits.off;
    return c;
}
