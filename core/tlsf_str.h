/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A slice: bytes that somebody else owns, with their number. Not terminated by
 * a NUL, may hold any byte, and lives as long as the bytes it points into. An
 * absent text is {NULL, 0}; an empty one may have any pointer. All helpers are
 * ASCII only and need no locale.
 */
#ifndef TLSF_STR_H
#define TLSF_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct tlsf_str {
    const char *data; /* first byte, or NULL */
    size_t len;       /* bytes */
} tlsf_str;

/* The slice of a string literal, as an expression and as an initialiser. */
#define TLSF_LIT(s)                                                            \
    (tlsf_str)                                                                 \
    {                                                                          \
        (s), sizeof(s) - 1                                                     \
    }
#define TLSF_LIT_INIT(s)                                                       \
    {                                                                          \
        (s), sizeof(s) - 1                                                     \
    }

#define TLSF_COUNTOF(a) (sizeof(a) / sizeof((a)[0]))

static inline tlsf_str
tlsf_str_of(const char *z)
{
    tlsf_str s = {z, z == NULL ? 0 : strlen(z)};

    return s;
}

static inline tlsf_str
tlsf_str_sub(tlsf_str s, size_t from, size_t len)
{
    tlsf_str part = {s.data + from, len};

    return part;
}

static inline char
tlsf_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static inline bool
tlsf_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool
tlsf_str_eq(tlsf_str a, tlsf_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool
tlsf_str_eq_nocase(tlsf_str a, tlsf_str b)
{
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (tlsf_lower(a.data[i]) != tlsf_lower(b.data[i])) {
            return false;
        }
    }
    return true;
}

static inline bool
tlsf_str_starts(tlsf_str s, tlsf_str with)
{
    return s.len >= with.len &&
           (with.len == 0 || memcmp(s.data, with.data, with.len) == 0);
}

static inline bool
tlsf_str_starts_nocase(tlsf_str s, tlsf_str with)
{
    return s.len >= with.len &&
           tlsf_str_eq_nocase(tlsf_str_sub(s, 0, with.len), with);
}

/* Where the first `part` begins in s, or s.len when there is none. */
static inline size_t
tlsf_str_find(tlsf_str s, tlsf_str part)
{
    for (size_t i = 0; i + part.len <= s.len; i++) {
        if (memcmp(s.data + i, part.data, part.len) == 0) {
            return i;
        }
    }
    return s.len;
}

/* s without blanks and tabs at both ends. */
static inline tlsf_str
tlsf_str_trim(tlsf_str s)
{
    while (s.len > 0 && (s.data[0] == ' ' || s.data[0] == '\t')) {
        s.data++;
        s.len--;
    }
    while (s.len > 0 &&
           (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t')) {
        s.len--;
    }
    return s;
}

#endif
