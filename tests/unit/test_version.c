/* SPDX-License-Identifier: Apache-2.0 */
/* The version table: numbers, names, order. */
#include "unit/check_main.h"

#include "tlsf_version.h"

static const struct {
    tlsf_version version;
    unsigned wire;
    const char *name;
    const char *people;
} cases[] = {
    {TLSF_SSLV2, 0x0002, "SSLv2", "SSL 2.0"},
    {TLSF_SSLV3, 0x0300, "SSLv3", "SSL 3.0"},
    {TLSF_TLSV1, 0x0301, "TLSv1", "TLS 1.0"},
    {TLSF_TLSV11, 0x0302, "TLSv1.1", "TLS 1.1"},
    {TLSF_TLSV12, 0x0303, "TLSv1.2", "TLS 1.2"},
    {TLSF_TLSV13, 0x0304, "TLSv1.3", "TLS 1.3"},
};

START_TEST(rows_agree)
{
    tlsf_version v = cases[_i].version;
    tlsf_str name = tlsf_str_of(cases[_i].name);

    ck_assert_int_eq(tlsf_version_of_wire(cases[_i].wire), v);
    ck_assert_uint_eq(tlsf_version_wire(v), cases[_i].wire);
    ck_assert(tlsf_str_eq(tlsf_version_name(v), name));
    ck_assert(
        tlsf_str_eq(tlsf_version_people(v), tlsf_str_of(cases[_i].people)));
    ck_assert_int_eq(tlsf_version_parse(name), v);
    ck_assert_int_lt(v, TLSF_VERSION_OTHER);
    ck_assert(_i == 0 || cases[_i - 1].version < v);
}
END_TEST

static const unsigned unknown_wires[] = {0,      1,      0x0200, 0x02ff,
                                         0x0305, 0x0a0a, 0xfafa, 0x7f1c,
                                         0xfeff, 0xfefd, 0xffff, 0x10303};

START_TEST(unknown_numbers_are_other)
{
    ck_assert_int_eq(tlsf_version_of_wire(unknown_wires[_i]),
                     TLSF_VERSION_OTHER);
}
END_TEST

static const char *const unknown_names[] = {
    "",       "TLS",     "tlsv1.2", "TLSv1.0",  "TLSv1.2 ",
    " TLSv1", "TLS 1.2", "TLSv1.4", "TLSv1.22", "other"};

START_TEST(unknown_names_are_other)
{
    ck_assert_int_eq(tlsf_version_parse(tlsf_str_of(unknown_names[_i])),
                     TLSF_VERSION_OTHER);
}
END_TEST

START_TEST(other_has_a_row)
{
    tlsf_str absent = {NULL, 0};

    ck_assert_uint_eq(tlsf_version_wire(TLSF_VERSION_OTHER), 0);
    ck_assert(
        tlsf_str_eq(tlsf_version_name(TLSF_VERSION_OTHER), TLSF_LIT("other")));
    ck_assert(tlsf_str_eq(tlsf_version_people(TLSF_VERSION_OTHER),
                          TLSF_LIT("unknown")));
    ck_assert_int_eq(tlsf_version_parse(absent), TLSF_VERSION_OTHER);
    ck_assert_int_eq(TLSF_COUNTOF(cases), TLSF_VERSION_OTHER);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("version");
    TCase *t = tcase_create("version");

    tcase_add_loop_test(t, rows_agree, 0, TLSF_COUNTOF(cases));
    tcase_add_loop_test(t, unknown_numbers_are_other, 0,
                        TLSF_COUNTOF(unknown_wires));
    tcase_add_loop_test(t, unknown_names_are_other, 0,
                        TLSF_COUNTOF(unknown_names));
    tcase_add_test(t, other_has_a_row);
    suite_add_tcase(suite, t);
    return suite;
}
