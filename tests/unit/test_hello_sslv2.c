/* SPDX-License-Identifier: Apache-2.0 */
/* The ClientHello reader and the format of SSL 2.0. */
#include "unit/check_main.h"
#include "unit/hello_message.h"

#define RANDOM                                                                 \
    "0000000000000000000000000000000000000000000000000000000000000000"

/* The SSLv2 format: type, version, three lengths, specs, id, challenge. */
/* clang-format off */
static const struct {
    const char *name;
    tlsf_version offered;
    bool has_scsv;
    const char *hex;
} sslv2[] = {
    {"SSL 2.0", TLSF_SSLV2, false, "01 0002 0003 0000 0001 010080 cc"},
    {"SSL 3.0", TLSF_SSLV3, false, "01 0300 0003 0000 0001 00000a cc"},
    {"TLS 1.0", TLSF_TLSV1, false, "01 0301 0003 0000 0001 00000a cc"},
    {"TLS 1.2", TLSF_TLSV12, false, "01 0303 0003 0000 0001 00000a cc"},
    {"capped", TLSF_TLSV12, false, "01 0304 0003 0000 0001 00000a cc"},
    {"none", TLSF_VERSION_OTHER, false, "01 0200 0003 0000 0001 00000a cc"},
    {"fallback", TLSF_TLSV1, true, "01 0301 0006 0000 0000 00000a 005600"},
    {"kind 075600", TLSF_TLSV1, false, "01 0301 0003 0000 0000 075600"},
    {"across two", TLSF_TLSV1, false, "01 0301 0006 0000 0000 000056 00000a"},
    {"session id", TLSF_TLSV1, false, "01 0301 0003 0002 0000 00000a 1234"},
};
/* clang-format on */

START_TEST(sslv2_offers)
{
    const char *name = sslv2[_i].name;
    message m = {.n = 0};
    tlsf_hello h;
    uint8_t *copy;

    append_hex(&m, sslv2[_i].hex);
    ck_assert_msg(read_exact(tlsf_hello_read_sslv2, &m, m.n, &h, NULL, &copy) ==
                      TLSF_OK,
                  "%s", name);
    ck_assert_msg(h.offered == sslv2[_i].offered, "%s", name);
    ck_assert_msg(h.has_fallback_scsv == sslv2[_i].has_scsv, "%s", name);
    ck_assert(h.is_sslv2);
    ck_assert(h.sni.data == NULL && h.alpn.data == NULL &&
              h.groups.data == NULL && h.shares.data == NULL);
    ck_assert(!tlsf_hello_offers_group(&h, 0));
    free(copy);
}
END_TEST

/* clang-format off */
static const struct {
    const char *name;
    int result;
    const char *hex;
} sslv2_refused[] = {
    {"no specs", TLSF_EPROTO, "01 0301 0000 0000 0001 cc"},
    {"4 bytes", TLSF_EPROTO, "01 0301 0004 0000 0001 00000a00 cc"},
    {"id of 33", TLSF_EPROTO, "01 0301 0003 0021 0000 00000a 00" RANDOM},
    {"bytes after", TLSF_EPROTO, "01 0301 0003 0000 0001 00000a cc cc"},
    {"another type", TLSF_EPROTO, "02 0301 0003 0000 0001 00000a cc"},
    {"another type alone", TLSF_EPROTO, "04"},
    {"past the end", TLSF_ETRUNC, "01 0301 0003 ffff ffff 00000a cc"},
};
/* clang-format on */

START_TEST(sslv2_contradictions)
{
    message m = {.n = 0};
    tlsf_hello h;
    tlsf_diag diag = {NULL, SIZE_MAX};
    uint8_t *copy;
    int result;

    append_hex(&m, sslv2_refused[_i].hex);
    result = read_exact(tlsf_hello_read_sslv2, &m, m.n, &h, &diag, &copy);
    ck_assert_msg(result == sslv2_refused[_i].result, "%s",
                  sslv2_refused[_i].name);
    ck_assert_ptr_nonnull(diag.what);
    ck_assert_uint_le(diag.at, m.n);
    free(copy);
}
END_TEST
Suite *
test_suite(void)
{
    Suite *suite = suite_create("hello_sslv2");
    TCase *t = tcase_create("hello_sslv2");

    tcase_add_loop_test(t, sslv2_offers, 0, TLSF_COUNTOF(sslv2));
    tcase_add_loop_test(t, sslv2_contradictions, 0,
                        TLSF_COUNTOF(sslv2_refused));
    suite_add_tcase(suite, t);
    return suite;
}
