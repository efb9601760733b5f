/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dates from and to text, without libc. Called by the settings, the policy's
 * dates on page and headers, and the metrics.
 */
#include <stdbool.h>

#include "tlsf_time.h"

#define MINUTE ((int64_t)60)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

/* 9999-12-31T23:59:59Z, the last instant that has a year of four digits. */
#define LAST INT64_C(253402300799)

/* Where the reading of a text has come to. */
typedef struct cursor {
    tlsf_str text;
    size_t at;
    const char *what; /* why it ended, or NULL */
} cursor;

static bool
is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/*
 * Days from 1970-01-01 to a date. Years are counted from March, so that the
 * leap day is the last of its year and month lengths follow one formula
 * ((153 m + 2) / 5 days before month m of the year from March).
 */
static int64_t
days_of(int year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t m = month > 2 ? month - 3 : month + 9;
    int64_t days = y * 365 + y / 4 - y / 100 + y / 400;

    return days + (153 * m + 2) / 5 + day - 1 - 719468; /* 0000-03-01 */
}

/* Always false, so that a reader can return it. */
static bool
stop(cursor *c, const char *what)
{
    if (c->what == NULL) {
        c->what = what;
    }
    return false;
}

static bool
is_at_end(const cursor *c)
{
    return c->at == c->text.len;
}

/* Step over one byte if it is one of these. */
static bool
skip_any(cursor *c, const char *set)
{
    if (is_at_end(c) || memchr(set, c->text.data[c->at], strlen(set)) == NULL) {
        return false;
    }
    c->at++;
    return true;
}

/* The number of digits that stand here. */
static size_t
count_digits(const cursor *c)
{
    size_t n = 0;

    while (c->at + n < c->text.len && tlsf_is_digit(c->text.data[c->at + n])) {
        n++;
    }
    return n;
}

/* Exactly `digits` digits, value at most `max`. */
static bool
read_number(cursor *c, size_t digits, int max, const char *what, int *value)
{
    int sum = 0;

    if (count_digits(c) != digits) {
        return stop(c, what);
    }
    for (size_t i = 0; i < digits; i++) {
        sum = 10 * sum + (c->text.data[c->at + i] - '0');
    }
    if (sum > max) {
        return stop(c, what);
    }
    c->at += digits;
    *value = sum;
    return true;
}

static bool
read_day(cursor *c, tlsf_date *date)
{
    static const char *const form = "not a date like 2027-03-01";
    static const char *const digits = "month and day need two digits each";

    if (count_digits(c) == 0) {
        return stop(c, form);
    }
    if (!read_number(c, 4, 9999, "a date needs its year, in four digits",
                     &date->year)) {
        return false;
    }
    if (date->year < 1970) {
        c->at = 0;
        return stop(c, "a year before 1970");
    }
    if (!skip_any(c, "-")) {
        return stop(c, form);
    }
    if (!read_number(c, 2, 99, digits, &date->month)) {
        return false;
    }
    if (date->month < 1 || date->month > 12) {
        c->at -= 2;
        return stop(c, "months go from 01 to 12");
    }
    if (!skip_any(c, "-")) {
        return stop(c, "a date needs year, month and day");
    }
    if (!read_number(c, 2, 99, digits, &date->day)) {
        return false;
    }
    if (date->day < 1 || date->day > month_days(date->year, date->month)) {
        c->at -= 2;
        return stop(c, "the month has no such day");
    }
    return true;
}

/* hh:mm:ss and a fraction, which is dropped. */
static bool
read_clock(cursor *c, tlsf_date *date)
{
    static const char *const form = "a time is written hh:mm:ss";

    if (!read_number(c, 2, 23, "hours go from 00 to 23", &date->hour)) {
        return false;
    }
    if (!skip_any(c, ":")) {
        return stop(c, form);
    }
    if (!read_number(c, 2, 59, "minutes go from 00 to 59", &date->minute)) {
        return false;
    }
    if (!skip_any(c, ":")) {
        return stop(c, form);
    }
    if (!read_number(c, 2, 59, "seconds go from 00 to 59", &date->second)) {
        return false;
    }
    if (skip_any(c, ".")) {
        size_t n = count_digits(c);

        if (n == 0) {
            return stop(c, "digits are missing after the point");
        }
        c->at += n;
    }
    return true;
}

/* Seconds that the zone is ahead of UTC. */
static bool
read_zone(cursor *c, int64_t *ahead)
{
    static const char *const form = "a zone is Z or like +09:00";
    bool is_behind;
    int hours;
    int minutes;

    *ahead = 0;
    if (skip_any(c, "Zz")) {
        return true;
    }
    if (is_at_end(c)) {
        return stop(c, "a time needs a zone, Z or like +09:00");
    }
    is_behind = c->text.data[c->at] == '-';
    if (!skip_any(c, "+-") || !read_number(c, 2, 23, form, &hours) ||
        !skip_any(c, ":") || !read_number(c, 2, 59, form, &minutes)) {
        return stop(c, form);
    }
    *ahead = hours * HOUR + minutes * MINUTE;
    if (is_behind) {
        *ahead = -*ahead;
    }
    return true;
}

static bool
read_instant(cursor *c, tlsf_midnight midnight, int64_t *at)
{
    tlsf_date date = {0};
    int64_t ahead;

    if (!read_day(c, &date)) {
        return false;
    }
    if (is_at_end(c)) {
        *at = midnight(date.year, date.month, date.day);
    } else {
        if (!skip_any(c, "Tt ")) {
            return stop(c, "only a time may follow the date");
        }
        if (!read_clock(c, &date) || !read_zone(c, &ahead)) {
            return false;
        }
        if (!is_at_end(c)) {
            return stop(c, "nothing may follow the zone");
        }
        *at = tlsf_time_of(&date) - ahead;
    }
    if (*at < 0 || *at > LAST) {
        c->at = 0;
        return stop(c, "a date outside 1970 to 9999 UTC");
    }
    return true;
}

tlsf_date
tlsf_date_of(int64_t at)
{
    int64_t now = at < 0 ? 0 : at > LAST ? LAST : at;
    int64_t days = now / DAY;
    int64_t rest = now % DAY;
    tlsf_date date = {.year = 1970, .month = 1};

    date.weekday = (int)((days + 4) % 7); /* 1970-01-01 was a Thursday */
    date.hour = (int)(rest / HOUR);
    date.minute = (int)(rest % HOUR / MINUTE);
    date.second = (int)(rest % MINUTE);

    /* By the mean year of 365.2425 days; off by one at most either way. */
    date.year += (int)(days * 10000 / 3652425);
    while (days_of(date.year + 1, 1, 1) <= days) {
        date.year++;
    }
    while (days_of(date.year, 1, 1) > days) {
        date.year--;
    }
    days -= days_of(date.year, 1, 1);
    while (days >= month_days(date.year, date.month)) {
        days -= month_days(date.year, date.month);
        date.month++;
    }
    date.day = (int)days + 1;
    return date;
}

int64_t
tlsf_time_of(const tlsf_date *date)
{
    return days_of(date->year, date->month, date->day) * DAY +
           date->hour * HOUR + date->minute * MINUTE + date->second;
}

int
tlsf_time_parse(tlsf_str text, tlsf_midnight midnight, int64_t *at,
                tlsf_diag *diag)
{
    cursor c = {text, 0, NULL};
    int64_t instant;

    if (!read_instant(&c, midnight, &instant)) {
        if (diag != NULL) {
            diag->what = c.what;
            diag->at = c.at;
        }
        return TLSF_EINVAL;
    }
    *at = instant;
    return TLSF_OK;
}

static void
write_clock(tlsf_out *out, const tlsf_date *date)
{
    tlsf_out_padded(out, (uint64_t)date->hour, 2);
    tlsf_out_z(out, ":");
    tlsf_out_padded(out, (uint64_t)date->minute, 2);
    tlsf_out_z(out, ":");
    tlsf_out_padded(out, (uint64_t)date->second, 2);
}

void
tlsf_time_write_rfc3339(tlsf_out *out, int64_t at)
{
    tlsf_date date = tlsf_date_of(at);

    tlsf_out_padded(out, (uint64_t)date.year, 4);
    tlsf_out_z(out, "-");
    tlsf_out_padded(out, (uint64_t)date.month, 2);
    tlsf_out_z(out, "-");
    tlsf_out_padded(out, (uint64_t)date.day, 2);
    tlsf_out_z(out, "T");
    write_clock(out, &date);
    tlsf_out_z(out, "Z");
}

void
tlsf_time_write_http(tlsf_out *out, int64_t at)
{
    static const char weekdays[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    tlsf_date date = tlsf_date_of(at);

    tlsf_out_bytes(out, weekdays + 3 * date.weekday, 3);
    tlsf_out_z(out, ", ");
    tlsf_out_padded(out, (uint64_t)date.day, 2);
    tlsf_out_z(out, " ");
    tlsf_out_bytes(out, months + 3 * (date.month - 1), 3);
    tlsf_out_z(out, " ");
    tlsf_out_padded(out, (uint64_t)date.year, 4);
    tlsf_out_z(out, " ");
    write_clock(out, &date);
    tlsf_out_z(out, " GMT");
}
