/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What OpenSSL itself rules out although the server's own lines admit it: by
 * the security level, and because a cipher list has nothing for a version.
 *
 *     level   OpenSSL 3 has no        1.1.1 has no
 *     0
 *     1       TLSv1.1 and older (*)
 *     2                               SSLv3
 *     3                               TLSv1
 *     4                               TLSv1.1
 *
 * (*) Their handshakes are signed with SHA-1 or MD5. The version by itself is
 * judged as 1.1.1 does it, and that before a name has chosen the host.
 *
 * Source: SSL_CTX_set_security_level(3); OpenSSL 3.0 CHANGES; tried with both.
 */
#ifndef CE_LEVEL_H
#define CE_LEVEL_H

#include "include.h"

/* The OpenSSL that a server uses. */
typedef struct ce_library {
    bool is_known; /* the rest is */
    bool is_ours;  /* this machine's: its functions may be asked */
    bool is_3;     /* 3.0 or later */
    bool has_sslv3;
    int level; /* without any line that says otherwise */
} ce_library;

/*
 * This machine's library for its own server; under a root what libssl's name
 * tells; otherwise not known.
 */
ce_library ce_library_of(ce_config *config);

/* The versions that a level rules out, a set of CE_BIT (protocols.h). */
unsigned ce_level_forbids(const ce_library *library, int level);

/* Of these, what is ruled out before a name has chosen the host. */
unsigned ce_level_versions(int level);

/* The level that a cipher list asks for (@SECLEVEL=2); -1: none. */
int ce_level_of(tlsf_str list);

/*
 * The versions for which a cipher list has nothing.
 *
 *   list   as the server gives it to OpenSSL; "" and NULL data are no list
 *
 * Returns 0, or -1 when this machine's OpenSSL refuses the list.
 */
int ce_ciphers_lack(ce_arena *arena, tlsf_str list, unsigned *lack);

/*
 * Whether this machine's OpenSSL takes a command of its configuration with
 * that value (ssl_conf_command, SSLOpenSSLConfCmd). Those that name files are
 * not tried.
 */
bool ce_library_takes(ce_arena *arena, tlsf_str name, tlsf_str value);

#endif
