/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every suite against real servers includes. A suite is one file,
 * tests/servers/test_<name>.c, that gives test_suite(); each of its test cases
 * has one neutral configuration (conf.h), for which ts_tcase starts both
 * servers once, and test bodies that run against either:
 *
 *     START_TEST(test_page)
 *     {
 *         ts_server *s = ts_on(_i);
 *         ts_scrape before = ts_scrape_of(s);
 *         ts_answer a = ts_visit(s, &(ts_client){.sni = "a.test", …});
 *
 *         ck_assert_int_eq(a.status, 403);
 *         ts_moved(s, &before, "hellos a.test TLSv1 +1\n" …);
 *     }
 *
 *     tcase_add_loop_test(tcase, test_page, 0, TS_N_SERVERS);
 *
 * Every test is a process of its own (Check forks), so nothing is ever freed.
 * Whatever fails in the harness itself fails the test. Nothing sleeps: waits
 * poll for what they wait for, until a deadline.
 *
 * Environment: NGINX and HTTPD (binaries), MODULE_DIR (our modules; build),
 * HTTPD_MODULES (Apache's own modules), KEEP=1 (leave the servers' folders).
 */
#ifndef TS_HARNESS_H
#define TS_HARNESS_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>

#include "servers/client.h"
#include "servers/conf.h"
#include "servers/expect.h"
#include "servers/metrics.h"
#include "servers/peers.h"
#include "servers/raw.h"
#include "servers/server.h"
#include "unit/check_main.h"

/*
 * A test case with its own pair of servers, both started before its first test
 * and stopped after its last. `conf` must be static. When a test fails, what
 * the servers logged during it is printed.
 */
TCase *ts_tcase(Suite *suite, const char *name, const ts_conf *conf);

/* The server of this kind that the running test case started. */
ts_server *ts_on(int kind);

/*
 * Say that a test is not run and why; the caller returns then. Collected in
 * build/skips, which makes the continuous build fail. `test` is __func__.
 */
void ts_skip(const char *test, const char *why);

#endif
