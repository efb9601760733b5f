/* SPDX-License-Identifier: Apache-2.0 */
/* Where an endpoint of a model can be met on this machine; of verify.c. */
#ifndef CE_VERIFY_DOOR_H
#define CE_VERIFY_DOOR_H

#include "map.h"
#include "model.h"

#define CE_DOORS 16

/* Addresses to connect to; it is enough when one of them answers. */
typedef struct ce_doors {
    const char *hosts[CE_DOORS]; /* "127.0.0.1", "::1" */
    size_t n;
    const char *port;
    bool is_proxied;    /* it expects the PROXY protocol */
    const char *reason; /* why there is none; NULL */
} ce_doors;

/* What is looked up once for a model. */
typedef struct ce_street {
    const ce_model *model;
    ce_arena *arena;
    ce_map addresses;  /* of all endpoints */
    ce_map dual;       /* nginx: addresses of IPv6 that take IPv4 too */
    ce_map proxied;    /* addresses that expect the PROXY protocol */
    bool is_proxied;   /* Apache: all of them */
    tlsf_str *listens; /* Apache: "443", "192.0.2.1:443" */
    size_t n;
    size_t room;
} ce_street;

void ce_street_read(ce_street *street, const ce_model *model);

/*
 * The doors of an endpoint. A wildcard is met at 127.0.0.1 and ::1, or at
 * 127.0.0.2 when another server has the first for itself.
 */
void ce_street_doors(const ce_street *street, const ce_endpoint *endpoint,
                     ce_doors *doors);

#endif
