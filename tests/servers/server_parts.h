/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the harness; suites include server.h. */
#ifndef TS_SERVER_PARTS_H
#define TS_SERVER_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "servers/server.h"

/* Before the first test: what its process shares with the others. */
void ts_server_share(void);

/* The servers of this program, also those that tests started; NULL past them.
 */
ts_server *ts_server_nth(size_t i);

/* The absolute folder in which the servers' folders are made. */
char *ts_server_folders(void);

/* Whether the title of a process holds this text. */
bool ts_process_is(pid_t pid, const char *text);

#endif
