/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration as the server reads it: blocks and the directives that
 * matter, in its own order, over all files. An include or macro leaves no
 * level of its own; its nodes stand where it stood and know through which
 * line they came. A file that is reached twice has nodes for each time.
 *
 *     root
 *       directive            source, span, words
 *       block                span of its opening line; children
 *         directive …
 *
 * Everything else (comments, blanks, directives that do not matter) is in the
 * sources alone, which stay as they are.
 */
#ifndef CE_TREE_H
#define CE_TREE_H

#include "source.h"
#include "token.h"

typedef enum ce_kind { CE_APACHE, CE_NGINX, CE_N_KINDS } ce_kind;

typedef enum ce_id {
    CE_OTHER, /* a block that does not matter by itself */
#define CE_DIRECTIVE(id, kind, name) CE_##id,
#include "data/directives.def"
    CE_N_IDS
} ce_id;

/* Whether the server acts on a node. */
typedef enum ce_taken {
    CE_TAKEN,
    CE_NOT_TAKEN, /* in a branch whose condition does not hold */
    CE_UNDECIDED  /* nothing here can tell */
} ce_taken;

typedef struct ce_node {
    tlsf_str name; /* as written; Apache's blocks with their < */
    ce_id id : 16;
    ce_taken taken : 8;
    bool is_block : 1;
    bool is_macro : 1;   /* text of a macro: the span is its body's line */
    bool is_waiting : 1; /* CE_OTHER without children: not in the tree yet */
    uint32_t at;         /* of the name; files are smaller than CE_MAX_BYTES */
    uint32_t len;        /* to the last byte of the last word, `;` or `>` */
    uint32_t end_at;     /* blocks: of what closes it; 0 while open */
    ce_source *source;
    union {
        tlsf_str args; /* Apache: all after the name, variables replaced */
        struct {       /* nginx: the arguments */
            ce_word *words;
            size_t n_words;
        };
    };
    const char *missing; /* a variable in args without a value; NULL: none */
    const struct ce_node *via; /* the Include, Use or include; NULL: none */
    struct ce_node *parent;
    struct ce_node *first;
    struct ce_node *last;
    struct ce_node *next;
} ce_node;

/* "apache", "nginx" */
const char *ce_kind_name(ce_kind kind);

/* The row of a name; CE_OTHER when it does not matter. */
ce_id ce_tree_find(ce_kind kind, tlsf_str name);

/* Whether it is one of Apache's conditional sections. */
bool ce_id_is_condition(ce_id id);

/*
 * A new last child of `parent`, which may be NULL (the root). A block that does
 * not matter (CE_OTHER) is put into the tree with its first child that does.
 */
ce_node *ce_tree_add(ce_arena *arena, ce_node *parent, ce_id id);

/* The node behind another in the order of reading; NULL at the end. */
const ce_node *ce_node_next(const ce_node *node);

/* Where a node is written. */
ce_place ce_node_place(ce_arena *arena, const ce_node *node);

#endif
