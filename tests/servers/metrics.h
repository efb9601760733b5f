/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counters as a scraper sees them, over the plain status port (so that a
 * scrape changes nothing), and what a test expects to have moved.
 */
#ifndef TS_METRICS_H
#define TS_METRICS_H

#include <stdbool.h>

#include "servers/server.h"

/* The text of one scrape of /tlsfloor/metrics. */
typedef struct ts_scrape {
    const char *text;
} ts_scrape;

ts_scrape ts_scrape_of(const ts_server *s);

/*
 * The value of a series, named with all its labels or with some: then the sum
 * of all that match. 0 when there is none.
 *
 *     ts_metric(&scrape, "tlsfloor_hellos_total", "vhost", "a.test:20443",
 *               "offered", "TLSv1", NULL)
 */
double ts_metric(const ts_scrape *scrape, const char *name, ...)
    __attribute__((sentinel));

/*
 * Scrape until the series has this value (counters of failures come when the
 * connection is cleaned up); fails the test at the deadline.
 */
void ts_metric_eventually(const ts_server *s, double want, const char *name,
                          ...) __attribute__((sentinel));

/*
 * Assert that since `before` exactly these counters moved, no other and by no
 * other amount. One line per series, in any order: metric without "tlsfloor_"
 * and "_total", virtual host without its port, the other label values, the
 * step. Empty text: nothing moved.
 *
 *     hellos a.test TLSv1 +1
 *     handshakes a.test TLSv1 0 +1
 *     requests a.test TLSv1 page +1
 *
 * Waits for counters that are late. On success `before` becomes the scrape
 * that fulfilled it. Key-exchange groups and client families are left out
 * unless a line names one (metrics key_exchange, below_floor_requests), since
 * they depend on the client more than on the test.
 */
void ts_moved(const ts_server *s, ts_scrape *before, const char *want);

/* The same; `name` of a case is printed on failure. */
void ts_moved_in(const ts_server *s, ts_scrape *before, const char *want,
                 const char *name);

/*
 * hellos = handshakes + failures (but plain_http, not_tls, malformed_hello),
 * over all virtual hosts; waits for handshakes in progress.
 */
void ts_accounts_balance(const ts_server *s);

#endif
