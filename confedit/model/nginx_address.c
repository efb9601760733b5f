/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of listen; called by nginx_block.c. */
#include "nginx_parts.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

/* A range of more ports is not taken apart. */
#define MAX_RANGE 1024

/* FIRST or FIRST-LAST; false when it is neither. */
static bool
take_ports(tlsf_str text, ce_nginx_listen *listen)
{
    size_t dash = tlsf_str_find(text, TLSF_LIT("-"));

    listen->first = ce_port_of(tlsf_str_sub(text, 0, dash));
    listen->last =
        dash == text.len
            ? listen->first
            : ce_port_of(tlsf_str_sub(text, dash + 1, text.len - dash - 1));
    return listen->first != 0 && listen->last >= listen->first;
}

/* Numbers in one spelling. */
static tlsf_str
plain_host(ce_arena *arena, tlsf_str host)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr six;

    if (tlsf_str_eq(host, TLSF_LIT("0.0.0.0"))) {
        return TLSF_LIT("*");
    }
    if (host.len < 2 || host.data[0] != '[') {
        return host;
    }
    if (inet_pton(AF_INET6,
                  ce_arena_text(arena, tlsf_str_sub(host, 1, host.len - 2)),
                  &six) != 1 ||
        inet_ntop(AF_INET6, &six, text, sizeof(text)) == NULL) {
        return host;
    }
    return tlsf_str_of(ce_arena_format(arena, "[%s]", text));
}

/* HOST, HOST:PORTS or PORTS; false when the ports are none. */
static bool
divide(tlsf_str text, unsigned port, ce_nginx_listen *listen)
{
    size_t colon = text.len;

    if (take_ports(text, listen)) {
        listen->host = TLSF_LIT("*");
        return true;
    }
    while (colon > 0 && text.data[colon - 1] != ':' &&
           text.data[colon - 1] != ']') {
        colon--;
    }
    *listen = (ce_nginx_listen){text, port, port};
    if (colon == 0 || text.data[colon - 1] == ']') {
        return true;
    }
    listen->host = tlsf_str_sub(text, 0, colon - 1);
    return take_ports(tlsf_str_sub(text, colon, text.len - colon), listen);
}

bool
ce_nginx_listen_parse(ce_arena *arena, tlsf_str text, unsigned port,
                      ce_nginx_listen *listen)
{
    *listen = (ce_nginx_listen){text, 0, 0};
    if (tlsf_str_starts_nocase(text, TLSF_LIT("unix:"))) {
        return true;
    }
    if (!divide(text, port, listen)) {
        return false;
    }
    listen->host = plain_host(arena, listen->host);
    if (listen->last - listen->first >= MAX_RANGE) {
        *listen = (ce_nginx_listen){text, 0, 0};
    }
    return true;
}

tlsf_str
ce_nginx_listen_text(ce_arena *arena, const ce_nginx_listen *listen,
                     unsigned port)
{
    return port == 0 ? listen->host
                     : tlsf_str_of(ce_arena_format(arena, "%.*s:%u",
                                                   (int)listen->host.len,
                                                   listen->host.data, port));
}

tlsf_str
ce_nginx_address(ce_arena *arena, tlsf_str listen, unsigned port,
                 unsigned *found_port)
{
    ce_nginx_listen parsed;

    if (!ce_nginx_listen_parse(arena, listen, port, &parsed)) {
        parsed = (ce_nginx_listen){listen, 0, 0};
    }
    *found_port = parsed.first;
    return ce_nginx_listen_text(arena, &parsed, parsed.first);
}

bool
ce_nginx_host_is_name(tlsf_str host)
{
    if (host.len == 0 || host.data[0] == '[' || host.data[0] == '*' ||
        tlsf_str_starts_nocase(host, TLSF_LIT("unix:"))) {
        return false;
    }
    for (size_t i = 0; i < host.len; i++) {
        if (!tlsf_is_digit(host.data[i]) && host.data[i] != '.' &&
            host.data[i] != ':' && host.data[i] != '-') {
            return true;
        }
    }
    return false;
}

size_t
ce_nginx_localhost(ce_arena *arena, tlsf_str hosts[2])
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *list = NULL;
    size_t n = 0;

    if (getaddrinfo("localhost", NULL, &hints, &list) != 0) {
        return 0;
    }
    for (struct addrinfo *a = list; a != NULL && n < 2; a = a->ai_next) {
        char text[INET6_ADDRSTRLEN + 2];

        if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof(text), NULL, 0,
                        NI_NUMERICHOST) != 0) {
            continue;
        }
        hosts[n++] = tlsf_str_of(ce_arena_format(
            arena, a->ai_family == AF_INET6 ? "[%s]" : "%s", text));
    }
    freeaddrinfo(list);
    return n;
}
