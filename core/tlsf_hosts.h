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
 * Write down since when each row's host looks for clients below its floor: from
 * now on where its floor is higher than before or it had none, so that a row
 * that nobody uses now has no such instant. To be called once the
 * configuration that was bound is in force; only for the one process that
 * configures.
 *
 *   now   seconds since 1970
 */
void tlsf_hosts_watch(tlsf_table *table, tlsf_host *const *hosts, size_t n,
                      int64_t now);

/*
 * Complain about a host whose floor is above `highest`, the highest version
 * that it can negotiate (TLSF_SSLV2: none). One line without its end, so that
 * the adapter can add where the host is.
 */
void tlsf_hosts_complain_floor(const tlsf_host *host, tlsf_version highest,
                               bool is_apache, tlsf_out *out);

#endif
