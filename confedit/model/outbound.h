/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a server asks of others: SSLProxyProtocol, proxy_ssl_protocols and
 * their kin. They say nothing about the server's own clients, so the reports
 * show them apart.
 */
#ifndef CE_OUTBOUND_H
#define CE_OUTBOUND_H

#include "run.h"

/* Whether a line is about outbound protocols. */
bool ce_outbound_is(const ce_node *node);

/*
 * The outbound line behind `last` that the server reads, in its order; the
 * first for NULL. With --vhost those of the servers that are wanted.
 */
const ce_node *ce_outbound_next(const ce_run *run, const ce_model *model,
                                const ce_node *last);

/* What a line by itself admits; 0: it cannot be told. */
unsigned ce_outbound_set(const ce_model *model, const ce_node *node);

#endif
