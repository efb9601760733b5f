/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The metrics as rows, shared by the writers of the reports. A metric whose
 * numbers are counters is described whole by its row in data/metrics.def: an
 * array of cells with up to two dimensions, each dimension an axis, which is a
 * label with its closed set of values. What is computed instead of counted
 * has a source of its own and a writer.
 */
#ifndef TLSF_METRIC_H
#define TLSF_METRIC_H

#include "tlsf_metrics.h"

typedef enum tlsf_metric_id {
#define TLSF_METRIC(id, type, family, unit, source, at, axis1, axis2, zeros,   \
                    json, help)                                                \
    TLSF_METRIC_##id,
#include "data/metrics.def"
    TLSF_N_METRICS
} tlsf_metric_id;

typedef enum tlsf_metric_type {
    TLSF_TYPE_COUNTER,
    TLSF_TYPE_GAUGE,
    TLSF_TYPE_INFO,
    TLSF_N_TYPES
} tlsf_metric_type;

typedef enum tlsf_metric_source {
    TLSF_SOURCE_ROW,
    TLSF_SOURCE_TABLE,
    TLSF_SOURCE_STAGE,
    TLSF_SOURCE_NEXT,
    TLSF_SOURCE_BUILD,
    TLSF_N_SOURCES
} tlsf_metric_source;

typedef enum tlsf_axis_id {
#define TLSF_AXIS(id, label, n, text) TLSF_AXIS_##id,
#include "data/axes.def"
    TLSF_N_AXES
} tlsf_axis_id;

typedef struct tlsf_axis {
    tlsf_str label;           /* empty: no label */
    size_t n;                 /* values */
    tlsf_str (*text)(size_t); /* NULL with no label */
} tlsf_axis;

/* Which zero cells of a row with traffic are written. */
typedef enum tlsf_zeros {
    TLSF_ZEROS_NOTHING,
    TLSF_ZEROS_ALL,
    TLSF_ZEROS_SPOKEN,       /* versions that can be negotiated */
    TLSF_ZEROS_BELOW,        /* versions below the floor */
    TLSF_ZEROS_SPOKEN_BELOW, /* both */
    TLSF_ZEROS_REQUESTS      /* pass: as SPOKEN; warn, page: as SPOKEN_BELOW */
} tlsf_zeros;

typedef struct tlsf_metric {
    tlsf_metric_type type;
    tlsf_metric_source source;
    size_t at; /* bytes from the begin of row or table */
    tlsf_axis_id axes[2];
    tlsf_zeros zeros;
    tlsf_str family; /* "tlsfloor_hellos" */
    tlsf_str unit;   /* empty: none */
    tlsf_str json;   /* empty: not in a virtual host's list of counts */
    tlsf_str help;   /* no backslash, quote or line feed */
} tlsf_metric;

extern const tlsf_metric tlsf_metrics[TLSF_N_METRICS];
extern const tlsf_axis tlsf_axes[TLSF_N_AXES];

/* The first of the metric's cells in a row or table. */
const tlsf_counter *tlsf_metric_cells(const tlsf_metric *metric,
                                      const void *base);

/* Cells there are: the product of its axes. */
size_t tlsf_metric_n(const tlsf_metric *metric);

/* Whether zero is written for a cell; only for rows with traffic. */
bool tlsf_metric_shows_zero(const tlsf_metric *metric, tlsf_version floor,
                            size_t cell);

/*
 * The row under the report's cursor: the rows in use, then the overflow row,
 * for which *is_last is set.
 */
const tlsf_row *tlsf_report_row(const tlsf_report *report, bool *is_last);

/*
 * The first configured virtual host that counts in this row, or NULL; always
 * NULL for the overflow row, which speaks for hosts of any floor and stage.
 */
const tlsf_host *tlsf_report_host(const tlsf_report *report,
                                  const tlsf_row *row);

/* The next piece of the JSON form. */
bool tlsf_status_json_next(tlsf_report *report, tlsf_out *out);

#endif
