/* SPDX-License-Identifier: Apache-2.0 */
/* Any User-Agent, with whatever else a request brings: read, judged, and the
 * page written in all forms and languages. */
#include <stdint.h>

#include "tlsf_page.h"

static char body[1 << 20];

static void
ignore(void *to, tlsf_str name, tlsf_str value)
{
    (void)to;
    (void)name;
    (void)value;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    tlsf_str input = {(const char *)bytes, n};
    tlsf_settings settings = {.floor = TLSF_TLSV12, .page_code = 426};
    tlsf_page page = {.settings = &settings, .is_http11 = true};

    settings.contact = settings.alternative = settings.site = input;
    page.host_name = page.request_id = input;
    page.facts = (tlsf_facts){TLSF_TLSV1, TLSF_TLSV1, true};
    page.client = tlsf_client_read(input);
    for (int i = 0; i < 3 * TLSF_N_LANGUAGES; i++) {
        tlsf_buf buf = {body, sizeof(body), 0};
        tlsf_out out = tlsf_out_to_buf(&buf);
        page.form = (tlsf_form)(i % 3);
        page.language = (tlsf_language)(i / 3);
        page.required = i % 2 ? TLSF_TLSV13 : TLSF_TLSV12;
        tlsf_page_write(&page, &out);
        tlsf_page_headers(&page, ignore, NULL);
    }
    return 0;
}
