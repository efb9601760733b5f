/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ways in which a below-floor client comes to a request in `block`: by a
 * rescue, or because the server's own protocols let it in. Suites of the gate
 * have one site on each of two listeners, with the same extra text, and run
 * every case over all ways.
 */
#ifndef TS_WAYS_H
#define TS_WAYS_H

#include "servers/client.h"

/* The first listener rescues, the second lets old versions in by itself. */
#define TS_WAYS_LISTENERS                                                      \
    .listeners = {[1] = {.protocols = "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3",         \
                         .ciphers = "ALL:@SECLEVEL=0"}},                       \
    .n_listeners = 2

#define TS_BLOCK "tlsfloor TLSv1.2\ntlsfloor_stage block"

typedef struct ts_way {
    const char *name;
    const char *prefix;  /* of the site's name: "rescued." or "native." */
    const char *version; /* as in the metrics */
    int max;
    bool is_rescued;
} ts_way;

enum { TS_N_WAYS = 4 };

extern const ts_way ts_ways[TS_N_WAYS];

/* The site of this way: "rescued." and "block.test". */
const char *ts_way_site(const ts_way *way, const char *site);

/* Send a request as it is, and read to the end. */
ts_answer ts_way_visit(const ts_server *s, const ts_way *way, const char *site,
                       const char *request);

/* The same by a client of TLS 1.3, over the way's listener. */
ts_answer ts_way_modern(const ts_server *s, const ts_way *way, const char *site,
                        const char *request);

/*
 * The same for `n` requests of which each is counted as passed; returns when
 * they are, so that what moves afterwards is somebody else's.
 */
ts_answer ts_way_served(const ts_server *s, const ts_way *way, const char *site,
                        const char *request, unsigned n);

/*
 * Assert that the answer is the page and nothing of the site: ts_assert_page,
 * no redirect, no challenge, no cookie, no second answer. `name` is printed.
 */
void ts_way_assert_page(const ts_server *s, const ts_way *way,
                        const ts_answer *a, const char *name);

#endif
