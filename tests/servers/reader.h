/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports as other programs read them: promtool, jq.
 */
#ifndef TS_READER_H
#define TS_READER_H

#include "servers/peers.h"
#include "servers/server.h"

/* Run a shell command with this text as its standard input. */
ts_run ts_filter(const ts_server *s, const char *command, const char *text);

/* Assert that promtool finds nothing to say about the text. */
void ts_assert_promtool(const ts_server *s, const char *text);

/*
 * Assert that every label of every sample has a value from its closed set; not
 * those of tlsfloor_build_info, and of vhost only that it ends in a port.
 */
void ts_assert_closed(const char *text);

/* The metrics with this Accept header (NULL: none). */
ts_answer ts_metrics_as(const ts_server *s, const char *accept);

#endif
