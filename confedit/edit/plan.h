/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what the servers do and what is asked for to drafts of edits at the
 * lines that decide:
 *
 *     target     an endpoint that speaks TLS: its set, and what it shall be
 *     draft      an edit in a deciding line, or a line that is inserted where
 *                the server's default decides
 *
 * Nothing is judged here but the lines themselves; whether the drafts reach
 * the goal is for the proof to tell (proof.h).
 */
#ifndef CE_PLAN_H
#define CE_PLAN_H

#include "run.h"
#include "edit.h"
#include "goal.h"

/* A line of a file, whatever becomes of the tree. */
typedef struct ce_anchor {
    ce_source *source; /* NULL: none */
    size_t at;
} ce_anchor;

/* What is known of a server when its tree is gone. */
typedef struct ce_party {
    tlsf_str *names;
    size_t n_names;
    const char *context;
    ce_anchor at; /* none: Apache's main server */
} ce_party;

typedef struct ce_target {
    /* These are only there as long as what was read is. */
    const ce_server *server;
    const ce_endpoint *endpoint;

    /* These stay. */
    const ce_party *party;
    tlsf_str address;
    const char *reason; /* of CE_WHY_UNDECIDED */
    ce_anchor *lines;   /* that decide */
    unsigned n_lines;
    unsigned config; /* index into the run's */
    ce_why why;
    unsigned before; /* what it serves */
    unsigned goal;   /* what it shall be; what it is, when not chosen */
    unsigned after;  /* filled by the proof; as before where it serves nobody */
    bool is_chosen;  /* by --vhost */
    bool serves_nobody; /* turns all handshakes down: what it would admit may
                           change with the lines of others */
    bool is_left;       /* cannot be decided or edited: stays as it is */
    bool is_failed;     /* filled by the proof */
} ce_target;

/* What must be the same after the edits, of one configuration. */
typedef struct ce_shape {
    ce_text endpoints;  /* T with TLS, R that rejects, - without, / behind each
                           server */
    unsigned *outbound; /* what each line about other servers asks of them */
    size_t n;
    size_t room;
    uint64_t nodes; /* checksum of all lines but those that edits change */
} ce_shape;

typedef struct ce_plan {
    ce_run *run;
    const ce_goal *goal;
    ce_arena *arena; /* that of the run's trees; then what is kept has one */
    ce_diag *diag;   /* what is left alone, and why */
    ce_target *targets;
    size_t n;
    ce_shape *shapes; /* one for each configuration */
    ce_drafts drafts;
    bool is_refused;      /* nothing may be written; said to the diag */
    bool has_backs;       /* annotations are taken back */
    bool has_no_backs;    /* annotations are not taken back, words are edited */
    ce_model *after;      /* filled by the proof: as everything will be; NULL
                             when the run's trees were let go */
    size_t n_left;        /* what was left alone although it should change */
    const ce_node *block; /* nginx: asked last whether a line fits there */
    bool block_fits;
    const ce_node *main; /* Apache: the main server asked for a MinProtocol */
    const ce_node *main_min;
    const ce_node *main_protocol;
    const char *define; /* Apache: the variable asked for last */
    const ce_node *define_at;
} ce_plan;

/*
 * Make the drafts.
 *
 *   has_no_backs   edit words even where an annotation could be taken back
 */
void ce_plan_make(ce_plan *plan, ce_run *run, const ce_goal *goal,
                  bool has_no_backs);

/*
 * Copy what is needed from now on, so that the run's trees may be let go. In
 * targets all but server and endpoint is there then.
 */
void ce_plan_keep(ce_plan *plan);

/* The name of a server for people, and "(file:line)" when it has none. */
const char *ce_plan_name(ce_arena *arena, const ce_server *server);
const char *ce_party_name(ce_arena *arena, const ce_party *party);

/* Where an anchor is; no file when it is none. */
ce_place ce_anchor_place(ce_arena *arena, ce_anchor anchor);

#endif
