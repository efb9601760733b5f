/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An HTTP server behind the server: a thread of the test's process that
 * answers every request with 200, "SITE upstream" and a day of freshness, and
 * keeps what it heard. It listens on the port that @upstream@ stands for in a
 * configuration, until the test's process ends.
 */
#ifndef TS_UPSTREAM_H
#define TS_UPSTREAM_H

#include "servers/server.h"

/* Begin to listen. Once per test. */
void ts_upstream_open(const ts_server *s);

/* How many connections came so far. */
unsigned ts_upstream_count(void);

/* Everything that was said to it so far. */
const char *ts_upstream_heard(void);

#endif
