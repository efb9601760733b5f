/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as text; called by set_manifest.c and journal.c. */
#include "set_text.h"

#include <stdio.h>

/*
 * Bytes of the character that begins here (RFC 3629, table 3-7 of Unicode);
 * 0: it is none.
 */
static size_t
character(const unsigned char *p)
{
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    size_t n;

    if (p[0] < 0x80) {
        return p[0] >= ' ' && p[0] != 0x7f && p[0] != '%' ? 1 : 0;
    }
    if (p[0] < 0xc2 || p[0] > 0xf4) {
        return 0;
    }
    n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : low;
    high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : high;
    for (size_t i = 1; i < n; i++) {
        if (p[i] < low || p[i] > high) {
            return 0;
        }
        low = 0x80;
        high = 0xbf;
    }
    return n;
}

const char *
ce_text_spell(ce_arena *arena, const char *text)
{
    char *to = ce_arena_alloc(arena, strlen(text) * 3 + 1);
    size_t n = 0;

    for (const unsigned char *p = (const unsigned char *)text; *p != '\0';) {
        size_t size = character(p);

        if (size == 0) {
            snprintf(to + n, 4, "%%%02X", *p);
            n += 3;
            p++;
            continue;
        }
        memcpy(to + n, p, size);
        n += size;
        p += size;
    }
    return to;
}

static int
digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

const char *
ce_text_read(ce_arena *arena, const char *spelled)
{
    char *to = ce_arena_alloc(arena, strlen(spelled) + 1);
    size_t n = 0;

    for (const char *p = spelled; *p != '\0'; p++) {
        if (p[0] == '%' && digit(p[1]) >= 0 && digit(p[2]) >= 0) {
            to[n++] = (char)(digit(p[1]) * 16 + digit(p[2]));
            p += 2;
        } else {
            to[n++] = *p;
        }
    }
    return to;
}
