/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Output: a sink and a sticky error. Renderers write straight ahead and the
 * caller asks `err` once at the end; after the first failure later writes do
 * nothing. Text that comes from a client or from the configuration goes
 * through one of the escaping writers, so that unescaped text has no easy way
 * out.
 *
 * Sinks: a fixed buffer (here), an APR brigade and an nginx chain (adapters).
 * Nothing here allocates.
 */
#ifndef TLSF_OUT_H
#define TLSF_OUT_H

#include <stdint.h>

#include "tlsf_err.h"
#include "tlsf_str.h"

typedef struct tlsf_out {
    int (*write)(void *to, const char *bytes, size_t n); /* TLSF_OK or a code */
    void *to;                                            /* the sink's own */
    size_t n; /* bytes written so far */
    int err;  /* TLSF_OK, or the first failure */
} tlsf_out;

/* A fixed buffer as a sink; `used` never exceeds `size`. */
typedef struct tlsf_buf {
    char *data;
    size_t size; /* bytes there are */
    size_t used; /* bytes written */
} tlsf_buf;

/*
 * A tlsf_out that fills `buf`. A write that does not fit whole is left out
 * whole and sets TLSF_ENOSPC. `buf` must outlive the result.
 */
tlsf_out tlsf_out_to_buf(tlsf_buf *buf);

/* The bytes in the buffer so far. */
static inline tlsf_str
tlsf_buf_str(const tlsf_buf *buf)
{
    tlsf_str s = {buf->data, buf->used};

    return s;
}

/* As they are. */
void tlsf_out_bytes(tlsf_out *out, const char *bytes, size_t n);
void tlsf_out_str(tlsf_out *out, tlsf_str s);
void tlsf_out_z(tlsf_out *out, const char *z);

/* Decimal; `digits` pads with zeros at the left (dates). */
void tlsf_out_uint(tlsf_out *out, uint64_t value);
void tlsf_out_int(tlsf_out *out, int64_t value);
void tlsf_out_padded(tlsf_out *out, uint64_t value, unsigned digits);

/*
 * For HTML text and double-quoted attribute values: & < > " ' become entities;
 * NUL, other control characters but tab, LF and CR, and every byte that is not
 * part of well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms)
 * become U+FFFD.
 */
void tlsf_out_html(tlsf_out *out, tlsf_str s);

/* The inside of a JSON string (RFC 8259); invalid UTF-8 becomes U+FFFD. */
void tlsf_out_json(tlsf_out *out, tlsf_str s);

/*
 * For text/plain and header values: control characters become blanks, invalid
 * UTF-8 becomes U+FFFD.
 */
void tlsf_out_text(tlsf_out *out, tlsf_str s);

/*
 * The inside of an OpenMetrics or Prometheus label value: backslash, double
 * quote and line feed escaped, invalid UTF-8 becomes U+FFFD.
 */
void tlsf_out_label(tlsf_out *out, tlsf_str s);

/* In lower case (ASCII), else as it is. */
void tlsf_out_lower(tlsf_out *out, tlsf_str s);

#endif
