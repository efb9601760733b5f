/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands that begin TLS within a mail protocol, and the check for a
 * server that executes after the handshake what it was sent, unencrypted,
 * before it.
 *
 * Source: RFC 3207 (SMTP), RFC 9051 section 6.2.1 (IMAP), RFC 2595 section 4
 * (POP3); CVE-2011-0411 (VU#555316).
 */
#ifndef CE_STARTTLS_H
#define CE_STARTTLS_H

#include "link.h"
#include "options.h"

/* "smtp"; NULL for none. */
const char *ce_starttls_name(ce_starttls how);

/* The port that it uses as a rule: "25"; "443" for none. */
const char *ce_starttls_port(ce_starttls how);

/*
 * Have the server say that TLS may begin.
 *
 *   inject   send another command behind STARTTLS in the same segment
 *
 * Returns NULL when it may begin, or why not.
 */
const char *ce_starttls_begin(ce_arena *arena, ce_link *link, ce_starttls how,
                              bool inject);

/*
 * After the handshake: whether the injected command is answered. Ends the
 * session politely to find that out.
 */
bool ce_starttls_answers(ce_link *link, ce_starttls how);

#endif
