/* SPDX-License-Identifier: Apache-2.0 */
/* The group table: numbers, names, which ones are post-quantum. */
#include "unit/check_main.h"

#include "tlsf_group.h"

/* clang-format off */
static const struct {
    unsigned iana;
    tlsf_group group;
    const char *label;
    const char *nid_name; /* NULL: OpenSSL has none */
    bool is_hybrid;
} cases[] = {
    {0x11ec, TLSF_GROUP_X25519MLKEM768, "X25519MLKEM768", NULL, true},
    {0x11eb, TLSF_GROUP_SECP256R1MLKEM768, "SecP256r1MLKEM768", NULL, true},
    {0x11ed, TLSF_GROUP_SECP384R1MLKEM1024, "SecP384r1MLKEM1024", NULL, true},
    {0x6399, TLSF_GROUP_X25519KYBER768DRAFT, "X25519Kyber768Draft00", NULL,
     true},
    {0x001d, TLSF_GROUP_X25519, "X25519", "X25519", false},
    {0x0017, TLSF_GROUP_SECP256R1, "secp256r1", "prime256v1", false},
    {0x0100, TLSF_GROUP_FFDHE2048, "ffdhe2048", "ffdhe2048", false},
};
/* clang-format on */

START_TEST(rows_agree)
{
    tlsf_group g = cases[_i].group;

    ck_assert_int_eq(tlsf_group_of_iana(cases[_i].iana), g);
    ck_assert_uint_eq(tlsf_group_iana(g), cases[_i].iana);
    ck_assert(tlsf_str_eq(tlsf_group_label(g), tlsf_str_of(cases[_i].label)));
    ck_assert_int_eq(tlsf_group_is_hybrid(cases[_i].iana), cases[_i].is_hybrid);
    if (cases[_i].nid_name != NULL) {
        ck_assert_int_eq(tlsf_group_of_name(tlsf_str_of(cases[_i].nid_name)),
                         g);
    }
}
END_TEST

START_TEST(every_row_is_found_by_its_number)
{
    tlsf_group g = (tlsf_group)_i;

    ck_assert_int_eq(tlsf_group_of_iana(tlsf_group_iana(g)), g);
    ck_assert_uint_gt(tlsf_group_label(g).len, 0);
}
END_TEST

static const unsigned unknown[] = {0, 0x0001, 0x0a0a, 0xfafa, 0xffff, 0x200};

START_TEST(unknown_numbers_are_other)
{
    ck_assert_int_eq(tlsf_group_of_iana(unknown[_i]), TLSF_GROUP_OTHER);
    ck_assert(!tlsf_group_is_hybrid(unknown[_i]));
}
END_TEST

START_TEST(other_and_none)
{
    tlsf_str absent = {NULL, 0};

    ck_assert(
        tlsf_str_eq(tlsf_group_label(TLSF_GROUP_OTHER), TLSF_LIT("other")));
    ck_assert(tlsf_str_eq(tlsf_group_label(TLSF_GROUP_NONE), TLSF_LIT("none")));
    ck_assert_uint_eq(tlsf_group_iana(TLSF_GROUP_OTHER), 0);
    ck_assert_uint_eq(tlsf_group_iana(TLSF_GROUP_NONE), 0);
    /* Rows without a name must not answer to the empty one. */
    ck_assert_int_eq(tlsf_group_of_name(absent), TLSF_GROUP_OTHER);
    ck_assert_int_eq(tlsf_group_of_name(TLSF_LIT("")), TLSF_GROUP_OTHER);
    ck_assert_int_eq(tlsf_group_of_name(TLSF_LIT("P-999")), TLSF_GROUP_OTHER);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("group");
    TCase *t = tcase_create("group");

    tcase_add_loop_test(t, rows_agree, 0, TLSF_COUNTOF(cases));
    tcase_add_loop_test(t, every_row_is_found_by_its_number, 0,
                        TLSF_GROUP_OTHER);
    tcase_add_loop_test(t, unknown_numbers_are_other, 0, TLSF_COUNTOF(unknown));
    tcase_add_test(t, other_and_none);
    suite_add_tcase(suite, t);
    return suite;
}
