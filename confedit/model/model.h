/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the server does with the configuration: for every virtual host, at
 * every address it listens on, which protocols it admits, which line decides
 * that, and why that line. The same for both servers.
 *
 *     server "a.example", at its <VirtualHost> or server {
 *       endpoint *:443    TLSv1.2 TLSv1.3, by conf.d/a.conf:12, own line
 *
 * A lone file whose own lines decide for none of its servers has one more,
 * "(this file)": what those that include it are given.
 *
 * Where the answer depends on something unknown (the server's version, a value
 * of an environment), the endpoint is undecided: no set, and a sentence says
 * what is missing.
 */
#ifndef CE_MODEL_H
#define CE_MODEL_H

#include "include.h"
#include "protocols.h"

/* Why the deciding line decides. */
typedef enum ce_why {
    CE_WHY_OWN,       /* the server's own line */
    CE_WHY_OUTER,     /* no own line: that of the outer level */
    CE_WHY_DEFAULT,   /* no line at all: the server's built-in default */
    CE_WHY_FIRST,     /* Apache: no line here; the address's first host's */
    CE_WHY_ADDRESS,   /* nginx before 1.29.2: the default server's */
    CE_WHY_COMMAND,   /* a command of OpenSSL's own configuration */
    CE_WHY_UNDECIDED, /* not known */
    CE_N_WHYS
} ce_why;

/*
 * What makes versions impossible although the server's lines admit them (or
 * would): a cipher list, OpenSSL's configuration, OpenSSL itself.
 */
typedef struct ce_forbid {
    unsigned set;        /* the versions, admitted or not */
    const ce_node *line; /* the server's line; NULL: none of the server's */
    ce_place place;      /* where it is written; no file: nowhere */
    const char *text;    /* a clause: "this cipher list asks for …" */
    const char *change;  /* what would allow them, for people to do */
    bool is_all;         /* all that this endpoint admits: every handshake
                            fails */
} ce_forbid;

typedef struct ce_endpoint {
    tlsf_str address; /* "*:443" */
    unsigned port;    /* 0: none (unix:) or not known */
    bool is_tls;
    bool is_starttls;     /* TLS is begun by a command: mail's STARTTLS,
                             Apache's SSLEngine optional */
    bool is_default;      /* of the address: no name, or an unknown one */
    bool is_rejecting;    /* handshakes for this name are turned down */
    bool is_contextless;  /* nginx from 1.29.2 on: it has no certificate, so
                             its own lines about TLS have no effect */
    bool is_anywhere;     /* a lone file's own level: wherever it is included;
                             it cannot be visited */
    unsigned set;         /* what is admitted */
    unsigned own;         /* what the host by itself would admit */
    unsigned unreachable; /* of these: what OpenSSL forbids */
    unsigned doubtful;    /* versions, admitted or not, that OpenSSL may forbid:
                             which one the server uses is not known here */
    ce_why why;
    const ce_node **lines; /* that decide, in the server's order */
    size_t n_lines;        /* 0: the default decides */
    const char *reason;    /* of CE_WHY_UNDECIDED */
    tlsf_str ciphers;      /* that count; NULL: the default */
    const ce_forbid *forbids;
    size_t n_forbids; /* 0 also where the library is not known */
} ce_endpoint;

typedef struct ce_server {
    const ce_node *node; /* NULL: Apache's main server, or "(this file)" */
    const char *context; /* "http", "stream", "mail" */
    tlsf_str *names;     /* the first is the server's own; may be none */
    size_t n_names;
    ce_endpoint *endpoints;
    size_t n_endpoints;
} ce_server;

typedef struct ce_model {
    ce_config *config;
    struct ce_platform *platform; /* OpenSSL; forbid.h */
    ce_server *servers;
    size_t n;
    size_t room;
} ce_model;

/*
 * Build the model of a configuration that was read. What is remarkable goes
 * to the configuration's diag.
 */
void ce_model_build(ce_model *model, ce_config *config);

/* A sentence part for people: "its own line". */
const char *ce_why_text(ce_why why);

/* A short name for machines: "own". */
const char *ce_why_name(ce_why why);

/* Whether any endpoint serves TLS below the floor, or is undecided. */
bool ce_endpoint_is_below(const ce_endpoint *endpoint, tlsf_version floor);

#endif
