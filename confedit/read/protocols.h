/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the servers' words for protocols mean. A set has one bit per
 * tlsf_version, CE_BIT(TLSF_TLSV12).
 *
 * Apache's SSLProtocol is an algebra read from left to right: `+X` adds, `-X`
 * takes away, a bare word forgets all before it. Of what results the server
 * uses the unbroken run down from the highest: no holes. nginx's ssl_protocols
 * adds words up, over all lines of one level; holes are possible.
 *
 * Source: ssl_cmd_protocol_parse, ssl_init_ctx_protocol (mod_ssl);
 * ngx_http_ssl_protocols, ngx_ssl_create (nginx); SSL_CONF_cmd(3).
 */
#ifndef CE_PROTOCOLS_H
#define CE_PROTOCOLS_H

#include "arena.h"
#include "tlsf_version.h"

#define CE_BIT(v) (1U << (unsigned)(v))

/* All that are no longer in use at all, and all that a server can do. */
#define CE_ALL                                                                 \
    (CE_BIT(TLSF_SSLV3) | CE_BIT(TLSF_TLSV1) | CE_BIT(TLSF_TLSV11) |           \
     CE_BIT(TLSF_TLSV12) | CE_BIT(TLSF_TLSV13))

/* What a context of OpenSSL admits: a range without what is switched off. */
typedef struct ce_limits {
    unsigned off; /* set of versions */
    tlsf_version min;
    tlsf_version max;
} ce_limits;

/* The versions that the limits admit. */
unsigned ce_limits_admit(ce_limits limits);

/*
 * Evaluate the arguments of SSLProtocol, variables replaced.
 *
 *   set        the result of the words; may be empty
 *   resets     how many bare words forgot something before them
 *   bad        a word that Apache refuses, when the result is TLSF_EINVAL
 */
int ce_apache_protocols(ce_arena *arena, tlsf_str args, unsigned *set,
                        unsigned *resets, tlsf_str *bad);

/* The limits that mod_ssl makes of a set; it must not be empty. */
ce_limits ce_apache_limits(unsigned set);

/* The bit of a word of ssl_protocols in any case; 0: nginx refuses it. */
unsigned ce_nginx_protocol(tlsf_str word);

/* The limits that nginx makes of a set. */
ce_limits ce_nginx_limits(unsigned set);

/* Without any ssl_protocols line: what this release of nginx does. */
unsigned ce_nginx_default(const unsigned release[3]);

/*
 * Apply one command of OpenSSL's own configuration (ssl_conf_command,
 * SSLOpenSSLConfCmd).
 *
 * Returns 1 when it changed what may be limited, 0 when it is about something
 * else, -1 when OpenSSL refuses the value.
 */
int ce_limits_command(ce_limits *limits, tlsf_str name, tlsf_str value);

/* "TLSv1.2 TLSv1.3"; "none" for the empty set. */
const char *ce_set_text(ce_arena *arena, unsigned set);

#endif
