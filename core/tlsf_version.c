/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of protocol versions, from data/versions.def. Called by everything
 * that reads, compares or shows a version.
 */
#include "tlsf_version.h"

typedef struct row {
    unsigned wire;
    tlsf_str name;
    tlsf_str people;
} row;

static const row rows[TLSF_N_VERSIONS] = {
#define TLSF_VERSION(id, wire, name, people)                                   \
    [TLSF_##id] = {(wire), TLSF_LIT_INIT(name), TLSF_LIT_INIT(people)},
    TLSF_VERSION(VERSION_OTHER, 0, "other", "unknown")
#include "data/versions.def"
};

tlsf_version
tlsf_version_of_wire(unsigned wire)
{
    for (unsigned v = 0; v < TLSF_VERSION_OTHER; v++) {
        if (rows[v].wire == wire) {
            return (tlsf_version)v;
        }
    }
    return TLSF_VERSION_OTHER;
}

unsigned
tlsf_version_wire(tlsf_version v)
{
    return rows[v].wire;
}

tlsf_str
tlsf_version_name(tlsf_version v)
{
    return rows[v].name;
}

tlsf_str
tlsf_version_people(tlsf_version v)
{
    return rows[v].people;
}

tlsf_version
tlsf_version_parse(tlsf_str name)
{
    for (unsigned v = 0; v < TLSF_VERSION_OTHER; v++) {
        if (tlsf_str_eq(rows[v].name, name)) {
            return (tlsf_version)v;
        }
    }
    return TLSF_VERSION_OTHER;
}
