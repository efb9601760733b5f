/* SPDX-License-Identifier: Apache-2.0 */
/* Since when clients below the floor are looked for: through reloads, and anew
 * where something was not looked for before. */
#include <time.h>
#include <unistd.h>

#include "servers/harness.h"
#include "servers/tool.h"

#define SINCE "tlsfloor_watching_since_timestamp_seconds"

static const ts_site first_sites[] = {
    {.name = "a.test", .directives = "tlsfloor TLSv1.2"},
    {.name = "b.test", .directives = "tlsfloor TLSv1.2"},
    {.name = "off.test"},
    {0},
};

/* One with a higher floor, one as before, one off, one more. */
static const ts_site second_sites[] = {
    {.name = "a.test", .directives = "tlsfloor TLSv1.3"},
    {.name = "c.test", .directives = "tlsfloor TLSv1.2"},
    {.name = "b.test"},
    {0},
};

static const ts_conf first_conf = {.sites = first_sites};
static const ts_conf second_conf = {.sites = second_sites};

static double
since(const ts_server *s, const char *site)
{
    ts_scrape scrape = ts_scrape_of(s);

    return ts_metric(&scrape, SINCE, "vhost", ts_vhost(s, site), NULL);
}

/* Let the clock show another second, and say which. */
static double
next_second(void)
{
    time_t now = time(NULL);

    while (time(NULL) == now) {
        usleep(10000);
    }
    return (double)now + 1;
}

START_TEST(test_from_the_start_on)
{
    time_t before = time(NULL);
    ts_server *s = ts_server_start((ts_kind)_i, &first_conf);
    double a = since(s, "a.test");

    ck_assert_double_ge(a, (double)before);
    ck_assert_double_le(a, (double)time(NULL));
    ck_assert_double_eq(since(s, "b.test"), a);
    ck_assert_double_eq(since(s, "off.test"), 0);
    next_second();
    ts_server_reload(s, &first_conf);
    ck_assert_double_eq(since(s, "a.test"), a);
}
END_TEST

START_TEST(test_anew_after_a_change)
{
    ts_server *s = ts_server_start((ts_kind)_i, &first_conf);
    double begun = since(s, "b.test");
    double second = next_second();

    ts_server_reload(s, &second_conf);
    ck_assert_double_ge(since(s, "a.test"), second);
    ck_assert_double_ge(since(s, "c.test"), second);
    ck_assert_double_eq(since(s, "b.test"), 0);
    double a = since(s, "a.test");
    double third = next_second();
    ts_server_reload(s, &first_conf);
    ck_assert_double_eq(since(s, "a.test"), a);
    ck_assert_double_ge(since(s, "b.test"), third);
    ck_assert_double_lt(begun, third);
}
END_TEST

/* A reload that nginx gives up after it had the hosts' rows: not in force. */
START_TEST(test_refused_reload)
{
    static const ts_site sites[] = {
        {.name = "a.test", .directives = "tlsfloor TLSv1.3"}, {0}};
    /* An address that no machine has. */
    static const ts_conf nowhere = {.sites = sites,
                                    .nginx = "server {\n"
                                             "    listen 192.0.2.1:9;\n"
                                             "}\n"};
    static const ts_conf higher = {.sites = sites};
    ts_server *s = ts_server_start(TS_NGINX, &first_conf);
    double begun = since(s, "a.test");

    next_second();
    ck_assert(ts_server_refuses(s, &nowhere, "192.0.2.1:9"));
    ck_assert_double_eq(since(s, "a.test"), begun);
    double third = next_second();
    ts_server_reload(s, &higher);
    ck_assert_double_ge(since(s, "a.test"), third);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("watching");
    TCase *tcase = ts_tcase(suite, "watching", NULL);

    tcase_add_loop_test(tcase, test_from_the_start_on, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_anew_after_a_change, 0, TS_N_SERVERS);
    tcase_add_test(tcase, test_refused_reload);
    return suite;
}
