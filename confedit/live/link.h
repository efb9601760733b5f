/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TCP connection to a server that is probed: every step has an end in time.
 */
#ifndef CE_LINK_H
#define CE_LINK_H

#include <openssl/ssl.h>
#include <stdint.h>

#include "arena.h"

#define CE_LINK_STEP_MS 5000

typedef struct ce_link {
    int fd;
    SSL *ssl;      /* NULL before TLS */
    int64_t until; /* of this step */
} ce_link;

/* A new step begins: it may take CE_LINK_STEP_MS. */
void ce_link_step(ce_link *link);

/*
 * Connect to the first address of a host that answers; one step for each.
 *
 *   host      a name or an address, without brackets
 *   address   filled with the address that answered
 *
 * Returns NULL, or why there is no connection.
 */
const char *ce_link_open(ce_arena *arena, ce_link *link, const char *host,
                         const char *port, const char **address);

/*
 * Say what a balancer would say of this connection: the line of the PROXY
 * protocol, version 1.
 */
bool ce_link_introduce(ce_link *link);

/* Send all of a text. */
bool ce_link_send(ce_link *link, const char *text);

/*
 * Receive one line without its end.
 *
 *   room   at least 1; what does not fit is left out
 *
 * Returns false when the connection or the step ends before the line does.
 */
bool ce_link_line(ce_link *link, char *line, size_t room);

/* Wait until the socket is ready for what OpenSSL wants; false: too late. */
bool ce_link_wait(ce_link *link, int ssl_error);

void ce_link_close(ce_link *link);

#endif
