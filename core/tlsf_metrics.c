/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the counters as OpenMetrics or Prometheus text. Called by both
 * adapters' status.c for each scrape. */
#include "tlsf_metrics.h"
#include "tlsf_metric.h"

/* A piece ends with the sample that passes this many bytes. */
enum { PIECE = 4096 };

/* One sample while it is written. */
typedef struct sample {
    tlsf_out *out;
    bool has_label;
} sample;

/* What ends the name of a sample, and the type's name in either format. */
static const struct {
    const char *suffix;
    const char *openmetrics;
    const char *prometheus;
} types[] = {
    [TLSF_TYPE_COUNTER] = {"_total", "counter", "counter"},
    [TLSF_TYPE_GAUGE] = {"", "gauge", "gauge"},
    [TLSF_TYPE_INFO] = {"_info", "info", "gauge"},
};

static const tlsf_str media_types[] = {
    [TLSF_REPORT_OPENMETRICS] = TLSF_LIT_INIT(
        "application/openmetrics-text; version=1.0.0; charset=utf-8"),
    [TLSF_REPORT_PROMETHEUS] =
        TLSF_LIT_INIT("text/plain; version=0.0.4; charset=utf-8"),
    [TLSF_REPORT_JSON] = TLSF_LIT_INIT("application/json"),
};

static sample
begin_sample(tlsf_out *out, const tlsf_metric *metric)
{
    sample s = {out, false};

    tlsf_out_str(out, metric->family);
    tlsf_out_z(out, types[metric->type].suffix);
    return s;
}

static void
write_label(sample *s, tlsf_str name, tlsf_str value)
{
    tlsf_out_z(s->out, s->has_label ? "," : "{");
    tlsf_out_str(s->out, name);
    tlsf_out_z(s->out, "=\"");
    tlsf_out_label(s->out, value);
    tlsf_out_z(s->out, "\"");
    s->has_label = true;
}

static void
write_vhost(sample *s, const tlsf_row *row)
{
    write_label(s, TLSF_LIT("vhost"), tlsf_str_of(row->key));
}

static void
end_sample(sample *s, uint64_t value)
{
    tlsf_out_z(s->out, s->has_label ? "} " : " ");
    tlsf_out_uint(s->out, value);
    tlsf_out_z(s->out, "\n");
}

static void
write_comment(tlsf_out *out, const char *keyword, const tlsf_report *report,
              const tlsf_metric *metric, tlsf_str text)
{
    tlsf_out_z(out, keyword);
    tlsf_out_str(out, metric->family);
    /* OpenMetrics names the family here, Prometheus the sample. */
    if (report->kind == TLSF_REPORT_PROMETHEUS) {
        tlsf_out_z(out, types[metric->type].suffix);
    }
    tlsf_out_z(out, " ");
    tlsf_out_str(out, text);
    tlsf_out_z(out, "\n");
}

static void
write_head(tlsf_out *out, const tlsf_report *report, const tlsf_metric *metric)
{
    const bool is_openmetrics = report->kind == TLSF_REPORT_OPENMETRICS;

    write_comment(out, "# TYPE ", report, metric,
                  tlsf_str_of(is_openmetrics ? types[metric->type].openmetrics
                                             : types[metric->type].prometheus));
    if (is_openmetrics && metric->unit.len > 0) {
        write_comment(out, "# UNIT ", report, metric, metric->unit);
    }
    write_comment(out, "# HELP ", report, metric, metric->help);
}

/* One cell; row NULL: of the table. */
static void
write_cell(tlsf_out *out, const tlsf_metric *metric, const tlsf_row *row,
           size_t cell, uint64_t value)
{
    const tlsf_axis *first = &tlsf_axes[metric->axes[0]];
    const tlsf_axis *second = &tlsf_axes[metric->axes[1]];
    sample s = begin_sample(out, metric);

    if (row != NULL) {
        write_vhost(&s, row);
    }
    if (first->text != NULL) {
        write_label(&s, first->label, first->text(cell / second->n));
    }
    if (second->text != NULL) {
        write_label(&s, second->label, second->text(cell % second->n));
    }
    end_sample(&s, value);
}

/* The cells of a row from the cursor on. Returns whether all are written. */
static bool
write_cells(tlsf_report *report, tlsf_out *out, const tlsf_metric *metric,
            const tlsf_row *row)
{
    const void *base = row;
    const size_t n = tlsf_metric_n(metric);
    const size_t begin = out->n;
    const bool shows_zeros = row != NULL &&
                             metric->zeros != TLSF_ZEROS_NOTHING &&
                             tlsf_row_has_traffic(row);
    tlsf_version floor = TLSF_FLOOR_OFF;

    if (row == NULL) {
        base = report->table;
    }
    if (shows_zeros) {
        const tlsf_host *host = tlsf_report_host(report, row);

        floor = host == NULL ? TLSF_FLOOR_OFF : host->settings->floor;
    }
    for (; report->sample < n && out->n - begin < PIECE; report->sample++) {
        uint64_t value =
            tlsf_count(&tlsf_metric_cells(metric, base)[report->sample]);

        if (value > 0 || (shows_zeros && tlsf_metric_shows_zero(
                                             metric, floor, report->sample))) {
            write_cell(out, metric, row, report->sample, value);
        }
    }
    return report->sample == n;
}

static void
write_stage(const tlsf_report *report, tlsf_out *out, const tlsf_metric *metric,
            const tlsf_row *row)
{
    const tlsf_host *host = tlsf_report_host(report, row);

    if (host == NULL || !tlsf_settings_is_on(host->settings)) {
        return;
    }
    tlsf_str stage =
        tlsf_stage_name(tlsf_policy_stage(host->settings, report->now));
    sample s = begin_sample(out, metric);
    write_vhost(&s, row);
    write_label(&s, TLSF_LIT("floor"),
                tlsf_version_name(host->settings->floor));
    write_label(&s, TLSF_LIT("stage"), stage);
    write_label(&s, TLSF_LIT("configured"), stage);
    end_sample(&s, 1);
}

static void
write_next(const tlsf_report *report, tlsf_out *out, const tlsf_metric *metric,
           const tlsf_row *row)
{
    const tlsf_host *host = tlsf_report_host(report, row);

    if (host == NULL || !tlsf_settings_is_on(host->settings)) {
        return;
    }
    const tlsf_stage_step *next = tlsf_policy_next(host->settings, report->now);
    if (next != NULL) {
        sample s = begin_sample(out, metric);

        write_vhost(&s, row);
        write_label(&s, TLSF_LIT("stage"), tlsf_stage_name(next->stage));
        end_sample(&s, next->at > 0 ? (uint64_t)next->at : 0);
    }
}

static void
write_build(const tlsf_report *report, tlsf_out *out, const tlsf_metric *metric)
{
    sample s = begin_sample(out, metric);

    write_label(&s, TLSF_LIT("version"), report->build->version);
    write_label(&s, TLSF_LIT("server"), report->build->server);
    write_label(&s, TLSF_LIT("openssl"), report->build->openssl);
    end_sample(&s, 1);
}

/* What comes next of one metric. Returns whether the metric is complete. */
static bool
write_metric(tlsf_report *report, tlsf_out *out, const tlsf_metric *metric)
{
    bool is_last = false;
    const tlsf_row *row = tlsf_report_row(report, &is_last);

    switch (metric->source) {
    case TLSF_SOURCE_TABLE:
        return write_cells(report, out, metric, NULL);
    case TLSF_SOURCE_BUILD:
        write_build(report, out, metric);
        return true;
    case TLSF_SOURCE_ROW:
        if (!write_cells(report, out, metric, row)) {
            return false;
        }
        break;
    case TLSF_SOURCE_STAGE:
        write_stage(report, out, metric, row);
        break;
    case TLSF_SOURCE_NEXT:
        write_next(report, out, metric, row);
        break;
    case TLSF_N_SOURCES:
        break;
    }
    report->row++;
    report->sample = 0;
    return is_last;
}

static bool
next_text(tlsf_report *report, tlsf_out *out)
{
    if (report->metric == TLSF_N_METRICS) {
        return false;
    }
    const tlsf_metric *metric = &tlsf_metrics[report->metric];
    if (!report->is_begun) {
        write_head(out, report, metric);
        report->is_begun = true;
    } else if (write_metric(report, out, metric)) {
        report->metric++;
        report->row = 0;
        report->sample = 0;
        report->is_begun = false;
    }
    if (report->metric < TLSF_N_METRICS) {
        return true;
    }
    if (report->kind == TLSF_REPORT_OPENMETRICS) {
        tlsf_out_z(out, "# EOF\n");
    }
    return false;
}

bool
tlsf_report_next(tlsf_report *report, tlsf_out *out)
{
    if (out->err != TLSF_OK) {
        return false;
    }
    return report->kind == TLSF_REPORT_JSON ? tlsf_status_json_next(report, out)
                                            : next_text(report, out);
}

tlsf_str
tlsf_report_content_type(tlsf_report_kind kind)
{
    return media_types[kind];
}
