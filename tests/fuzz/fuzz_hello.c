/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer: any bytes as a ClientHello in both formats. */
#include <stdlib.h>

#include "tlsf_hello.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void
expect(bool is_so)
{
    if (!is_so) {
        abort();
    }
}

/* Absent, or a slice of the message; every byte of it is read. */
static void
walk(tlsf_str s, const uint8_t *bytes, size_t n)
{
    const uint8_t *data = (const uint8_t *)s.data;
    size_t sum = 0;

    expect(data == NULL ? s.len == 0
                        : data >= bytes && s.len <= n &&
                              (size_t)(data - bytes) <= n - s.len);
    for (size_t i = 0; i < s.len; i++) {
        sum += data[i];
    }
    expect(sum <= 255 * s.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    for (int i = 0; i < 2; i++) {
        tlsf_hello h;
        tlsf_diag diag = {NULL, 0};
        int result = i == 0 ? tlsf_hello_read(bytes, n, &h, &diag)
                            : tlsf_hello_read_sslv2(bytes, n, &h, &diag);

        if (result != TLSF_OK) {
            expect(result == TLSF_ETRUNC || result == TLSF_EPROTO);
            expect(diag.what != NULL && diag.at <= n);
            continue;
        }
        walk(h.sni, bytes, n);
        walk(h.alpn, bytes, n);
        walk(h.suites, bytes, n);
        walk(h.groups, bytes, n);
        walk(h.shares, bytes, n);
        expect(h.offered < TLSF_N_VERSIONS);
        expect(!tlsf_hello_offers_suite(&h, UINT32_MAX));
        expect(!tlsf_hello_offers_group(&h, UINT32_MAX));
    }
    return 0;
}
