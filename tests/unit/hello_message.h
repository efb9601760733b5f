/* SPDX-License-Identifier: Apache-2.0 */
/* Messages for the tests of the hello reader: built, and read exactly. */
#ifndef HELLO_MESSAGE_H
#define HELLO_MESSAGE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tlsf_hello.h"

typedef struct message {
    uint8_t bytes[4096];
    size_t n;
} message;

typedef int (*hello_reader)(const uint8_t *bytes, size_t n, tlsf_hello *hello,
                            tlsf_diag *diag);

static inline void
append_number(message *m, size_t value, size_t width)
{
    while (width-- > 0) {
        m->bytes[m->n++] = (uint8_t)(value >> 8 * width);
    }
}

static inline void
append_hex(message *m, const char *hex)
{
    unsigned byte;
    int used;

    while (sscanf(hex, " %2x%n", &byte, &used) == 1) {
        m->bytes[m->n++] = (uint8_t)byte;
        hex += used;
    }
}

/* Make the message's 24-bit length fit n bytes in all. */
static inline void
set_length(message *m, size_t n)
{
    m->n = 1;
    append_number(m, n - 4, 3);
    m->n = n;
}

/*
 * Read the first n bytes from a copy of exact size, so that ASan sees an
 * over-read. The slices of `hello` point into the copy, which the caller frees.
 */
static inline int
read_exact(hello_reader read, const message *m, size_t n, tlsf_hello *hello,
           tlsf_diag *diag, uint8_t **copy)
{
    *copy = malloc(n + (n == 0));
    memcpy(*copy, m->bytes, n);
    return read(*copy, n, hello, diag);
}

#endif
