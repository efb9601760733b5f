/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cipher list and the security level of a TLS context, by the lines that
 * set them, and what they rule out: the records of ce_endpoint.forbids.
 * Between the two models and model.c; others include model.h.
 *
 * Both servers take a context from OpenSSL (with openssl.cnf applied), put
 * their cipher list in, and then the commands of OpenSSL's own configuration.
 * The last list counts; the level is that of the last list that names one.
 */
#ifndef CE_FORBID_H
#define CE_FORBID_H

#include "level.h"
#include "map.h"
#include "model_parts.h"
#include "openssl_conf.h"

#define CE_LEVELS 6 /* OpenSSL's security levels: 0 to 5 */

/* What all contexts of a configuration begin with. */
typedef struct ce_platform {
    ce_library library;
    ce_openssl_conf conf;
    const ce_setting *level; /* the line of openssl.cnf; NULL: none */
    unsigned off; /* switched off by its Protocol; Apache leaves it so */
    const ce_setting *protocol;
    ce_map lacks;                   /* what each cipher list has nothing for */
    const char *asks[CE_LEVELS];    /* texts of the records, by level */
    const char *instead[CE_LEVELS]; /* their changes */
    const char *own[CE_LEVELS];
    ce_forbid *known; /* records of the last endpoint, for the next … */
    size_t n_known;
    const ce_node *known_lines[3]; /* … whose lines are the same */
    int known_levels[2];
    unsigned known_off;
} ce_platform;

typedef struct ce_suites {
    tlsf_str list;            /* NULL data: the server's own */
    const ce_node *list_line; /* that gives it */
    int level;
    const ce_node *level_line; /* that asks for the level; NULL: no line of
                                  the server */
} ce_suites;

/* Read what the model's contexts begin with. */
void ce_platform_read(ce_model *model);

ce_suites ce_suites_begin(const ce_model *model);

/* A line with a cipher list. */
void ce_suites_take(ce_model *model, ce_suites *suites, const ce_node *line,
                    tlsf_str list);

/*
 * Say so when OpenSSL refuses a command of its configuration, for then the
 * server does not start.
 */
void ce_forbid_check(ce_model *model, const ce_node *line, tlsf_str name,
                     tlsf_str value);

/*
 * Fill an endpoint's forbids, unreachable and doubtful.
 *
 *   suites   of the context that a connection ends with
 *   early    of the context in which the version is chosen
 *   off      versions that Protocol of openssl.cnf takes away in the end
 */
void ce_endpoint_forbid(ce_model *model, ce_endpoint *endpoint,
                        const ce_suites *suites, const ce_suites *early,
                        unsigned off);

/*
 * The same, with what fails every handshake: before it reads anything, OpenSSL
 * looks whether the cipher list has something for the highest version below
 * the lowest gap of what is admitted.
 *
 *   limits, suites   of the context in which a connection begins
 *
 * Source: tls_setup_handshake, ssl_get_min_max_version (OpenSSL, ssl/statem).
 */
void ce_endpoint_gap(ce_model *model, ce_endpoint *endpoint, ce_limits limits,
                     const ce_suites *suites);

#endif
