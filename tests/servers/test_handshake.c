/* SPDX-License-Identifier: Apache-2.0 */
/* Every hello, every handshake and every failure is counted once, where its
 * name belongs. Old clients stay outside here; test_rescue.c lets them in,
 * and test_bytes.c sends what no library would. */
#include <string.h>

#include "servers/harness.h"
#include "servers/tool.h"

static const ts_site sites[] = {
    {.name = "observe.test", .directives = "tlsfloor TLSv1.2"},
    {.name = "rsa.test",
     .aliases = "*.wild.test",
     .certs = TS_RSA,
     .directives = "tlsfloor TLSv1.2",
     .nginx = "server_name ~^re[0-9]+\\.test$;"},
    {.name = "cert.test",
     .directives = "tlsfloor TLSv1.2",
     .nginx = "ssl_verify_client on;"
              "ssl_client_certificate @certs@/ca.pem;",
     .apache = "SSLVerifyClient require\n"
               "SSLCACertificateFile @certs@/ca.pem"},
    {.name = "two.test", .directives = "tlsfloor TLSv1.2"},
    {.name = "off.test"},
    {.name = "strict.test",
     .listener = 1,
     .directives = "tlsfloor TLSv1.2",
     .nginx = "ssl_reject_handshake on;"},
    {.name = "known.test", .listener = 1, .directives = "tlsfloor TLSv1.2"},
    {0},
};

static const ts_conf conf = {
    .n_listeners = 2,
    .sites = sites,
    .handshake_s = 2,
};

/* A client of OpenSSL, and what moves; apache: NULL where it is the same. */
typedef struct visit_case {
    const char *name;
    ts_client client;
    int alert; /* that the client receives; -1: none */
    const char *moved;
    const char *apache;
} visit_case;

#define REFUSED(vhost, version)                                                \
    "hellos " vhost " " version " +1\n"                                        \
    "handshake_failures " vhost " unsupported_protocol +1\n"                   \
    "refused " vhost " " version " +1\n"

#define SERVED(vhost, version)                                                 \
    "hellos " vhost " " version " +1\n"                                        \
    "handshakes " vhost " " version " 0 +1\n"                                  \
    "requests " vhost " " version " pass +1\n"

#define FAILED(vhost, version, reason)                                         \
    "hellos " vhost " " version " +1\n"                                        \
    "handshake_failures " vhost " " reason " +1\n"

static const visit_case visits[] = {
    {.name = "TLS 1.3",
     .client = {.sni = "observe.test"},
     .alert = -1,
     .moved = SERVED("observe.test", "TLSv1.3")},
    {.name = "TLS 1.2",
     .client = {.sni = "observe.test", .max = TLS1_2_VERSION},
     .alert = -1,
     .moved = SERVED("observe.test", "TLSv1.2")},
    {.name = "TLS 1.1",
     .client = {.sni = "observe.test", .max = TLS1_1_VERSION},
     .alert = 70,
     .moved = REFUSED("observe.test", "TLSv1.1")},
    {.name = "TLS 1.0",
     .client = {.sni = "observe.test", .max = TLS1_VERSION},
     .alert = 70,
     .moved = REFUSED("observe.test", "TLSv1")},
    {.name = "a name in capitals",
     .client = {.sni = "RSA.Test"},
     .alert = -1,
     .moved = SERVED("rsa.test", "TLSv1.3")},
    {.name = "an old client with a wildcard's name",
     .client = {.sni = "x.wild.test", .max = TLS1_VERSION},
     .alert = 70,
     .moved = REFUSED("rsa.test", "TLSv1")},
    {.name = "a modern client with a wildcard's name",
     .client = {.sni = "x.wild.test"},
     .alert = -1,
     .moved = SERVED("rsa.test", "TLSv1.3")},
    {.name = "an old client with an unknown name",
     .client = {.sni = "unknown.test", .max = TLS1_VERSION},
     .alert = 70,
     .moved = REFUSED("observe.test", "TLSv1")},
    {.name = "an old client without a name",
     .client = {.max = TLS1_VERSION},
     .alert = 70,
     .moved = REFUSED("observe.test", "TLSv1")},
    {.name = "a modern client without a name",
     .client = {.max = TLS1_2_VERSION},
     .alert = -1,
     .moved = SERVED("observe.test", "TLSv1.2")},
    {.name = "an old client where the module is off",
     .client = {.sni = "off.test", .max = TLS1_VERSION},
     .alert = 70,
     .moved = ""},
    {.name = "a modern client where the module is off",
     .client = {.sni = "off.test"},
     .alert = -1,
     .moved = ""},
    {.name = "no shared cipher",
     .client = {.sni = "rsa.test",
                .max = TLS1_2_VERSION,
                .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"},
     .alert = 40,
     .moved = FAILED("rsa.test", "TLSv1.2", "no_shared_cipher")},
    {.name = "a fallback from TLS 1.3",
     .client = {.sni = "rsa.test",
                .max = TLS1_2_VERSION,
                .has_fallback_scsv = true},
     .alert = 86,
     .moved = FAILED("rsa.test", "TLSv1.2",
                     "inappropriate_fallback") "fallback_scsv rsa.test +1\n"},
    {.name = "a fallback to TLS 1.0",
     .client = {.sni = "rsa.test",
                .max = TLS1_VERSION,
                .has_fallback_scsv = true},
     .alert = 70,
     .moved = REFUSED("rsa.test", "TLSv1") "fallback_scsv rsa.test +1\n"},
    {.name = "unknown authority, TLS 1.2",
     .client = {.sni = "rsa.test",
                .max = TLS1_2_VERSION,
                .reject = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT},
     .alert = -1,
     .moved = FAILED("rsa.test", "TLSv1.2", "client_alert_unknown_ca")},
    {.name = "unknown authority, TLS 1.3",
     .client = {.sni = "rsa.test",
                .reject = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT},
     .alert = -1,
     .moved = FAILED("rsa.test", "TLSv1.3", "client_alert_unknown_ca")},
    {.name = "expired certificate",
     .client = {.sni = "rsa.test", .reject = X509_V_ERR_CERT_HAS_EXPIRED},
     .alert = -1,
     .moved =
         FAILED("rsa.test", "TLSv1.3", "client_alert_certificate_expired")},
    {.name = "revoked certificate",
     .client = {.sni = "rsa.test", .reject = X509_V_ERR_CERT_REVOKED},
     .alert = -1,
     .moved =
         FAILED("rsa.test", "TLSv1.3", "client_alert_certificate_revoked")},
    {.name = "any complaint about a certificate, as Java has it",
     .client = {.sni = "rsa.test",
                .max = TLS1_2_VERSION,
                .reject = X509_V_ERR_KEYUSAGE_NO_CERTSIGN},
     .alert = -1,
     .moved =
         FAILED("rsa.test", "TLSv1.2", "client_alert_certificate_unknown")},
    {.name = "a name that is not in the certificate",
     .client = {.sni = "rsa.test", .reject = X509_V_ERR_HOSTNAME_MISMATCH},
     .alert = -1,
     .moved = FAILED("rsa.test", "TLSv1.3", "client_alert_bad_certificate")},
    {.name = "another alert",
     .client = {.sni = "rsa.test",
                .reject = X509_V_ERR_APPLICATION_VERIFICATION},
     .alert = -1,
     .moved = FAILED("rsa.test", "TLSv1.3", "client_alert_other")},
    {.name = "wrong record, TLS 1.2",
     .client = {.sni = "rsa.test", .max = TLS1_2_VERSION, .is_spoiling = true},
     .alert = 20,
     .moved = FAILED("rsa.test", "TLSv1.2", "bad_record_mac")},
    {.name = "wrong record, TLS 1.3",
     .client = {.sni = "rsa.test", .is_spoiling = true},
     .alert = 20,
     .moved = FAILED("rsa.test", "TLSv1.3", "bad_record_mac")},
};

static void
run_visit(const visit_case *c, ts_server *s)
{
    const char *want =
        s->kind == TS_APACHE && c->apache != NULL ? c->apache : c->moved;
    ts_scrape before = ts_scrape_of(s);
    ts_answer a = ts_visit(s, &c->client);

    ck_assert_msg(a.alert == c->alert, "%s, %s: alert %d, not %d (%s)",
                  ts_kind_name(s->kind), c->name, a.alert, c->alert, a.error);
    ts_moved_in(s, &before, want, c->name);
}

START_TEST(test_visits)
{
    size_t n = sizeof(visits) / sizeof(visits[0]);

    run_visit(&visits[(size_t)_i % n], ts_on(_i / (int)n));
}
END_TEST

START_TEST(test_client_certificates)
{
    ts_server *s = ts_on(_i);
    ts_client client = {.sni = "cert.test", .cert = "client"};
    ts_scrape before = ts_scrape_of(s);

    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        const char *name = version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3";
        client.max = version;
        client.cert = "client";
        ck_assert_int_eq(ts_visit(s, &client).status, 200);
        ts_moved(s, &before,
                 ts_format("hellos cert.test %s +1\n"
                           "handshakes cert.test %s 0 +1\n"
                           "requests cert.test %s pass +1\n",
                           name, name, name));
        if (s->kind == TS_NGINX) {
            /* Completes the handshake and answers 400 by itself. */
            continue;
        }
        client.cert = NULL;
        ck_assert_int_eq(ts_visit(s, &client).status, 0);
        ts_moved(s, &before,
                 ts_format("hellos cert.test %s +1\nhandshake_failures "
                           "cert.test client_certificate_missing +1\n",
                           name));
        client.cert = "stranger";
        ck_assert_int_eq(ts_visit(s, &client).status, 0);
        ts_moved(s, &before,
                 ts_format("hellos cert.test %s +1\nhandshake_failures "
                           "cert.test client_certificate_invalid +1\n",
                           name));
    }
}
END_TEST

/* Only nginx turns a name away. */
START_TEST(test_rejected_name)
{
    ts_server *s = ts_on(TS_NGINX);
    ts_scrape before = ts_scrape_of(s);
    ts_answer a =
        ts_visit(s, &(ts_client){.sni = "strict.test", .to = "strict.test"});

    ck_assert_int_eq(a.alert, 112);
    ts_moved(s, &before, FAILED("strict.test", "TLSv1.3", "rejected_name"));
    ts_visit(s, &(ts_client){.sni = "known.test", .to = "known.test"});
    ts_moved(s, &before, SERVED("known.test", "TLSv1.3"));
}
END_TEST

/* Apache answers with http/1.1 all the same, and the client ends it. */
START_TEST(test_no_application_protocol)
{
    ts_server *s = ts_on(_i);
    ts_scrape before = ts_scrape_of(s);
    ts_answer a = ts_visit(s, &(ts_client){.sni = "rsa.test", .alpn = "foo"});

    ck_assert_int_eq(a.alert, s->kind == TS_APACHE ? -1 : 120);
    ts_moved(s, &before,
             s->kind == TS_APACHE
                 ? FAILED("rsa.test", "TLSv1.3", "client_alert_other")
                 : FAILED("rsa.test", "TLSv1.3", "no_application_protocol"));
}
END_TEST

START_TEST(test_regular_expression_as_a_name)
{
    ts_server *s = ts_on(TS_NGINX);
    ts_scrape before = ts_scrape_of(s);

    ts_visit(s, &(ts_client){.sni = "re12.test", .max = TLS1_VERSION});
    ts_moved(s, &before, REFUSED("rsa.test", "TLSv1"));
    ts_visit(s, &(ts_client){.sni = "re12.test"});
    ts_moved(s, &before, SERVED("rsa.test", "TLSv1.3"));
}
END_TEST

START_TEST(test_resumed_handshakes)
{
    ts_server *s = ts_on(_i);
    ts_scrape before = ts_scrape_of(s);

    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        const char *name = version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3";
        ts_client client = {.sni = "rsa.test", .max = version};

        client.session = ts_visit(s, &client).session;
        ck_assert(ts_visit(s, &client).is_resumed);
        ts_moved(s, &before,
                 ts_format("hellos rsa.test %s +2\n"
                           "handshakes rsa.test %s 0 +1\n"
                           "handshakes rsa.test %s 1 +1\n"
                           "requests rsa.test %s pass +2\n",
                           name, name, name, name));
    }
}
END_TEST

typedef struct group_case {
    ts_client client;
    const char *group;
    const char *version;
} group_case;

static const group_case groups[] = {
    {.client = {.sni = "rsa.test", .groups = "X25519"},
     .group = "X25519",
     .version = "TLSv1.3"},
    {.client = {.sni = "rsa.test", .groups = "P-384"},
     .group = "secp384r1",
     .version = "TLSv1.3"},
    {.client = {.sni = "rsa.test", .groups = "P-256", .max = TLS1_2_VERSION},
     .group = "secp256r1",
     .version = "TLSv1.2"},
    {.client = {.sni = "rsa.test",
                .ciphers = "AES128-GCM-SHA256",
                .max = TLS1_2_VERSION},
     .group = "none",
     .version = "TLSv1.2"},
};

START_TEST(test_key_exchange_groups)
{
    ts_server *s = ts_on(_i);
    ts_scrape before = ts_scrape_of(s);

    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        const char *v = groups[i].version;

        ck_assert_int_eq(ts_visit(s, &groups[i].client).status, 200);
        ts_moved(s, &before,
                 ts_format("hellos rsa.test %s +1\n"
                           "handshakes rsa.test %s 0 +1\n"
                           "requests rsa.test %s pass +1\n"
                           "key_exchange rsa.test %s +1\n",
                           v, v, v, groups[i].group));
    }
}
END_TEST

/* Several requests over one connection: one handshake. */
START_TEST(test_keep_alive)
{
    ts_server *s = ts_on(_i);
    ts_scrape before = ts_scrape_of(s);
    ts_answer a = ts_visit(
        s, &(ts_client){.sni = "two.test",
                        .request = "GET / HTTP/1.1\r\nHost: two.test\r\n\r\n"
                                   "GET / HTTP/1.1\r\nHost: observe.test\r\n"
                                   "Connection: close\r\n\r\n"});

    ck_assert_ptr_nonnull(strstr(a.raw, "SITE observe.test"));
    ts_moved(s, &before,
             "hellos two.test TLSv1.3 +1\n"
             "handshakes two.test TLSv1.3 0 +1\n"
             "requests two.test TLSv1.3 pass +1\n"
             "requests observe.test TLSv1.3 pass +1\n");
}
END_TEST

/* The last test: nothing was counted twice or late in all the others. */
START_TEST(test_accounts_balance)
{
    ts_accounts_balance(ts_on(_i));
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("handshake");
    TCase *tcase = ts_tcase(suite, "counting", &conf);

    tcase_add_loop_test(tcase, test_visits, 0,
                        TS_N_SERVERS *
                            (int)(sizeof(visits) / sizeof(visits[0])));
    tcase_add_loop_test(tcase, test_client_certificates, 0, TS_N_SERVERS);
    tcase_add_test(tcase, test_rejected_name);
    tcase_add_loop_test(tcase, test_no_application_protocol, 0, TS_N_SERVERS);
    tcase_add_test(tcase, test_regular_expression_as_a_name);
    tcase_add_loop_test(tcase, test_resumed_handshakes, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_key_exchange_groups, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_keep_alive, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_accounts_balance, 0, TS_N_SERVERS);
    return suite;
}
