/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The status handler's pages, by the end of the path, and who may read them.
 * Shared by both adapters' status.c.
 */
#ifndef TLSF_STATUS_H
#define TLSF_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "tlsf_metrics.h"
#include "tlsf_str.h"

typedef enum tlsf_status_page {
    TLSF_STATUS_NONE, /* there is no such page */
    TLSF_STATUS_INDEX,
    TLSF_STATUS_METRICS,
    TLSF_STATUS_JSON
} tlsf_status_page;

/* "…/", "…/metrics", "…/status.json" */
tlsf_status_page tlsf_status_page_of(tlsf_str path);

/* The list of pages, plain text, for the index. */
tlsf_str tlsf_status_index(void);

/* The report for a page, metrics by Accept. */
tlsf_report_kind tlsf_status_report_of(tlsf_status_page page, tlsf_str accept);

/* Request headers that mean "through a proxy"; i from 0, absent at the end. */
tlsf_str tlsf_status_proxy_header(size_t i);

/* Whether an address is loopback: 4 bytes of IPv4, or 16 of IPv6 (mapped IPv4
 * counts as IPv4). */
bool tlsf_status_is_loopback(const uint8_t *address, size_t n);

#endif
