/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations that the server must not start with, although each argument
 * is right; and odd ones that it must start with. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "servers/harness.h"
#include "servers/reader.h"
#include "servers/refusal.h"
#include "servers/tool.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define FLOOR       "tlsfloor TLSv1.2"
#define OLD_TOO     "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3"

/* The line at which the block of this site begins. */
static int
block_of(ts_kind kind, const char *file, const char *name)
{
    const char *word = kind == TS_NGINX ? "server_name" : "ServerName";
    const char *begin = kind == TS_NGINX ? "    server {" : "<VirtualHost ";
    const char *end = strstr(file, ts_format("%s %s", word, name));
    const char *found = NULL;

    ck_assert_ptr_nonnull(end);
    for (const char *at = strstr(file, begin); at != NULL && at < end;
         at = strstr(at + 1, begin)) {
        found = at;
    }
    return ts_line_of(file, found);
}

/* httpd's own test cannot see this: contexts are made after it. */
START_TEST(test_floor_above_all_versions)
{
    static const ts_site sites[] = {
        {.name = "a.test", .directives = "tlsfloor TLSv1.2"},
        {.name = "b.test", .directives = "tlsfloor TLSv1.3"},
        {0},
    };
    static const ts_conf conf = {
        .listeners = {{.protocols = "TLSv1 TLSv1.2"}},
        .sites = sites,
    };
    ts_kind kind = (ts_kind)_i;
    char *complaint = NULL;
    ts_refusal refused = kind == TS_NGINX ? ts_refusal_of(kind, &conf)
                                          : ts_refusal_unasked(kind, &conf);
    char *words = ts_spelt(
        kind, "tlsfloor: the floor TLSv1.3 of \"b.test\" is above TLSv1.2, the "
              "highest version that ssl_protocols lets it negotiate; lower the "
              "floor or widen ssl_protocols in ");

    ck_assert(kind == TS_APACHE || strstr(refused.said, words) != NULL);
    ck_assert_ptr_null(ts_server_try(kind, &conf, &complaint));
    char *at = strstr(complaint, words);
    ck_assert_msg(at != NULL, "%s: %s", ts_kind_name(kind), complaint);
    char *where =
        ts_format("server.conf:%d\n", block_of(kind, refused.file, "b.test"));
    ck_assert_msg(strstr(at, where) != NULL, "%s: no %s in %s",
                  ts_kind_name(kind), where, at);
}
END_TEST

static bool
is_nginx_by_name(void)
{
    const char *const argv[] = {
        "env", "-u", "NGINX", ts_env("NGINX", "/usr/sbin/nginx"), "-v", NULL};
    ts_run run = ts_exec(argv, NULL);
    const char *version = strstr(run.err, "nginx/");
    unsigned n[3] = {0, 0, 0};

    ck_assert_ptr_nonnull(version);
    ck_assert_int_eq(sscanf(version, "nginx/%u.%u.%u", &n[0], &n[1], &n[2]), 3);
    return n[0] * 1000000 + n[1] * 1000 + n[2] >= 1029002;
}

/* Before 1.29.2 the default server's protocols count for every name. */
START_TEST(test_floor_above_the_default_servers_versions)
{
    static const ts_site low[] = {
        {.name = "a.test"},
        {.name = "b.test",
         .has_no_protocols = true,
         .directives = "tlsfloor TLSv1.3",
         .nginx = "ssl_protocols TLSv1.2 TLSv1.3;"},
        {0},
    };
    static const ts_site high[] = {
        {.name = "a.test"},
        {.name = "b.test",
         .has_no_protocols = true,
         .directives = "tlsfloor TLSv1.3",
         .nginx = "ssl_protocols TLSv1.2;"},
        {0},
    };
    static const ts_conf low_default = {.listeners = {{.protocols = "TLSv1.2"}},
                                        .sites = low};
    static const ts_conf high_default = {.sites = high};
    bool by_name = is_nginx_by_name();
    char *complaint = NULL;

    ck_assert(by_name ==
              (ts_server_try(TS_NGINX, &low_default, &complaint) != NULL));
    ck_assert(by_name ==
              (ts_server_try(TS_NGINX, &high_default, &complaint) == NULL));
    ck_assert_ptr_nonnull(strstr(complaint, "is above TLSv1.2, the highest"));
}
END_TEST

/* How often the log has these words, from the start on. */
static unsigned
times_said(ts_server *s, const char *words)
{
    s->log_mark = 0;
    return ts_server_said(s, words);
}

/* Visit a site on another address of the loopback network. */
static void
visit_at(const ts_server *s, const char *address, const char *site)
{
    unsigned port = ts_port_of(s, site);
    const char *const argv[] = {"curl",
                                "-qsSkf",
                                "--noproxy",
                                "*",
                                "--resolve",
                                ts_format("%s:%u:%s", site, port, address),
                                ts_format("https://%s:%u/", site, port),
                                NULL};
    ts_run run = ts_exec(argv, NULL);

    ck_assert_msg(run.code == 0, "%s, %s: %s", ts_kind_name(s->kind), address,
                  run.err);
}

/* One name and port at two addresses is one row; the start says so, once. */
START_TEST(test_two_hosts_with_one_name)
{
    static const ts_site sites[] = {
        {.name = "a.test", .directives = FLOOR},
        {.name = "b.test", .directives = FLOOR},
        {0},
    };
    static const ts_conf conf = {
        .sites = sites,
        .nginx = "server {\n"
                 "    listen 127.0.0.2:@port0@ ssl;\n"
                 "    server_name A.test;\n"
                 "    ssl_certificate @certs@/rsa.pem;\n"
                 "    ssl_certificate_key @certs@/rsa.pem;\n"
                 "    tlsfloor TLSv1.2;\n"
                 "    return 200;\n"
                 "}\n",
        .apache = "Listen 127.0.0.2:@port0@ https\n"
                  "<VirtualHost 127.0.0.2:@port0@>\n"
                  "    ServerName A.test\n"
                  "    DocumentRoot @prefix@/www/a.test\n"
                  "    SSLEngine on\n"
                  "    SSLCertificateFile @certs@/rsa.pem\n"
                  "    TLSFloor TLSv1.2\n"
                  "</VirtualHost>\n",
    };
    ts_server *s = ts_server_start((ts_kind)_i, &conf);

    ck_assert_uint_eq(
        times_said(s, ts_format("tlsfloor: 1 virtual host has the name and "
                                "port of an earlier one and shares its "
                                "counters (the first is \"%s\")",
                                ts_vhost(s, "a.test"))),
        1);
    visit_at(s, "127.0.0.1", "a.test");
    visit_at(s, "127.0.0.2", "a.test");
    ts_metric_eventually(s, 2, "tlsfloor_handshakes_total", "vhost",
                         ts_vhost(s, "a.test"), NULL);
    ts_metric_eventually(s, 2, "tlsfloor_requests_total", NULL);
    ts_assert_promtool(s, ts_scrape_of(s).text);
}
END_TEST

/* Apache's main server may speak TLS itself, for whatever port nobody else is
 * there for; a virtual host without TLS has no row by that. */
START_TEST(test_main_server_with_tls)
{
    static const ts_site sites[] = {{.name = "a.test"}, {0}};
    static const ts_conf conf = {
        .n_listeners = 2,
        .sites = sites,
        .apache = "SSLEngine on\n"
                  "SSLCertificateFile @certs@/rsa.pem\n"
                  "TLSFloor TLSv1.2\n"
                  "TLSFloorStage block\n",
    };
    ts_server *s = ts_server_start(TS_APACHE, &conf);
    unsigned lowest = s->ports[0] < s->ports[1] ? s->ports[0] : s->ports[1];
    ts_client old = {.sni = "a.test", .max = TLS1_VERSION};
    ts_answer a = ts_visit(s, &old);

    ts_assert_page(s, &a, "TLSv1");
    ts_metric_eventually(s, 1, "tlsfloor_rescued_total", "vhost",
                         ts_vhost(s, "a.test"), NULL);
    ts_metric_eventually(s, 1, "tlsfloor_stage_info", "vhost",
                         ts_format("localhost:%u", lowest), NULL);
    ts_metric_eventually(s, 2, "tlsfloor_stage_info", NULL);
    ck_assert_uint_eq(times_said(s, "shares its counters"), 0);
}
END_TEST

/* What has no room is counted together, and said once, also by a reload. */
START_TEST(test_more_hosts_than_the_zone_has_room_for)
{
    static const ts_site sites[] = {
        {.name = "a.test", .directives = FLOOR},
        {.name = "b.test", .directives = FLOOR},
        {.name = "c.test", .directives = FLOOR},
        {.name = "d.test", .directives = FLOOR},
        {0},
    };
    static const ts_conf conf = {.sites = sites,
                                 .directives = "tlsfloor_zone 2"};
    ts_server *s = ts_server_start((ts_kind)_i, &conf);
    char *said = ts_spelt(
        s->kind, "the table has room for 2 virtual hosts; 2 more are "
                 "counted together as _overflow; write tlsfloor_zone with a "
                 "larger number, then stop and start the server");

    for (const ts_site *site = sites; site->name != NULL; site++) {
        ck_assert_int_eq(ts_visit(s, &(ts_client){.sni = site->name}).status,
                         200);
        ck_assert_int_eq(
            ts_visit(s, &(ts_client){.sni = site->name, .max = TLS1_VERSION})
                .alert,
            70);
    }
    ts_accounts_balance(s);

    ts_scrape now = ts_scrape_of(s);
    const char *const rows[] = {ts_vhost(s, "a.test"), ts_vhost(s, "b.test"),
                                "_overflow"};
    for (int i = 0; i < 3; i++) {
        double want = i < 2 ? 1 : 2;

        ck_assert_double_eq(ts_metric(&now, "tlsfloor_handshakes_total",
                                      "vhost", rows[i], NULL),
                            want);
        ck_assert_double_eq(
            ts_metric(&now, "tlsfloor_refused_total", "vhost", rows[i], NULL),
            want);
        ck_assert_double_eq(
            ts_metric(&now, "tlsfloor_requests_total", "vhost", rows[i], NULL),
            want);
    }
    ck_assert_ptr_null(strstr(now.text, "c.test"));
    ts_assert_promtool(s, now.text);
    ts_server_reload(s, &conf);
    ck_assert_uint_eq(times_said(s, said), 1);
}
END_TEST

/* Before the first date: observe, whatever the clock says. */
START_TEST(test_before_the_first_date)
{
    static const ts_site sites[] = {
        {.name = "a.test",
         .directives = FLOOR "\ntlsfloor_stage block 2098-01-01T00:00:00Z\n"
                             "tlsfloor_stage refuse 2099-01-01T00:00:00Z"},
        {0},
    };
    static const ts_conf conf = {
        .listeners = {{.protocols = OLD_TOO, .ciphers = "ALL:@SECLEVEL=0"}},
        .sites = sites,
    };
    ts_server *s = ts_server_start((ts_kind)_i, &conf);
    ts_scrape before = ts_scrape_of(s);
    ts_client old = {.sni = "a.test", .max = TLS1_VERSION};

    ck_assert_int_eq(ts_visit(s, &old).status, 200);
    ts_moved(s, &before, ts_served("a.test", "TLSv1"));
    ck_assert_double_eq(ts_metric(&before, "tlsfloor_stage_info", "stage",
                                  "observe", "configured", "observe", NULL),
                        1);
    ck_assert_double_eq(ts_metric(&before,
                                  "tlsfloor_next_stage_timestamp_seconds",
                                  "stage", "block", NULL),
                        4039372800.0);
}
END_TEST

/* TLS 1.3 switched off is nothing odd: nginx's own default before 1.23.4. */
START_TEST(test_without_tls_1_3)
{
    static const ts_site sites[] = {
        {.name = "a.test", .directives = FLOOR},
        {.name = "b.test", .directives = FLOOR "\ntlsfloor_stage block"},
        {.name = "c.test", .directives = FLOOR "\ntlsfloor_stage refuse"},
        {.name = "d.test"},
        {0},
    };
    static const ts_conf conf = {.listeners = {{.protocols = "TLSv1.2"}},
                                 .sites = sites};
    ts_server *s = ts_server_start((ts_kind)_i, &conf);

    for (const ts_site *site = sites; site->name != NULL; site++) {
        ts_answer modern = ts_visit(s, &(ts_client){.sni = site->name});
        ts_answer newest =
            ts_visit(s, &(ts_client){.sni = site->name, .min = TLS1_3_VERSION});

        ck_assert_str_eq(modern.version, "TLSv1.2");
        ck_assert_int_eq(modern.status, 200);
        ck_assert_int_eq(newest.alert, 70);
    }

    ts_answer old =
        ts_visit(s, &(ts_client){.sni = "b.test", .max = TLS1_VERSION});
    ts_assert_page(s, &old, "TLSv1");
}
END_TEST

/* Off everywhere: no row, and TLS as ever. */
START_TEST(test_off_everywhere)
{
    static const ts_site sites[] = {
        {.name = "a.test", .directives = "tlsfloor off"},
        {.name = "b.test", .directives = "tlsfloor_stage block"},
        {0},
    };
    static const ts_conf conf = {.sites = sites};
    ts_server *s = ts_server_start((ts_kind)_i, &conf);
    ts_client modern = {.sni = "a.test"};
    ts_client old = {.sni = "b.test", .max = TLS1_VERSION};
    ts_answer a = ts_visit(s, &modern);

    ck_assert_str_eq(a.version, "TLSv1.3");
    ck_assert_str_eq(a.body, "SITE a.test\n");
    ck_assert_int_eq(ts_visit(s, &old).alert, 70);
    ck_assert_ptr_null(strstr(ts_scrape_of(s).text, "vhost"));
    ck_assert_uint_eq(times_said(s, "tlsfloor:"), 0);
}
END_TEST

/* Loaded, and not one directive. */
START_TEST(test_no_directive_at_all)
{
    static const ts_site sites[] = {{.name = "a.test"}, {0}};
    char *folder = ts_absolute(ts_env("MODULE_DIR", "build"));
    ts_conf conf = {
        .sites = sites,
        .is_stock = true,
        .nginx_main =
            ts_format("load_module %s/ngx_http_tlsfloor_module.so;", folder),
        .apache =
            ts_format("LoadModule tlsfloor_module %s/mod_tlsfloor.so", folder),
    };
    ts_server *s = ts_server_start((ts_kind)_i, &conf);
    ts_client modern = {.sni = "a.test"};
    ts_client old = {.sni = "a.test", .max = TLS1_VERSION};

    for (int i = 0; i < 2; i++) {
        ck_assert_str_eq(ts_visit(s, &modern).body, "SITE a.test\n");
        ck_assert_int_eq(ts_visit(s, &old).alert, 70);
        ts_server_reload(s, &conf);
    }
    ck_assert_uint_eq(times_said(s, "tlsfloor:"), 0);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("starts");
    TCase *tcase = ts_tcase(suite, "starts", NULL);

    tcase_add_loop_test(tcase, test_floor_above_all_versions, 0, TS_N_SERVERS);
    tcase_add_test(tcase, test_floor_above_the_default_servers_versions);
    tcase_add_loop_test(tcase, test_two_hosts_with_one_name, 0, TS_N_SERVERS);
    tcase_add_test(tcase, test_main_server_with_tls);
    tcase_add_loop_test(tcase, test_more_hosts_than_the_zone_has_room_for, 0,
                        TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_before_the_first_date, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_without_tls_1_3, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_off_everywhere, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_no_directive_at_all, 0, TS_N_SERVERS);
    return suite;
}
