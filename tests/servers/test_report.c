/* SPDX-License-Identifier: Apache-2.0 */
/* What is behind the status handler: forms, types, the names of rows, closed
 * sets. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "servers/harness.h"
#include "servers/reader.h"
#include "servers/tool.h"
#include "unit/openmetrics.h"

#define FLOOR       "tlsfloor TLSv1.2"
#define OPENMETRICS "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define PROMETHEUS  "text/plain; version=0.0.4; charset=utf-8"

/* A server of nginx that is no site, since only nginx can have its name. */
#define NGINX_SERVER(listen, name)                                             \
    "server {\n" listen "    server_name " name ";\n"                          \
    "    ssl_certificate @certs@/rsa.pem;\n"                                   \
    "    ssl_certificate_key @certs@/rsa.pem;\n"                               \
    "    tlsfloor TLSv1.2;\n"                                                  \
    "    return 200 \"SITE of nginx\";\n"                                      \
    "}\n"

#define LISTEN_0 "    listen 127.0.0.1:@port0@ ssl;\n"

static const ts_site sites[] = {
    {.name = "Exact.Test",
     .aliases = "other.test *.sub.test",
     .directives = FLOOR},
    {.name = "block.test",
     .directives = FLOOR "\ntlsfloor_stage block 2020-01-01T00:00:00Z\n"
                         "tlsfloor_stage refuse 2099-01-01T00:00:00Z"},
    {.name = "quiet.test", .directives = "tlsfloor TLSv1.3"},
    {.name = "off.test"},
    {0},
};

static const ts_conf conf = {
    .n_listeners = 3,
    .sites = sites,
    .nginx = NGINX_SERVER(LISTEN_0, "*.wild.test")
        NGINX_SERVER(LISTEN_0, "\"~^H?\\\"?re\\d{2}\\.test$\"")
            NGINX_SERVER(LISTEN_0, "\"\"")
                NGINX_SERVER("    listen 127.0.0.1:@port1@ ssl;\n"
                             "    listen 127.0.0.1:@port2@ ssl;\n"
                             "    listen unix:@prefix@/tls.sock ssl;\n"
                             "    listen unix:@prefix@/plain.sock;\n",
                             "two-ports.test")
                    NGINX_SERVER("    listen unix:@prefix@/only.sock ssl;\n",
                                 "socket.test"),
    .apache = "<VirtualHost 127.0.0.1:@port1@ 127.0.0.1:@port2@>\n"
              "    ServerName two-ports.test\n"
              "    SSLEngine on\n"
              "    SSLCertificateFile @certs@/rsa.pem\n"
              "    TLSFloor TLSv1.2\n"
              "</VirtualHost>\n"
              "<VirtualHost 127.0.0.1:@port1@>\n"
              "    ServerName 'Od\"d\\na\\me.test'\n"
              "    SSLEngine on\n"
              "    SSLCertificateFile @certs@/rsa.pem\n"
              "    TLSFloor TLSv1.2\n"
              "</VirtualHost>\n",
};

/* One request with this method and these further lines, to its end. */
static ts_answer
ask(unsigned port, const char *method, const char *path, const char *headers)
{
    char *request = ts_format("%s %s HTTP/1.1\r\nHost: localhost\r\n"
                              "Connection: close\r\n%s\r\n",
                              method, path, headers);
    ts_answer answer = {.alert = -1, .raw = "", .head = "", .body = ""};
    ts_text raw = {NULL, 0};
    char piece[65536];
    ssize_t n = 0;
    int fd = ts_connect(port);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(send(fd, request, strlen(request), MSG_NOSIGNAL),
                     (ssize_t)strlen(request));
    while ((n = recv(fd, piece, sizeof(piece), 0)) > 0) {
        ts_append(&raw, piece, (size_t)n);
    }
    close(fd);
    if (raw.n > 0) {
        ts_answer_read(&answer, raw.data, raw.n);
    }
    return answer;
}

/* So that every metric has a series: all kinds of visitors. */
static void
make_traffic(ts_server *s)
{
    ts_hello hybrid = {.sni = "exact.test", .groups = "11ec 001d"};

    ts_visit(s, &(ts_client){.sni = "exact.test"});
    ts_visit(s, &(ts_client){.sni = "exact.test", .max = TLS1_1_VERSION});
    ts_visit(s, &(ts_client){.sni = "block.test", .max = TLS1_VERSION});
    ts_visit(s, &(ts_client){.sni = "block.test",
                             .max = TLS1_2_VERSION,
                             .has_fallback_scsv = true});
    ts_say_hello(s, "block.test", &hybrid, TS_ANSWER);
}

typedef struct form_case {
    const char *name;
    const char *accept;
    const char *type;
} form_case;

static const form_case forms[] = {
    {"no Accept", NULL, PROMETHEUS},
    {"anything", "*/*", PROMETHEUS},
    {"a browser", "text/html,application/xhtml+xml,*/*;q=0.8", PROMETHEUS},
    {"OpenMetrics alone", "application/openmetrics-text", OPENMETRICS},
    {"Prometheus 2",
     "application/openmetrics-text;version=1.0.0,"
     "application/openmetrics-text;version=0.0.1;q=0.75,"
     "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
     OPENMETRICS},
    {"text preferred",
     "application/openmetrics-text;version=1.0.0;q=0.3,"
     "text/plain;version=0.0.4;q=0.6",
     PROMETHEUS},
    {"OpenMetrics refused", "application/openmetrics-text;q=0", PROMETHEUS},
    {"garbage", ";;q=,,=\"", PROMETHEUS},
};

START_TEST(test_forms_by_accept)
{
    ts_server *s = ts_on(_i);

    make_traffic(s);
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        ts_answer a = ts_metrics_as(s, forms[i].accept);
        const char *type = ts_header(&a, "Content-Type");
        const char *stored = ts_header(&a, "Cache-Control");
        bool is_openmetrics = strcmp(forms[i].type, OPENMETRICS) == 0;
        size_t n = strlen(a.body);

        ck_assert_int_eq(a.status, 200);
        ck_assert_msg(type != NULL && strcmp(type, forms[i].type) == 0,
                      "%s, %s: %s", ts_kind_name(s->kind), forms[i].name, type);
        ck_assert_msg(stored != NULL && strcmp(stored, "no-store") == 0,
                      "%s may be stored", forms[i].name);
        ck_assert_uint_gt(n, 6);
        ck_assert_int_eq(strcmp(a.body + n - 6, "# EOF\n") == 0,
                         is_openmetrics);
    }
}
END_TEST

START_TEST(test_formats_are_valid)
{
    ts_server *s = ts_on(_i);

    make_traffic(s);
    ts_answer openmetrics = ts_metrics_as(s, "application/openmetrics-text");
    const char *wrong =
        om_first_error(openmetrics.body, strlen(openmetrics.body));

    ck_assert_msg(wrong == NULL, "%s: %s in:\n%.3000s", ts_kind_name(s->kind),
                  wrong, openmetrics.body);
    ts_assert_promtool(s, ts_metrics_as(s, NULL).body);
}
END_TEST

/* status.json holds what the metrics hold, by another reader. */
START_TEST(test_json_says_the_same)
{
    static const char *const members[][2] = {
        {"hellos[]", "tlsfloor_hellos_total"},
        {"handshakes[][]", "tlsfloor_handshakes_total"},
        {"handshake_failures[]", "tlsfloor_handshake_failures_total"},
        {"refused[]", "tlsfloor_refused_total"},
        {"rescued[]", "tlsfloor_rescued_total"},
        {"requests[][]", "tlsfloor_requests_total"},
        {"below_floor_requests[]", "tlsfloor_below_floor_requests_total"},
        {"key_exchange[]", "tlsfloor_key_exchange_total"},
        {"post_quantum_hellos", "tlsfloor_post_quantum_hellos_total"},
        {"fallback_scsv", "tlsfloor_fallback_scsv_total"},
    };
    ts_server *s = ts_on(_i);
    ts_answer a;

    make_traffic(s);
    ts_accounts_balance(s);
    ts_scrape scrape = ts_scrape_of(s);
    a = ts_fetch(s->status_port, "/tlsfloor/status.json", NULL);
    ck_assert_int_eq(a.status, 200);
    ck_assert_str_eq(ts_header(&a, "Content-Type"), "application/json");
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        double want = ts_metric(&scrape, members[i][1], NULL);
        ts_run run = ts_filter(
            s, ts_format("jq '[.vhosts[].%s] | add'", members[i][0]), a.body);

        ck_assert_msg(run.code == 0 && strtod(run.out, NULL) == want,
                      "%s, %s: %s%s, not %g", ts_kind_name(s->kind),
                      members[i][0], run.out, run.err, want);
        ck_assert_msg(want > 0, "%s: nothing moved %s", ts_kind_name(s->kind),
                      members[i][1]);
    }

    char *plan = ts_format(
        "jq -e '.schema == 1 and (.now | fromdate) > 0 and .errors == {} and "
        "(.vhosts[] | select(.vhost == \"%s\") | .floor == \"TLSv1.2\" and "
        ".stage == \"block\" and .next == {stage: \"refuse\", "
        "at: \"2099-01-01T00:00:00Z\"} and (.last_below_floor | fromdate) > 0 "
        "and .rescued.TLSv1 > 0)'",
        ts_vhost(s, "block.test"));
    ts_run run = ts_filter(s, plan, a.body);
    ck_assert_msg(run.code == 0, "%s%s\n%.3000s", run.out, run.err, a.body);
}
END_TEST

START_TEST(test_head_and_other_methods)
{
    static const char *const paths[] = {"/tlsfloor/metrics",
                                        "/tlsfloor/status.json", "/tlsfloor/"};
    ts_server *s = ts_on(_i);

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        ts_answer get = ask(s->status_port, "GET", paths[i], "");
        ts_answer head = ask(s->status_port, "HEAD", paths[i], "");
        ts_answer post =
            ask(s->status_port, "POST", paths[i], "Content-Length: 0\r\n");

        ck_assert_int_eq(get.status, 200);
        ck_assert_int_eq(head.status, 200);
        ck_assert_str_eq(ts_header(&head, "Content-Type"),
                         ts_header(&get, "Content-Type"));
        ck_assert_str_eq(strstr(head.raw, "\r\n\r\n"), "\r\n\r\n");
        ck_assert_int_eq(post.status, 405);
    }
    ck_assert_int_eq(ask(s->status_port, "GET", "/tlsfloor/x", "").status, 404);
}
END_TEST

/* Whether a row has its stage_info; `key` as a reader sees it. */
static bool
has_row(const ts_scrape *scrape, const char *key)
{
    return ts_metric(scrape, "tlsfloor_stage_info", "vhost", key, NULL) == 1;
}

static void
assert_hello(ts_server *s, const char *sni, const char *key)
{
    ts_scrape before = ts_scrape_of(s);
    double n = ts_metric(&before, "tlsfloor_hellos_total", "vhost", key, NULL);

    ck_assert_msg(has_row(&before, key), "%s: no row %s", ts_kind_name(s->kind),
                  key);
    ts_visit(s, &(ts_client){.sni = sni, .max = TLS1_2_VERSION});
    ts_metric_eventually(s, n + 1, "tlsfloor_hellos_total", "vhost", key, NULL);
}

START_TEST(test_names_of_rows)
{
    ts_server *s = ts_on(_i);
    ts_scrape scrape = ts_scrape_of(s);
    unsigned lowest = s->ports[1] < s->ports[2] ? s->ports[1] : s->ports[2];

    assert_hello(s, "EXACT.test", ts_format("exact.test:%u", s->ports[0]));
    assert_hello(s, "other.test", ts_format("exact.test:%u", s->ports[0]));
    assert_hello(s, "x.sub.test", ts_format("exact.test:%u", s->ports[0]));
    ck_assert(has_row(&scrape, ts_format("two-ports.test:%u", lowest)));
    ck_assert_ptr_null(strstr(scrape.text, "off.test"));
    ck_assert_ptr_null(strstr(scrape.text, "other.test"));
}
END_TEST

START_TEST(test_names_that_only_nginx_has)
{
    ts_server *s = ts_on(TS_NGINX);
    ts_scrape scrape = ts_scrape_of(s);

    assert_hello(s, "x.wild.test", ts_format("*.wild.test:%u", s->ports[0]));
    assert_hello(s, "\"re12.test",
                 ts_format("~^H?\"?re\\d{2}\\.test$:%u", s->ports[0]));
    ck_assert(has_row(&scrape, ts_format("_:%u", s->ports[0])));
    ck_assert(has_row(&scrape, "socket.test:0"));
    ck_assert_ptr_nonnull(strstr(
        scrape.text,
        ts_format("vhost=\"~^H?\\\"?re\\\\d{2}\\\\.test$:%u\"", s->ports[0])));
    ts_assert_promtool(s, scrape.text);
}
END_TEST

START_TEST(test_names_that_only_apache_has)
{
    ts_server *s = ts_on(TS_APACHE);
    ts_scrape scrape = ts_scrape_of(s);

    ck_assert(
        has_row(&scrape, ts_format("od\"d\\na\\me.test:%u", s->ports[1])));
    ck_assert_ptr_nonnull(
        strstr(scrape.text, ts_format("vhost=\"od\\\"d\\\\na\\\\me.test:%u\"",
                                      s->ports[1])));
    ts_assert_promtool(s, scrape.text);
}
END_TEST

/* Nothing that a client sends gets into a report, or makes a row. */
START_TEST(test_closed_sets)
{
    ts_server *s = ts_on(_i);
    ts_hello odd = {.sni = "evil\"\\\nname",
                    .versions = "7a7a 7f12",
                    .groups = "4242 eeee",
                    .alpn = "evil/9"};

    make_traffic(s);
    ts_say_hello(s, "Exact.Test", &odd, TS_WAIT);
    ts_visit(s, &(ts_client){.sni = "block.test",
                             .max = TLS1_VERSION,
                             .request =
                                 "EVIL /evil?evil=\"} HTTP/1.1\r\n"
                                 "Host: evil.test\r\nUser-Agent: evil/6.6\r\n"
                                 "Accept: evil/*\r\n\r\n"});
    ts_visit(s, &(ts_client){.sni = "evil.test",
                             .host = "evil.test",
                             .headers = "User-Agent: evil\r\n"});
    ts_accounts_balance(s);

    ts_scrape scrape = ts_scrape_of(s);
    ts_assert_closed(scrape.text);
    ck_assert_ptr_null(strcasestr(scrape.text, "evil"));
    ck_assert_double_gt(ts_metric(&scrape, "tlsfloor_hellos_total", "vhost",
                                  ts_format("exact.test:%u", s->ports[0]),
                                  "offered", "other", NULL),
                        0);
    ck_assert_ptr_null(strcasestr(
        ts_fetch(s->status_port, "/tlsfloor/status.json", NULL).body, "evil"));
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("report");
    TCase *tcase = ts_tcase(suite, "reports", &conf);

    tcase_add_loop_test(tcase, test_forms_by_accept, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_formats_are_valid, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_json_says_the_same, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_head_and_other_methods, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_names_of_rows, 0, TS_N_SERVERS);
    tcase_add_test(tcase, test_names_that_only_nginx_has);
    tcase_add_test(tcase, test_names_that_only_apache_has);
    tcase_add_loop_test(tcase, test_closed_sets, 0, TS_N_SERVERS);
    return suite;
}
