/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the modules' metrics say about clients below a floor, before it is
 * raised.
 */
#ifndef CE_IMPACT_H
#define CE_IMPACT_H

#include "run.h"

/*
 * Fetch --metrics and judge --max-impact and --unseen-for for the servers
 * whose protocols are to change. Without these options nothing is done.
 *
 *   servers, n   to be changed
 *
 * Returns CE_DONE; CE_BELOW when a share is too high or a client was seen too
 * lately; CE_NOT_LIVE when that cannot be known (no answer, an unknown host,
 * fewer than 1,000 requests for a share, a module with a lower floor for a
 * time or that does not tell since when it looks); CE_USAGE without --metrics
 * or when it is no address of this kind. A time is judged by the last client
 * below the floor and by how long such clients were looked for. Each reason is
 * said to stderr.
 */
int ce_impact(const ce_options *options, const ce_server *const *servers,
              size_t n);

#endif
