/* SPDX-License-Identifier: Apache-2.0 */
/* Between plan.c and its parts; others include plan.h. */
#ifndef CE_PLAN_PARTS_H
#define CE_PLAN_PARTS_H

#include "lex_apache.h"
#include "plan.h"

/* A line that is to be edited. */
typedef struct ce_site {
    const ce_config *config;
    const ce_node *node;
    unsigned goal;    /* of the endpoint that leads here */
    unsigned missing; /* what it does not have yet */
    unsigned extra;   /* what it has and shall not */
    bool is_first;    /* nginx: of the lines that add up, the one to grow */
} ce_site;

/* Whether a line says which protocols a server has for its clients. */
bool ce_plan_is_protocols(const ce_node *node);

void ce_plan_say(ce_plan *plan, ce_level level, const ce_node *node,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

void ce_plan_draft(ce_plan *plan, ce_draft draft);

/* A draft that replaces len bytes at `at` in a directive [from, to). */
void ce_plan_replace(ce_plan *plan, ce_kind kind, ce_source *source,
                     size_t from, size_t to, ce_edit edit);

/*
 * Apache: the last line of a scope, the conditions in it included, whose name
 * is `id` and whose arguments begin with `begin`; NULL: none.
 */
const ce_node *ce_plan_last(const ce_node *block, ce_id id, const char *begin);

/*
 * Drafts for a target, at the lines that decide.
 *
 * Returns NULL, or why that cannot be done.
 */
const char *ce_plan_target(ce_plan *plan, const ce_target *target);

/*
 * Drafts for a line with protocols, at the place where they are written.
 *
 * Returns NULL, or why that cannot be done.
 */
const char *ce_plan_apache(ce_plan *plan, const ce_site *site);
const char *ce_plan_nginx(ce_plan *plan, const ce_site *site);

/* The same for a command of OpenSSL's configuration (MinProtocol, Protocol). */
const char *ce_plan_command(ce_plan *plan, const ce_site *site);

/*
 * Whether a target is as it shall be once its lines with protocols are, with
 * its commands and this one as they stand.
 */
bool ce_plan_suffices(ce_plan *plan, const ce_target *target,
                      const ce_node *command);

/* The two words of such a line. */
void ce_plan_words(ce_arena *arena, const ce_node *line, tlsf_str *name,
                   tlsf_str *value);

/* Whether such a command of Apache switches any of a set on. */
bool ce_plan_switches_on(ce_arena *arena, const ce_node *node, unsigned set);

/* The same for a target that the server's default decides: a new line. */
const char *ce_plan_insert(ce_plan *plan, const ce_target *target);

/*
 * For lower: take the newest annotations at lines with protocols back, where
 * they are ours and whole, when the old texts give the floor, nothing that was
 * not asked for, and take no version away.
 *
 *   goal   what the lines shall say together
 *
 * Returns whether that was done.
 */
bool ce_plan_back(ce_plan *plan, ce_kind kind, const ce_node *const *lines,
                  size_t n, unsigned goal);

/* --outbound. */
void ce_plan_outbound(ce_plan *plan);

/*
 * Whether what is asked of other servers changed as the goal says and not
 * otherwise.
 *
 * Returns NULL, or why not.
 */
const char *ce_plan_outbound_holds(const ce_plan *plan, size_t config,
                                   const ce_shape *after);

/* The shape of a model. */
void ce_shape_of(ce_arena *arena, const ce_run *run, const ce_model *model,
                 ce_shape *shape);

/* Lines about protocols that are not read today. */
void ce_plan_branches(ce_plan *plan);

/* Edits in a text, in its order. */
typedef struct ce_snip {
    size_t at;
    size_t len;
    const char *text;
} ce_snip;

typedef struct ce_snips {
    ce_snip *list;
    size_t n;
    size_t room;
} ce_snips;

/*
 * The snips that make the arguments of SSLProtocol mean `want`.
 *
 *   known   versions that the server's release knows
 *
 * Returns false when Apache refuses the arguments as they are.
 */
bool ce_words_apache(ce_arena *arena, tlsf_str args, const ce_goal *goal,
                     unsigned known, ce_snips *snips);

/* What is left of a text with its snips. */
tlsf_str ce_snips_apply(ce_arena *arena, tlsf_str text, const ce_snips *snips);

/* A whole value for SSLProtocol. */
const char *ce_words_value(ce_arena *arena, unsigned want, bool is_explicit,
                           unsigned known);

#endif
