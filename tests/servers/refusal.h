/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configurations that a server must refuse, as its own test (nginx -t,
 * apache2 -t) sees them.
 */
#ifndef TS_REFUSAL_H
#define TS_REFUSAL_H

#include "servers/conf.h"

typedef struct ts_refusal {
    const char *path; /* of the configuration; it is gone afterwards */
    const char *file; /* what was in it */
    const char *said;
} ts_refusal;

/* Have the server test this configuration; asserts that it is refused. */
ts_refusal ts_refusal_of(ts_kind kind, const ts_conf *conf);

/*
 * Render it without asking the server, for what its test cannot see: `said` is
 * empty.
 */
ts_refusal ts_refusal_unasked(ts_kind kind, const ts_conf *conf);

/* A sentence, every directive in it in the spelling of this server. */
char *ts_spelt(ts_kind kind, const char *sentence);

/* Directives, one per line in nginx's spelling, as this server reads them. */
char *ts_rendered(ts_kind kind, const char *lines);

/* The number of the line of a text at which `at` stands, from 1. */
int ts_line_of(const char *text, const char *at);

#endif
