/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ClientHello: what a client offers before anything is agreed. OpenSSL's
 * message callback hands us the whole handshake message, put together from
 * however many records it came in, before OpenSSL itself looks at it.
 *
 * `offered` is the highest final version that the client names: from
 * supported_versions (GREASE and drafts skipped) when it is there, else
 * legacy_version, capped at TLS 1.2. A list that names no known version gives
 * OTHER, which is never below a floor. An SSLv2-format hello counts as the
 * version it names (SSLv2 is 0x0002 alone).
 */
#ifndef TLSF_HELLO_H
#define TLSF_HELLO_H

#include <stdbool.h>
#include <stdint.h>

#include "tlsf_err.h"
#include "tlsf_str.h"
#include "tlsf_version.h"

typedef struct tlsf_hello {
    tlsf_version offered;    /* see above */
    unsigned legacy_version; /* number on the wire */
    tlsf_str sni;            /* host_name bytes as sent; absent: data NULL */
    tlsf_str alpn;           /* protocol_name_list without its length; may be
                                absent */
    tlsf_str suites;         /* 2 bytes each (3 in the SSLv2 format) */
    tlsf_str groups;         /* named_group list, 2 bytes each; absent: NULL */
    tlsf_str shares;         /* key_share entries {group, length, key}; may be
                                absent */
    bool is_sslv2;           /* SSLv2 format (RFC 5246 E.2) */
    bool has_fallback_scsv;  /* TLS_FALLBACK_SCSV (RFC 7507) among suites */
    bool has_post_quantum;   /* a hybrid group among groups or shares */
} tlsf_hello;

/*
 * Read one ClientHello.
 *
 *   bytes, n  the handshake message from its type byte (0x01) on, without
 *             record header: type, 24-bit length, body.
 *   hello     filled on TLSF_OK only; its slices point into bytes.
 *   diag      reason and byte offset on failure; may be NULL.
 *
 * Returns TLSF_OK; TLSF_ETRUNC when the message's length runs past n;
 * TLSF_EPROTO when it is no ClientHello, its inner lengths contradict each
 * other, or an extension named above comes twice. Refuses nothing that OpenSSL
 * accepts: an empty host_name and a broken key_share (which OpenSSL reads for
 * TLS 1.3 only) count as absent. Reads nothing outside [bytes, bytes + n);
 * allocates nothing.
 *
 * Source: RFC 8446 4.1.2, 4.2.1, 4.2.7, 4.2.8; RFC 6066 3; RFC 7301 3.1;
 * RFC 8701 (GREASE).
 */
int tlsf_hello_read(const uint8_t *bytes, size_t n, tlsf_hello *hello,
                    tlsf_diag *diag);

/*
 * The same for an SSLv2-format hello: from its message type byte (0x01) on,
 * without the two-byte record header, as OpenSSL's message callback hands it
 * out. It has no extensions, so sni, alpn, groups and shares are absent.
 *
 * Source: RFC 5246 appendix E.2.
 */
int tlsf_hello_read_sslv2(const uint8_t *bytes, size_t n, tlsf_hello *hello,
                          tlsf_diag *diag);

/*
 * Whether the hello offers the cipher suite with this two-byte IANA number.
 * In the SSLv2 format the suite 0x00 hi lo counts.
 */
bool tlsf_hello_offers_suite(const tlsf_hello *hello, unsigned suite);

/* Whether `groups` holds this IANA number; false when absent. */
bool tlsf_hello_offers_group(const tlsf_hello *hello, unsigned group);

#endif
