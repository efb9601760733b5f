/* SPDX-License-Identifier: Apache-2.0 */
/* Dates from text and to text. */
#include <string.h>

#include "unit/check_main.h"

#include "tlsf_time.h"

#define MIDNIGHT_OFFSET (-9 * 3600) /* a server in Japan, without libc */

static int64_t
midnight(int year, int month, int day)
{
    tlsf_date date = {.year = year, .month = month, .day = day};

    return tlsf_time_of(&date) + MIDNIGHT_OFFSET;
}

/* clang-format off */
static const struct {
    int64_t at;
    const char *rfc3339;
    const char *http;
} instants[] = {
    {0, "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"},
    {86399, "1970-01-01T23:59:59Z", "Thu, 01 Jan 1970 23:59:59 GMT"},
    {31536000, "1971-01-01T00:00:00Z", "Fri, 01 Jan 1971 00:00:00 GMT"},
    {68169599, "1972-02-28T23:59:59Z", "Mon, 28 Feb 1972 23:59:59 GMT"},
    {68169600, "1972-02-29T00:00:00Z", "Tue, 29 Feb 1972 00:00:00 GMT"},
    {784111777, "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37 GMT"},
    {951782400, "2000-02-29T00:00:00Z", "Tue, 29 Feb 2000 00:00:00 GMT"},
    {951868800, "2000-03-01T00:00:00Z", "Wed, 01 Mar 2000 00:00:00 GMT"},
    {978307199, "2000-12-31T23:59:59Z", "Sun, 31 Dec 2000 23:59:59 GMT"},
    {1803859200, "2027-03-01T00:00:00Z", "Mon, 01 Mar 2027 00:00:00 GMT"},
    {2147483648, "2038-01-19T03:14:08Z", "Tue, 19 Jan 2038 03:14:08 GMT"},
    {4007664000, "2096-12-30T00:00:00Z", "Sun, 30 Dec 2096 00:00:00 GMT"},
    {4107542399, "2100-02-28T23:59:59Z", "Sun, 28 Feb 2100 23:59:59 GMT"},
    {4107542400, "2100-03-01T00:00:00Z", "Mon, 01 Mar 2100 00:00:00 GMT"},
    {253402300799, "9999-12-31T23:59:59Z", "Fri, 31 Dec 9999 23:59:59 GMT"},
};
/* clang-format on */

START_TEST(instants_are_written)
{
    char bytes[64];
    tlsf_buf buf = {bytes, sizeof bytes, 0};
    tlsf_out out = tlsf_out_to_buf(&buf);
    int64_t at = instants[_i].at;
    tlsf_date date = tlsf_date_of(at);
    int64_t back;

    tlsf_time_write_rfc3339(&out, at);
    ck_assert(
        tlsf_str_eq(tlsf_buf_str(&buf), tlsf_str_of(instants[_i].rfc3339)));
    ck_assert_int_eq(tlsf_time_parse(tlsf_buf_str(&buf), midnight, &back, NULL),
                     TLSF_OK);
    ck_assert_int_eq(back, at);

    buf.used = 0;
    tlsf_time_write_http(&out, at);
    ck_assert(tlsf_str_eq(tlsf_buf_str(&buf), tlsf_str_of(instants[_i].http)));
    ck_assert_int_eq(tlsf_time_of(&date), at);
}
END_TEST

/* clang-format off */
static const struct {
    const char *text;
    int64_t at;
} good[] = {
    {"2027-03-01", 1803859200 + MIDNIGHT_OFFSET},
    {"2000-02-29", 951782400 + MIDNIGHT_OFFSET},
    {"1970-01-02", 86400 + MIDNIGHT_OFFSET},
    {"2027-03-01T00:00:00Z", 1803859200},
    {"2027-03-01t00:00:00z", 1803859200},
    {"2027-03-01 00:00:00Z", 1803859200},
    {"2027-03-01T09:00:00+09:00", 1803859200},
    {"2027-02-28T19:00:00-05:00", 1803859200},
    {"2027-03-01T05:45:00+05:45", 1803859200},
    {"2027-03-01T00:00:00-00:00", 1803859200},
    {"2027-03-01T23:59:00+23:59", 1803859200},
    {"2027-03-01T00:00:00.9Z", 1803859200},
    {"2027-03-01T00:00:00.123456789123456789+00:00", 1803859200},
    {"1970-01-01T00:00:00Z", 0},
};
/* clang-format on */

START_TEST(good_dates_are_read)
{
    int64_t at = -2;
    int result =
        tlsf_time_parse(tlsf_str_of(good[_i].text), midnight, &at, NULL);

    ck_assert_msg(result == TLSF_OK, "%s", good[_i].text);
    ck_assert_msg(at == good[_i].at, "%s gave %lld", good[_i].text,
                  (long long)at);
}
END_TEST

static const struct {
    const char *text;
    const char *what; /* part of the reason */
    size_t at;
} bad[] = {
    {"", "2027-03-01", 0},
    {"soon", "2027-03-01", 0},
    {"March 2027", "2027-03-01", 0},
    {" 2027-03-01", "2027-03-01", 0},
    {"-2027-03-01", "2027-03-01", 0},
    {"03-01", "year", 0},
    {"27-03-01", "year", 0},
    {"01.03.2027", "year", 0},
    {"02027-03-01", "year", 0},
    {"20270301", "year", 0},
    {"1969-12-31", "1970", 0},
    {"0000-01-01", "1970", 0},
    {"1969-12-31T23:00:00-01:00", "1970", 0},
    /* A bare 1970-01-01 lies before 1970 for a server in Japan. */
    {"1970-01-01", "1970", 0},
    {"1970-01-01T00:00:00+00:01", "1970", 0},
    {"9999-12-31T23:59:59-00:01", "9999", 0},
    {"2027", "2027-03-01", 4},
    {"2027/03/01", "2027-03-01", 4},
    {"2027-03", "year, month and day", 7},
    {"2027-3-1", "two digits", 5},
    {"2027-03-1", "two digits", 8},
    {"2027-003-01", "two digits", 5},
    {"2027-03-011", "two digits", 8},
    {"2027-", "two digits", 5},
    {"2027-00-01", "months", 5},
    {"2027-13-01", "months", 5},
    {"2027-03-00", "no such day", 8},
    {"2027-03-32", "no such day", 8},
    {"2027-04-31", "no such day", 8},
    {"2027-02-29", "no such day", 8},
    {"2100-02-29", "no such day", 8},
    {"2000-02-30", "no such day", 8},
    {"2027-03-01x", "may follow", 10},
    {"2027-03-01T", "hours", 11},
    {"2027-03-01T24:00:00Z", "hours", 11},
    {"2027-03-01T9:00:00Z", "hours", 11},
    {"2027-03-01T24:00", "hours", 11},
    {"2027-03-01T09", "hh:mm:ss", 13},
    {"2027-03-01T09:00Z", "hh:mm:ss", 16},
    {"2027-03-01T09:60:00Z", "minutes", 14},
    {"2027-03-01T09:00:60Z", "seconds", 17},
    {"2016-12-31T23:59:60Z", "seconds", 17},
    {"2027-03-01T09:00:00", "zone", 19},
    {"2027-03-01T09:00:00.Z", "point", 20},
    {"2027-03-01T09:00:00,5Z", "zone", 19},
    {"2027-03-01T09:00:00 Z", "zone", 19},
    {"2027-03-01T09:00:00JST", "zone", 19},
    {"2027-03-01T09:00:00+0900", "zone", 20},
    {"2027-03-01T09:00:00+09", "zone", 22},
    {"2027-03-01T09:00:00+24:00", "zone", 20},
    {"2027-03-01T09:00:00+09:60", "zone", 23},
    {"2027-03-01T09:00:00Z ", "nothing may follow", 20},
    {"2027-03-01  09:00:00Z", "hours", 11},
};

START_TEST(bad_dates_are_refused)
{
    int64_t at = -2;
    tlsf_diag diag = {NULL, 0};
    tlsf_str text = tlsf_str_of(bad[_i].text);

    ck_assert_msg(tlsf_time_parse(text, midnight, &at, &diag) == TLSF_EINVAL,
                  "\"%s\" was taken", bad[_i].text);
    ck_assert_int_eq(at, -2);
    ck_assert_msg(strstr(diag.what, bad[_i].what) != NULL,
                  "\"%s\": reason is \"%s\"", bad[_i].text, diag.what);
    ck_assert_msg(diag.at == bad[_i].at, "\"%s\": at %zu", bad[_i].text,
                  diag.at);
    ck_assert_int_eq(tlsf_time_parse(text, midnight, &at, NULL), TLSF_EINVAL);
}
END_TEST

START_TEST(a_nul_is_no_separator)
{
    int64_t at;

    ck_assert_int_eq(
        tlsf_time_parse(TLSF_LIT("2027\00003-01"), midnight, &at, NULL),
        TLSF_EINVAL);
}
END_TEST

/* Walks each day once and compares with counting by hand. */
START_TEST(every_day_of_the_calendar)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t at = 0;
    int weekday = 4;

    for (int year = 1970; year <= 2420; year++) {
        bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

        for (int month = 1; month <= 12; month++) {
            int n = days[month - 1] + (month == 2 && is_leap ? 1 : 0);

            for (int day = 1; day <= n; day++) {
                tlsf_date date = tlsf_date_of(at + 86399);

                ck_assert_int_eq(date.year, year);
                ck_assert_int_eq(date.month, month);
                ck_assert_int_eq(date.day, day);
                ck_assert_int_eq(date.weekday, weekday);
                ck_assert_int_eq(tlsf_time_of(&date), at + 86399);
                at += 86400;
                weekday = (weekday + 1) % 7;
            }
        }
    }
}
END_TEST

START_TEST(instants_outside_are_clamped)
{
    ck_assert_int_eq(tlsf_date_of(INT64_MIN).year, 1970);
    ck_assert_int_eq(tlsf_date_of(-1).second, 0);
    ck_assert_int_eq(tlsf_date_of(TLSF_NEVER).year, 9999);
    ck_assert_int_eq(tlsf_date_of(TLSF_NEVER).second, 59);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("time");
    TCase *t = tcase_create("time");

    tcase_add_loop_test(t, instants_are_written, 0, TLSF_COUNTOF(instants));
    tcase_add_loop_test(t, good_dates_are_read, 0, TLSF_COUNTOF(good));
    tcase_add_loop_test(t, bad_dates_are_refused, 0, TLSF_COUNTOF(bad));
    tcase_add_test(t, a_nul_is_no_separator);
    tcase_add_test(t, every_day_of_the_calendar);
    tcase_add_test(t, instants_outside_are_clamped);
    suite_add_tcase(suite, t);
    return suite;
}
