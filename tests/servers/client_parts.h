/* SPDX-License-Identifier: Apache-2.0 */
/* Between client.c and talk.c; suites include client.h. */
#ifndef TS_CLIENT_PARTS_H
#define TS_CLIENT_PARTS_H

#include "servers/client.h"

/* One visit under way. */
typedef struct ts_visit_state {
    const ts_client *client;
    ts_answer *answer;
} ts_visit_state;

/* An answer before anything came. */
ts_answer ts_answer_none(void);

/* Connect to the client's server; NULL when nobody listens. */
SSL *ts_client_connect(const ts_server *s, ts_visit_state *state, int *fd);

/* Fill what the handshake came to. */
void ts_client_note(ts_answer *answer, SSL *ssl);

#endif
