/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a server says in a connection, one line for each record and message,
 * without what is new each time (randoms, keys, signatures, tickets): two
 * servers with one configuration have equal transcripts.
 */
#ifndef TS_TRANSCRIPT_H
#define TS_TRANSCRIPT_H

#include "servers/client.h"
#include "servers/tool.h"

/* Let the client's next visit append to the text. */
void ts_transcript_of(ts_client *client, ts_text *transcript);

#endif
