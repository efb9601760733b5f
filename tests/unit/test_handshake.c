/* SPDX-License-Identifier: Apache-2.0 */
/* The handshake unit with OpenSSL on both sides of a pair of memory BIOs: what
 * a context lacks for a hello, and what a whole handshake counts. */
#include <openssl/err.h>

#include "unit/check_main.h"
#include "unit/throw_away_keys.h"
#include "tlsf_handshake.h"

enum { RSA_KEY, EC_KEY_P256, N_KEYS };

/* One virtual host around one context; the fixture of every test. */
static struct {
    EVP_PKEY *keys[N_KEYS];
    X509 *certificates[N_KEYS];
    _Alignas(64) unsigned char memory[64 * 1024];
    tlsf_table *table;
    tlsf_settings settings;
    tlsf_tls tls;
    tlsf_tls_host host;
    tlsf_handshake h;
    unsigned n_logged;
    SSL_CTX *ctx;
} f;

static void
make_keys(void)
{
    f.keys[RSA_KEY] = generate(EVP_PKEY_RSA);
    f.keys[EC_KEY_P256] = generate(EVP_PKEY_EC);
    for (int i = 0; i < N_KEYS; i++) {
        f.certificates[i] = self_signed(f.keys[i]);
    }
}

static void
free_keys(void)
{
    for (int i = 0; i < N_KEYS; i++) {
        X509_free(f.certificates[i]);
        EVP_PKEY_free(f.keys[i]);
    }
}

static const tlsf_tls_host *
find(void *connection, tlsf_str name)
{
    (void)connection, (void)name;
    return &f.host;
}

static int64_t
now(void)
{
    return 1800000000;
}

static void
count_line(void *connection, const char *line)
{
    (void)connection, (void)line;
    f.n_logged++;
}

static tlsf_bounds_of
named(void)
{
    return TLSF_BOUNDS_NAMED;
}

static const tlsf_handshake_server server = {
    .find = find, .now = now, .log = count_line, .bounds_of = named};

static void
info(const SSL *ssl, int where, int ret)
{
    tlsf_handshake *h = tlsf_handshake_of(ssl);

    if (h != NULL) {
        tlsf_handshake_info(h, ssl, where, ret);
    }
}

/* A case: the server's side, the client's, and what comes of it. */
typedef struct handshake_case {
    const char *name;
    tlsf_stage stage;
    unsigned keys; /* bit per key */
    int min;       /* the server's */
    const char *ciphers;
    tlsf_rescue_mode rescue;
    int client_max;
    const char *client_ciphers;
    bool sends_scsv;
    /* wanted */
    tlsf_version negotiated; /* OTHER: none */
    bool is_rescued;
    tlsf_reason reason; /* when none was negotiated */
} handshake_case;

#define RSA_ONLY (1u << RSA_KEY)
#define EC_ONLY  (1u << EC_KEY_P256)
#define AEAD     "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256"

static const handshake_case cases[] = {
    {.name = "block rescues TLS 1.0, RSA",
     .stage = TLSF_STAGE_BLOCK,
     .keys = RSA_ONLY,
     .min = TLS1_2_VERSION,
     .rescue = TLSF_RESCUE_ON,
     .client_max = TLS1_VERSION,
     .negotiated = TLSF_TLSV1,
     .is_rescued = true},
    {.name = "block rescues TLS 1.1, ECDSA, AEAD only",
     .stage = TLSF_STAGE_BLOCK,
     .keys = EC_ONLY,
     .min = TLS1_2_VERSION,
     .ciphers = AEAD,
     .rescue = TLSF_RESCUE_ON,
     .client_max = TLS1_1_VERSION,
     .negotiated = TLSF_TLSV11,
     .is_rescued = true},
    {.name = "RSA key exchange when there is no other",
     .stage = TLSF_STAGE_BLOCK,
     .keys = RSA_ONLY,
     .min = TLS1_2_VERSION,
     .ciphers = AEAD,
     .rescue = TLSF_RESCUE_ON,
     .client_max = TLS1_VERSION,
     .client_ciphers = "AES128-SHA",
     .negotiated = TLSF_TLSV1,
     .is_rescued = true},
    {.name = "ecdhe forbids it",
     .stage = TLSF_STAGE_BLOCK,
     .keys = RSA_ONLY,
     .min = TLS1_2_VERSION,
     .ciphers = AEAD,
     .rescue = TLSF_RESCUE_ECDHE,
     .client_max = TLS1_VERSION,
     .client_ciphers = "AES128-SHA",
     .negotiated = TLSF_VERSION_OTHER,
     .reason = TLSF_REASON_UNSUPPORTED_PROTOCOL},
    {.name = "what the server does by itself is left alone",
     .stage = TLSF_STAGE_BLOCK,
     .keys = RSA_ONLY,
     .min = TLS1_VERSION,
     .ciphers = "DEFAULT:@SECLEVEL=0",
     .rescue = TLSF_RESCUE_ON,
     .client_max = TLS1_VERSION,
     .negotiated = TLSF_TLSV1},
    {.name = "rescue off",
     .stage = TLSF_STAGE_BLOCK,
     .keys = RSA_ONLY,
     .min = TLS1_2_VERSION,
     .rescue = TLSF_RESCUE_OFF,
     .client_max = TLS1_VERSION,
     .negotiated = TLSF_VERSION_OTHER,
     .reason = TLSF_REASON_UNSUPPORTED_PROTOCOL},
    {.name = "never a fallback",
     .stage = TLSF_STAGE_BLOCK,
     .keys = RSA_ONLY,
     .min = TLS1_2_VERSION,
     .rescue = TLSF_RESCUE_ON,
     .client_max = TLS1_1_VERSION,
     .sends_scsv = true,
     .negotiated = TLSF_VERSION_OTHER,
     .reason = TLSF_REASON_UNSUPPORTED_PROTOCOL},
    {.name = "observe leaves alone",
     .stage = TLSF_STAGE_OBSERVE,
     .keys = RSA_ONLY,
     .min = TLS1_2_VERSION,
     .rescue = TLSF_RESCUE_ON,
     .client_max = TLS1_VERSION,
     .negotiated = TLSF_VERSION_OTHER,
     .reason = TLSF_REASON_UNSUPPORTED_PROTOCOL},
    {.name = "refuse, though the server would",
     .stage = TLSF_STAGE_REFUSE,
     .keys = RSA_ONLY,
     .min = TLS1_VERSION,
     .ciphers = "DEFAULT:@SECLEVEL=0",
     .rescue = TLSF_RESCUE_ON,
     .client_max = TLS1_1_VERSION,
     .negotiated = TLSF_VERSION_OTHER,
     .reason = TLSF_REASON_UNSUPPORTED_PROTOCOL},
    {.name = "modern in block",
     .stage = TLSF_STAGE_BLOCK,
     .keys = RSA_ONLY | EC_ONLY,
     .min = TLS1_2_VERSION,
     .rescue = TLSF_RESCUE_ON,
     .client_max = TLS1_3_VERSION,
     .negotiated = TLSF_TLSV13},
    {.name = "no shared cipher",
     .stage = TLSF_STAGE_BLOCK,
     .keys = EC_ONLY,
     .min = TLS1_2_VERSION,
     .ciphers = AEAD,
     .rescue = TLSF_RESCUE_ON,
     .client_max = TLS1_2_VERSION,
     .client_ciphers = "ECDHE-RSA-AES256-SHA",
     .negotiated = TLSF_VERSION_OTHER,
     .reason = TLSF_REASON_NO_SHARED_CIPHER},
};

static void
set_up(const handshake_case *c)
{
    static int kept = -1;
    tlsf_row *row;

    memset(f.memory, 0, sizeof(f.memory));
    f.table = (tlsf_table *)f.memory;
    tlsf_table_init(f.table, 1);
    row = tlsf_table_row(f.table, TLSF_LIT("a.test:443"));
    f.settings = (tlsf_settings){.floor = TLSF_TLSV12,
                                 .n_stages = 1,
                                 .stages = {{.stage = c->stage}},
                                 .rescue = c->rescue};
    f.ctx = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_min_proto_version(f.ctx, c->min);
    if (c->ciphers != NULL) {
        ck_assert_int_eq(SSL_CTX_set_cipher_list(f.ctx, c->ciphers), 1);
    }
    for (int i = 0; i < N_KEYS; i++) {
        if (c->keys & (1u << i)) {
            SSL_CTX_use_certificate(f.ctx, f.certificates[i]);
            SSL_CTX_use_PrivateKey(f.ctx, f.keys[i]);
        }
    }
    SSL_CTX_set_info_callback(f.ctx, info);
    ck_assert_int_eq(tlsf_handshake_init(&kept), TLSF_OK);
    memset(&f.tls, 0, sizeof(f.tls));
    f.host = (tlsf_tls_host){
        .host = {.row = row, .settings = &f.settings, .name = TLSF_LIT("a")},
        .tls = tlsf_tls_record(&f.tls, f.ctx)};
    if (tlsf_tls_host_can_rescue(&f.host)) {
        tlsf_tls_open(f.host.tls);
    }
}

static SSL *
client_of(SSL_CTX *ctx, const handshake_case *c)
{
    SSL *ssl;

    SSL_CTX_set_security_level(ctx, 0);
    SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(ctx, c->client_max);
    SSL_CTX_set_cipher_list(ctx, c->client_ciphers != NULL ? c->client_ciphers
                                                           : "ALL:@SECLEVEL=0");
    if (c->client_ciphers != NULL) {
        SSL_CTX_set_security_level(ctx, 0);
    }
    if (c->sends_scsv) {
        SSL_CTX_set_mode(ctx, SSL_MODE_SEND_FALLBACK_SCSV);
    }
    ssl = SSL_new(ctx);
    SSL_set_connect_state(ssl);
    return ssl;
}

/* Both ends in turn until both are done or one is stuck. */
static void
shake(SSL *s, SSL *c)
{
    for (int i = 0; i < 20; i++) {
        (void)SSL_do_handshake(c);
        ERR_clear_error();
        (void)SSL_do_handshake(s);
        ERR_clear_error();
    }
}

static void
run(const handshake_case *c)
{
    SSL_CTX *client_ctx = SSL_CTX_new(TLS_client_method());
    SSL *client = client_of(client_ctx, c);
    SSL *s = SSL_new(f.ctx);
    BIO *up;
    BIO *down;

    BIO_new_bio_pair(&up, 0, &down, 0);
    SSL_set_bio(s, up, up);
    SSL_set_bio(client, down, down);
    SSL_set_accept_state(s);
    memset(&f.h, 0, sizeof(f.h));
    tlsf_handshake_begin(&f.h, s, &server, NULL, &f.host, true);
    shake(s, client);
    if (f.h.is_done) {
        ck_assert_int_eq(tlsf_handshake_facts(&f.h, s).is_rescued,
                         c->is_rescued);
    }
    SSL_free(s);
    SSL_free(client);
    SSL_CTX_free(client_ctx);
    tlsf_handshake_end(&f.h, TLSF_ENDING_EOF);
}

/* Each hello, handshake and failure once, and in the right cell. */
static void
check_counts(const handshake_case *c)
{
    const tlsf_row *row = f.host.host.row;
    bool is_done = c->negotiated != TLSF_VERSION_OTHER;
    uint64_t hellos = 0;
    uint64_t handshakes = 0;
    uint64_t failures = 0;

    for (int v = 0; v < TLSF_N_VERSIONS; v++) {
        hellos += tlsf_count(&row->hellos[v]);
        handshakes += tlsf_count(&row->handshakes[v][0]);
    }
    for (int r = 0; r < TLSF_N_REASONS; r++) {
        failures += tlsf_count(&row->failures[r]);
    }
    ck_assert_msg(hellos == 1, "%s: %u hellos", c->name, (unsigned)hellos);
    ck_assert_msg(handshakes == is_done && failures == !is_done,
                  "%s: %u handshakes, %u failures", c->name,
                  (unsigned)handshakes, (unsigned)failures);
    if (is_done) {
        ck_assert_uint_eq(tlsf_count(&row->handshakes[c->negotiated][0]), 1);
        ck_assert_uint_eq(tlsf_count(&row->rescued[c->negotiated]),
                          c->is_rescued);
    } else {
        ck_assert_msg(tlsf_count(&row->failures[c->reason]) == 1,
                      "%s: another reason", c->name);
    }
}

START_TEST(test_handshakes)
{
    const handshake_case *c = &cases[_i];

    set_up(c);
    run(c);
    ck_assert_msg(f.h.negotiated == c->negotiated, "%s: %s", c->name,
                  tlsf_version_name(f.h.negotiated).data);
    ck_assert_msg(f.h.is_rescued == c->is_rescued, "%s: rescued %d", c->name,
                  f.h.is_rescued);
    check_counts(c);
    SSL_CTX_free(f.ctx);
}
END_TEST

/* The bounds of an opened context hold without a hello that opens them. */
START_TEST(test_opened_context_stays_shut)
{
    const handshake_case block = cases[0];
    handshake_case off = block;

    set_up(&block);
    f.settings.floor = TLSF_FLOOR_OFF;
    off.negotiated = TLSF_VERSION_OTHER;
    run(&off);
    ck_assert(!f.h.is_done);
    ck_assert(!f.h.is_rescued);
    SSL_CTX_free(f.ctx);
}
END_TEST

START_TEST(test_admits)
{
    handshake_case c = cases[0];

    set_up(&c);
    ck_assert(!tlsf_tls_admits(f.host.tls, TLSF_TLSV11));
    ck_assert(tlsf_tls_admits(f.host.tls, TLSF_TLSV12));
    ck_assert_int_eq(tlsf_tls_highest(f.host.tls), TLSF_TLSV13);
    f.tls.options |= SSL_OP_NO_TLSv1_3;
    ck_assert_int_eq(tlsf_tls_highest(f.host.tls), TLSF_TLSV12);
    ck_assert(tlsf_tls_level_forbids(f.host.tls, TLSF_TLSV1) ||
              OpenSSL_version_num() < 0x30000000UL);
    ck_assert(!tlsf_tls_level_forbids(f.host.tls, TLSF_TLSV12));
    ck_assert_ptr_eq(tlsf_tls_record(&(tlsf_tls){0}, f.ctx), &f.tls);
    SSL_CTX_free(f.ctx);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("handshake");
    TCase *tcase = tcase_create("handshake");

    tcase_add_unchecked_fixture(tcase, make_keys, free_keys);
    tcase_add_loop_test(tcase, test_handshakes, 0, (int)TLSF_COUNTOF(cases));
    tcase_add_test(tcase, test_opened_context_stays_shut);
    tcase_add_test(tcase, test_admits);
    suite_add_tcase(suite, tcase);
    return suite;
}
