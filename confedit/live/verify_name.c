/* SPDX-License-Identifier: Apache-2.0 */
/* Names to visit a server by; called by verify.c. */
#include "verify_name.h"

#include <fnmatch.h>

/* A name as a client asks for it: without Apache's scheme and port. */
static const char *
bare_name(ce_arena *arena, tlsf_str name)
{
    size_t scheme = tlsf_str_find(name, TLSF_LIT("://"));

    if (scheme < name.len) {
        name = tlsf_str_sub(name, scheme + 3, name.len - scheme - 3);
    }
    name.len = tlsf_str_find(name, TLSF_LIT(":"));
    char *text = ce_arena_text(arena, name);

    for (char *p = text; *p != '\0'; p++) {
        *p = tlsf_lower(*p);
    }
    return text;
}

/* A name that a client can ask for; NULL: none fits. */
static const char *
name_to_ask(ce_arena *arena, ce_kind kind, tlsf_str name)
{
    if (name.len == 0 || name.data[0] == '~' ||
        tlsf_str_eq(name, TLSF_LIT("_"))) {
        return NULL;
    }
    if (kind == CE_NGINX && name.data[0] == '.') {
        name = tlsf_str_sub(name, 1, name.len - 1); /* itself and all below */
    }
    const char *text = bare_name(arena, name);
    const char *result = "";

    if (strpbrk(text, "*?") == NULL) {
        return strpbrk(text, " /") == NULL && text[0] != '\0' ? text : NULL;
    }
    for (size_t n; *text != '\0'; text += n) {
        n = strcspn(text, "*?");
        result = ce_arena_format(arena, "%s%.*s%s", result, (int)n, text,
                                 text[n] == '*'   ? "confedit"
                                 : text[n] == '?' ? "x"
                                                  : "");
        n += text[n] != '\0';
    }
    return result;
}

static bool
is_pattern(tlsf_str name)
{
    return name.len > 0 && (memchr(name.data, '*', name.len) != NULL ||
                            memchr(name.data, '?', name.len) != NULL);
}

/* Apache asks its virtual hosts in turn, wildcards too. */
static bool
is_taken_by_pattern(const ce_names *n, const ce_server *server,
                    const ce_endpoint *endpoint, const char *name)
{
    for (const ce_server *s = n->model->servers; s != server; s++) {
        for (size_t k = 0; k < s->n_endpoints; k++) {
            if (!tlsf_str_eq(s->endpoints[k].address, endpoint->address)) {
                continue;
            }
            for (size_t i = 0; i < s->n_names; i++) {
                if (is_pattern(s->names[i]) &&
                    fnmatch(bare_name(n->arena, s->names[i]), name, 0) == 0) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* Whether an earlier server of the address answers to a name. */
static bool
is_taken(ce_names *n, const ce_server *server, const ce_endpoint *endpoint,
         const char *name)
{
    tlsf_str key = tlsf_str_of(ce_arena_format(n->arena, "%.*s %s",
                                               (int)endpoint->address.len,
                                               endpoint->address.data, name));
    size_t owner;

    if (ce_map_find(&n->taken, key, &owner)) {
        return true;
    }
    ce_map_set(n->arena, &n->taken, key, 1);
    return n->model->config->kind == CE_APACHE &&
           is_taken_by_pattern(n, server, endpoint, name);
}

const char *
ce_names_next(ce_names *names, const ce_server *server,
              const ce_endpoint *endpoint, size_t *at)
{
    while (*at < server->n_names) {
        const char *name = name_to_ask(names->arena, names->model->config->kind,
                                       server->names[(*at)++]);

        if (name != NULL && !is_taken(names, server, endpoint, name)) {
            return name;
        }
    }
    return NULL;
}
