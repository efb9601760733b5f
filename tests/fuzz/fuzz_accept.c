/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer: two headers, split at the first NUL. */
#include <stdlib.h>

#include "tlsf_accept.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    static const tlsf_language languages[] = {TLSF_LANGUAGE_JA,
                                              TLSF_LANGUAGE_EN};
    tlsf_str all = {(const char *)bytes, n};
    tlsf_str first = tlsf_str_sub(all, 0, tlsf_str_find(all, TLSF_LIT("\0")));
    tlsf_str second = tlsf_str_sub(all, first.len, n - first.len);
    tlsf_form form = tlsf_accept_form(first, second);
    tlsf_language language = tlsf_accept_language(first, languages, 2);

    if (form > TLSF_FORM_TEXT || language >= TLSF_N_LANGUAGES) {
        abort();
    }
    tlsf_accept_openmetrics(first);
    return 0;
}
