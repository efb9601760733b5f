/* SPDX-License-Identifier: Apache-2.0 */
/* The status handler's pages by path, and its idea of "local". */
#include "unit/check_main.h"

#include "tlsf_status.h"

static const struct {
    const char *path;
    tlsf_status_page page;
} paths[] = {
    {"/tlsfloor/metrics", TLSF_STATUS_METRICS},
    {"/metrics", TLSF_STATUS_METRICS},
    {"/a/b/status.json", TLSF_STATUS_JSON},
    {"/tlsfloor/", TLSF_STATUS_INDEX},
    {"/tlsfloor", TLSF_STATUS_NONE},
    {"/tlsfloor/metrics/x", TLSF_STATUS_NONE},
    {"/tlsfloor/xmetrics", TLSF_STATUS_NONE},
    {"metrics", TLSF_STATUS_NONE},
    {"", TLSF_STATUS_NONE},
};

START_TEST(pages_by_the_end_of_the_path)
{
    ck_assert_msg(tlsf_status_page_of(tlsf_str_of(paths[_i].path)) ==
                      paths[_i].page,
                  "%s", paths[_i].path);
}
END_TEST

static const struct {
    const char *name;
    uint8_t bytes[16];
    size_t n;
    bool is_loopback;
} addresses[] = {
    {"127.0.0.1", {127, 0, 0, 1}, 4, true},
    {"127.255.0.9", {127, 255, 0, 9}, 4, true},
    {"126.0.0.1", {126, 0, 0, 1}, 4, false},
    {"10.0.0.127", {10, 0, 0, 127}, 4, false},
    {"0.0.0.0", {0}, 4, false},
    {"::1", {[15] = 1}, 16, true},
    {"::", {0}, 16, false},
    {"::2", {[15] = 2}, 16, false},
    {"fe80::1", {0xfe, 0x80, [15] = 1}, 16, false},
    {"::ffff:127.0.0.1", {[10] = 0xff, 0xff, 127, 0, 0, 1}, 16, true},
    {"::ffff:10.0.0.1", {[10] = 0xff, 0xff, 10, 0, 0, 1}, 16, false},
    {"::127.0.0.1", {[12] = 127, 0, 0, 1}, 16, false},
    {"7f00::", {127}, 16, false},
    {"no address", {127, 0, 0, 1}, 0, false},
};

START_TEST(loopback_addresses)
{
    ck_assert_msg(
        tlsf_status_is_loopback(addresses[_i].bytes, addresses[_i].n) ==
            addresses[_i].is_loopback,
        "%s", addresses[_i].name);
}
END_TEST

START_TEST(headers_of_proxies)
{
    static const char *const names[] = {"Forwarded", "X-Forwarded-For",
                                        "X-Real-IP", "Via"};

    for (size_t i = 0; i < TLSF_COUNTOF(names); i++) {
        ck_assert(
            tlsf_str_eq(tlsf_status_proxy_header(i), tlsf_str_of(names[i])));
    }
    ck_assert_ptr_null(tlsf_status_proxy_header(TLSF_COUNTOF(names)).data);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("status");
    TCase *tcase = tcase_create("status");

    tcase_add_loop_test(tcase, pages_by_the_end_of_the_path, 0,
                        TLSF_COUNTOF(paths));
    tcase_add_loop_test(tcase, loopback_addresses, 0, TLSF_COUNTOF(addresses));
    tcase_add_test(tcase, headers_of_proxies);
    suite_add_tcase(suite, tcase);
    return suite;
}
