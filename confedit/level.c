/* SPDX-License-Identifier: Apache-2.0 */
/* Asks OpenSSL what a cipher list leaves possible; called by cmd.c. */
#include "level.h"

#include <openssl/opensslv.h>
#include <openssl/ssl.h>

#include "protocols.h"

unsigned
ce_level_forbids(ce_arena *arena, tlsf_str ciphers, int *level)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    unsigned set = 0;

    *level = -1;
    if (ctx == NULL) {
        return 0;
    }
    if (ciphers.data == NULL ||
        SSL_CTX_set_cipher_list(ctx, ce_arena_text(arena, ciphers)) == 1) {
        *level = SSL_CTX_get_security_level(ctx);
    }
    if (*level > 0 && OpenSSL_version_num() >= 0x30000000UL) {
        set = CE_BIT(TLSF_SSLV3) | CE_BIT(TLSF_TLSV1) | CE_BIT(TLSF_TLSV11);
    }
#ifdef OPENSSL_NO_SSL3
    set |= CE_BIT(TLSF_SSLV3);
#endif
    SSL_CTX_free(ctx);
    return set;
}
