/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What openssl.cnf makes of every TLS context on a machine: the section that
 * its key system_default leads to.
 *
 *     openssl_conf = init            nginx from 1.25.2 on looks for `nginx`
 *     [init]                         first
 *     ssl_conf = ssl
 *     [ssl]
 *     system_default = tls
 *     [tls]
 *     MinProtocol = TLSv1.2          both servers put their own in its place
 *     Protocol = -TLSv1.1            holds for Apache, nginx clears it
 *     CipherString = ...@SECLEVEL=2  the level stays until a cipher list of
 *                                    the server has another
 *
 * A distribution's policy arrives by `.include`.
 *
 * Source: config(5), SSL_CTX_config(3); ssl_mcnf.c (OpenSSL);
 * ssl_init_ctx_protocol (mod_ssl); ngx_ssl_init, ngx_ssl_create (nginx).
 */
#ifndef CE_OPENSSL_CONF_H
#define CE_OPENSSL_CONF_H

#include "include.h"

/* A line of the section. */
typedef struct ce_setting {
    tlsf_str name; /* without what stands before a dot (TLS.MinProtocol) */
    tlsf_str value;
    ce_place place;
} ce_setting;

typedef struct ce_openssl_conf {
    ce_setting *list; /* in the order of reading; the last of a name counts */
    size_t n;
    size_t room;
} ce_openssl_conf;

/*
 * Read the file that the server of a configuration would read.
 *
 *   config   decides which file: what OPENSSL_CONF names in the server's
 *            environment, else that of this machine's OpenSSL; under a root
 *            the distributions' places. Nothing is read for a server of
 *            another machine without a root.
 *   conf     filled; empty when there is no file or no such section
 */
void ce_openssl_conf_read(ce_config *config, ce_openssl_conf *conf);

/* The line that counts for a name in any case, or NULL. */
const ce_setting *ce_openssl_conf_find(const ce_openssl_conf *conf,
                                       const char *name);

#endif
