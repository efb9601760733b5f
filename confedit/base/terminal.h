/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text for people. Configurations and file names may hold any bytes; none of
 * them may move the cursor or colour the screen.
 */
#ifndef CE_TERMINAL_H
#define CE_TERMINAL_H

#include <stdio.h>

#include "tlsf_str.h"

/* Print text; a byte that is no printable UTF-8 becomes a question mark. */
void ce_terminal_put(FILE *to, tlsf_str text);

/* The same with line ends and tabs as they are. */
void ce_terminal_put_lines(FILE *to, tlsf_str text);

/*
 * As fprintf, but what is put in for %s is printed by ce_terminal_put; a line
 * of progress is taken away first. Of the other conversions only these: %.*s
 * %d %u %04o %ld %lu %zu %%.
 */
void ce_say(FILE *to, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* How many columns that takes. */
size_t ce_terminal_width(tlsf_str text);

/*
 * Bytes of the UTF-8 character at the beginning of `text`; 0: it is none.
 *
 * Source: RFC 3629, section 4.
 */
size_t ce_utf8_length(tlsf_str text);

#endif
