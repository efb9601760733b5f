/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the counters as JSON, schema 1, one virtual host per piece. Called by
 * tlsf_report_next. */
#include "tlsf_metric.h"

/* "name": */
static void
write_name(tlsf_out *out, tlsf_str name)
{
    tlsf_out_z(out, "\"");
    tlsf_out_str(out, name);
    tlsf_out_z(out, "\":");
}

static void
write_string(tlsf_out *out, tlsf_str text)
{
    tlsf_out_z(out, "\"");
    tlsf_out_json(out, text);
    tlsf_out_z(out, "\"");
}

/* ,"name": */
static void
write_next_name(tlsf_out *out, const char *name)
{
    tlsf_out_z(out, ",");
    write_name(out, tlsf_str_of(name));
}

static void
write_time(tlsf_out *out, int64_t at)
{
    tlsf_out_z(out, "\"");
    tlsf_time_write_rfc3339(out, at);
    tlsf_out_z(out, "\"");
}

/* {"TLSv1":3}: the counts of one axis that are not zero. */
static void
write_counts(tlsf_out *out, const tlsf_axis *axis, const tlsf_counter *cells)
{
    bool is_first = true;

    tlsf_out_z(out, "{");
    for (size_t i = 0; i < axis->n; i++) {
        uint64_t value = tlsf_count(&cells[i]);

        if (value > 0) {
            tlsf_out_z(out, is_first ? "" : ",");
            write_name(out, axis->text(i));
            tlsf_out_uint(out, value);
            is_first = false;
        }
    }
    tlsf_out_z(out, "}");
}

static bool
has_count(const tlsf_counter *cells, size_t n)
{
    size_t i = 0;

    while (i < n && tlsf_count(&cells[i]) == 0) {
        i++;
    }
    return i < n;
}

/* {"TLSv1":{"page":3}} */
static void
write_grid(tlsf_out *out, const tlsf_axis *first, const tlsf_axis *second,
           const tlsf_counter *cells)
{
    bool is_first = true;

    tlsf_out_z(out, "{");
    for (size_t i = 0; i < first->n; i++, cells += second->n) {
        if (has_count(cells, second->n)) {
            tlsf_out_z(out, is_first ? "" : ",");
            write_name(out, first->text(i));
            write_counts(out, second, cells);
            is_first = false;
        }
    }
    tlsf_out_z(out, "}");
}

static void
write_cells(tlsf_out *out, const tlsf_metric *metric, const void *base)
{
    const tlsf_axis *first = &tlsf_axes[metric->axes[0]];
    const tlsf_axis *second = &tlsf_axes[metric->axes[1]];
    const tlsf_counter *cells = tlsf_metric_cells(metric, base);

    tlsf_out_z(out, ",");
    write_name(out, metric->json);
    if (second->text != NULL) {
        write_grid(out, first, second, cells);
    } else if (first->text != NULL) {
        write_counts(out, first, cells);
    } else if (metric->type == TLSF_TYPE_COUNTER) {
        tlsf_out_uint(out, tlsf_count(cells));
    } else if (tlsf_count(cells) == 0) {
        tlsf_out_z(out, "null");
    } else {
        write_time(out, (int64_t)tlsf_count(cells));
    }
}

/* Floor, stage and next stage; null for a host that is not configured now. */
static void
write_plan(const tlsf_report *report, tlsf_out *out, const tlsf_row *row)
{
    const tlsf_host *host = tlsf_report_host(report, row);

    if (host == NULL || !tlsf_settings_is_on(host->settings)) {
        tlsf_out_z(out, ",\"floor\":null,\"stage\":null,\"next\":null");
        return;
    }
    const tlsf_stage_step *next = tlsf_policy_next(host->settings, report->now);
    write_next_name(out, "floor");
    write_string(out, tlsf_version_name(host->settings->floor));
    write_next_name(out, "stage");
    write_string(
        out, tlsf_stage_name(tlsf_policy_stage(host->settings, report->now)));
    write_next_name(out, "next");
    if (next == NULL) {
        tlsf_out_z(out, "null");
        return;
    }
    tlsf_out_z(out, "{\"stage\":");
    write_string(out, tlsf_stage_name(next->stage));
    write_next_name(out, "at");
    write_time(out, next->at);
    tlsf_out_z(out, "}");
}

static void
write_vhost(const tlsf_report *report, tlsf_out *out, const tlsf_row *row)
{
    tlsf_out_z(out, report->row == 0 ? "{\"vhost\":" : ",\n{\"vhost\":");
    write_string(out, tlsf_str_of(row->key));
    write_plan(report, out, row);
    for (size_t i = 0; i < TLSF_N_METRICS; i++) {
        if (tlsf_metrics[i].source == TLSF_SOURCE_ROW) {
            write_cells(out, &tlsf_metrics[i], row);
        }
    }
    tlsf_out_z(out, "}");
}

static void
write_head(const tlsf_report *report, tlsf_out *out)
{
    tlsf_out_z(out, "{\"schema\":1,\"now\":");
    write_time(out, report->now);
    tlsf_out_z(out, ",\"build\":{\"version\":");
    write_string(out, report->build->version);
    write_next_name(out, "server");
    write_string(out, report->build->server);
    write_next_name(out, "openssl");
    write_string(out, report->build->openssl);
    tlsf_out_z(out, "},\"vhosts\":[\n");
}

bool
tlsf_status_json_next(tlsf_report *report, tlsf_out *out)
{
    bool is_last = false;
    const tlsf_row *row = tlsf_report_row(report, &is_last);

    if (report->metric > 0) {
        return false;
    }
    if (!report->is_begun) {
        write_head(report, out);
        report->is_begun = true;
        return true;
    }
    if (!is_last) {
        write_vhost(report, out, row);
        report->row++;
        return true;
    }
    if (tlsf_row_has_traffic(row)) {
        write_vhost(report, out, row);
    }
    tlsf_out_z(out, "\n]");
    write_cells(out, &tlsf_metrics[TLSF_METRIC_ERRORS], report->table);
    tlsf_out_z(out, "}\n");
    report->metric = 1;
    return false;
}
