/* SPDX-License-Identifier: Apache-2.0 */
/* Where virtual hosts answer; called by the other parts of Apache's model. */
#include "apache_parts.h"

#include <arpa/inet.h>

/* Numbers in one spelling; any other name as it is. */
static tlsf_str
plain_host(ce_arena *arena, tlsf_str host)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr six;

    if (tlsf_str_eq_nocase(host, TLSF_LIT("_default_")) ||
        tlsf_str_eq(host, TLSF_LIT("0.0.0.0"))) {
        return TLSF_LIT("*");
    }
    if (host.len < 2 || host.data[0] != '[') {
        return host;
    }
    const char *inner =
        ce_arena_text(arena, tlsf_str_sub(host, 1, host.len - 2));
    if (inet_pton(AF_INET6, inner, &six) != 1 ||
        inet_ntop(AF_INET6, &six, text, sizeof(text)) == NULL) {
        return host;
    }
    return strcmp(text, "::") == 0
               ? TLSF_LIT("*")
               : tlsf_str_of(ce_arena_format(arena, "[%s]", text));
}

ce_where
ce_apache_where(ce_arena *arena, tlsf_str word, unsigned port)
{
    size_t colon = word.len;
    bool has_digits = word.len > 0;

    for (size_t i = 0; i < word.len; i++) {
        has_digits = has_digits && tlsf_is_digit(word.data[i]);
    }
    if (has_digits) {
        return (ce_where){TLSF_LIT("*"), ce_port_of(word)}; /* Listen 443 */
    }
    while (colon > 0 && word.data[colon - 1] != ':' &&
           word.data[colon - 1] != ']') {
        colon--;
    }
    if (colon == 0 || word.data[colon - 1] == ']') {
        return (ce_where){plain_host(arena, word), port};
    }
    return (ce_where){
        plain_host(arena, tlsf_str_sub(word, 0, colon - 1)),
        ce_port_of(tlsf_str_sub(word, colon, word.len - colon)) /* or ":*" */};
}

/* The key of the map: in small letters. */
static tlsf_str
key_of(ce_arena *arena, ce_where where)
{
    char *text = ce_arena_format(arena, "%.*s:%u", (int)where.host.len,
                                 where.host.data, where.port);

    for (char *c = text; *c != '\0'; c++) {
        *c = tlsf_lower(*c);
    }
    return tlsf_str_of(text);
}

void
ce_apache_find_firsts(ce_apache *a)
{
    for (size_t i = a->n; i > 0; i--) {
        for (size_t k = 0; k < a->hosts[i - 1].n; k++) {
            ce_map_set(a->arena, &a->firsts,
                       key_of(a->arena, a->hosts[i - 1].wheres[k]), i - 1);
        }
    }
}

const ce_host *
ce_apache_first_at(const ce_apache *a, ce_where at)
{
    tlsf_str any = TLSF_LIT("*");
    const ce_where order[] = {at, {at.host, 0}, {any, at.port}, {any, 0}};
    size_t index;

    for (size_t i = 0; i < TLSF_COUNTOF(order); i++) {
        if (ce_map_find(&a->firsts, key_of(a->arena, order[i]), &index)) {
            return &a->hosts[index];
        }
    }
    return NULL;
}
