/* SPDX-License-Identifier: Apache-2.0 */
/* Visits of running servers; called by the commands that write. */
#include "verify.h"

#include "probe.h"
#include "progress.h"
#include "starttls.h"
#include "terminal.h"
#include "verify_door.h"
#include "verify_name.h"

/* Versions whose loss is a failure; older ones may be forbidden elsewhere. */
#define MODERN (CE_BIT(TLSF_TLSV12) | CE_BIT(TLSF_TLSV13))

/* A visit that is to be made, or why there is none. */
typedef struct call {
    const ce_server *server;
    const ce_endpoint *endpoint;
    size_t group; /* doors of one endpoint, by one name: one must answer */
    ce_target target;
    const char *reason; /* NULL: it is to be made */
} call;

typedef struct round {
    const ce_run *run;
    ce_arena *arena;
    ce_model *model;
    const ce_visits *before;
    ce_visits *visits;
    ce_street street;
    ce_names names;
    const ce_server *server;
    const ce_endpoint *endpoint;
    ce_doors doors;
    call *calls;
    size_t n;
    size_t room;
    size_t groups;
} round;

static call *
add_call(round *r)
{
    r->calls = ce_arena_grow(r->arena, r->calls, r->n, &r->room, sizeof(call));
    r->calls[r->n] = (call){
        .server = r->server, .endpoint = r->endpoint, .group = r->groups};
    return &r->calls[r->n++];
}

static void
add_reason(round *r, const char *reason)
{
    r->groups++;
    add_call(r)->reason = reason;
}

static ce_visit *
add_visit(const round *r, const call *c, const char *address)
{
    ce_visits *v = r->visits;

    v->list =
        ce_arena_grow(r->arena, v->list, v->n, &v->room, sizeof(ce_visit));
    v->list[v->n] = (ce_visit){.server = c->server,
                               .endpoint = c->endpoint,
                               .address = address,
                               .name = c->target.name};
    return &v->list[v->n++];
}

static void
add_unvisited(const round *r, const call *c, const char *reason)
{
    add_visit(r, c, ce_arena_text(r->arena, c->endpoint->address))->problem =
        reason;
}

static bool
is_same(const char *a, const char *b)
{
    return tlsf_str_eq(tlsf_str_of(a), tlsf_str_of(b));
}

/* The same visit before the change; NULL: there was none. */
static const ce_visit *
find_before(const round *r, const ce_visit *visit)
{
    for (size_t i = 0; r->before != NULL && i < r->before->n; i++) {
        const ce_visit *b = &r->before->list[i];

        if (b->was_visited && is_same(b->address, visit->address) &&
            is_same(b->name, visit->name)) {
            return b;
        }
    }
    return NULL;
}

/* Whether the loss of versions is a failure: not of those that were missing
 * before. But a server that served anything must not end up with nothing. */
static bool
is_failing(const round *r, const ce_visit *visit, unsigned lost)
{
    const ce_visit *b = find_before(r, visit);

    if (b != NULL && (visit->set != 0 || b->set == 0)) {
        lost &= b->set;
    }
    return (lost & MODERN) != 0;
}

static void
judge(const round *r, ce_visit *visit, const ce_probe *probe)
{
    const ce_endpoint *e = visit->endpoint;
    unsigned wanted = e->set & ~e->unreachable & CE_PROBED & ~probe->untried;
    unsigned more = probe->set & ~e->set;
    unsigned lost = wanted & ~probe->set;
    ce_probe doubt = {.unknown = probe->unknown & ~wanted};

    visit->set = probe->set;
    visit->rescued = probe->rescued;
    visit->was_visited = probe->problem == NULL || more != 0;
    if (more != 0) {
        visit->problem = ce_arena_format(r->arena, "still serves %s",
                                         ce_set_text(r->arena, more));
        visit->is_failing = true;
    } else if (probe->problem != NULL) {
        visit->problem = probe->problem;
        /* It answers nobody any more, and did before. */
        visit->is_failing = visit->set == 0 && find_before(r, visit) != NULL &&
                            is_failing(r, visit, lost);
    } else if (lost != 0) {
        visit->problem = ce_arena_format(r->arena, "does not serve %s",
                                         ce_set_text(r->arena, lost));
        visit->is_failing = is_failing(r, visit, lost);
    } else {
        visit->problem = ce_probe_doubt(r->arena, &doubt);
    }
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

/* By one name, at every door. */
static void
call_by(round *r, const char *name)
{
    r->groups++;
    for (size_t i = 0; i < r->doors.n; i++) {
        ce_target *target = &add_call(r)->target;

        *target = (ce_target){.host = r->doors.hosts[i],
                              .port = r->doors.port,
                              .name = name,
                              .is_proxied = r->doors.is_proxied};
        if (r->endpoint->is_starttls) {
            target->starttls = starttls_of(r->server, r->endpoint);
        }
    }
}

static void
call_at(round *r)
{
    const ce_endpoint *e = r->endpoint;
    size_t before = r->groups;
    const char *name;
    size_t at = 0;

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
        call_by(r, NULL);
    }
    while ((name = ce_names_next(&r->names, r->server, e, &at)) != NULL) {
        call_by(r, name);
    }
    if (r->groups == before) {
        add_reason(r, "no name leads to it");
    }
}

/* Make the visits of all calls. */
static ce_probe *
visit_all(const round *r)
{
    const ce_target **targets =
        ce_arena_alloc(r->arena, r->n * sizeof(*targets));
    ce_probe *found = ce_arena_alloc(r->arena, r->n * sizeof(ce_probe));
    const ce_options *o = r->run->options;
    size_t n = 0;

    for (size_t i = 0; i < r->n; i++) {
        if (r->calls[i].reason == NULL) {
            targets[n++] = &r->calls[i].target;
        }
    }
    ce_progress_begin(!o->has[CE_OPTION_QUIET] && !o->has[CE_OPTION_JSON]);
    ce_probe_all(r->arena, targets, n, found);
    ce_progress_end();
    return found;
}

/* What came of the calls, in their order. */
static void
take_all(const round *r, const ce_probe *found)
{
    for (size_t i = 0, end; i < r->n; i = end) {
        const char *reason = r->calls[i].reason;
        bool is_answered = false;

        for (end = i; end < r->n && r->calls[end].group == r->calls[i].group;
             end++) {
            const call *c = &r->calls[end];
            const ce_target *t = &c->target;

            if (c->reason != NULL) {
                continue;
            }
            if (found->address == NULL) {
                reason = reason == NULL ? found->problem : reason;
            } else {
                bool is_v6 = strchr(t->host, ':') != NULL;

                is_answered = true;
                judge(r,
                      add_visit(r, c,
                                ce_arena_format(r->arena,
                                                is_v6 ? "[%s]:%s" : "%s:%s",
                                                t->host, t->port)),
                      found);
            }
            found++;
        }
        if (!is_answered) {
            add_unvisited(r, &r->calls[i], reason);
        }
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

    r.names = (ce_names){.arena = r.arena, .model = model};
    ce_street_read(&r.street, model);
    for (size_t i = 0; i < model->n; i++) {
        r.server = &model->servers[i];
        for (size_t k = 0; k < r.server->n_endpoints; k++) {
            r.endpoint = &r.server->endpoints[k];
            if (r.endpoint->is_tls && !r.endpoint->is_rejecting &&
                ce_run_wants(run, r.server) && is_changed(model, other, i, k)) {
                call_at(&r);
            }
        }
    }
    take_all(&r, visit_all(&r));
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
    } else if (v->server->n_names > 0 && !v->endpoint->is_anywhere) {
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
    fprintf(to, ":%s", n == 0 ? " nothing" : set);
    if (v->problem != NULL) {
        fputs(": ", to);
        ce_terminal_put(to, tlsf_str_of(v->problem));
    }
    fputs("\n", to);
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
