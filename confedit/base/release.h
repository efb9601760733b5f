/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The release of a server, "2.4.62" or "1.29.2". All zero when nobody knows.
 */
#ifndef CE_RELEASE_H
#define CE_RELEASE_H

#include "tlsf_str.h"

typedef struct ce_release {
    unsigned part[3];
} ce_release;

#define CE_RELEASE(a, b, c)                                                    \
    (ce_release)                                                               \
    {                                                                          \
        {                                                                      \
            (a), (b), (c)                                                      \
        }                                                                      \
    }

/*
 * Parse "1.22.1" or "2.4" (then 2.4.0), the whole text.
 *
 * Returns TLSF_OK or TLSF_EINVAL.
 */
int ce_release_parse(tlsf_str text, ce_release *release);

bool ce_release_is_known(ce_release release);

/* Negative, 0 or positive, as a comes before, is, or comes after b. */
int ce_release_compare(ce_release a, ce_release b);

#endif
