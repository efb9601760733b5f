/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples of a metrics text: OpenMetrics 1.0 and Prometheus text 0.0.4, of
 * which comments, timestamps and exemplars are passed over.
 *
 *     tlsfloor_requests_total{vhost="a.test:443",version="TLSv1"} 12
 *
 * Source: OpenMetrics 1.0, section "ABNF".
 */
#ifndef CE_OPENMETRICS_H
#define CE_OPENMETRICS_H

#include "arena.h"

#define CE_LABELS 16

typedef struct ce_label {
    tlsf_str name;
    tlsf_str value; /* without its escapes */
} ce_label;

typedef struct ce_sample {
    tlsf_str name;
    ce_label labels[CE_LABELS];
    size_t n;
    double value;
} ce_sample;

/*
 * Read the next sample.
 *
 *   at       offset in the text, moved; where the broken line begins when one
 *            is found
 *   sample   filled; points into the text or the arena
 *
 * Returns 1, 0 at the end, or -1 for a line that is none of this format.
 */
int ce_openmetrics_next(ce_arena *arena, tlsf_str text, size_t *at,
                        ce_sample *sample);

/* The value of a label; empty when there is none. */
tlsf_str ce_sample_label(const ce_sample *sample, const char *name);

#endif
