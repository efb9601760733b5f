/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenSSL's security level: what it forbids although the server's own lines
 * admit it. Known only for this machine's library, so never asked under a
 * root. Since OpenSSL 3.0 every level but 0 rules out versions before TLS 1.2,
 * whose handshakes are signed with SHA-1.
 *
 * Source: SSL_CTX_set_security_level(3); OpenSSL 3.0 CHANGES.
 */
#ifndef CE_LEVEL_H
#define CE_LEVEL_H

#include "arena.h"
#include "tlsf_version.h"

/*
 * The versions that this machine's OpenSSL cannot serve with a cipher list.
 *
 *   ciphers   a list with or without @SECLEVEL; NULL data: the default
 *   level     the security level that results; -1 when the list is refused
 *
 * Returns a set of CE_BIT (protocols.h).
 */
unsigned ce_level_forbids(ce_arena *arena, tlsf_str ciphers, int *level);

#endif
