/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing to a sink, with the escapes of the formats we produce. Called by
 * every renderer of core.
 */
#include "tlsf_out.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD in UTF-8 */
#define MAX_DIGITS  20             /* of a uint64_t */

/*
 * What a format writes instead of one character of n bytes; {NULL, 0} where it
 * stays as it is. n is 0 for a byte that is not part of well-formed UTF-8.
 */
typedef tlsf_str (*rule)(const unsigned char *c, size_t n);

static const tlsf_str as_is = {NULL, 0};

static int
write_buf(void *to, const char *bytes, size_t n)
{
    tlsf_buf *buf = to;

    if (n > buf->size - buf->used) {
        return TLSF_ENOSPC;
    }
    memcpy(buf->data + buf->used, bytes, n);
    buf->used += n;
    return TLSF_OK;
}

static bool
is_between(unsigned char c, unsigned char low, unsigned char high)
{
    return c >= low && c <= high;
}

/*
 * The length of the character that begins at c, or 0 when the byte there is
 * not part of well-formed UTF-8. Table of RFC 3629 section 4:
 *
 *     00-7F
 *     C2-DF  80-BF
 *     E0     A0-BF  80-BF            no overlong forms
 *     ED     80-9F  80-BF            no surrogates
 *     E1-EF  80-BF  80-BF
 *     F0     90-BF  80-BF  80-BF     no overlong forms
 *     F4     80-8F  80-BF  80-BF     nothing past U+10FFFF
 *     F1-F3  80-BF  80-BF  80-BF
 */
static size_t
char_len(const unsigned char *c, size_t left)
{
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    size_t n;

    if (c[0] < 0x80) {
        return 1;
    }
    if (is_between(c[0], 0xc2, 0xdf)) {
        n = 2;
    } else if (is_between(c[0], 0xe0, 0xef)) {
        n = 3;
        low = c[0] == 0xe0 ? 0xa0 : low;
        high = c[0] == 0xed ? 0x9f : high;
    } else if (is_between(c[0], 0xf0, 0xf4)) {
        n = 4;
        low = c[0] == 0xf0 ? 0x90 : low;
        high = c[0] == 0xf4 ? 0x8f : high;
    } else {
        return 0;
    }
    if (left < n || !is_between(c[1], low, high)) {
        return 0;
    }
    for (size_t i = 2; i < n; i++) {
        if (!is_between(c[i], 0x80, 0xbf)) {
            return 0;
        }
    }
    return n;
}

/* Unicode's category Cc: C0, DEL and C1 (U+0080..U+009F is C2 80..C2 9F). */
static bool
is_control(const unsigned char *c, size_t n)
{
    return (n == 1 && (c[0] < 0x20 || c[0] == 0x7f)) ||
           (n == 2 && c[0] == 0xc2 && c[1] < 0xa0);
}

static tlsf_str
html_rule(const unsigned char *c, size_t n)
{
    if (n == 0) {
        return TLSF_LIT(REPLACEMENT);
    }
    switch (c[0]) {
    case '&':
        return TLSF_LIT("&amp;");
    case '<':
        return TLSF_LIT("&lt;");
    case '>':
        return TLSF_LIT("&gt;");
    case '"':
        return TLSF_LIT("&quot;");
    case '\'':
        return TLSF_LIT("&#39;"); /* HTML 4 has no &apos; */
    case '\t':
    case '\n':
    case '\r':
        return as_is;
    default:
        return is_control(c, n) ? TLSF_LIT(REPLACEMENT) : as_is;
    }
}

static tlsf_str
json_rule(const unsigned char *c, size_t n)
{
    static const char controls[0x20][7] = {
        "\\u0000", "\\u0001", "\\u0002", "\\u0003", "\\u0004", "\\u0005",
        "\\u0006", "\\u0007", "\\b",     "\\t",     "\\n",     "\\u000b",
        "\\f",     "\\r",     "\\u000e", "\\u000f", "\\u0010", "\\u0011",
        "\\u0012", "\\u0013", "\\u0014", "\\u0015", "\\u0016", "\\u0017",
        "\\u0018", "\\u0019", "\\u001a", "\\u001b", "\\u001c", "\\u001d",
        "\\u001e", "\\u001f",
    };

    if (n == 0) {
        return TLSF_LIT(REPLACEMENT);
    }
    if (c[0] < 0x20) {
        return tlsf_str_of(controls[c[0]]);
    }
    if (c[0] == '"') {
        return TLSF_LIT("\\\"");
    }
    return c[0] == '\\' ? TLSF_LIT("\\\\") : as_is;
}

static tlsf_str
text_rule(const unsigned char *c, size_t n)
{
    if (n == 0) {
        return TLSF_LIT(REPLACEMENT);
    }
    return is_control(c, n) ? TLSF_LIT(" ") : as_is;
}

static tlsf_str
label_rule(const unsigned char *c, size_t n)
{
    if (n == 0) {
        return TLSF_LIT(REPLACEMENT);
    }
    switch (c[0]) {
    case '\\':
        return TLSF_LIT("\\\\");
    case '"':
        return TLSF_LIT("\\\"");
    case '\n':
        return TLSF_LIT("\\n");
    default:
        return as_is;
    }
}

/* Runs of characters that stay as they are go out in one write. */
static void
write_escaped(tlsf_out *out, tlsf_str s, rule replace)
{
    size_t run = 0;
    size_t i = 0;

    while (i < s.len) {
        const unsigned char *c = (const unsigned char *)s.data + i;
        size_t n = char_len(c, s.len - i);
        tlsf_str instead = replace(c, n);
        size_t next = i + (n == 0 ? 1 : n);

        if (instead.data != NULL) {
            tlsf_out_bytes(out, s.data + run, i - run);
            tlsf_out_str(out, instead);
            run = next;
        }
        i = next;
    }
    if (run < s.len) {
        tlsf_out_bytes(out, s.data + run, s.len - run);
    }
}

/* Digits of value, at least `digits`, right-aligned; returns their number. */
static size_t
format_digits(char text[MAX_DIGITS], uint64_t value, size_t digits)
{
    size_t n = 0;

    do {
        n++;
        text[MAX_DIGITS - n] = (char)('0' + value % 10);
        value /= 10;
    } while (n < MAX_DIGITS && (value > 0 || n < digits));
    return n;
}

tlsf_out
tlsf_out_to_buf(tlsf_buf *buf)
{
    tlsf_out out = {write_buf, buf, 0, TLSF_OK};

    return out;
}

void
tlsf_out_bytes(tlsf_out *out, const char *bytes, size_t n)
{
    if (out->err != TLSF_OK || n == 0) {
        return;
    }
    out->err = out->write(out->to, bytes, n);
    if (out->err == TLSF_OK) {
        out->n += n;
    }
}

void
tlsf_out_str(tlsf_out *out, tlsf_str s)
{
    tlsf_out_bytes(out, s.data, s.len);
}

void
tlsf_out_z(tlsf_out *out, const char *z)
{
    tlsf_out_str(out, tlsf_str_of(z));
}

void
tlsf_out_uint(tlsf_out *out, uint64_t value)
{
    tlsf_out_padded(out, value, 1);
}

void
tlsf_out_int(tlsf_out *out, int64_t value)
{
    char text[1 + MAX_DIGITS];
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    size_t n = format_digits(text + 1, size, 1);

    if (value < 0) {
        n++;
        text[1 + MAX_DIGITS - n] = '-';
    }
    tlsf_out_bytes(out, text + 1 + MAX_DIGITS - n, n);
}

void
tlsf_out_padded(tlsf_out *out, uint64_t value, unsigned digits)
{
    char text[MAX_DIGITS];
    size_t n = format_digits(text, value, digits);

    tlsf_out_bytes(out, text + MAX_DIGITS - n, n);
}

void
tlsf_out_html(tlsf_out *out, tlsf_str s)
{
    write_escaped(out, s, html_rule);
}

void
tlsf_out_json(tlsf_out *out, tlsf_str s)
{
    write_escaped(out, s, json_rule);
}

void
tlsf_out_text(tlsf_out *out, tlsf_str s)
{
    write_escaped(out, s, text_rule);
}

void
tlsf_out_label(tlsf_out *out, tlsf_str s)
{
    write_escaped(out, s, label_rule);
}

void
tlsf_out_lower(tlsf_out *out, tlsf_str s)
{
    char part[128];

    while (s.len > 0) {
        size_t n = s.len < sizeof part ? s.len : sizeof part;

        for (size_t i = 0; i < n; i++) {
            part[i] = tlsf_lower(s.data[i]);
        }
        tlsf_out_bytes(out, part, n);
        s = tlsf_str_sub(s, n, s.len - n);
    }
}
