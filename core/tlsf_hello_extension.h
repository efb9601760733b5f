/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The extensions of a ClientHello, and what their reader shares with the
 * reader of the message around them. Only for tlsf_hello*.c.
 */
#ifndef TLSF_HELLO_EXTENSION_H
#define TLSF_HELLO_EXTENSION_H

#include "tlsf_cursor.h"
#include "tlsf_hello.h"

typedef struct tlsf_hello_reading {
    tlsf_hello hello;
    tlsf_diag fault; /* of a failure */
    unsigned seen;   /* bit per extension that was read */
} tlsf_hello_reading;

/* Notes why and where; always TLSF_EPROTO, so that a reader can return it. */
static inline int
tlsf_hello_reject(tlsf_hello_reading *r, const char *what,
                  const tlsf_cursor *where)
{
    r->fault.what = what;
    r->fault.at = where->at;
    return TLSF_EPROTO;
}

/* The 16-bit number at byte i of a list that was read. */
static inline unsigned
tlsf_hello_number(tlsf_str s, size_t i)
{
    return (unsigned)(uint8_t)s.data[i] << 8 | (uint8_t)s.data[i + 1];
}

/* Read the list of extensions, without its length, into r->hello. */
int tlsf_hello_read_extensions(tlsf_hello_reading *r, tlsf_cursor list);

#endif
