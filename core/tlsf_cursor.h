/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stretch of a message on the wire, read from its front: big-endian numbers
 * and length-prefixed vectors (RFC 8446 section 3). Each function returns
 * whether there was enough to take and takes nothing otherwise. Only for
 * readers of wire formats inside core.
 */
#ifndef TLSF_CURSOR_H
#define TLSF_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tlsf_str.h"

typedef struct tlsf_cursor {
    const uint8_t *bytes; /* the whole message */
    size_t at;            /* offset of the next byte to read */
    size_t end;           /* offset one past the last */
} tlsf_cursor;

static inline size_t
tlsf_cursor_left(const tlsf_cursor *c)
{
    return c->end - c->at;
}

/* The bytes not read yet. */
static inline tlsf_str
tlsf_cursor_str(const tlsf_cursor *c)
{
    tlsf_str s = {(const char *)c->bytes + c->at, tlsf_cursor_left(c)};

    return s;
}

/* A number of `width` bytes, 1 to 4. */
static inline bool
tlsf_cursor_number(tlsf_cursor *c, size_t width, unsigned *value)
{
    if (tlsf_cursor_left(c) < width) {
        return false;
    }
    *value = 0;
    for (size_t i = 0; i < width; i++) {
        *value = *value << 8 | c->bytes[c->at + i];
    }
    c->at += width;
    return true;
}

/* The next n bytes as a stretch of their own. */
static inline bool
tlsf_cursor_bytes(tlsf_cursor *c, size_t n, tlsf_cursor *part)
{
    if (tlsf_cursor_left(c) < n) {
        return false;
    }
    *part = *c;
    part->end = c->at + n;
    c->at += n;
    return true;
}

/* A vector: its length in `width` bytes, then that many bytes. */
static inline bool
tlsf_cursor_vector(tlsf_cursor *c, size_t width, tlsf_cursor *part)
{
    tlsf_cursor ahead = *c;
    unsigned n;

    if (!tlsf_cursor_number(&ahead, width, &n) ||
        !tlsf_cursor_bytes(&ahead, n, part)) {
        return false;
    }
    *c = ahead;
    return true;
}

/* A vector that fills the stretch to its end. */
static inline bool
tlsf_cursor_whole_vector(tlsf_cursor *c, size_t width, tlsf_cursor *part)
{
    tlsf_cursor ahead = *c;

    if (!tlsf_cursor_vector(&ahead, width, part) ||
        tlsf_cursor_left(&ahead) > 0) {
        return false;
    }
    *c = ahead;
    return true;
}

#endif
