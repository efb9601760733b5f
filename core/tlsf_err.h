/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results of functions that can fail: 0 or one of five negative codes. A
 * function that has more to say takes a tlsf_diag, which the caller owns and
 * may leave out (NULL). Nothing is allocated to fail.
 */
#ifndef TLSF_ERR_H
#define TLSF_ERR_H

#include <stddef.h>

enum {
    TLSF_OK = 0,
    TLSF_EINVAL = -1, /* argument text that means nothing */
    TLSF_ETRUNC = -2, /* the bytes end too early */
    TLSF_EPROTO = -3, /* the bytes are something else */
    TLSF_ENOSPC = -4, /* the sink is full */
    TLSF_ESINK = -5   /* the sink failed */
};

typedef struct tlsf_diag {
    const char *what; /* a literal: the reason, without a full stop */
    size_t at;        /* byte offset into the input */
} tlsf_diag;

#endif
