/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON report (as jq sees it), and what all three have in common: pieces
 * of a bounded size that make up the whole. */
#include "unit/check_main.h"
#include "unit/openmetrics.h"
#include "unit/report.h"

enum { ROWS = 1000, PIECE = 16384 };

static const char json_check[] =
    "jq -e '.schema == 1 and .now == \"2027-01-01T00:00:00Z\""
    " and .build.openssl == \"OpenSSL 3.0.0 \\\"quoted\\\"\""
    " and (.vhosts | length) == 3"
    " and .errors == {\"status\": 2}"
    " and (.vhosts[0] | .vhost == \"a.test:443\" and .floor == \"TLSv1.2\""
    " and .stage == \"warn\""
    " and .next == {\"stage\": \"block\", \"at\": \"2027-01-02T00:00:00Z\"}"
    " and .hellos == {\"TLSv1\": 1}"
    " and .handshakes == {\"TLSv1\": {\"0\": 1, \"1\": 1}}"
    " and .requests == {\"TLSv1\": {\"warn\": 1}}"
    " and .below_floor_requests == {\"ie\": 1}"
    " and .last_below_floor == \"2027-01-01T00:00:00Z\""
    " and .watching_since == \"2026-12-31T23:59:00Z\""
    " and .handshake_failures == {} and .fallback_scsv == 0)"
    " and (.vhosts[1] | .stage == \"observe\" and .next == null"
    " and .last_below_floor == null and .watching_since == null)"
    " and (.vhosts[2] | .floor == null and .stage == null and .next == null)'"
    " > /dev/null";

START_TEST(json_form)
{
    tlsf_row *row = hosts[0].row;

    tlsf_bump(&row->hellos[TLSF_TLSV1]);
    tlsf_bump(&row->handshakes[TLSF_TLSV1][0]);
    tlsf_bump(&row->handshakes[TLSF_TLSV1][1]);
    tlsf_row_request(row, TLSF_TLSV1, TLSF_ACTION_WARN);
    tlsf_row_request_below(row, TLSF_FAMILY_IE, NOW);
    atomic_store(&row->watching_since, NOW - 60);
    tlsf_bump(&table->errors[TLSF_PART_STATUS]);
    tlsf_bump(&table->errors[TLSF_PART_STATUS]);
    row_of("gone.test:443");
    write_report(TLSF_REPORT_JSON);
    pass_to("jq", json_check);

    make_table(4);
    for (size_t i = 0; i < TLSF_COUNTOF(hosts); i++) {
        hosts[i].row = NULL;
    }
    write_report(TLSF_REPORT_JSON);
    pass_to("jq", "jq -e '.vhosts == []' > /dev/null");
    tlsf_bump(&tlsf_table_overflow(table)->hellos[TLSF_TLSV1]);
    write_report(TLSF_REPORT_JSON);
    pass_to("jq", "jq -e '.vhosts[0].vhost == \"_overflow\"' > /dev/null");
}
END_TEST

/* Each piece into a buffer of its own gives the text of one long write. */
static void
check_pieces(tlsf_report_kind kind)
{
    static char piece[PIECE];
    tlsf_report report = report_of(kind);
    size_t at = 0;
    bool has_more = true;

    write_report(kind);
    while (has_more) {
        tlsf_buf buf = {piece, sizeof(piece), 0};
        tlsf_out out = tlsf_out_to_buf(&buf);

        has_more = tlsf_report_next(&report, &out);
        ck_assert_int_eq(out.err, TLSF_OK);
        ck_assert_uint_le(at + buf.used, written.n);
        ck_assert_int_eq(memcmp(written.data + at, piece, buf.used), 0);
        at += buf.used;
    }
    ck_assert_uint_eq(at, written.n);
}

START_TEST(pieces_are_bounded)
{
    fill_table(ROWS);
    check_pieces(TLSF_REPORT_OPENMETRICS);
    ck_assert_ptr_null(om_first_error(written.data, written.n));
    check_pieces(TLSF_REPORT_PROMETHEUS);
    check_pieces(TLSF_REPORT_JSON);
    pass_to("jq", "jq -e '.vhosts | length == 1001' > /dev/null");
}
END_TEST

/* Keys that grow most when escaped, counts of twenty digits. */
START_TEST(widest_pieces_are_bounded)
{
    static const char worst[] = {'\x80', '\\', '\x01'};
    char key[TLSF_KEY_SIZE];

    for (size_t i = 0; i < sizeof(worst); i++) {
        memset(key, worst[i], sizeof(key));
        tlsf_row *row = tlsf_table_row(table, (tlsf_str){key, sizeof(key)});
        fill(row, UINT64_MAX);
        atomic_store(&row->last_below_floor, 1);
        atomic_store(&row->watching_since, 1);
    }
    check_pieces(TLSF_REPORT_OPENMETRICS);
    check_pieces(TLSF_REPORT_PROMETHEUS);
    check_pieces(TLSF_REPORT_JSON);
}
END_TEST

static int
no_room(void *to, const char *bytes, size_t n)
{
    (void)to;
    (void)bytes;
    (void)n;
    return TLSF_ESINK;
}

START_TEST(stops_when_the_sink_fails)
{
    for (int kind = TLSF_REPORT_OPENMETRICS; kind <= TLSF_REPORT_JSON; kind++) {
        tlsf_report report = report_of((tlsf_report_kind)kind);
        tlsf_out out = {no_room, NULL, 0, TLSF_OK};

        tlsf_report_next(&report, &out);
        ck_assert_int_eq(out.err, TLSF_ESINK);
        ck_assert(!tlsf_report_next(&report, &out));
    }
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("report");
    TCase *tcase = tcase_create("report");

    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, make, drop);
    tcase_add_test(tcase, json_form);
    tcase_add_test(tcase, pieces_are_bounded);
    tcase_add_test(tcase, widest_pieces_are_bounded);
    tcase_add_test(tcase, stops_when_the_sink_fails);
    suite_add_tcase(suite, tcase);
    return suite;
}
