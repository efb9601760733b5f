/* SPDX-License-Identifier: Apache-2.0 */
/* Version numbers by numeric parts. Called by the client table, and by who
 * compares versions that an administrator wrote. */
#include "tlsf_number.h"

size_t
tlsf_number_parts(tlsf_str text, uint32_t parts[TLSF_NUMBER_PARTS])
{
    size_t n = 0;
    size_t at = 0;

    memset(parts, 0, TLSF_NUMBER_PARTS * sizeof(parts[0]));
    while (n < TLSF_NUMBER_PARTS && at < text.len &&
           tlsf_is_digit(text.data[at])) {
        uint64_t value = 0;
        for (; at < text.len && tlsf_is_digit(text.data[at]); at++) {
            value = value * 10 + (uint64_t)(text.data[at] - '0');
            value = value > UINT32_MAX ? UINT32_MAX : value;
        }
        parts[n++] = (uint32_t)value;
        if (at == text.len || (text.data[at] != '.' && text.data[at] != '_')) {
            break;
        }
        at++;
    }
    return n;
}

tlsf_number
tlsf_number_of(const uint32_t *parts, size_t n)
{
    tlsf_number number = {.is_known = n > 0};

    number.n_parts =
        n < TLSF_COUNTOF(number.part) ? n : TLSF_COUNTOF(number.part);
    memcpy(number.part, parts, number.n_parts * sizeof(parts[0]));
    return number;
}

tlsf_number
tlsf_number_parse(tlsf_str text)
{
    uint32_t parts[TLSF_NUMBER_PARTS];
    size_t n = tlsf_number_parts(text, parts);

    return tlsf_number_of(parts, n);
}

static int
compare(const uint32_t *a, const uint32_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (a[i] != b[i]) {
            return a[i] < b[i] ? -1 : 1;
        }
    }
    return 0;
}

int
tlsf_number_compare(const tlsf_number *a, const tlsf_number *b)
{
    return compare(a->part, b->part, TLSF_COUNTOF(a->part));
}

/* Against one end of a range: as many parts as the end names; an end that
 * names none is open. */
static int
compare_end(const tlsf_number *number, tlsf_str end)
{
    uint32_t parts[TLSF_NUMBER_PARTS];
    size_t n = tlsf_number_parts(end, parts);

    n = n > TLSF_COUNTOF(number->part) ? TLSF_COUNTOF(number->part) : n;
    return compare(number->part, parts, n);
}

bool
tlsf_number_in(const tlsf_number *number, tlsf_str range)
{
    size_t dash = tlsf_str_find(range, TLSF_LIT("-"));
    tlsf_str from = tlsf_str_sub(range, 0, dash);
    tlsf_str to = from;

    if (tlsf_str_eq(range, TLSF_LIT("*"))) {
        return true;
    }
    if (dash < range.len) {
        to = tlsf_str_sub(range, dash + 1, range.len - dash - 1);
    }
    return number->is_known && compare_end(number, from) >= 0 &&
           compare_end(number, to) <= 0;
}

void
tlsf_number_write(const tlsf_number *number, tlsf_out *out)
{
    size_t n = number->n_parts;

    /* 0.x and 1.x (OpenSSL 1.0.0) tell their releases apart by all parts. */
    while (n > 1 && number->part[n - 1] == 0 && number->part[0] > 1) {
        n--;
    }
    for (size_t i = 0; i < n; i++) {
        if (i > 0) {
            tlsf_out_z(out, ".");
        }
        tlsf_out_uint(out, number->part[i]);
    }
}
