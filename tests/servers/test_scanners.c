/* SPDX-License-Identifier: Apache-2.0 */
/* What scanners report with and without the module. In observe, warn and
 * refuse the whole report is the same; in block all but the versions below the
 * floor and what follows from them. FULL=1 adds all that testssl can find out,
 * which takes half an hour. */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "servers/harness.h"
#include "servers/tool.h"

enum {
    SCAN_MS = 400 * 1000, /* testssl on a busy machine */
    FULL_SCAN_MS = 900 * 1000,
    SCAN_LIMIT_S = 500
};

#define STAGE(stage) "tlsfloor TLSv1.2\ntlsfloor_stage " stage

/* The first is the default of the address: also a scan without names. */
static const ts_site sites[] = {
    {.name = "observe.test", .directives = STAGE("observe")},
    {.name = "warn.test", .directives = STAGE("warn")},
    {.name = "refuse.test", .directives = STAGE("refuse")},
    {.name = "block.test", .directives = STAGE("block")},
    {.name = "off.test"},
    {0},
};

static const ts_site stock_sites[] = {
    {.name = "observe.test"}, {.name = "warn.test"}, {.name = "refuse.test"},
    {.name = "block.test"},   {.name = "off.test"},  {0},
};

static const ts_conf conf = {.sites = sites};
static const ts_conf stock_conf = {.sites = stock_sites, .is_stock = true};

enum { N_SITES = sizeof(sites) / sizeof(sites[0]) - 1 };

/* Lines that differ from one scan to the next, or name the port. */
static const char *const noise[] = {"Testing SSL server", "Start 20", "Done 20",
                                    "rDNS", NULL};

/* What a floor of TLS 1.2 in block may change. sslscan takes the answer about
 * renegotiation from the lowest version it gets. */
static const char *const below_floor[] = {"TLSv1.0", "TLSv1.1",       "TLS 1 ",
                                          "TLS 1.1", "renegotiation", NULL};

static bool
has_any(const char *line, const char *const *words)
{
    for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
        if (strstr(line, words[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* A report without noise and without lines that hold one of these words. */
static const char *
without(const char *report, const char *const *words)
{
    ts_text kept = {NULL, 0};

    ts_append(&kept, "", 0);
    while (*report != '\0') {
        size_t n = strcspn(report, "\n");
        char *line = ts_format("%.*s", (int)n, report);

        if (!has_any(line, noise) && !has_any(line, words)) {
            ts_appendf(&kept, "%s\n", line);
        }
        report += n + (report[n] == '\n');
    }
    return kept.data;
}

static void
assert_same(const ts_server *s, const char *site, const char *stock,
            const char *ours)
{
    const char *const *words =
        strcmp(site, "block.test") == 0 ? below_floor : NULL;
    const char *a = without(stock, words);
    const char *b = without(ours, words);

    ck_assert_msg(strcmp(a, b) == 0,
                  "%s, %s: without the module:\n%s\nwith it:\n%s",
                  ts_kind_name(s->kind), site, a, b);
}

static const char *
sslscan(const ts_server *s, const char *site)
{
    const char *const argv[] = {"sslscan",
                                "--no-colour",
                                "--show-sigs",
                                ts_format("--sni-name=%s", site),
                                "--iana-names",
                                ts_format("127.0.0.1:%u", ts_port_of(s, site)),
                                NULL};
    ts_run run = ts_exec_for(argv, NULL, SCAN_MS);

    ck_assert_msg(run.code == 0, "sslscan: %s%s", run.out, run.err);
    ck_assert_ptr_nonnull(strstr(run.out, "TLSv1.3   enabled"));
    return run.out;
}

START_TEST(test_sslscan)
{
    ts_server *s = ts_on(_i / N_SITES);
    const char *site = sites[_i % N_SITES].name;
    ts_server *stock = ts_server_start(s->kind, &stock_conf);
    const char *ours = sslscan(s, site);

    ck_assert_int_eq(strstr(ours, "TLSv1.0   enabled") != NULL,
                     strcmp(site, "block.test") == 0);
    assert_same(s, site, sslscan(stock, site), ours);
}
END_TEST

static void
testssl(const ts_server *s, const char *site, const char *file)
{
    const char *const argv[] = {
        "testssl", "--color",     "0",
        "--quiet", "--fast",      "--warnings",
        "off",     "--protocols", "--server-preference",
        "--ip",    "127.0.0.1",   ts_format("%s:%u", site, ts_port_of(s, site)),
        NULL};

    ts_write_file(file, ts_exec_for(argv, NULL, SCAN_MS).out);
}

/* Slow, mostly waiting: all scans of a server at once. */
START_TEST(test_testssl)
{
    ts_server *s = ts_on(_i);
    ts_server *stock = ts_server_start(s->kind, &stock_conf);
    pid_t scans[N_SITES];
    const char *files[N_SITES];

    for (int i = 0; i < N_SITES; i++) {
        files[i] = ts_format("%s/scan-%d.txt", s->prefix, i);
        scans[i] = fork();
        ck_assert_int_ge(scans[i], 0);
        if (scans[i] == 0) {
            /* The last site is off: the server as it is stands for it. */
            testssl(i == N_SITES - 1 ? stock : s, sites[i].name, files[i]);
            _exit(0);
        }
    }
    for (int i = 0; i < N_SITES; i++) {
        int status = 0;

        waitpid(scans[i], &status, 0);
        ck_assert_int_eq(status, 0);
    }
    const char *expected = ts_read_file(files[N_SITES - 1]).data;
    ck_assert_ptr_nonnull(strstr(expected, "TLS 1.3    offered"));
    for (int i = 0; i < N_SITES - 1; i++) {
        const char *report = ts_read_file(files[i]).data;

        ck_assert_int_eq(strstr(report, "TLS 1      offered") != NULL,
                         strcmp(sites[i].name, "block.test") == 0);
        assert_same(s, sites[i].name, expected, report);
    }
}
END_TEST

/* Findings that are new each time. */
static const char *const full_noise[] = {
    "\"scanTime\"", "\"HTTP_clock_skew\"", "\"TLS_timestamp\"",
    /* its client leaves without waiting for the tickets of TLS 1.3 */
    "\"sessionresumption_", NULL};

/* What block may change in them: versions, their suites, and weaknesses that
 * only they have. */
static const char *const full_below_floor[] = {
    "\"TLS1\"", "\"TLS1_1\"", "\"cipher-tls1_x", "\"cipher-tls1_1_x", "\"BEAST",
    "\"fallback_SCSV\"",
    /* asked without a name and with TLS 1.1 alone */
    "\"cert_commonName_wo_SNI",
    /* clients that have nothing newer than TLS 1.0 */
    "\"clientsimulation-ie_8_win7\"", "\"clientsimulation-java_7u25\"", NULL};

/* Findings without noise, without these words and without the port. */
static const char *
findings(const ts_server *s, const char *csv, const char *const *words)
{
    char *port = ts_format("\"%u\"", s->ports[0]);
    ts_text kept = {NULL, 0};

    ts_append(&kept, "", 0);
    while (*csv != '\0') {
        size_t n = strcspn(csv, "\n");
        char *line = ts_format("%.*s", (int)n, csv);
        char *at = strstr(line, port);

        if (at != NULL) {
            memset(at, '.', strlen(port));
        }
        if (!has_any(line, full_noise) && !has_any(line, words)) {
            ts_appendf(&kept, "%s\n", line);
        }
        csv += n + (csv[n] == '\n');
    }
    return kept.data;
}

static pid_t
begin_full_scan(const ts_server *s, const char *site, const char *file)
{
    const char *const argv[] = {"testssl",
                                "--color",
                                "0",
                                "--quiet",
                                "--warnings",
                                "off",
                                "-n",
                                "none",
                                "-p",
                                "-P",
                                "-S",
                                "-s",
                                "-f",
                                "-E",
                                "-U",
                                "-h",
                                "-g",
                                "-c",
                                "--ip",
                                "127.0.0.1",
                                "--csvfile",
                                file,
                                ts_format("%s:%u", site, ts_port_of(s, site)),
                                NULL};
    pid_t pid = fork();

    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        ts_exec_for(argv, NULL, FULL_SCAN_MS);
        _exit(0);
    }
    return pid;
}

/* A site and the same site without the module, side by side. */
START_TEST(test_full_scan)
{
    ts_server *s = ts_on(_i / N_SITES);
    const char *site = sites[_i % N_SITES].name;
    const char *const *words =
        strcmp(site, "block.test") == 0 ? full_below_floor : NULL;
    ts_server *stock = ts_server_start(s->kind, &stock_conf);
    const char *files[] = {ts_format("%s/full.csv", stock->prefix),
                           ts_format("%s/full-%s.csv", s->prefix, site)};
    pid_t scans[] = {begin_full_scan(stock, site, files[0]),
                     begin_full_scan(s, site, files[1])};

    waitpid(scans[0], NULL, 0);
    waitpid(scans[1], NULL, 0);
    const char *stock_found =
        findings(stock, ts_read_file(files[0]).data, words);
    const char *found = findings(s, ts_read_file(files[1]).data, words);

    ck_assert_ptr_nonnull(strstr(stock_found, "\"TLS1_3\""));
    ck_assert_ptr_nonnull(strstr(stock_found, "\"clientsimulation-"));
    ck_assert_msg(strcmp(stock_found, found) == 0, "%s, %s: %s",
                  ts_kind_name(s->kind), site,
                  ts_difference(stock_found, found));
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("scanners");
    TCase *tcase = ts_tcase(suite, "scanners", &conf);

    tcase_set_timeout(tcase, SCAN_LIMIT_S);
    tcase_add_loop_test(tcase, test_sslscan, 0, TS_N_SERVERS * N_SITES);
    tcase_add_loop_test(tcase, test_testssl, 0, TS_N_SERVERS);
    if (*ts_env("FULL", "") != '\0') {
        TCase *full = ts_tcase(suite, "full", &conf);

        tcase_set_timeout(full, FULL_SCAN_MS / 1000);
        tcase_add_loop_test(full, test_full_scan, 0, TS_N_SERVERS * N_SITES);
    }
    return suite;
}
