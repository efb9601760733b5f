/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of key-exchange groups, from data/groups.def. Called by the hello
 * reader, the handshake and the metrics.
 */
#include "tlsf_group.h"

typedef struct row {
    unsigned iana;
    bool is_hybrid;
    tlsf_str nid_name; /* empty: OpenSSL tells the number instead */
    tlsf_str label;
} row;

static const row rows[TLSF_N_GROUPS] = {
#define TLSF_GROUP(id, iana, nid_name, label, hybrid)                          \
    [TLSF_GROUP_##id] = {(iana), (hybrid) != 0, TLSF_LIT_INIT(nid_name),       \
                         TLSF_LIT_INIT(label)},
    TLSF_GROUP(OTHER, 0, "", "other", 0) TLSF_GROUP(NONE, 0, "", "none", 0)
#include "data/groups.def"
};

tlsf_group
tlsf_group_of_iana(unsigned iana)
{
    for (unsigned g = 0; g < TLSF_GROUP_OTHER; g++) {
        if (rows[g].iana == iana) {
            return (tlsf_group)g;
        }
    }
    return TLSF_GROUP_OTHER;
}

tlsf_group
tlsf_group_of_name(tlsf_str nid_name)
{
    for (unsigned g = 0; g < TLSF_GROUP_OTHER; g++) {
        if (rows[g].nid_name.len > 0 &&
            tlsf_str_eq(rows[g].nid_name, nid_name)) {
            return (tlsf_group)g;
        }
    }
    return TLSF_GROUP_OTHER;
}

tlsf_str
tlsf_group_label(tlsf_group group)
{
    return rows[group].label;
}

unsigned
tlsf_group_iana(tlsf_group group)
{
    return rows[group].iana;
}

bool
tlsf_group_is_hybrid(unsigned iana)
{
    return rows[tlsf_group_of_iana(iana)].is_hybrid;
}
