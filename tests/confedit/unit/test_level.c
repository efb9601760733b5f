/* SPDX-License-Identifier: Apache-2.0 */
/* What is said about OpenSSL, compared with the OpenSSL of this machine. */
#include "unit/check_main.h"

#include <openssl/ssl.h>

#include "level.h"
#include "protocols.h"

static const struct {
    tlsf_version version;
    int number;
    uint64_t off;
} versions[] = {{TLSF_SSLV3, SSL3_VERSION, SSL_OP_NO_SSLv3},
                {TLSF_TLSV1, TLS1_VERSION, SSL_OP_NO_TLSv1},
                {TLSF_TLSV11, TLS1_1_VERSION, SSL_OP_NO_TLSv1_1},
                {TLSF_TLSV12, TLS1_2_VERSION, SSL_OP_NO_TLSv1_2},
                {TLSF_TLSV13, TLS1_3_VERSION, SSL_OP_NO_TLSv1_3}};

/* What a real context admits; 0 as a bound means none. */
static unsigned
admitted(SSL_CTX *ctx)
{
    int min = (int)SSL_CTX_get_min_proto_version(ctx);
    int max = (int)SSL_CTX_get_max_proto_version(ctx);
    unsigned set = 0;

    for (size_t i = 0; i < TLSF_COUNTOF(versions); i++) {
        if (!((uint64_t)SSL_CTX_get_options(ctx) & versions[i].off) &&
            versions[i].number >= min &&
            (max == 0 || versions[i].number <= max)) {
            set |= CE_BIT(versions[i].version);
        }
    }
    return set;
}

static const struct {
    const char *name;
    const char *value;
} commands[] = {
    {"MinProtocol", "TLSv1"},
    {"MinProtocol", "TLSv1.0"},
    {"minprotocol", "TLSv1.3"},
    {"MinProtocol", "tlsv1.2"},
    {"MinProtocol", "None"},
    {"MinProtocol", "none"},
    {"MinProtocol", ""},
    {"MinProtocol", " TLSv1.2"},
    {"MAXPROTOCOL", "TLSv1.1"},
    {"MaxProtocol", "None"},
    {"MaxProtocol", "SSLv2"},
    {"MaxProtocol", "TLSv1.4"},
    {"Protocol", "ALL"},
    {"Protocol", "-ALL"},
    {"Protocol", "all,-sslv3"},
    {"Protocol", "+TLSv1.1"},
    {"Protocol", "-ALL, TLSv1.1 ,+TLSv1.3"},
    {"Protocol", " TLSv1.1"},
    {"Protocol", "-TLSv1.2,TLSv1.2"},
    {"Protocol", "TLSv1.2:TLSv1.3"},
    {"Protocol", "TLSv1.0"},
    {"Protocol", "- TLSv1.2"},
    {"Protocol", "+"},
    {"Protocol", ","},
    {"Protocol", ""},
    {"Protocol", "TLSv1.2,"},
    {"Protocol", "-SSLv2"},
    {"Protocol", "DTLSv1,-DTLSv1.2"},
    {"Curves", "P-256"},
    {"CipherString", "ALL"},
};

START_TEST(commands_do_what_openssl_does)
{
    ce_arena *arena = ce_arena_new();
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    SSL_CONF_CTX *conf = SSL_CONF_CTX_new();
    /* As mod_ssl leaves it for SSLProtocol -all +TLSv1.1 +TLSv1.2. */
    ce_limits limits = {CE_BIT(TLSF_TLSV11), TLSF_TLSV11, TLSF_TLSV12};

    SSL_CTX_set_min_proto_version(ctx, TLS1_1_VERSION);
    SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_options(ctx, SSL_OP_NO_TLSv1_1);
    SSL_CTX_clear_options(ctx, SSL_OP_NO_SSLv3);
    SSL_CONF_CTX_set_flags(conf, SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_SERVER);
    SSL_CONF_CTX_set_ssl_ctx(conf, ctx);

    bool is_taken =
        SSL_CONF_cmd(conf, commands[_i].name, commands[_i].value) > 0;
    int result = ce_limits_command(&limits, tlsf_str_of(commands[_i].name),
                                   tlsf_str_of(commands[_i].value));

    ck_assert_msg((result >= 0) == is_taken, "%s “%s”: OpenSSL %s it",
                  commands[_i].name, commands[_i].value,
                  is_taken ? "takes" : "refuses");
    ck_assert_int_eq(ce_library_takes(arena, tlsf_str_of(commands[_i].name),
                                      tlsf_str_of(commands[_i].value)),
                     is_taken);
    if (is_taken) {
        ck_assert_str_eq(ce_set_text(arena, ce_limits_admit(limits)),
                         ce_set_text(arena, admitted(ctx)));
    }
    SSL_CONF_CTX_free(conf);
    SSL_CTX_free(ctx);
    ce_arena_free(arena);
}
END_TEST

static const struct {
    const char *list;
    int level; /* that it asks for */
    const char *lack;
} lists[] = {
    {"ALL", -1, "none"},
    {"ALL:@SECLEVEL=0", 0, "none"},
    {"@SECLEVEL=2:kEECDH:kRSA", 2, "none"},
    {"ALL:@SECLEVEL=0:@SECLEVEL=3", 3, "none"},
    {"ALL @SECLEVEL=1", 1, "none"},
    {"ALL,@SECLEVEL=5", 5, "none"},
    {"HIGH:!aNULL:!MD5", -1, "none"},
    {"ECDHE+AESGCM", -1, "SSLv3 TLSv1 TLSv1.1"},
    {"ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA", -1, "none"},
    {"AES128-SHA256", -1, "SSLv3 TLSv1 TLSv1.1"},
    {"ECDHE+AES:RSA+AES:ECDHE+AESGCM", -1, "none"},
};

START_TEST(cipher_lists_ask_and_lack)
{
    ce_arena *arena = ce_arena_new();
    tlsf_str list = tlsf_str_of(lists[_i].list);
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    unsigned lack;

    SSL_CTX_set_security_level(ctx, 4);
    ck_assert_int_eq(SSL_CTX_set_cipher_list(ctx, lists[_i].list), 1);
    ck_assert_int_eq(ce_level_of(list), lists[_i].level);
    ck_assert_int_eq(SSL_CTX_get_security_level(ctx),
                     lists[_i].level < 0 ? 4 : lists[_i].level);
    ck_assert_int_eq(ce_ciphers_lack(arena, list, &lack), 0);
    ck_assert_str_eq(ce_set_text(arena, lack), lists[_i].lack);
    SSL_CTX_free(ctx);
    ce_arena_free(arena);
}
END_TEST

START_TEST(unknown_ciphers_are_refused)
{
    ce_arena *arena = ce_arena_new();
    unsigned lack = 1;

    ck_assert_int_eq(ce_ciphers_lack(arena, TLSF_LIT("NOTHING"), &lack), -1);
    ck_assert_int_eq(ce_ciphers_lack(arena, (tlsf_str){NULL, 0}, &lack), 0);
    ck_assert_uint_eq(lack, 0);
    ce_arena_free(arena);
}
END_TEST

START_TEST(levels_rule_versions_out)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    unsigned set = 0;

    SSL_CTX_set_security_level(ctx, _i);
    SSL *ssl = SSL_new(ctx);
    for (size_t i = 0; i < TLSF_COUNTOF(versions); i++) {
        if (!SSL_CTX_get_security_callback(ctx)(ssl, NULL, SSL_SECOP_VERSION, 0,
                                                versions[i].number, NULL,
                                                NULL)) {
            set |= CE_BIT(versions[i].version);
        }
    }
    /* Later releases rule out by the version what 3.0 does by signatures. */
    ce_library library = {.is_3 = OpenSSL_version_num() >= 0x30000000UL,
                          .level = _i};
    ck_assert_uint_eq(set & ~ce_level_forbids(&library, _i), 0);
    ck_assert_uint_eq(ce_level_versions(_i) & ~set, 0);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit level");
    TCase *t = tcase_create("level");

    tcase_add_loop_test(t, commands_do_what_openssl_does, 0,
                        TLSF_COUNTOF(commands));
    tcase_add_loop_test(t, cipher_lists_ask_and_lack, 0, TLSF_COUNTOF(lists));
    tcase_add_test(t, unknown_ciphers_are_refused);
    tcase_add_loop_test(t, levels_rule_versions_out, 0, 6);
    suite_add_tcase(suite, t);
    return suite;
}
