/* SPDX-License-Identifier: Apache-2.0 */
/* The rescue: in `block` old clients finish the handshake and get the page,
 * whatever certificate, name and cipher list. Who never: test_never.c. */
#include <string.h>

#include "servers/harness.h"
#include "servers/tool.h"

#define AEAD                                                                   \
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"               \
    "ECDHE-RSA-CHACHA20-POLY1305"
#define BLOCK "tlsfloor TLSv1.2\ntlsfloor_stage block"

/* Listeners of the matrix, by certificate and cipher list. */
enum { ON_RSA, ON_ECDSA, ON_RSA_AEAD, ON_ECDSA_AEAD, N_KINDS };

/* Each has a default site and another, so that names matter. */
static const ts_site matrix_sites[] = {
    {.name = "d0.test", .listener = ON_RSA, .certs = TS_RSA},
    {.name = "n0.test", .listener = ON_RSA, .certs = TS_RSA},
    {.name = "d1.test", .listener = ON_ECDSA, .certs = TS_ECDSA},
    {.name = "n1.test", .listener = ON_ECDSA, .certs = TS_ECDSA},
    {.name = "d2.test", .listener = ON_RSA_AEAD, .certs = TS_RSA},
    {.name = "n2.test", .listener = ON_RSA_AEAD, .certs = TS_RSA},
    {.name = "d3.test", .listener = ON_ECDSA_AEAD, .certs = TS_ECDSA},
    {.name = "n3.test", .listener = ON_ECDSA_AEAD, .certs = TS_ECDSA},
    {0},
};

static const ts_conf matrix_conf = {
    .listeners = {[ON_RSA_AEAD] = {.ciphers = AEAD},
                  [ON_ECDSA_AEAD] = {.ciphers = AEAD}},
    .n_listeners = N_KINDS,
    .sites = matrix_sites,
    .directives = BLOCK,
};

/* What is sent as the name, and the site that it leads to (%d: listener). */
typedef struct name_case {
    const char *sni;
    const char *site;
} name_case;

static const name_case names[] = {
    {"n%d.test", "n%d.test"},
    {"d%d.test", "d%d.test"},
    {"unknown.test", "d%d.test"},
    {NULL, "d%d.test"},
};

enum { N_NAMES = sizeof(names) / sizeof(names[0]) };

static const char *
site_name(const char *pattern, int listener)
{
    const char *at = pattern == NULL ? NULL : strchr(pattern, '%');

    return at == NULL ? pattern
                      : ts_format("%.*s%d%s", (int)(at - pattern), pattern,
                                  listener, at + 2);
}

START_TEST(test_old_clients_are_rescued)
{
    static const char *const versions[] = {"TLSv1", "TLSv1.1"};
    ts_server *s = ts_on(_i / N_KINDS);
    int listener = _i % N_KINDS;
    ts_scrape before = ts_scrape_of(s);

    for (int i = 0; i < 2 * N_NAMES; i++) {
        const name_case *name = &names[i / 2];
        const char *site = site_name(name->site, listener);
        ts_client client = {.sni = site_name(name->sni, listener),
                            .to = site,
                            .max = i % 2 == 0 ? TLS1_VERSION : TLS1_1_VERSION};
        ts_answer a = ts_visit(s, &client);

        ts_assert_page(s, &a, versions[i % 2]);
        ck_assert_ptr_nonnull(
            strstr(a.cipher, listener % 2 == ON_RSA ? "RSA" : "ECDSA"));
        ts_moved(s, &before, ts_rescued(site, versions[i % 2]));
    }
}
END_TEST

START_TEST(test_modern_clients_see_no_difference)
{
    ts_server *s = ts_on(_i / N_KINDS);
    const char *site = site_name("n%d.test", _i % N_KINDS);
    ts_client client = {.sni = site, .to = site};
    ts_answer a = ts_visit(s, &client);
    bool is_aead = _i % N_KINDS >= ON_RSA_AEAD;

    ck_assert_str_eq(a.body, ts_format("SITE %s\n", site));
    ck_assert_str_eq(a.version, "TLSv1.3");
    client.max = TLS1_2_VERSION;
    ck_assert_str_eq(ts_visit(s, &client).version, "TLSv1.2");
    /* What the server's cipher list forbids, it forbids for TLS 1.2. */
    client.ciphers = "AES128-SHA:ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA";
    ck_assert_int_eq(ts_visit(s, &client).alert, is_aead ? 40 : -1);
    /* From TLS 1.0 upwards means the highest. */
    client = (ts_client){.sni = site, .to = site, .min = TLS1_VERSION};
    ck_assert_str_eq(ts_visit(s, &client).version, "TLSv1.3");
}
END_TEST

START_TEST(test_rsa_key_exchange_only_without_ecdhe)
{
    ts_server *s = ts_on(_i);
    ts_client client = {.sni = "n2.test",
                        .to = "n2.test",
                        .max = TLS1_VERSION,
                        .ciphers = "AES256-SHA:AES128-SHA"};
    ts_answer a = ts_visit(s, &client);

    ts_assert_page(s, &a, "TLSv1");
    ck_assert_ptr_null(strstr(a.cipher, "DHE"));
    client.ciphers = "AES128-SHA:ECDHE-RSA-AES128-SHA";
    a = ts_visit(s, &client);
    ts_assert_page(s, &a, "TLSv1");
    ck_assert_str_eq(a.cipher, "ECDHE-RSA-AES128-SHA");
    client.ciphers = "DHE-RSA-AES128-SHA";
    ck_assert(!ts_visit(s, &client).is_handshaken);
}
END_TEST

START_TEST(test_hellos_in_pieces)
{
    static const size_t sizes[] = {1, 4, 5, 50};
    static const char *const sites[] = {"n0.test", "n1.test"};
    ts_server *s = ts_on(_i);
    ts_scrape before = ts_scrape_of(s);

    for (size_t i = 0; i < 8; i++) {
        const char *site = sites[i % 2];
        ts_hello hello = {.version = 0x0301, .sni = site};
        ts_text bytes = ts_hello_bytes(&hello, sizes[i / 2]);
        ts_reply r = ts_send(s, site, bytes.data, bytes.n, TS_ANSWER);

        ck_assert_uint_eq(r.server_hello, 0x0301);
        ts_moved(s, &before,
                 ts_format("hellos %s TLSv1 +1\n"
                           "handshake_failures %s eof +1\n",
                           site, site));
    }
}
END_TEST

START_TEST(test_sslv2_format)
{
    ts_server *s = ts_on(_i);
    ts_hello hello = {.version = 0x0301, .is_sslv2 = true};
    ts_scrape before = ts_scrape_of(s);

    ck_assert_uint_eq(
        ts_say_hello(s, "d0.test", &hello, TS_ANSWER).server_hello, 0x0301);
    ts_moved(s, &before,
             "hellos d0.test TLSv1 +1\nhandshake_failures d0.test eof +1\n");
}
END_TEST

START_TEST(test_rescued_sessions_are_not_resumed)
{
    ts_server *s = ts_on(_i / 2);
    ts_scrape before = ts_scrape_of(s);
    ts_client client = {.sni = "n0.test",
                        .to = "n0.test",
                        .max = TLS1_1_VERSION,
                        .has_no_tickets = _i % 2 == 1};
    ts_answer first = ts_visit(s, &client);

    ts_assert_page(s, &first, "TLSv1.1");
    ts_moved(s, &before, ts_rescued("n0.test", "TLSv1.1"));
    client.session = first.session;
    ts_answer second = ts_visit(s, &client);
    ck_assert(!second.is_resumed);
    ts_assert_page(s, &second, "TLSv1.1");
    ts_moved(s, &before, ts_rescued("n0.test", "TLSv1.1"));
}
END_TEST

START_TEST(test_accounts_balance)
{
    ts_accounts_balance(ts_on(_i));
}
END_TEST

/* In Apache a site without an SSLProtocol has that of the default site. */
static const ts_conf inherit_conf = {
    .listeners = {{.ciphers = "DEFAULT:@SECLEVEL=0"}},
    .sites = (const ts_site[]){{.name = "default.test",
                                .directives = "tlsfloor off"},
                               {.name = "heir.test",
                                .has_no_protocols = true,
                                .directives = BLOCK},
                               {.name = "heir-off.test",
                                .has_no_protocols = true,
                                .directives = "tlsfloor off"},
                               {0}},
};

START_TEST(test_inherited_protocols)
{
    ts_server *s = ts_on(_i);
    ts_answer heir =
        ts_visit(s, &(ts_client){.sni = "heir.test", .max = TLS1_VERSION});
    ts_answer off =
        ts_visit(s, &(ts_client){.sni = "heir-off.test", .max = TLS1_VERSION});

    ts_assert_page(s, &heir, "TLSv1");
    ck_assert_int_eq(off.status, 0);
    ck_assert_int_eq(off.alert, SSL_AD_PROTOCOL_VERSION);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("rescue");
    TCase *matrix = ts_tcase(suite, "matrix", &matrix_conf);

    tcase_add_loop_test(matrix, test_old_clients_are_rescued, 0,
                        TS_N_SERVERS * N_KINDS);
    tcase_add_loop_test(matrix, test_modern_clients_see_no_difference, 0,
                        TS_N_SERVERS * N_KINDS);
    tcase_add_loop_test(matrix, test_rsa_key_exchange_only_without_ecdhe, 0,
                        TS_N_SERVERS);
    tcase_add_loop_test(matrix, test_hellos_in_pieces, 0, TS_N_SERVERS);
    tcase_add_loop_test(matrix, test_sslv2_format, 0, TS_N_SERVERS);
    tcase_add_loop_test(matrix, test_rescued_sessions_are_not_resumed, 0,
                        TS_N_SERVERS * 2);
    tcase_add_loop_test(matrix, test_accounts_balance, 0, TS_N_SERVERS);
    TCase *inherit = ts_tcase(suite, "inherited protocols", &inherit_conf);

    tcase_add_loop_test(inherit, test_inherited_protocols, 0, TS_N_SERVERS);
    return suite;
}
