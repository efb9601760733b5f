/* SPDX-License-Identifier: Apache-2.0 */
/* Releases of servers; called by the models and conditions. */
#include "release.h"

#include "tlsf_err.h"

int
ce_release_parse(tlsf_str text, ce_release *release)
{
    size_t i = 0;

    *release = CE_RELEASE(0, 0, 0);
    for (unsigned part = 0; part < 3; part++) {
        size_t digits = 0;

        for (; i < text.len && tlsf_is_digit(text.data[i]); i++, digits++) {
            release->part[part] =
                release->part[part] * 10 + (unsigned)(text.data[i] - '0');
        }
        if (digits == 0 || digits > 6) {
            return TLSF_EINVAL;
        }
        if (i == text.len) {
            return TLSF_OK;
        }
        if (text.data[i++] != '.') {
            return TLSF_EINVAL;
        }
    }
    return TLSF_EINVAL;
}

bool
ce_release_is_known(ce_release release)
{
    return release.part[0] != 0 || release.part[1] != 0;
}

int
ce_release_compare(ce_release a, ce_release b)
{
    for (unsigned i = 0; i < 3; i++) {
        if (a.part[i] != b.part[i]) {
            return a.part[i] < b.part[i] ? -1 : 1;
        }
    }
    return 0;
}
