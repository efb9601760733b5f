/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the ClientHello in both of its formats. Called by the handshake for
 * the first message of each connection.
 */
#include "tlsf_hello.h"

#include "tlsf_cursor.h"
#include "tlsf_group.h"

#define CLIENT_HELLO      1      /* HandshakeType; the same number in SSLv2 */
#define RANDOM_SIZE       32     /* bytes */
#define MAX_SESSION_ID    32     /* bytes */
#define HOST_NAME         0      /* NameType, RFC 6066 section 3 */
#define TLS_FALLBACK_SCSV 0x5600 /* RFC 7507 section 2 */

typedef struct reading {
    tlsf_hello hello;
    tlsf_diag fault; /* of a failure */
    unsigned seen;   /* bit per row of `extensions` */
} reading;

static unsigned
number_at(tlsf_str s, size_t i)
{
    return (unsigned)(uint8_t)s.data[i] << 8 | (uint8_t)s.data[i + 1];
}

/* Notes why and where; always TLSF_EPROTO, so that a reader can return it. */
static int
reject(reading *r, const char *what, const tlsf_cursor *where)
{
    r->fault.what = what;
    r->fault.at = where->at;
    return TLSF_EPROTO;
}

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
 * Names of another type than host_name are stepped over, which RFC 6066
 * provides for (each begins with a 16-bit length) and OpenSSL refuses. An
 * empty host_name, which OpenSSL lets pass, counts as none. An empty list and
 * a second host_name are refused by both.
 */
static int
read_server_name(reading *r, tlsf_cursor ext)
{
    tlsf_cursor list;
    tlsf_cursor name;
    unsigned type;
    bool is_found = false;

    if (!tlsf_cursor_whole_vector(&ext, 2, &list) ||
        tlsf_cursor_left(&list) == 0) {
        return reject(r, "the server name list does not fit", &ext);
    }
    while (tlsf_cursor_left(&list) > 0) {
        if (!tlsf_cursor_number(&list, 1, &type) ||
            !tlsf_cursor_vector(&list, 2, &name)) {
            return reject(r, "a server name does not fit its list", &list);
        }
        if (type != HOST_NAME) {
            continue;
        }
        if (is_found) {
            return reject(r, "two host names", &name);
        }
        is_found = true;
        if (tlsf_cursor_left(&name) > 0) {
            r->hello.sni = tlsf_cursor_str(&name);
        }
    }
    return TLSF_OK;
}

static int
read_groups(reading *r, tlsf_cursor ext)
{
    tlsf_cursor list;

    if (!tlsf_cursor_whole_vector(&ext, 2, &list) ||
        tlsf_cursor_left(&list) == 0 || tlsf_cursor_left(&list) % 2 != 0) {
        return reject(r, "the group list does not fit", &ext);
    }
    r->hello.groups = tlsf_cursor_str(&list);
    for (size_t i = 0; i < r->hello.groups.len; i += 2) {
        if (tlsf_group_is_hybrid(number_at(r->hello.groups, i))) {
            r->hello.has_post_quantum = true;
        }
    }
    return TLSF_OK;
}

static int
read_alpn(reading *r, tlsf_cursor ext)
{
    tlsf_cursor list;
    tlsf_cursor name;

    if (!tlsf_cursor_whole_vector(&ext, 2, &list) ||
        tlsf_cursor_left(&list) == 0) {
        return reject(r, "the protocol name list does not fit", &ext);
    }
    r->hello.alpn = tlsf_cursor_str(&list);
    while (tlsf_cursor_left(&list) > 0) {
        if (!tlsf_cursor_vector(&list, 1, &name) ||
            tlsf_cursor_left(&name) == 0) {
            return reject(r, "a protocol name does not fit its list", &list);
        }
    }
    return TLSF_OK;
}

/* A list that names no version we know offers OTHER, an empty one too. */
static int
read_versions(reading *r, tlsf_cursor ext)
{
    tlsf_cursor list;
    unsigned wire;
    tlsf_version best = TLSF_VERSION_OTHER;

    if (!tlsf_cursor_whole_vector(&ext, 1, &list) ||
        tlsf_cursor_left(&list) % 2 != 0) {
        return reject(r, "the version list does not fit", &ext);
    }
    while (tlsf_cursor_number(&list, 2, &wire)) {
        tlsf_version v = tlsf_version_of_wire(wire);

        if (v != TLSF_VERSION_OTHER &&
            (best == TLSF_VERSION_OTHER || v > best)) {
            best = v;
        }
    }
    r->hello.offered = best;
    return TLSF_OK;
}

/*
 * OpenSSL reads key_share only once it has chosen TLS 1.3, so a broken one
 * must not hide an old client from us: it counts as absent.
 */
static int
read_shares(reading *r, tlsf_cursor ext)
{
    tlsf_cursor list;
    tlsf_cursor key;
    unsigned group;
    bool has_hybrid = false;

    if (!tlsf_cursor_whole_vector(&ext, 2, &list)) {
        return TLSF_OK;
    }
    tlsf_str shares = tlsf_cursor_str(&list);
    while (tlsf_cursor_left(&list) > 0) {
        if (!tlsf_cursor_number(&list, 2, &group) ||
            !tlsf_cursor_vector(&list, 2, &key)) {
            return TLSF_OK;
        }
        if (tlsf_group_is_hybrid(group)) {
            has_hybrid = true;
        }
    }
    r->hello.shares = shares;
    if (has_hybrid) {
        r->hello.has_post_quantum = true;
    }
    return TLSF_OK;
}

/* IANA TLS ExtensionType values. */
static const struct {
    unsigned type;
    int (*read)(reading *r, tlsf_cursor ext);
} extensions[] = {
    {0, read_server_name}, {10, read_groups}, {16, read_alpn},
    {43, read_versions},   {51, read_shares},
};

static int
read_extension(reading *r, unsigned type, tlsf_cursor ext)
{
    for (size_t i = 0; i < TLSF_COUNTOF(extensions); i++) {
        if (extensions[i].type != type) {
            continue;
        }
        if ((r->seen & 1U << i) != 0) {
            return reject(r, "an extension comes twice", &ext);
        }
        r->seen |= 1U << i;
        return extensions[i].read(r, ext);
    }
    return TLSF_OK;
}

static int
read_extensions(reading *r, tlsf_cursor list)
{
    tlsf_cursor ext;
    unsigned type;

    while (tlsf_cursor_left(&list) > 0) {
        if (!tlsf_cursor_number(&list, 2, &type) ||
            !tlsf_cursor_vector(&list, 2, &ext)) {
            return reject(r, "an extension does not fit the message", &list);
        }
        int result = read_extension(r, type, ext);
        if (result != TLSF_OK) {
            return result;
        }
    }
    return TLSF_OK;
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
read_body(reading *r, tlsf_cursor *c)
{
    tlsf_cursor part;

    if (!tlsf_cursor_number(c, 2, &r->hello.legacy_version) ||
        !tlsf_cursor_bytes(c, RANDOM_SIZE, &part)) {
        return reject(r, "the message is too short for a hello", c);
    }
    r->hello.offered = legacy_offer(r->hello.legacy_version);
    if (!tlsf_cursor_vector(c, 1, &part) ||
        tlsf_cursor_left(&part) > MAX_SESSION_ID) {
        return reject(r, "the session id does not fit", c);
    }
    if (!tlsf_cursor_vector(c, 2, &part) || tlsf_cursor_left(&part) == 0 ||
        tlsf_cursor_left(&part) % 2 != 0) {
        return reject(r, "the cipher suites do not fit", c);
    }
    r->hello.suites = tlsf_cursor_str(&part);
    if (!tlsf_cursor_vector(c, 1, &part)) {
        return reject(r, "the compression methods do not fit", c);
    }
    if (tlsf_cursor_left(c) == 0) {
        return TLSF_OK;
    }
    if (!tlsf_cursor_whole_vector(c, 2, &part)) {
        return reject(r, "the extensions do not fill the message", c);
    }
    return read_extensions(r, part);
}

static int
read_message(reading *r, tlsf_cursor *c)
{
    unsigned type;
    unsigned length;

    if (!tlsf_cursor_number(c, 1, &type)) {
        r->fault.what = "no message";
        return TLSF_ETRUNC;
    }
    if (type != CLIENT_HELLO) {
        c->at = 0;
        return reject(r, "not a client hello", c);
    }
    if (!tlsf_cursor_number(c, 3, &length) || tlsf_cursor_left(c) < length) {
        r->fault.what = "the message ends too early";
        r->fault.at = c->end;
        return TLSF_ETRUNC;
    }
    if (tlsf_cursor_left(c) > length) {
        c->at += length;
        return reject(r, "bytes after the message", c);
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
read_sslv2(reading *r, tlsf_cursor *c)
{
    unsigned type;
    unsigned n_specs;
    unsigned n_id;
    unsigned n_challenge;
    tlsf_cursor specs;

    if (tlsf_cursor_number(c, 1, &type) && type != CLIENT_HELLO) {
        c->at = 0;
        return reject(r, "not a client hello", c);
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
        return reject(r, "bytes after the message", c);
    }
    if (n_id > MAX_SESSION_ID) {
        return reject(r, "the session id does not fit", c);
    }
    if (!tlsf_cursor_bytes(c, n_specs, &specs) || n_specs == 0 ||
        n_specs % 3 != 0) {
        return reject(r, "the cipher specs do not fit", c);
    }
    r->hello.is_sslv2 = true;
    r->hello.offered = legacy_offer(r->hello.legacy_version);
    r->hello.suites = tlsf_cursor_str(&specs);
    return TLSF_OK;
}

static int
read_with(int (*read)(reading *r, tlsf_cursor *c), tlsf_cursor c,
          tlsf_hello *hello, tlsf_diag *diag)
{
    reading r = {0};
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
        if (number_at(all, i + skip) == suite) {
            return true;
        }
    }
    return false;
}

bool
tlsf_hello_offers_group(const tlsf_hello *hello, unsigned group)
{
    for (size_t i = 0; i + 2 <= hello->groups.len; i += 2) {
        if (number_at(hello->groups, i) == group) {
            return true;
        }
    }
    return false;
}
