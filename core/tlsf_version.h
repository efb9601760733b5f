/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Protocol versions as an ordered closed set: lower means older. OTHER is the
 * highest, since a version that we do not know is never below a floor. The
 * rows are in data/versions.def; nothing else in the project knows a version's
 * number or name.
 */
#ifndef TLSF_VERSION_H
#define TLSF_VERSION_H

#include <stdint.h>

#include "tlsf_str.h"

typedef enum tlsf_version {
#define TLSF_VERSION(id, wire, name, people) TLSF_##id,
#include "data/versions.def"
    TLSF_VERSION_OTHER, /* GREASE, drafts, anything unknown */
    TLSF_N_VERSIONS
} tlsf_version;

/* The version of a number on the wire; TLSF_VERSION_OTHER when unknown. */
tlsf_version tlsf_version_of_wire(unsigned wire);

/* The number on the wire; 0 for OTHER. */
unsigned tlsf_version_wire(tlsf_version v);

/* "TLSv1.2"; "other" for OTHER. */
tlsf_str tlsf_version_name(tlsf_version v);

/* "TLS 1.2"; "unknown" for OTHER. */
tlsf_str tlsf_version_people(tlsf_version v);

/*
 * The version with exactly this name ("TLSv1.2", case counts), or OTHER.
 */
tlsf_version tlsf_version_parse(tlsf_str name);

#endif
