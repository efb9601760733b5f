/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of metrics and labels, and look-ups in them. Called by the two
 * writers, tlsf_metrics.c and tlsf_status_json.c. */
#include "tlsf_metric.h"

static tlsf_str
version_text(size_t i)
{
    return tlsf_version_name((tlsf_version)i);
}

static tlsf_str
resumed_text(size_t i)
{
    return i == 0 ? TLSF_LIT("0") : TLSF_LIT("1");
}

static tlsf_str
reason_text(size_t i)
{
    return tlsf_reason_label((tlsf_reason)i);
}

static tlsf_str
action_text(size_t i)
{
    return tlsf_action_name((tlsf_action)i);
}

static tlsf_str
client_text(size_t i)
{
    return tlsf_family_label((tlsf_family)i);
}

static tlsf_str
group_text(size_t i)
{
    return tlsf_group_label((tlsf_group)i);
}

static tlsf_str
part_text(size_t i)
{
    return tlsf_part_label((tlsf_part)i);
}

const tlsf_axis tlsf_axes[TLSF_N_AXES] = {
#define TLSF_AXIS(id, label, n, text)                                          \
    [TLSF_AXIS_##id] = {TLSF_LIT_INIT(label), n, text},
#include "data/axes.def"
};

/* clang-format off */
#define TLSF_METRIC(id, type, family, unit, source, at, axis1, axis2, zeros,   \
                    json, help)                                                \
    [TLSF_METRIC_##id] = {TLSF_TYPE_##type, TLSF_SOURCE_##source, at,          \
                          {TLSF_AXIS_##axis1, TLSF_AXIS_##axis2},              \
                          TLSF_ZEROS_##zeros,                                  \
                          TLSF_LIT_INIT("tlsfloor_" family),                   \
                          TLSF_LIT_INIT(unit), TLSF_LIT_INIT(json),            \
                          TLSF_LIT_INIT(help)},
/* clang-format on */

const tlsf_metric tlsf_metrics[TLSF_N_METRICS] = {
#include "data/metrics.def"
};

/* SSL 2.0 and 3.0 are offered by old clients, but no server speaks them. */
static bool
is_spoken(tlsf_version version)
{
    return version >= TLSF_TLSV1 && version != TLSF_VERSION_OTHER;
}

const tlsf_counter *
tlsf_metric_cells(const tlsf_metric *metric, const void *base)
{
    return (const tlsf_counter *)(const void *)((const char *)base +
                                                metric->at);
}

size_t
tlsf_metric_n(const tlsf_metric *metric)
{
    return tlsf_axes[metric->axes[0]].n * tlsf_axes[metric->axes[1]].n;
}

bool
tlsf_metric_shows_zero(const tlsf_metric *metric, tlsf_version floor,
                       size_t cell)
{
    const size_t n = tlsf_axes[metric->axes[1]].n;
    const tlsf_version version = (tlsf_version)(cell / n);
    const bool is_below = version < floor;

    switch (metric->zeros) {
    case TLSF_ZEROS_NOTHING:
        return false;
    case TLSF_ZEROS_ALL:
        return true;
    case TLSF_ZEROS_SPOKEN:
        return is_spoken(version);
    case TLSF_ZEROS_BELOW:
        return is_below;
    case TLSF_ZEROS_SPOKEN_BELOW:
        return is_spoken(version) && is_below;
    case TLSF_ZEROS_REQUESTS:
        return is_spoken(version) &&
               (cell % n == TLSF_ACTION_PASS ||
                (cell % n != TLSF_ACTION_EXEMPT && is_below));
    }
    return false;
}

const tlsf_row *
tlsf_report_row(const tlsf_report *report, bool *is_last)
{
    *is_last = report->row >= tlsf_table_used(report->table);
    return *is_last ? tlsf_table_overflow(report->table)
                    : &report->table->rows[report->row];
}

const tlsf_host *
tlsf_report_host(const tlsf_report *report, const tlsf_row *row)
{
    if (row == tlsf_table_overflow(report->table)) {
        return NULL;
    }
    /* Rows are in the order of the hosts that were there at the start. */
    if (report->row < report->n_hosts &&
        report->hosts[report->row]->row == row) {
        return report->hosts[report->row];
    }
    for (size_t i = 0; i < report->n_hosts; i++) {
        if (report->hosts[i]->row == row) {
            return report->hosts[i];
        }
    }
    return NULL;
}
