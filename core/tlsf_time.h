/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instants and dates without libc: seconds since 1970-01-01T00:00:00Z as
 * int64_t. What a bare date means depends on the server's time zone, which
 * only the adapter knows, so it lends us one function.
 */
#ifndef TLSF_TIME_H
#define TLSF_TIME_H

#include <stdint.h>

#include "tlsf_err.h"
#include "tlsf_out.h"
#include "tlsf_str.h"

/* "No such instant" wherever an instant may be missing. */
#define TLSF_NEVER INT64_MAX

typedef struct tlsf_date {
    int year;    /* 1970..9999 */
    int month;   /* 1..12 */
    int day;     /* 1..31 */
    int hour;    /* 0..23 */
    int minute;  /* 0..59 */
    int second;  /* 0..59 */
    int weekday; /* 0 Sunday .. 6 Saturday */
} tlsf_date;

/*
 * 00:00 of a day in the server's time zone, in seconds; lent by the adapter.
 * month 1..12.
 */
typedef int64_t (*tlsf_midnight)(int year, int month, int day);

/*
 * Seconds that the server's local time is ahead of UTC at that instant; lent
 * by the adapter (for showing dates the way they were written).
 */
typedef int64_t (*tlsf_utc_offset)(int64_t at);

/*
 * The proleptic Gregorian date of an instant, in UTC. An instant outside 1970
 * to 9999 (TLSF_NEVER among them) counts as the first or the last second.
 */
tlsf_date tlsf_date_of(int64_t at);

/* The instant of a UTC date. */
int64_t tlsf_time_of(const tlsf_date *date);

/*
 * "2027-03-01" (midnight by `midnight`) or RFC 3339 with a time zone
 * ("2027-03-01T09:00:00Z", "…+09:00", "t"/"z" and a blank for T allowed,
 * fractions of a second cut off).
 *
 * Returns TLSF_OK, or TLSF_EINVAL with the reason in diag (a date without a
 * year, a day that the month does not have, a time without a zone, an instant
 * outside 1970 to 9999 in UTC …).
 */
int tlsf_time_parse(tlsf_str text, tlsf_midnight midnight, int64_t *at,
                    tlsf_diag *diag);

/* "2027-03-01T00:00:00Z" */
void tlsf_time_write_rfc3339(tlsf_out *out, int64_t at);

/* "Mon, 01 Mar 2027 00:00:00 GMT" (RFC 9110 5.6.7) */
void tlsf_time_write_http(tlsf_out *out, int64_t at);

#endif
