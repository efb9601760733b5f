/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates of a test, made in memory. */
#ifndef THROW_AWAY_KEYS_H
#define THROW_AWAY_KEYS_H

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <check.h>

static X509 *
self_signed(EVP_PKEY *key)
{
    X509 *x = X509_new();

    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), 0);
    X509_gmtime_adj(X509_getm_notAfter(x), 86400);
    X509_set_pubkey(x, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                               (const unsigned char *)"a.test", -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    ck_assert_int_gt(X509_sign(x, key, EVP_sha256()), 0);
    return x;
}

static EVP_PKEY *
generate(int type)
{
    EVP_PKEY_CTX *gen = EVP_PKEY_CTX_new_id(type, NULL);
    EVP_PKEY *key = NULL;

    ck_assert_int_eq(EVP_PKEY_keygen_init(gen), 1);
    if (type == EVP_PKEY_RSA) {
        EVP_PKEY_CTX_set_rsa_keygen_bits(gen, 2048);
    } else {
        EVP_PKEY_CTX_set_ec_paramgen_curve_nid(gen, NID_X9_62_prime256v1);
    }
    ck_assert_int_eq(EVP_PKEY_keygen(gen, &key), 1);
    EVP_PKEY_CTX_free(gen);
    return key;
}

#endif
