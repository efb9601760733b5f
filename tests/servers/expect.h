/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What suites say often: the lines of ts_moved for a whole visit, and how an
 * answer is known to be the upgrade page.
 */
#ifndef TS_EXPECT_H
#define TS_EXPECT_H

#include "servers/client.h"

/*
 * Lines for one visit to `site` with one request: let in by a rescue and given
 * the page; turned away; served as ever. Versions as in the metrics.
 */
const char *ts_rescued(const char *site, const char *version);
const char *ts_refused(const char *site, const char *version);
const char *ts_served(const char *site, const char *version);

/* Let in by the server itself: requests count under this action. */
const char *ts_let_in(const char *site, const char *version,
                      const char *action);

/*
 * Assert that the answer is the upgrade page (403, not stored, the connection
 * closed) over this version, and holds nothing of any site.
 */
void ts_assert_page(const ts_server *s, const ts_answer *a,
                    const char *version);

/* Assert that the body is JSON and that this filter of jq holds for it. */
void ts_assert_json(const ts_answer *a, const char *filter);

/* Assert that Content-Length is the body's. */
void ts_assert_length(const ts_answer *a);

/* Some characters of two texts around the place where they part. */
const char *ts_difference(const char *one, const char *other);

#endif
