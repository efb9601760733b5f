/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts whose own protocol bounds are not the default host's: with the module
 * each modern client gets exactly what it gets without, and old ones what the
 * stage says. */
#include <string.h>

#include "servers/expect.h"
#include "servers/harness.h"
#include "servers/tool.h"

#define BLOCK   "tlsfloor TLSv1.2\ntlsfloor_stage block"
#define OBSERVE "tlsfloor TLSv1.2"

/* One listener's sites: a stage opens the contexts, or none does. */
#define SITES(n, stage)                                                        \
    {.name = "default" #n ".test", .listener = n, .directives = stage},        \
        {.name = "min" #n ".test",                                             \
         .listener = n,                                                        \
         .has_no_protocols = true,                                             \
         .directives = stage,                                                  \
         .nginx = "ssl_conf_command MinProtocol TLSv1.3;\n",                   \
         .apache = "SSLOpenSSLConfCmd MinProtocol TLSv1.3\n"},                 \
        {.name = "max" #n ".test",                                             \
         .listener = n,                                                        \
         .has_no_protocols = true,                                             \
         .directives = stage,                                                  \
         .nginx = "ssl_conf_command MaxProtocol TLSv1.2;\n",                   \
         .apache = "SSLOpenSSLConfCmd MaxProtocol TLSv1.2\n"},                 \
    {                                                                          \
        .name = "both" #n ".test", .listener = n, .directives = stage,         \
        .nginx = "ssl_conf_command MinProtocol TLSv1.3;\n",                    \
        .apache = "SSLOpenSSLConfCmd MinProtocol TLSv1.3\n"                    \
    }

/* clang-format off */
static const ts_site sites[] = {
    SITES(0, BLOCK),
    {0},
};

static const ts_site stock[] = {
    SITES(0, NULL),
    {0},
};

static const ts_site observed[] = {
    SITES(0, OBSERVE),
    {0},
};
/* clang-format on */

static const ts_conf stock_conf = {.sites = stock, .is_stock = true};
static const ts_conf block_conf = {.sites = sites};
static const ts_conf observe_conf = {.sites = observed};

static const struct {
    const char *site;
    int min;
    int max;
} visits[] = {
    {"default0.test", TLS1_2_VERSION, TLS1_2_VERSION},
    {"default0.test", TLS1_3_VERSION, TLS1_3_VERSION},
    {"min0.test", TLS1_2_VERSION, TLS1_2_VERSION},
    {"min0.test", TLS1_3_VERSION, TLS1_3_VERSION},
    {"max0.test", TLS1_2_VERSION, TLS1_2_VERSION},
    {"max0.test", TLS1_3_VERSION, TLS1_3_VERSION},
    {"max0.test", TLS1_2_VERSION, TLS1_3_VERSION},
    {"both0.test", TLS1_2_VERSION, TLS1_2_VERSION},
    {"both0.test", TLS1_2_VERSION, TLS1_3_VERSION},
};

START_TEST(test_modern_clients_as_without_the_module)
{
    ts_kind kind = (ts_kind)(_i / 2);
    ts_server *without = ts_server_start(kind, &stock_conf);
    ts_server *ours =
        ts_server_start(kind, _i % 2 == 0 ? &block_conf : &observe_conf);

    for (size_t i = 0; i < sizeof(visits) / sizeof(visits[0]); i++) {
        ts_client client = {
            .sni = visits[i].site, .min = visits[i].min, .max = visits[i].max};
        ts_answer a = ts_visit(without, &client);
        ts_answer b = ts_visit(ours, &client);

        ck_assert_msg(a.status == b.status && a.alert == b.alert &&
                          strcmp(a.version, b.version) == 0,
                      "%s, %s, versions %x to %x: %s %d without the module, "
                      "%s %d with it",
                      ts_kind_name(kind), visits[i].site,
                      (unsigned)visits[i].min, (unsigned)visits[i].max,
                      a.version, a.status, b.version, b.status);
    }
}
END_TEST

START_TEST(test_old_clients_are_rescued_there_too)
{
    static const char *const names[] = {"default0.test", "min0.test",
                                        "max0.test", "both0.test"};
    ts_server *s = ts_server_start((ts_kind)_i, &block_conf);

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        ts_answer a =
            ts_visit(s, &(ts_client){.sni = names[i], .max = TLS1_VERSION});

        ts_assert_page(s, &a, "TLSv1");
    }
    ts_accounts_balance(s);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("bounds");
    TCase *tcase = ts_tcase(suite, "bounds", NULL);

    tcase_add_loop_test(tcase, test_modern_clients_as_without_the_module, 0,
                        TS_N_SERVERS * 2);
    tcase_add_loop_test(tcase, test_old_clients_are_rescued_there_too, 0,
                        TS_N_SERVERS);
    return suite;
}
