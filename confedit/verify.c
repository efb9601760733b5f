/* SPDX-License-Identifier: Apache-2.0 */
/* Visits of running servers; called by the commands that write. */
#include "verify.h"

#include <fnmatch.h>

#include "probe.h"
#include "starttls.h"
#include "terminal.h"
#include "verify_door.h"

/* Versions whose loss is a failure; older ones may be forbidden elsewhere. */
#define MODERN (CE_BIT(TLSF_TLSV12) | CE_BIT(TLSF_TLSV13))

typedef struct round {
    const ce_run *run;
    ce_arena *arena;
    ce_model *model;
    const ce_visits *before;
    ce_visits *visits;
    ce_street street;
    ce_map names; /* "address name" that an earlier server has */
    const ce_server *server;
    const ce_endpoint *endpoint;
    ce_doors doors;
} round;

static ce_visit *
add_visit(round *r, const char *address, const char *name)
{
    ce_visits *v = r->visits;

    v->list =
        ce_arena_grow(r->arena, v->list, v->n, &v->room, sizeof(ce_visit));
    v->list[v->n] = (ce_visit){.server = r->server,
                               .endpoint = r->endpoint,
                               .address = address,
                               .name = name};
    return &v->list[v->n++];
}

static void
add_reason(round *r, const char *reason)
{
    add_visit(r, ce_arena_text(r->arena, r->endpoint->address), NULL)->problem =
        reason;
}

static bool
is_same(const char *a, const char *b)
{
    return tlsf_str_eq(tlsf_str_of(a), tlsf_str_of(b));
}

/* What the same visit missed before the change: not missed now. But a server
 * that served anything must not end up with nothing. */
static unsigned
missed_before(const round *r, const ce_visit *visit, unsigned wanted)
{
    for (size_t i = 0; r->before != NULL && i < r->before->n; i++) {
        const ce_visit *b = &r->before->list[i];

        if (b->was_visited && is_same(b->address, visit->address) &&
            is_same(b->name, visit->name)) {
            return visit->set == 0 && b->set != 0 ? 0 : wanted & ~b->set;
        }
    }
    return 0;
}

static void
judge(const round *r, ce_visit *visit, unsigned untried)
{
    const ce_endpoint *e = visit->endpoint;
    unsigned wanted = e->set & ~e->unreachable & CE_PROBED & ~untried;
    unsigned more = visit->set & ~e->set;
    unsigned lost = wanted & ~visit->set;
    unsigned modern = lost & MODERN & ~missed_before(r, visit, wanted);

    if (more != 0) {
        visit->problem = ce_arena_format(r->arena, "still serves %s",
                                         ce_set_text(r->arena, more));
    } else if (lost != 0) {
        visit->problem = ce_arena_format(r->arena, "does not serve %s",
                                         ce_set_text(r->arena, lost));
    }
    visit->is_failing = more != 0 || modern != 0;
}

/* The protocol of a mail server: its line, or that of its port. */
static ce_starttls
starttls_of(const ce_server *server, const ce_endpoint *e)
{
    const ce_node *node = server->node == NULL ? NULL : server->node->first;

    for (; node != NULL; node = node->next) {
        for (ce_starttls s = CE_STARTTLS_SMTP;
             node->id == CE_N_PROTOCOL && node->n_words == 1 &&
             s <= CE_STARTTLS_POP3;
             s++) {
            if (tlsf_str_eq(node->words[0].value,
                            tlsf_str_of(ce_starttls_name(s)))) {
                return s;
            }
        }
    }
    return e->port == 110 || e->port == 995   ? CE_STARTTLS_POP3
           : e->port == 143 || e->port == 993 ? CE_STARTTLS_IMAP
                                              : CE_STARTTLS_SMTP;
}

/* Visit by one name at every door. */
static void
visit_by(round *r, const char *name)
{
    size_t answered = 0;
    const char *problem = NULL;

    for (size_t i = 0; i < r->doors.n; i++) {
        const char *host = r->doors.hosts[i];
        ce_target target = {.host = host,
                            .port = r->doors.port,
                            .name = name,
                            .is_proxied = r->doors.is_proxied};
        ce_probe probe;

        if (r->endpoint->is_starttls) {
            target.starttls = starttls_of(r->server, r->endpoint);
        }
        ce_probe_run(r->arena, &target, &probe);
        if (probe.address == NULL) {
            problem = problem == NULL ? probe.problem : problem;
            continue;
        }
        answered++;
        bool is_v6 = strchr(host, ':') != NULL;
        ce_visit *visit =
            add_visit(r,
                      ce_arena_format(r->arena, is_v6 ? "[%s]:%s" : "%s:%s",
                                      host, r->doors.port),
                      name);
        visit->set = probe.set;
        visit->rescued = probe.rescued;
        visit->problem = probe.problem;
        visit->was_visited = probe.problem == NULL;
        if (visit->was_visited) {
            judge(r, visit, probe.untried);
        }
    }
    if (answered == 0) {
        add_reason(r, problem);
    }
}

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
is_taken_by_pattern(const round *r, const char *name)
{
    for (const ce_server *s = r->model->servers; s != r->server; s++) {
        for (size_t k = 0; k < s->n_endpoints; k++) {
            if (!tlsf_str_eq(s->endpoints[k].address, r->endpoint->address)) {
                continue;
            }
            for (size_t i = 0; i < s->n_names; i++) {
                if (is_pattern(s->names[i]) &&
                    fnmatch(bare_name(r->arena, s->names[i]), name, 0) == 0) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* Whether an earlier server of the address answers to a name. */
static bool
is_taken(round *r, const char *name)
{
    tlsf_str key = tlsf_str_of(
        ce_arena_format(r->arena, "%.*s %s", (int)r->endpoint->address.len,
                        r->endpoint->address.data, name));
    size_t owner;

    if (ce_map_find(&r->names, key, &owner)) {
        return true;
    }
    ce_map_set(r->arena, &r->names, key, 1);
    return r->model->config->kind == CE_APACHE && is_taken_by_pattern(r, name);
}

static void
visit_endpoint(round *r)
{
    const ce_endpoint *e = r->endpoint;
    size_t n = 0;

    if (e->why == CE_WHY_UNDECIDED) {
        add_reason(r, "what it should serve is not known");
        return;
    }
    ce_street_doors(&r->street, e, &r->doors);
    if (r->doors.reason != NULL) {
        add_reason(r, r->doors.reason);
        return;
    }
    if (e->is_default) {
        visit_by(r, NULL);
        n++;
    }
    for (size_t i = 0; i < r->server->n_names; i++) {
        const char *name =
            name_to_ask(r->arena, r->model->config->kind, r->server->names[i]);

        if (name != NULL && !is_taken(r, name)) {
            visit_by(r, name);
            n++;
        }
    }
    if (n == 0) {
        add_reason(r, "no name leads to it");
    }
}

/* Whether a change concerns an endpoint; the order of both models is one. */
static bool
is_changed(const ce_model *model, const ce_model *other, size_t i, size_t k)
{
    if (other == NULL || other->n != model->n ||
        other->servers[i].n_endpoints != model->servers[i].n_endpoints) {
        return true;
    }
    const ce_endpoint *a = &model->servers[i].endpoints[k];
    const ce_endpoint *b = &other->servers[i].endpoints[k];

    return a->set != b->set || a->why != b->why || a->is_tls != b->is_tls;
}

ce_verified
ce_verify_change(const ce_run *run, ce_model *model, const ce_model *other,
                 const ce_visits *before, ce_visits *visits)
{
    round r = {.run = run,
               .arena = run->options->arena,
               .model = model,
               .before = before,
               .visits = visits};
    ce_verified is = CE_VERIFY_HOLDS;
    size_t first = visits->n;

    ce_street_read(&r.street, model);
    for (size_t i = 0; i < model->n; i++) {
        r.server = &model->servers[i];
        for (size_t k = 0; k < r.server->n_endpoints; k++) {
            r.endpoint = &r.server->endpoints[k];
            if (r.endpoint->is_tls && !r.endpoint->is_rejecting &&
                ce_run_wants(run, r.server) && is_changed(model, other, i, k)) {
                visit_endpoint(&r);
            }
        }
    }
    for (size_t i = first; i < visits->n; i++) {
        if (visits->list[i].is_failing) {
            return CE_VERIFY_FAILS;
        }
        if (visits->list[i].problem != NULL) {
            is = CE_VERIFY_PARTLY;
        }
    }
    return is;
}

ce_verified
ce_verify(const ce_run *run, ce_model *model, ce_visits *visits)
{
    return ce_verify_change(run, model, NULL, NULL, visits);
}

static void
print_visit(const ce_visit *v, FILE *to)
{
    char set[128];
    size_t n = 0;

    fputs("  ", to);
    ce_terminal_put(to, tlsf_str_of(v->address));
    if (v->name != NULL) {
        fputs(" ", to);
        ce_terminal_put(to, tlsf_str_of(v->name));
    } else if (v->server->n_names > 0) {
        fputs(" (", to);
        ce_terminal_put(to, v->server->names[0]);
        fputs(", without a name)", to);
    }
    if (!v->was_visited) {
        fputs(": not visited: ", to);
        ce_terminal_put(to, tlsf_str_of(v->problem));
        fputs("\n", to);
        return;
    }
    set[0] = '\0';
    for (tlsf_version i = TLSF_TLSV1; i <= TLSF_TLSV13; i++) {
        const char *more = v->set & CE_BIT(i)       ? ""
                           : v->rescued & CE_BIT(i) ? " (rescued)"
                                                    : NULL;

        if (more != NULL) {
            n += (size_t)snprintf(set + n, sizeof(set) - n, " %s%s",
                                  tlsf_version_name(i).data, more);
        }
    }
    fprintf(to, ":%s%s%s\n", n == 0 ? " nothing" : set,
            v->problem == NULL ? "" : ": ",
            v->problem == NULL ? "" : v->problem);
}

void
ce_visits_print(const ce_visits *visits, FILE *to, bool all)
{
    for (size_t i = 0; i < visits->n; i++) {
        if (all || visits->list[i].problem != NULL) {
            print_visit(&visits->list[i], to);
        }
    }
}
