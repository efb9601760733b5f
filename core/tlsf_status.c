/* SPDX-License-Identifier: Apache-2.0 */
/* The status handler's pages and its idea of "local". */
#include "tlsf_status.h"

#include "tlsf_accept.h"

static const struct {
    tlsf_str end;
    tlsf_status_page page;
} pages[] = {
    {TLSF_LIT_INIT("/metrics"), TLSF_STATUS_METRICS},
    {TLSF_LIT_INIT("/status.json"), TLSF_STATUS_JSON},
    {TLSF_LIT_INIT("/"), TLSF_STATUS_INDEX},
};

tlsf_status_page
tlsf_status_page_of(tlsf_str path)
{
    for (size_t i = 0; i < TLSF_COUNTOF(pages); i++) {
        size_t n = pages[i].end.len;

        if (path.len >= n &&
            tlsf_str_eq(tlsf_str_sub(path, path.len - n, n), pages[i].end)) {
            return pages[i].page;
        }
    }
    return TLSF_STATUS_NONE;
}

tlsf_str
tlsf_status_index(void)
{
    return TLSF_LIT("tlsfloor\n\n"
                    "metrics      OpenMetrics, or Prometheus text by Accept\n"
                    "status.json  the same numbers as JSON\n");
}

tlsf_report_kind
tlsf_status_report_of(tlsf_status_page page, tlsf_str accept)
{
    if (page == TLSF_STATUS_JSON) {
        return TLSF_REPORT_JSON;
    }
    return tlsf_accept_openmetrics(accept) ? TLSF_REPORT_OPENMETRICS
                                           : TLSF_REPORT_PROMETHEUS;
}

tlsf_str
tlsf_status_proxy_header(size_t i)
{
    static const tlsf_str names[] = {
        TLSF_LIT_INIT("Forwarded"), TLSF_LIT_INIT("X-Forwarded-For"),
        TLSF_LIT_INIT("X-Real-IP"), TLSF_LIT_INIT("Via")};
    tlsf_str end = {NULL, 0};

    return i < TLSF_COUNTOF(names) ? names[i] : end;
}

bool
tlsf_status_is_loopback(const uint8_t *address, size_t n)
{
    static const uint8_t loopback[16] = {[15] = 1};
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

    if (n == 16 && memcmp(address, mapped, sizeof(mapped)) == 0) {
        address += sizeof(mapped);
        n = 4;
    }
    return (n == 4 && address[0] == 127) ||
           (n == 16 && memcmp(address, loopback, sizeof(loopback)) == 0);
}
