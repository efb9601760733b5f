/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts and their rows from one configuration to the next: since when each
 * looks for clients below its floor. */
#include <stdlib.h>
#include <string.h>

#include "tlsf_hosts.h"
#include "unit/check_main.h"

enum { ROOM = 3, MOST = 4 };

static tlsf_table *table;
static tlsf_settings settings[MOST];
static tlsf_host hosts[MOST];
static tlsf_host *list[MOST];
static size_t n_hosts;

static void
make(void)
{
    size_t size = (tlsf_table_size(ROOM) + 63) / 64 * 64;

    table = aligned_alloc(64, size);
    memset(table, 0, size);
    tlsf_table_init(table, ROOM);
    n_hosts = 0;
}

static void
drop(void)
{
    free(table);
}

static void
say_nothing(void *to, const char *line)
{
    (void)to, (void)line;
}

static void
add(const char *name, tlsf_version floor)
{
    settings[n_hosts] = (tlsf_settings){.floor = floor};
    hosts[n_hosts] = (tlsf_host){
        .settings = &settings[n_hosts], .name = tlsf_str_of(name), .port = 443};
    list[n_hosts] = &hosts[n_hosts];
    n_hosts++;
}

/* The hosts that were added are the configuration from now on. */
static void
configure(int64_t now)
{
    tlsf_hosts_bind(table, list, n_hosts, false, say_nothing, NULL);
    tlsf_hosts_watch(table, list, n_hosts, now);
    n_hosts = 0;
}

static void
check_since(const char *key, uint64_t since)
{
    const tlsf_row *row = tlsf_table_row(table, tlsf_str_of(key));

    ck_assert_msg(tlsf_count(&row->watching_since) == since, "%s: %llu", key,
                  (unsigned long long)tlsf_count(&row->watching_since));
}

START_TEST(reload_keeps_the_instant)
{
    add("a.test", TLSF_TLSV12);
    configure(100);
    check_since("a.test:443", 100);
    add("b.test", TLSF_TLSV12);
    add("a.test", TLSF_TLSV12);
    configure(200);
    check_since("a.test:443", 100);
    check_since("b.test:443", 200);
}
END_TEST

/* Who looked for clients below TLS 1.1 has not seen those with TLS 1.1. */
START_TEST(higher_floor_begins_anew)
{
    add("a.test", TLSF_TLSV11);
    configure(100);
    add("a.test", TLSF_TLSV12);
    configure(200);
    check_since("a.test:443", 200);
    add("a.test", TLSF_TLSV11);
    configure(300);
    check_since("a.test:443", 200);
    add("a.test", TLSF_TLSV12);
    configure(400);
    check_since("a.test:443", 400);
}
END_TEST

START_TEST(absence_is_a_break)
{
    add("a.test", TLSF_TLSV12);
    add("b.test", TLSF_TLSV12);
    configure(100);
    add("b.test", TLSF_TLSV12);
    configure(200);
    check_since("a.test:443", 0);
    check_since("b.test:443", 100);
    add("a.test", TLSF_FLOOR_OFF);
    configure(250);
    check_since("a.test:443", 0);
    add("a.test", TLSF_TLSV12);
    configure(300);
    check_since("a.test:443", 300);
    configure(400);
    check_since("a.test:443", 0);
}
END_TEST

/* The row of those without one speaks for hosts of any floor. */
START_TEST(overflow_has_no_instant)
{
    add("a.test", TLSF_TLSV12);
    add("b.test", TLSF_TLSV12);
    add("c.test", TLSF_TLSV12);
    add("d.test", TLSF_TLSV12);
    configure(100);
    check_since("c.test:443", 100);
    check_since("_overflow", 0);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("hosts");
    TCase *tcase = tcase_create("hosts");

    tcase_add_checked_fixture(tcase, make, drop);
    tcase_add_test(tcase, reload_keeps_the_instant);
    tcase_add_test(tcase, higher_floor_begins_anew);
    tcase_add_test(tcase, absence_is_a_break);
    tcase_add_test(tcase, overflow_has_no_instant);
    suite_add_tcase(suite, tcase);
    return suite;
}
