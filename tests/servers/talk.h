/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection that is kept: several requests one after the other, and a look
 * at what comes before a request is whole. For a single exchange ts_visit is
 * enough.
 */
#ifndef TS_TALK_H
#define TS_TALK_H

#include "servers/client.h"

typedef struct ts_talk {
    ts_answer begin; /* of the handshake; HTTP's part is empty */
    SSL *ssl;        /* NULL without a handshake */
    int fd;
} ts_talk;

/* Connect and shake hands; the client's request is not sent. */
ts_talk ts_talk_begin(const ts_server *s, const ts_client *client);

/* Send bytes as they are; whether all of them could be sent. */
bool ts_talk_say(ts_talk *talk, const char *bytes, size_t n);

/*
 * The next answer: as long as its Content-Length or chunks say, or until the
 * end. Of an answer to HEAD only the head is read. status is 0 when the server
 * has closed.
 */
ts_answer ts_talk_hear(ts_talk *talk, bool is_head);

/* GET / of this host, keeping the connection, and its answer. */
ts_answer ts_talk_ask(ts_talk *talk, const char *host);

/* Whether the server closes, without another byte. */
bool ts_talk_is_closed(ts_talk *talk);

void ts_talk_end(ts_talk *talk);

#endif
