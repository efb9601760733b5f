/* SPDX-License-Identifier: Apache-2.0 */
/* Asks OpenSSL what is possible; called by forbid.c and the models. */
#include "level.h"

#include <stdlib.h>
#include <unistd.h>

#include <openssl/opensslv.h>
#include <openssl/ssl.h>

#include "glob.h"
#include "protocols.h"

#define BEFORE_12                                                              \
    (CE_BIT(TLSF_SSLV3) | CE_BIT(TLSF_TLSV1) | CE_BIT(TLSF_TLSV11))

/* A context as OpenSSL makes it by itself, whatever openssl.cnf says. */
static SSL_CTX *
plain_context(void)
{
    OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    return SSL_CTX_new(TLS_server_method());
}

static ce_library
our_library(void)
{
    ce_library library = {.is_known = true, .is_ours = true};
    SSL_CTX *ctx = plain_context();

    library.is_3 = OpenSSL_version_num() >= 0x30000000UL;
#ifndef OPENSSL_NO_SSL3
    library.has_sslv3 = true;
#endif
    library.level = ctx == NULL ? 1 : SSL_CTX_get_security_level(ctx);
    SSL_CTX_free(ctx);
    return library;
}

static bool
has_file(ce_config *config, const char *pattern)
{
    ce_names names = {NULL, 0, 0};

    ce_glob_nginx(config->files, pattern, &names);
    for (size_t i = 0; i < names.n; i++) {
        const char *path = ce_files_path(config->files, names.list[i]);

        /* A name without a wildcard is its own match. */
        if (path != NULL && access(path, F_OK) == 0) {
            return true;
        }
    }
    return false;
}

/* Distributions build without SSLv3, with at least level 1. */
static ce_library
library_under_root(ce_config *config)
{
    static const struct {
        const char *pattern;
        bool is_3;
    } names[] = {{"/usr/lib/*/libssl.so.3", true},
                 {"/usr/lib64/libssl.so.3", true},
                 {"/usr/lib/libssl.so.3*", true},
                 {"/usr/lib/*/libssl.so.1.1", false},
                 {"/usr/lib64/libssl.so.1.1*", false},
                 {"/lib/libssl.so.1.1*", false}};

    for (size_t i = 0; i < TLSF_COUNTOF(names); i++) {
        if (has_file(config, names[i].pattern)) {
            return (ce_library){
                .is_known = true, .is_3 = names[i].is_3, .level = 1};
        }
    }
    return (ce_library){.is_known = false};
}

ce_library
ce_library_of(ce_config *config)
{
    if (config->is_local) {
        return our_library();
    }
    return config->files->root != NULL ? library_under_root(config)
                                       : (ce_library){.is_known = false};
}

unsigned
ce_level_versions(int level)
{
    return (level >= 2 ? CE_BIT(TLSF_SSLV3) : 0) |
           (level >= 3 ? CE_BIT(TLSF_TLSV1) : 0) |
           (level >= 4 ? CE_BIT(TLSF_TLSV11) : 0);
}

unsigned
ce_level_forbids(const ce_library *library, int level)
{
    return ce_level_versions(level) |
           (library->is_3 && level > 0 ? BEFORE_12 : 0);
}

int
ce_level_of(tlsf_str list)
{
    tlsf_str word = TLSF_LIT("@SECLEVEL=");
    int level = -1;

    while (list.len > 0) {
        size_t at = tlsf_str_find(list, word) + word.len;

        if (at >= list.len) {
            break;
        }
        if (list.data[at] >= '0' && list.data[at] <= '5') {
            level = list.data[at] - '0';
        }
        list = tlsf_str_sub(list, at, list.len - at);
    }
    return level;
}

int
ce_ciphers_lack(ce_arena *arena, tlsf_str list, unsigned *lack)
{
    SSL_CTX *ctx = list.len == 0 ? NULL : plain_context();
    unsigned found = 0;

    *lack = 0;
    if (ctx == NULL) {
        return 0;
    }
    if (SSL_CTX_set_cipher_list(ctx, ce_arena_text(arena, list)) != 1) {
        SSL_CTX_free(ctx);
        return -1;
    }
    STACK_OF(SSL_CIPHER) *ciphers = SSL_CTX_get_ciphers(ctx);
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++) {
        const char *since =
            SSL_CIPHER_get_version(sk_SSL_CIPHER_value(ciphers, i));

        if (strcmp(since, "TLSv1.3") != 0) {
            found |= CE_BIT(TLSF_TLSV12);
        }
        if (strncmp(since, "TLSv1.2", 7) != 0 &&
            strcmp(since, "TLSv1.3") != 0) {
            found |= BEFORE_12;
        }
    }
    SSL_CTX_free(ctx);
    *lack = (BEFORE_12 | CE_BIT(TLSF_TLSV12)) & ~found;
    return 0;
}

bool
ce_library_takes(ce_arena *arena, tlsf_str name, tlsf_str value)
{
    SSL_CONF_CTX *commands = SSL_CONF_CTX_new();
    SSL_CTX *ctx = plain_context();
    const char *command = ce_arena_text(arena, name);

    SSL_CONF_CTX_set_flags(commands, SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_SERVER |
                                         SSL_CONF_FLAG_CLIENT |
                                         SSL_CONF_FLAG_CERTIFICATE);
    SSL_CONF_CTX_set_ssl_ctx(commands, ctx);
    int type = SSL_CONF_cmd_value_type(commands, command);
    bool is_taken =
        type == SSL_CONF_TYPE_FILE || type == SSL_CONF_TYPE_DIR ||
        type == SSL_CONF_TYPE_STORE ||
        (type != SSL_CONF_TYPE_UNKNOWN &&
         SSL_CONF_cmd(commands, command, ce_arena_text(arena, value)) > 0);

    SSL_CONF_CTX_free(commands);
    SSL_CTX_free(ctx);
    return is_taken;
}
