/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All virtual hosts that have a floor, bound to their rows of the counter
 * table when the configuration is read. Both adapters hand over their list and
 * get the lines that the log should have.
 */
#ifndef TLSF_HOSTS_H
#define TLSF_HOSTS_H

#include <stdbool.h>

#include "tlsf_metrics.h"

/* Receives one line for the error log, without a line feed. */
typedef void (*tlsf_say_fn)(void *to, const char *line);

/*
 * Set the row of each of the n hosts by its name and port. Says once, for all
 * of them: which hosts share a row because their name and port are the same,
 * and how many did not fit and go to `_overflow` (said once in the life of the
 * table). Only for the one process that configures.
 */
void tlsf_hosts_bind(tlsf_table *table, tlsf_host *const *hosts, size_t n,
                     bool is_apache, tlsf_say_fn say, void *to);

/*
 * Complain about a host whose floor is above `highest`, the highest version
 * that it can negotiate (TLSF_SSLV2: none). One line without its end, so that
 * the adapter can add where the host is.
 */
void tlsf_hosts_complain_floor(const tlsf_host *host, tlsf_version highest,
                               bool is_apache, tlsf_out *out);

#endif
