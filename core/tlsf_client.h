/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is asking: a User-Agent gives a family out of a closed list, a version
 * and a system, and the client table gives, for TLS 1.2 and for TLS 1.3, a
 * verdict and the advice that helps this client. The knowledge is rows:
 * data/tokens.def and system_tokens.def (how a client is recognised),
 * data/clients.def (verdicts, one source per row), advice texts in
 * data/messages.*.def.
 *
 * Called for below-floor clients only. Allocates nothing, reads the slice once
 * from left to right per token, and cannot fail: what it does not know is
 * `unknown`.
 */
#ifndef TLSF_CLIENT_H
#define TLSF_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "tlsf_message.h"
#include "tlsf_out.h"
#include "tlsf_str.h"
#include "tlsf_version.h"

typedef enum tlsf_family {
#define TLSF_FAMILY(id, label, people) TLSF_FAMILY_##id,
#include "data/families.def"
    TLSF_N_FAMILIES
} tlsf_family;

typedef enum tlsf_system {
#define TLSF_SYSTEM(id, label, people) TLSF_SYSTEM_##id,
#include "data/systems.def"
    TLSF_N_SYSTEMS
} tlsf_system;

typedef enum tlsf_verdict {
    TLSF_VERDICT_UNKNOWN,
    TLSF_VERDICT_DEFAULT,        /* works as it comes */
    TLSF_VERDICT_NEEDS_ENABLING, /* can, once switched on */
    TLSF_VERDICT_UNSUPPORTED
} tlsf_verdict;

/* Up to three numeric parts; absent parts are 0. */
typedef struct tlsf_number {
    bool is_known;
    uint32_t part[3]; /* 4.62.1 = {4, 62, 1} */
    size_t n_parts;   /* as many as were told; only for showing it */
} tlsf_number;

typedef struct tlsf_client {
    tlsf_family family;
    tlsf_number version; /* of the family: IE 9, Java 1.7 counts as 7 */
    tlsf_system system;
    tlsf_number system_version; /* Windows NT number, macOS, iOS, Android */
    tlsf_number openssl;        /* where it names the OpenSSL that it uses */
    bool is_mobile;
} tlsf_client;

#define TLSF_MAX_ADVICE 4

typedef struct tlsf_judgement {
    tlsf_verdict verdict;
    size_t n_advice;
    tlsf_message advice[TLSF_MAX_ADVICE]; /* in the order to be tried */
} tlsf_judgement;

/* Read a User-Agent; an absent one gives family NONE, a foreign one OTHER. */
tlsf_client tlsf_client_read(tlsf_str user_agent);

/*
 * What this client can do about `needed` (TLSV11, TLSV12 or TLSV13). When the
 * table says that it does `needed` by default although its hello was too old,
 * the advice is the list of causes in between (switched off by hand, system,
 * security software or proxy, ask support).
 */
tlsf_judgement tlsf_client_judge(const tlsf_client *client,
                                 tlsf_version needed);

/* Label values ("ie", "windows") and names for people ("Internet Explorer"). */
tlsf_str tlsf_family_label(tlsf_family family);
tlsf_str tlsf_family_people(tlsf_family family);
tlsf_str tlsf_system_label(tlsf_system system);
tlsf_str tlsf_system_people(tlsf_system system);

/*
 * For people: "Internet Explorer 9", "curl 7.19.7 (OpenSSL 1.0.0)"; "Windows
 * 7", "OS X 10.8", or nothing when the system is unknown; "7.0.80", or nothing.
 * ASCII out of our own tables; needs no escaping.
 */
void tlsf_client_write(const tlsf_client *client, tlsf_out *out);
void tlsf_client_write_system(const tlsf_client *client, tlsf_out *out);
void tlsf_number_write(const tlsf_number *number, tlsf_out *out);

/* "default", "needs-enabling", "unsupported", "unknown" */
tlsf_str tlsf_verdict_name(tlsf_verdict verdict);

/* -1, 0, 1 by numeric parts: 4.6 < 4.62 < 4.100. */
int tlsf_number_compare(const tlsf_number *a, const tlsf_number *b);

#endif
