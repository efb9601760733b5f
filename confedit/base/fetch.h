/* SPDX-License-Identifier: Apache-2.0 */
/* A document from the network. */
#ifndef CE_FETCH_H
#define CE_FETCH_H

#include "arena.h"

#define CE_FETCH_MOST    ((size_t)64 * 1024 * 1024)
#define CE_FETCH_SECONDS 60

/* Whether it is the address of something that can be fetched here. */
bool ce_fetch_can(const char *url);

/*
 * Fetch a http, https or file URL: no redirects, certificates are checked, at
 * most CE_FETCH_MOST bytes within CE_FETCH_SECONDS. A proxy of the environment
 * is not asked for this machine itself.
 *
 *   text   the document
 *
 * Returns NULL, or why there is none.
 */
const char *ce_fetch(ce_arena *arena, const char *url, tlsf_str *text);

#endif
