/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports from the counter table: OpenMetrics 1.0, Prometheus text 0.0.4, and
 * JSON. All three are written piece by piece, one row of one metric (or one
 * virtual host) at a time, so that a server can send between two pieces and a
 * table of any size never keeps a worker busy.
 *
 *     tlsf_report report = {…};
 *     while (tlsf_report_next(&report, out)) { flush when there is enough }
 *
 * Numbers are relaxed loads at the moment they are written. Source: the
 * OpenMetrics 1.0.0 specification; Prometheus exposition formats 0.0.4.
 */
#ifndef TLSF_METRICS_H
#define TLSF_METRICS_H

#include <stdbool.h>

#include "tlsf_counters.h"
#include "tlsf_out.h"
#include "tlsf_policy.h"
#include "tlsf_settings.h"

/* A configured virtual host, for what is not in its counters. */
typedef struct tlsf_host {
    tlsf_row *row;                 /* NULL: the module is off for it */
    const tlsf_settings *settings; /* merged */
    tlsf_str name;                 /* as configured; may be empty */
    unsigned port; /* its lowest TLS port; 0: unix sockets alone */
} tlsf_host;

typedef enum tlsf_report_kind {
    TLSF_REPORT_OPENMETRICS,
    TLSF_REPORT_PROMETHEUS,
    TLSF_REPORT_JSON
} tlsf_report_kind;

/* What runs here; for tlsfloor_build_info. */
typedef struct tlsf_build {
    tlsf_str version; /* ours */
    tlsf_str server;  /* "nginx/1.22.1", "Apache/2.4.71" */
    tlsf_str openssl; /* "OpenSSL 3.0.22 …" */
} tlsf_build;

typedef struct tlsf_report {
    tlsf_report_kind kind;
    tlsf_table *table;
    const tlsf_host *const *hosts; /* configured now; rows may repeat */
    size_t n_hosts;
    const tlsf_build *build;
    int64_t now;   /* seconds, for the stage in force */
    size_t metric; /* cursor, start at 0 */
    size_t row;    /* cursor, start at 0 */
    size_t sample; /* cursor, start at 0 */
    bool is_begun; /* cursor, start at false */
} tlsf_report;

/*
 * Write the next piece; it may be empty. Returns whether there is more, false
 * also once the sink has failed: ask out->err. A piece is less than 16 KiB.
 */
bool tlsf_report_next(tlsf_report *report, tlsf_out *out);

/* The media type, with version and charset. */
tlsf_str tlsf_report_content_type(tlsf_report_kind kind);

#endif
