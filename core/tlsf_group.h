/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key-exchange groups as a closed set of label values. Rows in
 * data/groups.def (IANA TLS Supported Groups registry).
 */
#ifndef TLSF_GROUP_H
#define TLSF_GROUP_H

#include <stdbool.h>

#include "tlsf_str.h"

typedef enum tlsf_group {
#define TLSF_GROUP(id, iana, nid_name, label, hybrid) TLSF_GROUP_##id,
#include "data/groups.def"
    TLSF_GROUP_OTHER, /* a group that has no row */
    TLSF_GROUP_NONE,  /* no group at all: RSA key exchange, resumption */
    TLSF_N_GROUPS
} tlsf_group;

/* By IANA number; OTHER when it has no row. */
tlsf_group tlsf_group_of_iana(unsigned iana);

/* By the name that OpenSSL gives a classic curve; OTHER when it has no row. */
tlsf_group tlsf_group_of_name(tlsf_str nid_name);

/* Label value: "X25519", "X25519MLKEM768", "other", "none". */
tlsf_str tlsf_group_label(tlsf_group group);

/* IANA number; 0 for OTHER and NONE. */
unsigned tlsf_group_iana(tlsf_group group);

/* Whether the IANA number is a hybrid post-quantum group. */
bool tlsf_group_is_hybrid(unsigned iana);

#endif
