/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the ClientHello in both of its formats. Called by the handshake for
 * the first message of each connection.
 */
#include "tlsf_hello.h"

#include "tlsf_hello_extension.h"

#define CLIENT_HELLO      1      /* HandshakeType; the same number in SSLv2 */
#define RANDOM_SIZE       32     /* bytes */
#define MAX_SESSION_ID    32     /* bytes */
#define TLS_FALLBACK_SCSV 0x5600 /* RFC 7507 section 2 */

/*
 * What legacy_version offers. 0x0303 and everything above it is TLS 1.2 (RFC
 * 8446 4.1.2: 1.3 is offered in supported_versions alone); a number below
 * SSLv3 other than SSLv2's own is no version at all.
 */
static tlsf_version
legacy_offer(unsigned version)
{
    unsigned top = tlsf_version_wire(TLSF_TLSV12);

    return tlsf_version_of_wire(version > top ? top : version);
}

/*
 * ClientHello (RFC 8446 4.1.2; RFC 5246 7.4.1.2), sizes in bytes:
 *
 *     1  msg_type = client_hello(1)
 *     3  length of the rest
 *     2  legacy_version
 *     32 random
 *     1  length, 0..32   legacy_session_id
 *     2  length, 2..     cipher_suites, 2 each
 *     1  length, 1..     legacy_compression_methods
 *     -- an old client's message may end here --
 *     2  length          extensions, each
 *         2  extension_type
 *         2  length      extension_data
 *             server_name(0), RFC 6066 section 3
 *                 2  length, 1..   ServerNameList, each
 *                     1  name_type = host_name(0)
 *                     2  length    name
 *             supported_groups(10), RFC 8446 4.2.7
 *                 2  length, 2..   named_group_list, 2 each
 *             application_layer_protocol_negotiation(16), RFC 7301 3.1
 *                 2  length, 2..   protocol_name_list, each
 *                     1  length, 1..   ProtocolName
 *             supported_versions(43), RFC 8446 4.2.1
 *                 1  length        versions, 2 each
 *             key_share(51), RFC 8446 4.2.8
 *                 2  length        client_shares, each
 *                     2  group
 *                     2  length    key_exchange
 *
 * What is refused here OpenSSL refuses too, whatever version it chooses (from
 * TLS 1.0 on): a client that it lets in must not go uncounted. A second one of
 * an extension that we read is among that; of others we do not ask.
 */
static int
read_body(tlsf_hello_reading *r, tlsf_cursor *c)
{
    tlsf_cursor part;

    if (!tlsf_cursor_number(c, 2, &r->hello.legacy_version) ||
        !tlsf_cursor_bytes(c, RANDOM_SIZE, &part)) {
        return tlsf_hello_reject(r, "the message is too short for a hello", c);
    }
    r->hello.offered = legacy_offer(r->hello.legacy_version);
    if (!tlsf_cursor_vector(c, 1, &part) ||
        tlsf_cursor_left(&part) > MAX_SESSION_ID) {
        return tlsf_hello_reject(r, "the session id does not fit", c);
    }
    if (!tlsf_cursor_vector(c, 2, &part) || tlsf_cursor_left(&part) == 0 ||
        tlsf_cursor_left(&part) % 2 != 0) {
        return tlsf_hello_reject(r, "the cipher suites do not fit", c);
    }
    r->hello.suites = tlsf_cursor_str(&part);
    if (!tlsf_cursor_vector(c, 1, &part)) {
        return tlsf_hello_reject(r, "the compression methods do not fit", c);
    }
    if (tlsf_cursor_left(c) == 0) {
        return TLSF_OK;
    }
    if (!tlsf_cursor_whole_vector(c, 2, &part)) {
        return tlsf_hello_reject(r, "the extensions do not fill the message",
                                 c);
    }
    return tlsf_hello_read_extensions(r, part);
}

static int
read_message(tlsf_hello_reading *r, tlsf_cursor *c)
{
    unsigned type;
    unsigned length;

    if (!tlsf_cursor_number(c, 1, &type)) {
        r->fault.what = "no message";
        return TLSF_ETRUNC;
    }
    if (type != CLIENT_HELLO) {
        c->at = 0;
        return tlsf_hello_reject(r, "not a client hello", c);
    }
    if (!tlsf_cursor_number(c, 3, &length) || tlsf_cursor_left(c) < length) {
        r->fault.what = "the message ends too early";
        r->fault.at = c->end;
        return TLSF_ETRUNC;
    }
    if (tlsf_cursor_left(c) > length) {
        c->at += length;
        return tlsf_hello_reject(r, "bytes after the message", c);
    }
    return read_body(r, c);
}

/*
 * V2ClientHello (RFC 5246 E.2), sizes in bytes; no length of the whole, so
 * that a sum which falls short of the message is a contradiction and one which
 * runs past it is a message cut off:
 *
 *     1  msg_type = client_hello(1)
 *     2  version
 *     2  cipher_spec_length, 3..
 *     2  session_id_length, 0..32
 *     2  challenge_length
 *     cipher_specs, 3 each: 0 and a suite's number, or a kind of SSLv2's own
 *     session_id
 *     challenge
 */
static int
read_sslv2(tlsf_hello_reading *r, tlsf_cursor *c)
{
    unsigned type;
    unsigned n_specs;
    unsigned n_id;
    unsigned n_challenge;
    tlsf_cursor specs;

    if (tlsf_cursor_number(c, 1, &type) && type != CLIENT_HELLO) {
        c->at = 0;
        return tlsf_hello_reject(r, "not a client hello", c);
    }
    if (!tlsf_cursor_number(c, 2, &r->hello.legacy_version) ||
        !tlsf_cursor_number(c, 2, &n_specs) ||
        !tlsf_cursor_number(c, 2, &n_id) ||
        !tlsf_cursor_number(c, 2, &n_challenge) ||
        tlsf_cursor_left(c) < (size_t)n_specs + n_id + n_challenge) {
        r->fault.what = "the message ends too early";
        r->fault.at = c->end;
        return TLSF_ETRUNC;
    }
    if (tlsf_cursor_left(c) > (size_t)n_specs + n_id + n_challenge) {
        return tlsf_hello_reject(r, "bytes after the message", c);
    }
    if (n_id > MAX_SESSION_ID) {
        return tlsf_hello_reject(r, "the session id does not fit", c);
    }
    if (!tlsf_cursor_bytes(c, n_specs, &specs) || n_specs == 0 ||
        n_specs % 3 != 0) {
        return tlsf_hello_reject(r, "the cipher specs do not fit", c);
    }
    r->hello.is_sslv2 = true;
    r->hello.offered = legacy_offer(r->hello.legacy_version);
    r->hello.suites = tlsf_cursor_str(&specs);
    return TLSF_OK;
}

static int
read_with(int (*read)(tlsf_hello_reading *r, tlsf_cursor *c), tlsf_cursor c,
          tlsf_hello *hello, tlsf_diag *diag)
{
    tlsf_hello_reading r = {0};
    int result = read(&r, &c);

    if (result == TLSF_OK) {
        r.hello.has_fallback_scsv =
            tlsf_hello_offers_suite(&r.hello, TLS_FALLBACK_SCSV);
        *hello = r.hello;
    } else if (diag != NULL) {
        *diag = r.fault;
    }
    return result;
}

int
tlsf_hello_read(const uint8_t *bytes, size_t n, tlsf_hello *hello,
                tlsf_diag *diag)
{
    tlsf_cursor c = {bytes, 0, n};

    return read_with(read_message, c, hello, diag);
}

int
tlsf_hello_read_sslv2(const uint8_t *bytes, size_t n, tlsf_hello *hello,
                      tlsf_diag *diag)
{
    tlsf_cursor c = {bytes, 0, n};

    return read_with(read_sslv2, c, hello, diag);
}

bool
tlsf_hello_offers_suite(const tlsf_hello *hello, unsigned suite)
{
    size_t skip = hello->is_sslv2 ? 1 : 0;
    tlsf_str all = hello->suites;

    for (size_t i = 0; i + skip + 2 <= all.len; i += skip + 2) {
        if (skip == 1 && all.data[i] != 0) {
            continue; /* a cipher kind of SSLv2's own */
        }
        if (tlsf_hello_number(all, i + skip) == suite) {
            return true;
        }
    }
    return false;
}

bool
tlsf_hello_offers_group(const tlsf_hello *hello, unsigned group)
{
    for (size_t i = 0; i + 2 <= hello->groups.len; i += 2) {
        if (tlsf_hello_number(hello->groups, i) == group) {
            return true;
        }
    }
    return false;
}
