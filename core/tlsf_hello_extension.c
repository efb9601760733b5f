/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the extensions of a ClientHello that matter here. Called by the reader
 * of the message. */
#include "tlsf_hello_extension.h"

#include "tlsf_group.h"

#define HOST_NAME 0 /* NameType, RFC 6066 section 3 */

/*
 * Names of another type than host_name are stepped over, which RFC 6066
 * provides for (each begins with a 16-bit length) and OpenSSL refuses. An
 * empty host_name, which OpenSSL lets pass, counts as none. An empty list and
 * a second host_name are refused by both.
 */
static int
read_server_name(tlsf_hello_reading *r, tlsf_cursor ext)
{
    tlsf_cursor list;
    tlsf_cursor name;
    unsigned type;
    bool is_found = false;

    if (!tlsf_cursor_whole_vector(&ext, 2, &list) ||
        tlsf_cursor_left(&list) == 0) {
        return tlsf_hello_reject(r, "the server name list does not fit", &ext);
    }
    while (tlsf_cursor_left(&list) > 0) {
        if (!tlsf_cursor_number(&list, 1, &type) ||
            !tlsf_cursor_vector(&list, 2, &name)) {
            return tlsf_hello_reject(r, "a server name does not fit its list",
                                     &list);
        }
        if (type != HOST_NAME) {
            continue;
        }
        if (is_found) {
            return tlsf_hello_reject(r, "two host names", &name);
        }
        is_found = true;
        if (tlsf_cursor_left(&name) > 0) {
            r->hello.sni = tlsf_cursor_str(&name);
        }
    }
    return TLSF_OK;
}

static int
read_groups(tlsf_hello_reading *r, tlsf_cursor ext)
{
    tlsf_cursor list;

    if (!tlsf_cursor_whole_vector(&ext, 2, &list) ||
        tlsf_cursor_left(&list) == 0 || tlsf_cursor_left(&list) % 2 != 0) {
        return tlsf_hello_reject(r, "the group list does not fit", &ext);
    }
    r->hello.groups = tlsf_cursor_str(&list);
    for (size_t i = 0; i < r->hello.groups.len; i += 2) {
        if (tlsf_group_is_hybrid(tlsf_hello_number(r->hello.groups, i))) {
            r->hello.has_post_quantum = true;
        }
    }
    return TLSF_OK;
}

static int
read_alpn(tlsf_hello_reading *r, tlsf_cursor ext)
{
    tlsf_cursor list;
    tlsf_cursor name;

    if (!tlsf_cursor_whole_vector(&ext, 2, &list) ||
        tlsf_cursor_left(&list) == 0) {
        return tlsf_hello_reject(r, "the protocol name list does not fit",
                                 &ext);
    }
    r->hello.alpn = tlsf_cursor_str(&list);
    while (tlsf_cursor_left(&list) > 0) {
        if (!tlsf_cursor_vector(&list, 1, &name) ||
            tlsf_cursor_left(&name) == 0) {
            return tlsf_hello_reject(r, "a protocol name does not fit its list",
                                     &list);
        }
    }
    return TLSF_OK;
}

/* A list that names no version we know offers OTHER, an empty one too. */
static int
read_versions(tlsf_hello_reading *r, tlsf_cursor ext)
{
    tlsf_cursor list;
    unsigned wire;
    tlsf_version best = TLSF_VERSION_OTHER;

    if (!tlsf_cursor_whole_vector(&ext, 1, &list) ||
        tlsf_cursor_left(&list) % 2 != 0) {
        return tlsf_hello_reject(r, "the version list does not fit", &ext);
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
read_shares(tlsf_hello_reading *r, tlsf_cursor ext)
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
    int (*read)(tlsf_hello_reading *r, tlsf_cursor ext);
} extensions[] = {
    {0, read_server_name}, {10, read_groups}, {16, read_alpn},
    {43, read_versions},   {51, read_shares},
};

static int
read_extension(tlsf_hello_reading *r, unsigned type, tlsf_cursor ext)
{
    for (size_t i = 0; i < TLSF_COUNTOF(extensions); i++) {
        if (extensions[i].type != type) {
            continue;
        }
        if ((r->seen & 1U << i) != 0) {
            return tlsf_hello_reject(r, "an extension comes twice", &ext);
        }
        r->seen |= 1U << i;
        return extensions[i].read(r, ext);
    }
    return TLSF_OK;
}

int
tlsf_hello_read_extensions(tlsf_hello_reading *r, tlsf_cursor list)
{
    tlsf_cursor ext;
    unsigned type;

    while (tlsf_cursor_left(&list) > 0) {
        if (!tlsf_cursor_number(&list, 2, &type) ||
            !tlsf_cursor_vector(&list, 2, &ext)) {
            return tlsf_hello_reject(r, "an extension does not fit the message",
                                     &list);
        }
        int result = read_extension(r, type, ext);
        if (result != TLSF_OK) {
            return result;
        }
    }
    return TLSF_OK;
}
