/* SPDX-License-Identifier: Apache-2.0 */
/* Judges a raise by the modules' metrics; called by the commands that edit. */
#include "impact.h"

#include <math.h>
#include <time.h>
#include <unistd.h>

#include "fetch.h"
#include "map.h"
#include "openmetrics.h"
#include "terminal.h"

#define FEWEST       1000 /* requests that a share needs */
#define LONGEST_NAME 255  /* the modules cut a host's name here */

/* What the metrics say about one virtual host. */
typedef struct host {
    double requests;
    double below;       /* the floor that is to be */
    double last_at;     /* seconds since 1970; 0: never */
    double since;       /* clients below are looked for; 0: not told */
    bool is_known;      /* its module counts */
    tlsf_version floor; /* the module's own */
} host;

typedef struct impact {
    const ce_options *options;
    ce_arena *arena;
    ce_map by_name; /* indexes into the hosts */
    host *hosts;
    size_t n;
    size_t room;
    int status;
} impact;

static host *
host_of(impact *im, tlsf_str name)
{
    size_t index;

    if (ce_map_find(&im->by_name, name, &index)) {
        return &im->hosts[index];
    }
    im->hosts =
        ce_arena_grow(im->arena, im->hosts, im->n, &im->room, sizeof(host));
    ce_map_set(im->arena, &im->by_name, name, im->n);
    return &im->hosts[im->n++];
}

/* The later one: of several servers' metrics in one document, too. */
static void
take_instant(double *at, double value)
{
    *at = value > *at ? value : *at;
}

/* Returns false for a number that none of the modules gives. */
static bool
take_sample(impact *im, const ce_sample *s)
{
    tlsf_str name = ce_sample_label(s, "vhost");

    if (!tlsf_str_starts_nocase(s->name, TLSF_LIT("tlsfloor_"))) {
        return true;
    }
    if (!isfinite(s->value) || s->value < 0) {
        return false;
    }
    if (tlsf_str_eq(s->name, TLSF_LIT("tlsfloor_requests_total"))) {
        host *h = host_of(im, name);

        h->requests += s->value;
        if (tlsf_version_parse(ce_sample_label(s, "version")) <
            im->options->floor) {
            h->below += s->value;
        }
    } else if (tlsf_str_eq(s->name, TLSF_LIT("tlsfloor_last_below_floor_"
                                             "timestamp_seconds"))) {
        take_instant(&host_of(im, name)->last_at, s->value);
    } else if (tlsf_str_eq(s->name, TLSF_LIT("tlsfloor_watching_since_"
                                             "timestamp_seconds"))) {
        take_instant(&host_of(im, name)->since, s->value);
    } else if (tlsf_str_eq(s->name, TLSF_LIT("tlsfloor_stage_info"))) {
        host *h = host_of(im, name);

        h->floor = tlsf_version_parse(ce_sample_label(s, "floor"));
        h->is_known = h->floor != TLSF_VERSION_OTHER;
    }
    return true;
}

/* Read all samples; NULL, or what is wrong with the document. */
static const char *
take_all(impact *im, tlsf_str text)
{
    ce_sample sample;
    size_t at = 0;
    int found;

    while ((found = ce_openmetrics_next(im->arena, text, &at, &sample)) > 0) {
        if (!take_sample(im, &sample)) {
            return ce_arena_format(im->arena,
                                   "%.*s has a value that is no "
                                   "count and no time",
                                   (int)sample.name.len, sample.name.data);
        }
    }
    return found == 0 ? NULL : "the answer is no metrics text";
}

/* The lowest port at which a server speaks TLS. */
static unsigned
port_of(const ce_server *server)
{
    unsigned lowest = 0;

    for (size_t i = 0; i < server->n_endpoints; i++) {
        const ce_endpoint *e = &server->endpoints[i];

        if (e->is_tls && e->port != 0 && (lowest == 0 || e->port < lowest)) {
            lowest = e->port;
        }
    }
    return lowest;
}

/* The label that the module gives to a server, as its adapters make it. */
static tlsf_str
label_of(const impact *im, const ce_server *server, unsigned port)
{
    tlsf_str name = server->n_names > 0 ? server->names[0] : TLSF_LIT("");
    size_t scheme = tlsf_str_find(name, TLSF_LIT("://"));
    char own[LONGEST_NAME] = "";

    if (tlsf_str_eq_nocase(name, TLSF_LIT("$hostname")) &&
        gethostname(own, sizeof(own) - 1) == 0) {
        name = tlsf_str_of(own);
    }
    name.len = name.len < LONGEST_NAME ? name.len : LONGEST_NAME;
    if (name.len > 0 && name.data[0] == '~') {
        return tlsf_str_of(ce_arena_format(im->arena, "%.*s:%u", (int)name.len,
                                           name.data, port));
    }
    if (scheme < name.len) {
        name = tlsf_str_sub(name, scheme + 3, name.len - scheme - 3);
    }
    name.len = tlsf_str_find(name, TLSF_LIT(":"));
    if (name.len > 0 && name.data[0] == '.') {
        name = tlsf_str_sub(name, 1, name.len - 1);
    }
    char *text =
        ce_arena_format(im->arena, "%.*s:%u", name.len == 0 ? 1 : (int)name.len,
                        name.len == 0 ? "_" : name.data, port);
    for (char *p = text; *p != '\0'; p++) {
        *p = tlsf_lower(*p);
    }
    return tlsf_str_of(text);
}

static void
refuse(impact *im, int status, tlsf_str label, const char *why)
{
    fputs("confedit: ", stderr);
    ce_terminal_put(stderr, label);
    fprintf(stderr, ": %s\n", why);
    if (im->status != CE_NOT_LIVE) {
        im->status = status;
    }
}

static void
judge_share(impact *im, tlsf_str label, const host *h)
{
    double most = im->options->max_impact;

    if (h->requests < FEWEST) {
        refuse(im, CE_NOT_LIVE, label,
               ce_arena_format(im->arena,
                               "%.0f requests since its counters began are "
                               "too few to judge by; %d are needed",
                               h->requests, FEWEST));
    } else if (h->below > most * h->requests) {
        refuse(im, CE_BELOW, label,
               ce_arena_format(
                   im->arena,
                   "%.0f of %.0f requests (%.3g%%) came below "
                   "%s; --max-impact allows %.3g%%",
                   h->below, h->requests, 100 * h->below / h->requests,
                   tlsf_version_name(im->options->floor).data, 100 * most));
    }
}

/* A time in the unit that is the largest one that fits. */
static const char *
time_text(ce_arena *arena, double seconds)
{
    static const struct {
        double seconds;
        const char *name;
    } units[] = {{86400, "days"}, {3600, "hours"}, {60, "minutes"}};

    for (size_t i = 0; i < TLSF_COUNTOF(units); i++) {
        if (seconds >= 2 * units[i].seconds) {
            return ce_arena_format(arena, "%.0f %s", seconds / units[i].seconds,
                                   units[i].name);
        }
    }
    return ce_arena_format(arena, "%.0f seconds", seconds < 0 ? 0 : seconds);
}

static void
judge_time(impact *im, tlsf_str label, const host *h)
{
    ce_arena *arena = im->arena;
    const char *floor = tlsf_version_name(h->floor).data;
    double wanted = (double)im->options->unseen_for;
    double now = (double)time(NULL);

    if (h->floor < im->options->floor) {
        refuse(im, CE_NOT_LIVE, label,
               ce_arena_format(arena,
                               "its module looks for clients below %s, not "
                               "below %s; set its floor first",
                               floor,
                               tlsf_version_name(im->options->floor).data));
    } else if (now - h->last_at < wanted) {
        refuse(im, CE_BELOW, label,
               ce_arena_format(
                   arena,
                   "a client below %s came %s ago; --unseen-for asks for %s",
                   floor, time_text(arena, now - h->last_at),
                   time_text(arena, wanted)));
    } else if (h->since == 0) {
        refuse(im, CE_NOT_LIVE, label,
               "its metrics do not tell since when the module looks for such "
               "clients (tlsfloor_watching_since_timestamp_seconds)");
    } else if (now - h->since < wanted) {
        refuse(im, CE_BELOW, label,
               ce_arena_format(arena,
                               "its module has looked for clients below %s "
                               "for %s only; --unseen-for asks for %s",
                               floor, time_text(arena, now - h->since),
                               time_text(arena, wanted)));
    }
}

/* The row of a server; Apache's main server may count under its usual port. */
static const host *
find(impact *im, const ce_server *server, tlsf_str *label)
{
    size_t index;

    *label = label_of(im, server, port_of(server));
    if (!ce_map_find(&im->by_name, *label, &index) &&
        !(server->node == NULL &&
          ce_map_find(&im->by_name, label_of(im, server, 443), &index))) {
        return NULL;
    }
    return im->hosts[index].is_known ? &im->hosts[index] : NULL;
}

static int
judge_all(impact *im, const ce_server *const *servers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        tlsf_str label;
        const host *h = find(im, servers[i], &label);

        if (h == NULL) {
            refuse(im, CE_NOT_LIVE, label,
                   "tlsfloor's metrics do not have this virtual host");
            continue;
        }
        if (im->options->has[CE_OPTION_MAX_IMPACT]) {
            judge_share(im, label, h);
        }
        if (im->options->has[CE_OPTION_UNSEEN_FOR]) {
            judge_time(im, label, h);
        }
    }
    return im->status;
}

static void
say_url(const char *url, const char *problem)
{
    fputs("confedit: --metrics ", stderr);
    ce_terminal_put(stderr, tlsf_str_of(url));
    fputs(": ", stderr);
    ce_terminal_put(stderr, tlsf_str_of(problem));
    fputs("\n", stderr);
}

int
ce_impact(const ce_options *options, const ce_server *const *servers, size_t n)
{
    impact im = {.options = options, .arena = options->arena};
    const char *url = options->value[CE_OPTION_METRICS];
    tlsf_str text;

    if (!options->has[CE_OPTION_MAX_IMPACT] &&
        !options->has[CE_OPTION_UNSEEN_FOR]) {
        return CE_DONE;
    }
    if (url == NULL) {
        fputs("confedit: --max-impact and --unseen-for need --metrics URL\n",
              stderr);
        return CE_USAGE;
    }
    if (!ce_fetch_can(url)) {
        say_url(url, "it must begin with http://, https:// or file://");
        return CE_USAGE;
    }
    const char *problem = ce_fetch(im.arena, url, &text);
    if (problem == NULL) {
        problem = take_all(&im, text);
    }
    if (problem != NULL) {
        say_url(url, problem);
        return CE_NOT_LIVE;
    }
    return judge_all(&im, servers, n);
}
