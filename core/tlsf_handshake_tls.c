/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contexts: what a virtual host's SSL_CTX admits by itself, and what a hello
 * lacks there. Called at start by the adapters and per old hello by
 * tlsf_handshake.c.
 */
#include "tlsf_handshake.h"

#include <openssl/objects.h>

#define NO_PROTOCOL_BITS                                                       \
    (SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 |                   \
     SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3)

/* The bit that switches a version off; 0 for what has none. */
static uint64_t
no_bit(tlsf_version version)
{
    switch (version) {
    case TLSF_SSLV3:
        return SSL_OP_NO_SSLv3;
    case TLSF_TLSV1:
        return SSL_OP_NO_TLSv1;
    case TLSF_TLSV11:
        return SSL_OP_NO_TLSv1_1;
    case TLSF_TLSV12:
        return SSL_OP_NO_TLSv1_2;
    case TLSF_TLSV13:
        return SSL_OP_NO_TLSv1_3;
    case TLSF_SSLV2:
    case TLSF_VERSION_OTHER:
    case TLSF_N_VERSIONS:
        break;
    }
    return 0;
}

/* With none (loaded per connection from variables) both kinds are assumed. */
static void
record_certificates(tlsf_tls *tls, SSL *ssl)
{
    if (SSL_set_current_cert(ssl, SSL_CERT_SET_FIRST) == 1) {
        do {
            EVP_PKEY *key = SSL_get_privatekey(ssl);
            int type = key == NULL ? EVP_PKEY_NONE : EVP_PKEY_base_id(key);

            tls->has_rsa |= type == EVP_PKEY_RSA;
            tls->has_ecdsa |= type == EVP_PKEY_EC;
        } while (SSL_set_current_cert(ssl, SSL_CERT_SET_NEXT) == 1);
    }
    if (!tls->has_rsa && !tls->has_ecdsa) {
        tls->has_rsa = true;
        tls->has_ecdsa = true;
    }
}

/*
 * Below TLS 1.2 an RSA certificate signs with MD5 and SHA-1, an ECDSA one with
 * SHA-1. Their strength in bits as OpenSSL counts it: by digest length, and
 * from 3.0 on by what collisions cost (ssl/t1_lib.c, sigalg_security_bits).
 */
static bool
level_forbids(const tlsf_tls *tls, const SSL *ssl, tlsf_version version,
              bool is_rsa)
{
    bool is_old_count = OpenSSL_version_num() < 0x30000000UL;
    int bits = is_rsa ? (is_old_count ? 144 : 67) : (is_old_count ? 80 : 64);
    int nid = is_rsa ? NID_md5_sha1 : NID_sha1;
    unsigned char sha1[2] = {0x02, is_rsa ? 0x01 : 0x03};

    if (!tls->security(ssl, NULL, SSL_SECOP_VERSION, 0,
                       (int)tlsf_version_wire(version), NULL,
                       tls->security_ex)) {
        return true;
    }
    return version < TLSF_TLSV12 &&
           !tls->security(ssl, NULL, SSL_SECOP_SIGALG_SUPPORTED, bits, nid,
                          sha1, tls->security_ex);
}

/*
 * A throw-away SSL answers for the context: walking its certificates there
 * would move the server's "current certificate", and OpenSSL's own security
 * callback wants an SSL for versions.
 */
static void
record_abilities(tlsf_tls *tls)
{
    SSL *ssl = SSL_new(tls->ctx);

    if (ssl == NULL) {
        return;
    }
    record_certificates(tls, ssl);
    for (tlsf_version v = TLSF_SSLV3; v <= TLSF_TLSV13; v++) {
        tls->is_rsa_forbidden[v] = level_forbids(tls, ssl, v, true);
        tls->is_ecdsa_forbidden[v] = level_forbids(tls, ssl, v, false);
    }
    SSL_free(ssl);
}

/*
 * Whether opening the context is all that lets this version in here. Nothing
 * else is minded: what a connection did not get from an opened context is
 * still minded by OpenSSL itself. The protocol bits come with every switch;
 * the minimum only where the server copies it, which shows on the SSL.
 */
static bool
is_shut(const tlsf_tls *tls, const SSL *ssl, tlsf_version version)
{
    if (tls->open_min == 0 || version > TLSF_TLSV12) {
        return false;
    }
    if ((tls->options & no_bit(version)) != 0) {
        return true;
    }
    /* OpenSSL wants a non-const SSL for a question. */
    return SSL_get_min_proto_version((SSL *)(uintptr_t)ssl) == tls->open_min &&
           (int)tlsf_version_wire(version) < tls->min;
}

/*
 * OpenSSL asks this about every version, cipher and signature. Per connection
 * some forty calls, so nothing is looked up that the answer does not need.
 */
static int
security(const SSL *ssl, const SSL_CTX *ctx, int op, int bits, int nid,
         void *other, void *ex)
{
    const tlsf_tls *tls = ex;
    const tlsf_handshake *h = ssl == NULL ? NULL : tlsf_handshake_of(ssl);

    if (ssl != NULL && op == SSL_SECOP_VERSION) {
        tlsf_version version = tlsf_version_of_wire((unsigned)nid);

        if (h != NULL && h->is_rescued && version == h->rescue_at) {
            return 1;
        }
        if ((h != NULL && version < h->refuse_below) ||
            is_shut(tls, ssl, version)) {
            return 0;
        }
    } else if (h != NULL && h->is_level_lowered) {
        /* Level 0, as OpenSSL itself has it: all but weak ephemeral DH. */
        return op != SSL_SECOP_TMP_DH || bits >= 80;
    }
    return tls->security(ssl, ctx, op, bits, nid, other, tls->security_ex);
}

tlsf_tls *
tlsf_tls_record(tlsf_tls *tls, SSL_CTX *ctx)
{
    if (SSL_CTX_get_security_callback(ctx) == security) {
        return SSL_CTX_get0_security_ex_data(ctx);
    }
    tls->ctx = ctx;
    tls->min = (int)SSL_CTX_get_min_proto_version(ctx);
    tls->max = (int)SSL_CTX_get_max_proto_version(ctx);
    tls->options = (uint64_t)SSL_CTX_get_options(ctx) & NO_PROTOCOL_BITS;
    tls->security = SSL_CTX_get_security_callback(ctx);
    tls->security_ex = SSL_CTX_get0_security_ex_data(ctx);
    tls->info = SSL_CTX_get_info_callback(ctx);
    record_abilities(tls);
    SSL_CTX_set0_security_ex_data(ctx, tls);
    SSL_CTX_set_security_callback(ctx, security);
    return tls;
}

const tlsf_tls *
tlsf_tls_of(const SSL *ssl)
{
    const SSL_CTX *ctx = SSL_get_SSL_CTX(ssl);

    return ctx != NULL && SSL_CTX_get_security_callback(ctx) == security
               ? SSL_CTX_get0_security_ex_data(ctx)
               : NULL;
}

void
tlsf_tls_open(tlsf_tls *tls)
{
    /* SSL 3.0 serves as a mark that no administrator's minimum has today. */
    if (!SSL_CTX_set_min_proto_version(tls->ctx, SSL3_VERSION)) {
        SSL_CTX_set_min_proto_version(tls->ctx, TLS1_VERSION);
    }
    tls->open_min = (int)SSL_CTX_get_min_proto_version(tls->ctx);
    SSL_CTX_clear_options(tls->ctx, SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 |
                                        SSL_OP_NO_TLSv1_2);
}

bool
tlsf_tls_admits(const tlsf_tls *tls, tlsf_version version)
{
    int wire = (int)tlsf_version_wire(version);

    if ((tls->min != 0 && wire < tls->min) ||
        (tls->max != 0 && wire > tls->max)) {
        return false;
    }
    return (tls->options & no_bit(version)) == 0;
}

tlsf_version
tlsf_tls_highest(const tlsf_tls *tls)
{
    for (tlsf_version v = TLSF_TLSV13; v > TLSF_SSLV2; v--) {
        if (tlsf_tls_admits(tls, v)) {
            return v;
        }
    }
    return TLSF_SSLV2;
}

bool
tlsf_tls_level_forbids(const tlsf_tls *tls, tlsf_version version)
{
    return (!tls->has_rsa || tls->is_rsa_forbidden[version]) &&
           (!tls->has_ecdsa || tls->is_ecdsa_forbidden[version]);
}

/* The curves that every OpenSSL server has switched on. */
static bool
shares_curve(const tlsf_hello *hello)
{
    static const tlsf_group common[] = {TLSF_GROUP_X25519, TLSF_GROUP_SECP256R1,
                                        TLSF_GROUP_SECP384R1,
                                        TLSF_GROUP_SECP521R1};

    if (hello->groups.data == NULL) {
        return true; /* RFC 4492 4: then the server may choose any */
    }
    for (size_t i = 0; i < TLSF_COUNTOF(common); i++) {
        if (tlsf_hello_offers_group(hello, tlsf_group_iana(common[i]))) {
            return true;
        }
    }
    return false;
}

static bool
has_certificate(const tlsf_tls *tls, int auth_nid)
{
    return (auth_nid == NID_auth_rsa && tls->has_rsa) ||
           (auth_nid == NID_auth_ecdsa && tls->has_ecdsa);
}

/* Whether one suite of a server's list would do for this hello. */
static bool
is_usable(const tlsf_tls *tls, const SSL_CIPHER *cipher,
          const tlsf_hello *hello, tlsf_rescue_mode mode)
{
    const char *since = SSL_CIPHER_get_version(cipher);
    int kx = SSL_CIPHER_get_kx_nid(cipher);

    if (strcmp(since, "TLSv1.3") == 0 ||
        (strcmp(since, "TLSv1.2") == 0 && hello->offered < TLSF_TLSV12) ||
        !tlsf_hello_offers_suite(
            hello, (unsigned)SSL_CIPHER_get_protocol_id(cipher)) ||
        !has_certificate(tls, SSL_CIPHER_get_auth_nid(cipher))) {
        return false;
    }
    return (kx == NID_kx_ecdhe && shares_curve(hello)) ||
           (kx == NID_kx_rsa && mode == TLSF_RESCUE_ON);
}

/*
 * Suites a rescue may add, the better exchange first: the list that is set on
 * the connection when one of its suites helps. No DHE: its groups are the
 * administrator's, and clients of that age choke on large ones.
 */
static const struct rescue_list {
    const char *ciphers;
    tlsf_rescue_mode mode; /* the least that allows it */
    struct {
        unsigned suite;
        int auth_nid;
        tlsf_version since;
    } suites[8];
} rescue_lists[] = {
    {"ECDHE+AES:!aNULL:!eNULL",
     TLSF_RESCUE_ECDHE,
     {{0xc02b, NID_auth_ecdsa, TLSF_TLSV12},
      {0xc02c, NID_auth_ecdsa, TLSF_TLSV12},
      {0xc02f, NID_auth_rsa, TLSF_TLSV12},
      {0xc030, NID_auth_rsa, TLSF_TLSV12},
      {0xc009, NID_auth_ecdsa, TLSF_TLSV1},
      {0xc00a, NID_auth_ecdsa, TLSF_TLSV1},
      {0xc013, NID_auth_rsa, TLSF_TLSV1},
      {0xc014, NID_auth_rsa, TLSF_TLSV1}}},
    {"kRSA+AES:!aNULL:!eNULL",
     TLSF_RESCUE_ON,
     {{0x009c, NID_auth_rsa, TLSF_TLSV12},
      {0x009d, NID_auth_rsa, TLSF_TLSV12},
      {0x003c, NID_auth_rsa, TLSF_TLSV12},
      {0x003d, NID_auth_rsa, TLSF_TLSV12},
      {0x002f, NID_auth_rsa, TLSF_TLSV1},
      {0x0035, NID_auth_rsa, TLSF_TLSV1},
      {0, NID_undef, TLSF_TLSV1},
      {0, NID_undef, TLSF_TLSV1}}},
};

static bool
list_helps(const struct rescue_list *list, const tlsf_tls *tls,
           const tlsf_hello *hello, tlsf_rescue_mode mode)
{
    if (mode < list->mode ||
        (list->mode == TLSF_RESCUE_ECDHE && !shares_curve(hello))) {
        return false;
    }
    for (size_t i = 0; i < TLSF_COUNTOF(list->suites); i++) {
        if (list->suites[i].suite != 0 &&
            list->suites[i].since <= hello->offered &&
            has_certificate(tls, list->suites[i].auth_nid) &&
            tlsf_hello_offers_suite(hello, list->suites[i].suite)) {
            return true;
        }
    }
    return false;
}

static bool
is_forbidden(const tlsf_tls *tls, const SSL_CIPHER *cipher, tlsf_version v)
{
    return SSL_CIPHER_get_auth_nid(cipher) == NID_auth_rsa
               ? tls->is_rsa_forbidden[v]
               : tls->is_ecdsa_forbidden[v];
}

/*
 * The own list's part: without a usable suite a list must be lent. The level
 * is in the way when it forbids the certificate of any usable suite, since
 * OpenSSL 1.1.1 chooses the suite before it looks at the signature.
 */
static void
look_at_own_list(const tlsf_tls *tls, const tlsf_hello *hello,
                 tlsf_rescue_mode mode, tlsf_lack *lack)
{
    const STACK_OF(SSL_CIPHER) *own = SSL_CTX_get_ciphers(tls->ctx);

    lack->suites = true;
    for (int i = 0; i < sk_SSL_CIPHER_num(own); i++) {
        const SSL_CIPHER *cipher = sk_SSL_CIPHER_value(own, i);

        if (is_usable(tls, cipher, hello, mode)) {
            lack->suites = false;
            lack->level |= is_forbidden(tls, cipher, hello->offered);
        }
    }
    if (lack->suites) {
        lack->level = tls->is_rsa_forbidden[hello->offered] ||
                      tls->is_ecdsa_forbidden[hello->offered];
    }
}

tlsf_lack
tlsf_tls_lacks(const tlsf_tls *tls, const tlsf_hello *hello,
               tlsf_rescue_mode mode)
{
    tlsf_lack lack = {0};

    look_at_own_list(tls, hello, mode, &lack);
    for (size_t i = 0; lack.suites && i < TLSF_COUNTOF(rescue_lists); i++) {
        if (list_helps(&rescue_lists[i], tls, hello, mode)) {
            lack.ciphers = rescue_lists[i].ciphers;
            break;
        }
    }
    return lack;
}
