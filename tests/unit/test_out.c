/* SPDX-License-Identifier: Apache-2.0 */
/* The sink and the escaping writers. */
#include <stdlib.h>
#include <string.h>

#include "unit/check_main.h"

#include "tlsf_out.h"

#define BAD "\xef\xbf\xbd" /* U+FFFD */

typedef void (*writer)(tlsf_out *out, tlsf_str s);

/* What a writer makes of s, from a copy of exact size so that ASan sees an
 * over-read. The caller frees result.data. */
static tlsf_str
written(writer write, tlsf_str s)
{
    char *copy = malloc(s.len + (s.len == 0));
    char *bytes = malloc(6 * s.len + 1);
    tlsf_buf buf = {bytes, 6 * s.len + 1, 0};
    tlsf_out out = tlsf_out_to_buf(&buf);
    tlsf_str exact = {copy, s.len};

    memcpy(copy, s.data, s.len);
    write(&out, exact);
    free(copy);
    ck_assert_int_eq(out.err, TLSF_OK);
    ck_assert_uint_eq(out.n, buf.used);
    return tlsf_buf_str(&buf);
}

static void
check(writer write, const char *name, tlsf_str in, tlsf_str want)
{
    tlsf_str got = written(write, in);

    ck_assert_msg(tlsf_str_eq(got, want), "%s: got \"%.*s\"", name,
                  (int)got.len, got.data);
    free((void *)(uintptr_t)got.data);
}

#define IN(s) TLSF_LIT_INIT(s)

/* clang-format off */
static const struct {
    const char *name;
    tlsf_str in;
    tlsf_str html;
    tlsf_str json;
    tlsf_str text;
    tlsf_str label;
} escapes[] = {
    {"empty", IN(""), IN(""), IN(""), IN(""), IN("")},
    {"plain", IN("Old client"), IN("Old client"), IN("Old client"),
     IN("Old client"), IN("Old client")},
    {"markup", IN("<a href=\"x\" b='y'>&</a>"),
     IN("&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;&lt;/a&gt;"),
     IN("<a href=\\\"x\\\" b='y'>&</a>"), IN("<a href=\"x\" b='y'>&</a>"),
     IN("<a href=\\\"x\\\" b='y'>&</a>")},
    {"backslash", IN("a\\b"), IN("a\\b"), IN("a\\\\b"), IN("a\\b"),
     IN("a\\\\b")},
    {"line ends", IN("a\tb\nc\rd"), IN("a\tb\nc\rd"), IN("a\\tb\\nc\\rd"),
     IN("a b c d"), IN("a\tb\\nc\rd")},
    {"NUL", IN("a\0b"), IN("a" BAD "b"), IN("a\\u0000b"), IN("a b"),
     IN("a\0b")},
    {"C0 controls", IN("\x01\x08\x0b\x0c\x1b\x1f"), IN(BAD BAD BAD BAD BAD BAD),
     IN("\\u0001\\b\\u000b\\f\\u001b\\u001f"), IN("      "),
     IN("\x01\x08\x0b\x0c\x1b\x1f")},
    {"DEL and C1", IN("\x7f\xc2\x80\xc2\x9f\xc2\xa0"),
     IN(BAD BAD BAD "\xc2\xa0"), IN("\x7f\xc2\x80\xc2\x9f\xc2\xa0"),
     IN("   \xc2\xa0"), IN("\x7f\xc2\x80\xc2\x9f\xc2\xa0")},
    {"header injection", IN("x\r\nSet-Cookie: a"), IN("x\r\nSet-Cookie: a"),
     IN("x\\r\\nSet-Cookie: a"), IN("x  Set-Cookie: a"),
     IN("x\r\\nSet-Cookie: a")},
    {"Japanese", IN("\xe6\x97\xa5<\xe6\x9c\xac"),
     IN("\xe6\x97\xa5&lt;\xe6\x9c\xac"), IN("\xe6\x97\xa5<\xe6\x9c\xac"),
     IN("\xe6\x97\xa5<\xe6\x9c\xac"), IN("\xe6\x97\xa5<\xe6\x9c\xac")},
    {"a quote after a broken character", IN("\xe6\"\xe6\x97'"),
     IN(BAD "&quot;" BAD BAD "&#39;"), IN(BAD "\\\"" BAD BAD "'"),
     IN(BAD "\"" BAD BAD "'"), IN(BAD "\\\"" BAD BAD "'")},
};
/* clang-format on */

START_TEST(text_is_escaped)
{
    const char *name = escapes[_i].name;

    check(tlsf_out_html, name, escapes[_i].in, escapes[_i].html);
    check(tlsf_out_json, name, escapes[_i].in, escapes[_i].json);
    check(tlsf_out_text, name, escapes[_i].in, escapes[_i].text);
    check(tlsf_out_label, name, escapes[_i].in, escapes[_i].label);
}
END_TEST

/* One U+FFFD for each byte that is not part of a well-formed character. */
/* clang-format off */
static const struct {
    const char *name;
    tlsf_str in;
    tlsf_str want;
} utf8[] = {
    {"first and last of 2", IN("\xc3\x80\xdf\xbf"), IN("\xc3\x80\xdf\xbf")},
    {"first of 3", IN("\xe0\xa0\x80"), IN("\xe0\xa0\x80")},
    {"before the surrogates", IN("\xed\x9f\xbf"), IN("\xed\x9f\xbf")},
    {"after the surrogates", IN("\xee\x80\x80"), IN("\xee\x80\x80")},
    {"U+FFFD itself", IN(BAD), IN(BAD)},
    {"U+FFFF", IN("\xef\xbf\xbf"), IN("\xef\xbf\xbf")},
    {"first of 4", IN("\xf0\x90\x80\x80"), IN("\xf0\x90\x80\x80")},
    {"U+10FFFF", IN("\xf4\x8f\xbf\xbf"), IN("\xf4\x8f\xbf\xbf")},
    {"past U+10FFFF", IN("\xf4\x90\x80\x80"), IN(BAD BAD BAD BAD)},
    {"F5", IN("\xf5\x80\x80\x80"), IN(BAD BAD BAD BAD)},
    {"five bytes", IN("\xf8\x88\x80\x80\x80"), IN(BAD BAD BAD BAD BAD)},
    {"FE FF", IN("\xfe\xff"), IN(BAD BAD)},
    {"lone continuation", IN("a\x80z\xbf"), IN("a" BAD "z" BAD)},
    {"overlong NUL", IN("\xc0\x80"), IN(BAD BAD)},
    {"overlong <, 2", IN("\xc0\xbc"), IN(BAD BAD)},
    {"overlong DEL", IN("\xc1\xbf"), IN(BAD BAD)},
    {"overlong <, 3", IN("\xe0\x80\xbc"), IN(BAD BAD BAD)},
    {"overlong U+07FF", IN("\xe0\x9f\xbf"), IN(BAD BAD BAD)},
    {"overlong <, 4", IN("\xf0\x80\x80\xbc"), IN(BAD BAD BAD BAD)},
    {"overlong U+FFFF", IN("\xf0\x8f\xbf\xbf"), IN(BAD BAD BAD BAD)},
    {"high surrogate", IN("\xed\xa0\x80"), IN(BAD BAD BAD)},
    {"low surrogate", IN("\xed\xbf\xbf"), IN(BAD BAD BAD)},
    {"cut 2", IN("a\xc3"), IN("a" BAD)},
    {"cut 3", IN("a\xe6\x97"), IN("a" BAD BAD)},
    {"cut 4", IN("a\xf0\x9f\x98"), IN("a" BAD BAD BAD)},
    {"broken in the middle", IN("\xf0\x9f(\x80"), IN(BAD BAD "(" BAD)},
    {"restart in the middle", IN("\xe6\xe6\x97\xa5"), IN(BAD "\xe6\x97\xa5")},
};
/* clang-format on */

START_TEST(only_well_formed_utf8_passes)
{
    const char *name = utf8[_i].name;

    check(tlsf_out_html, name, utf8[_i].in, utf8[_i].want);
    check(tlsf_out_json, name, utf8[_i].in, utf8[_i].want);
    check(tlsf_out_text, name, utf8[_i].in, utf8[_i].want);
    check(tlsf_out_label, name, utf8[_i].in, utf8[_i].want);
}
END_TEST

/* RFC 3629's ABNF as a decoder: the other way to the same answer. */
static size_t
decode(const unsigned char *c, size_t left)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = c[0] < 0x80             ? 1
               : (c[0] & 0xe0) == 0xc0 ? 2
               : (c[0] & 0xf0) == 0xe0 ? 3
               : (c[0] & 0xf8) == 0xf0 ? 4
                                       : 0;
    unsigned value;

    if (n < 2 || n > left) {
        return n == 1 ? 1 : 0;
    }
    value = c[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((c[i] & 0xc0) != 0x80) {
            return 0;
        }
        value = value << 6 | (c[i] & 0x3fu);
    }
    return value < least[n] || value > 0x10ffff ||
                   (value >= 0xd800 && value <= 0xdfff)
               ? 0
               : n;
}

/* Random bytes, mostly from the edges of UTF-8; fixed seed. */
START_TEST(random_bytes_come_out_well_formed)
{
    static const unsigned char edges[] = {
        0x00, 0x1f, '"',  '&',  '<',  '\\', 0x7f, 0x80, 0x8f, 0x90, 0x9f,
        0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4,
        0xf5, 0xff, 0xe6, 0x97, 0xa5, 0xf1, 0x80, 0xbf, 0x80, 0xbf};
    uint32_t seed = 0x7151;

    for (int round = 0; round < 20000; round++) {
        char bytes[24];
        char want[3 * sizeof bytes];
        tlsf_str in = {bytes, 0};
        size_t n = 0;

        seed = seed * 1664525 + 1013904223;
        in.len = (seed >> 16) % sizeof bytes;
        for (size_t i = 0; i < in.len; i++) {
            seed = seed * 1664525 + 1013904223;
            bytes[i] = (char)edges[(seed >> 16) % sizeof edges];
        }
        for (size_t i = 0; i < in.len;) {
            size_t len = decode((const unsigned char *)bytes + i, in.len - i);

            if (len == 0 || (len == 1 && bytes[i] < 0x20)) {
                memcpy(want + n, len == 0 ? BAD : " ", len == 0 ? 3 : 1);
                n += len == 0 ? 3 : 1;
                i++;
                continue;
            }
            if ((len == 1 && bytes[i] == 0x7f) ||
                (len == 2 && memcmp(bytes + i, "\xc2\xa0", 2) < 0)) {
                want[n++] = ' ';
            } else {
                memcpy(want + n, bytes + i, len);
                n += len;
            }
            i += len;
        }
        tlsf_str all = {want, n};
        check(tlsf_out_text, "random", in, all);
    }
}
END_TEST

static const struct {
    uint64_t value;
    unsigned digits;
    const char *want;
} numbers[] = {
    {0, 1, "0"},
    {0, 0, "0"},
    {7, 2, "07"},
    {2027, 4, "2027"},
    {12345, 4, "12345"},
    {1, 20, "00000000000000000001"},
    {1, 99, "00000000000000000001"},
    {UINT64_MAX, 1, "18446744073709551615"},
};

START_TEST(numbers_are_written)
{
    char bytes[32];
    tlsf_buf buf = {bytes, sizeof bytes, 0};
    tlsf_out out = tlsf_out_to_buf(&buf);

    tlsf_out_padded(&out, numbers[_i].value, numbers[_i].digits);
    ck_assert(tlsf_str_eq(tlsf_buf_str(&buf), tlsf_str_of(numbers[_i].want)));
}
END_TEST

START_TEST(signed_numbers_are_written)
{
    char bytes[80];
    tlsf_buf buf = {bytes, sizeof bytes, 0};
    tlsf_out out = tlsf_out_to_buf(&buf);

    tlsf_out_int(&out, INT64_MIN);
    tlsf_out_z(&out, " ");
    tlsf_out_int(&out, -1);
    tlsf_out_z(&out, " ");
    tlsf_out_int(&out, 0);
    tlsf_out_z(&out, " ");
    tlsf_out_int(&out, INT64_MAX);
    tlsf_out_z(&out, " ");
    tlsf_out_uint(&out, 10);
    ck_assert(tlsf_str_eq(
        tlsf_buf_str(&buf),
        TLSF_LIT("-9223372036854775808 -1 0 9223372036854775807 10")));
}
END_TEST

START_TEST(a_write_fits_whole_or_not_at_all)
{
    char bytes[4] = "....";
    tlsf_buf buf = {bytes, 3, 0};
    tlsf_out out = tlsf_out_to_buf(&buf);

    tlsf_out_z(&out, "ab");
    tlsf_out_z(&out, "cd");
    ck_assert_int_eq(out.err, TLSF_ENOSPC);
    tlsf_out_z(&out, "e"); /* would fit, but the error is sticky */
    tlsf_out_html(&out, TLSF_LIT("&"));
    ck_assert_int_eq(out.err, TLSF_ENOSPC);
    ck_assert_uint_eq(out.n, 2);
    ck_assert(tlsf_str_eq(tlsf_buf_str(&buf), TLSF_LIT("ab")));
    ck_assert_mem_eq(bytes, "ab..", 4);
}
END_TEST

/* However small the buffer, no entity and no character is cut. */
START_TEST(escapes_are_never_cut)
{
    static const tlsf_str in = IN("<\xe6\x97\xa5&\xff");
    static const tlsf_str want = IN("&lt;\xe6\x97\xa5&amp;" BAD);
    static const size_t stops[] = {0, 4, 7, 12, 15};
    char bytes[16];
    size_t k = 0;

    for (size_t size = 0; size <= want.len; size++) {
        tlsf_buf buf = {bytes, size, 0};
        tlsf_out out = tlsf_out_to_buf(&buf);

        tlsf_out_html(&out, in);
        while (k + 1 < TLSF_COUNTOF(stops) && stops[k + 1] <= size) {
            k++;
        }
        ck_assert_uint_eq(buf.used, stops[k]);
        ck_assert_int_eq(out.err, size < want.len ? TLSF_ENOSPC : TLSF_OK);
        ck_assert(tlsf_str_starts(want, tlsf_buf_str(&buf)));
    }
}
END_TEST

START_TEST(a_full_buffer_takes_nothing)
{
    tlsf_buf buf = {NULL, 0, 0};
    tlsf_out out = tlsf_out_to_buf(&buf);
    tlsf_str absent = {NULL, 0};

    tlsf_out_str(&out, absent);
    tlsf_out_html(&out, absent);
    tlsf_out_lower(&out, absent);
    tlsf_out_z(&out, NULL);
    ck_assert_int_eq(out.err, TLSF_OK);
    tlsf_out_uint(&out, 1);
    ck_assert_int_eq(out.err, TLSF_ENOSPC);
}
END_TEST

static int
broken(void *to, const char *bytes, size_t n)
{
    (void)bytes;
    (void)n;
    ++*(int *)to;
    return TLSF_ESINK;
}

START_TEST(a_broken_sink_is_asked_once)
{
    int calls = 0;
    tlsf_out out = {broken, &calls, 0, TLSF_OK};

    tlsf_out_html(&out, TLSF_LIT("a<b<c"));
    tlsf_out_z(&out, "more");
    ck_assert_int_eq(out.err, TLSF_ESINK);
    ck_assert_int_eq(calls, 1);
    ck_assert_uint_eq(out.n, 0);
}
END_TEST

START_TEST(lower_case_is_ascii_only)
{
    char in[300];
    char want[300];
    tlsf_str s = {in, sizeof in};
    tlsf_str all = {want, sizeof want};

    memset(in, 'Z', sizeof in);
    memset(want, 'z', sizeof want);
    check(tlsf_out_lower, "long", s, all);
    check(tlsf_out_lower, "mixed", TLSF_LIT("WWW.\xc3\x84.Test:@[`{"),
          TLSF_LIT("www.\xc3\x84.test:@[`{"));
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("out");
    TCase *t = tcase_create("out");

    tcase_add_loop_test(t, text_is_escaped, 0, TLSF_COUNTOF(escapes));
    tcase_add_loop_test(t, only_well_formed_utf8_passes, 0, TLSF_COUNTOF(utf8));
    tcase_add_test(t, random_bytes_come_out_well_formed);
    tcase_add_loop_test(t, numbers_are_written, 0, TLSF_COUNTOF(numbers));
    tcase_add_test(t, signed_numbers_are_written);
    tcase_add_test(t, a_write_fits_whole_or_not_at_all);
    tcase_add_test(t, escapes_are_never_cut);
    tcase_add_test(t, a_full_buffer_takes_nothing);
    tcase_add_test(t, a_broken_sink_is_asked_once);
    tcase_add_test(t, lower_case_is_ascii_only);
    suite_add_tcase(suite, t);
    return suite;
}
