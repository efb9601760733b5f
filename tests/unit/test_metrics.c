/* SPDX-License-Identifier: Apache-2.0 */
/* The text reports: what is in them and what is not, and their formats (also
 * as promtool sees them). */
#include "unit/check_main.h"
#include "unit/openmetrics.h"
#include "unit/report.h"

static bool
has_line(const char *report, const char *line)
{
    char with_end[512];

    snprintf(with_end, sizeof(with_end), "\n%s\n", line);
    return strstr(report, with_end) != NULL;
}

static size_t
count_of(const char *report, const char *part)
{
    size_t n = 0;

    for (; (report = strstr(report, part)) != NULL; report++) {
        n++;
    }
    return n;
}

static const char quiet_openmetrics[] =
    "# TYPE tlsfloor_hellos counter\n"
    "# HELP tlsfloor_hellos ClientHellos read, by the highest version that the "
    "client offers.\n"
    "# TYPE tlsfloor_handshakes counter\n";

static const char quiet_stages[] =
    "# TYPE tlsfloor_stage info\n"
    "# HELP tlsfloor_stage Floor and stage of a configured virtual host.\n"
    "tlsfloor_stage_info{vhost=\"a.test:443\",floor=\"TLSv1.2\","
    "stage=\"warn\",configured=\"warn\"} 1\n"
    "tlsfloor_stage_info{vhost=\"b.test:443\",floor=\"TLSv1.3\","
    "stage=\"observe\",configured=\"observe\"} 1\n"
    "# TYPE tlsfloor_next_stage_timestamp_seconds gauge\n"
    "# UNIT tlsfloor_next_stage_timestamp_seconds seconds\n"
    "# HELP tlsfloor_next_stage_timestamp_seconds When the next stage of a "
    "configured virtual host begins.\n"
    "tlsfloor_next_stage_timestamp_seconds{vhost=\"a.test:443\","
    "stage=\"block\"} 1798848000\n"
    "# TYPE tlsfloor_errors counter\n"
    "# HELP tlsfloor_errors Failures of the module itself, by part; requests "
    "went on.\n"
    "# TYPE tlsfloor_build info\n"
    "# HELP tlsfloor_build Versions of the module, the server and OpenSSL.\n"
    "tlsfloor_build_info{version=\"0.1.0\",server=\"nginx/1.22.1\","
    "openssl=\"OpenSSL 3.0.0 \\\"quoted\\\"\"} 1\n"
    "# EOF\n";

/* Without traffic there are no series but what the configuration tells. */
START_TEST(quiet_hosts_have_no_series)
{
    const char *report = write_report(TLSF_REPORT_OPENMETRICS);
    size_t n = strlen(quiet_stages);

    ck_assert_int_eq(
        strncmp(report, quiet_openmetrics, strlen(quiet_openmetrics)), 0);
    ck_assert_uint_gt(written.n, n);
    ck_assert_str_eq(report + written.n - n, quiet_stages);
    ck_assert_uint_eq(count_of(report, "{vhost="), 3);
    ck_assert_ptr_null(om_first_error(written.data, written.n));
}
END_TEST

/* One hello of a.test brings its zeros, by its floor, and nobody else's. */
START_TEST(traffic_brings_zeros)
{
    static const struct {
        const char *part;
        size_t n;
    } counts[] = {
        {"tlsfloor_hellos_total{", TLSF_N_VERSIONS},
        {"tlsfloor_handshakes_total{", 8}, /* TLSv1 … 1.3, resumed or not */
        {"tlsfloor_handshake_failures_total{", 0},
        {"tlsfloor_refused_total{", 4},  /* SSLv2 … TLSv1.1 */
        {"tlsfloor_rescued_total{", 2},  /* TLSv1, TLSv1.1 */
        {"tlsfloor_requests_total{", 8}, /* 4 pass, 2 warn, 2 page */
        {"tlsfloor_below_floor_requests_total{", 0},
        {"tlsfloor_last_below_floor_timestamp_seconds{", 0},
        {"tlsfloor_watching_since_timestamp_seconds{", 0},
        {"tlsfloor_key_exchange_total{", 0},
        {"tlsfloor_post_quantum_hellos_total{", 0},
        {"tlsfloor_fallback_scsv_total{", 0},
        {"tlsfloor_connects_without_hello_total{", 0},
        {"tlsfloor_errors_total{", 0},
        {"vhost=\"b.test:443\"", 1}, /* its stage */
    };

    tlsf_bump(&hosts[0].row->hellos[TLSF_TLSV1]);
    const char *report = write_report(TLSF_REPORT_OPENMETRICS);
    for (size_t i = 0; i < TLSF_COUNTOF(counts); i++) {
        ck_assert_msg(count_of(report, counts[i].part) == counts[i].n,
                      "%s: %zu", counts[i].part,
                      count_of(report, counts[i].part));
    }
    ck_assert(has_line(report, "tlsfloor_hellos_total{vhost=\"a.test:443\","
                               "offered=\"TLSv1\"} 1"));
    ck_assert(has_line(report, "tlsfloor_hellos_total{vhost=\"a.test:443\","
                               "offered=\"other\"} 0"));
    ck_assert(has_line(report, "tlsfloor_requests_total{vhost=\"a.test:443\","
                               "version=\"TLSv1.1\",action=\"page\"} 0"));
    ck_assert_ptr_null(om_first_error(written.data, written.n));
}
END_TEST

/* What is not zero is always written, whatever the floor says of it. */
START_TEST(events_have_series)
{
    static const char *const lines[] = {
        "tlsfloor_handshakes_total{vhost=\"b.test:443\",version=\"other\","
        "resumed=\"1\"} 1",
        "tlsfloor_handshake_failures_total{vhost=\"b.test:443\","
        "reason=\"eof\"} 2",
        "tlsfloor_refused_total{vhost=\"b.test:443\",offered=\"TLSv1.3\"} 1",
        "tlsfloor_rescued_total{vhost=\"b.test:443\",version=\"SSLv3\"} 1",
        "tlsfloor_requests_total{vhost=\"b.test:443\",version=\"TLSv1.3\","
        "action=\"page\"} 1",
        "tlsfloor_below_floor_requests_total{vhost=\"b.test:443\","
        "client=\"ie\"} 1",
        "tlsfloor_last_below_floor_timestamp_seconds{vhost=\"b.test:443\"} "
        "1798761600",
        "tlsfloor_watching_since_timestamp_seconds{vhost=\"b.test:443\"} "
        "1798761540",
        "tlsfloor_key_exchange_total{vhost=\"b.test:443\","
        "group=\"X25519MLKEM768\"} 1",
        "tlsfloor_post_quantum_hellos_total{vhost=\"b.test:443\"} 1",
        "tlsfloor_fallback_scsv_total{vhost=\"b.test:443\"} 1",
        "tlsfloor_connects_without_hello_total{vhost=\"b.test:443\"} 1",
        "tlsfloor_errors_total{part=\"gate\"} 1",
    };
    tlsf_row *row = hosts[1].row;

    tlsf_bump(&row->handshakes[TLSF_VERSION_OTHER][1]);
    tlsf_bump(&row->failures[TLSF_REASON_EOF]);
    tlsf_bump(&row->failures[TLSF_REASON_EOF]);
    tlsf_bump(&row->refused[TLSF_TLSV13]);
    tlsf_bump(&row->rescued[TLSF_SSLV3]);
    tlsf_row_request(row, TLSF_TLSV13, TLSF_ACTION_PAGE);
    tlsf_row_request_below(row, TLSF_FAMILY_IE, NOW);
    atomic_store(&row->watching_since, NOW - 60);
    tlsf_bump(&row->groups[TLSF_GROUP_X25519MLKEM768]);
    tlsf_bump(&row->post_quantum);
    tlsf_bump(&row->fallback_scsv);
    tlsf_bump(&row->without_hello);
    tlsf_bump(&table->errors[TLSF_PART_GATE]);
    const char *report = write_report(TLSF_REPORT_OPENMETRICS);
    for (size_t i = 0; i < TLSF_COUNTOF(lines); i++) {
        ck_assert_msg(has_line(report, lines[i]), "%s", lines[i]);
    }
    ck_assert_ptr_null(om_first_error(written.data, written.n));
}
END_TEST

START_TEST(prometheus_form)
{
    fill_table(3);
    const char *report = write_report(TLSF_REPORT_PROMETHEUS);

    ck_assert_ptr_nonnull(
        strstr(report, "# TYPE tlsfloor_hellos_total counter\n"));
    ck_assert_ptr_nonnull(strstr(report, "# TYPE tlsfloor_stage_info gauge\n"));
    ck_assert_ptr_null(strstr(report, "# UNIT"));
    ck_assert_ptr_null(strstr(report, "# EOF"));
    pass_to("promtool", "promtool check metrics 1>&2");
}
END_TEST

/* Names of nginx may be expressions, and bytes that are no text. */
START_TEST(labels_are_escaped)
{
    static const char *const keys[] = {"~^\\w+\"x\"$:443", "two\nlines:443",
                                       "\xff\xc3:443", "\x01\x7f:443"};

    for (size_t i = 0; i < TLSF_COUNTOF(keys); i++) {
        tlsf_bump(&row_of(keys[i])->hellos[TLSF_TLSV13]);
    }
    const char *report = write_report(TLSF_REPORT_OPENMETRICS);
    ck_assert_ptr_null(om_first_error(written.data, written.n));
    ck_assert_ptr_nonnull(strstr(report, "{vhost=\"~^\\\\w+\\\"x\\\"$:443\","));
    ck_assert_ptr_nonnull(strstr(report, "{vhost=\"two\\nlines:443\","));
    write_report(TLSF_REPORT_PROMETHEUS);
    pass_to("promtool", "promtool check metrics 1>&2");
    write_report(TLSF_REPORT_JSON);
    pass_to("jq", "jq -e '.vhosts[2].vhost == \"~^\\\\w+\\\"x\\\"$:443\"' "
                  "> /dev/null");
}
END_TEST

/* The overflow row speaks for many hosts, so it has neither floor nor stage. */
START_TEST(overflow_only_with_traffic)
{
    ck_assert_ptr_null(
        strstr(write_report(TLSF_REPORT_OPENMETRICS), "_overflow"));
    ck_assert_ptr_null(strstr(write_report(TLSF_REPORT_JSON), "_overflow"));

    tlsf_row *row = tlsf_table_overflow(table);
    hosts[1].row = row;
    tlsf_bump(&row->hellos[TLSF_TLSV1]);
    const char *report = write_report(TLSF_REPORT_OPENMETRICS);
    ck_assert(has_line(report, "tlsfloor_hellos_total{vhost=\"_overflow\","
                               "offered=\"TLSv1\"} 1"));
    ck_assert_ptr_null(strstr(report, "stage_info{vhost=\"_overflow\""));
    ck_assert_ptr_null(om_first_error(written.data, written.n));
    report = write_report(TLSF_REPORT_JSON);
    ck_assert_ptr_nonnull(strstr(
        report, "{\"vhost\":\"_overflow\",\"floor\":null,\"stage\":null,"));
}
END_TEST

/* A row of a host that is gone keeps its counts and loses its stage. */
START_TEST(removed_host_keeps_its_counts)
{
    tlsf_bump(&row_of("gone.test:443")->hellos[TLSF_TLSV1]);
    hosts[0].row = NULL; /* off now */
    hosts[2].row = NULL;
    tlsf_bump(&row_of("a.test:443")->hellos[TLSF_TLSV1]);
    const char *report = write_report(TLSF_REPORT_OPENMETRICS);
    ck_assert(has_line(report, "tlsfloor_hellos_total{vhost=\"gone.test:443\","
                               "offered=\"TLSv1\"} 1"));
    ck_assert_uint_eq(count_of(report, "tlsfloor_stage_info{"), 1);
    ck_assert_uint_eq(count_of(report, "tlsfloor_refused_total{"), 0);
}
END_TEST

START_TEST(names_its_media_type)
{
    static const char *const types[] = {
        [TLSF_REPORT_OPENMETRICS] =
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
        [TLSF_REPORT_PROMETHEUS] = "text/plain; version=0.0.4; charset=utf-8",
        [TLSF_REPORT_JSON] = "application/json"};

    for (size_t i = 0; i < TLSF_COUNTOF(types); i++) {
        ck_assert(tlsf_str_eq(tlsf_report_content_type((tlsf_report_kind)i),
                              tlsf_str_of(types[i])));
    }
}
END_TEST

/* The checker must see what it is there for. */
START_TEST(checker_sees_faults)
{
    static const char *const faults[] = {
        "# TYPE a counter\na_total 1\n",
        "# TYPE a counter\na 1\n# EOF\n",
        "# TYPE a counter\na_total 1\na_total 2\n# EOF\n",
        "# TYPE a gauge\n# TYPE b gauge\n# HELP a x\n# EOF\n",
        "# TYPE a gauge\na 1\n# HELP a x\n# EOF\n",
        "# TYPE a gauge\na{b=\"c\\d\"} 1\n# EOF\n",
        "# TYPE a gauge\na{b=\"c\"d\"} 1\n# EOF\n",
        "# TYPE a gauge\na{b=\"c\",b=\"d\"} 1\n# EOF\n",
        "# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n",
        "# TYPE a info\na_info 2\n# EOF\n",
        "# TYPE a gauge\na 1\n# EOF\na 2\n",
        "a 1\n# EOF\n",
    };

    for (size_t i = 0; i < TLSF_COUNTOF(faults); i++) {
        ck_assert_msg(om_first_error(faults[i], strlen(faults[i])) != NULL,
                      "%s", faults[i]);
    }
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("metrics");
    TCase *tcase = tcase_create("metrics");

    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, make, drop);
    tcase_add_test(tcase, quiet_hosts_have_no_series);
    tcase_add_test(tcase, traffic_brings_zeros);
    tcase_add_test(tcase, events_have_series);
    tcase_add_test(tcase, prometheus_form);
    tcase_add_test(tcase, labels_are_escaped);
    tcase_add_test(tcase, overflow_only_with_traffic);
    tcase_add_test(tcase, removed_host_keeps_its_counts);
    tcase_add_test(tcase, names_its_media_type);
    tcase_add_test(tcase, checker_sees_faults);
    suite_add_tcase(suite, tcase);
    return suite;
}
