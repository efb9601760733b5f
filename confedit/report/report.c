/* SPDX-License-Identifier: Apache-2.0 */
/* Tables for people; called by the commands. */
#include "report.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "outbound.h"
#include "terminal.h"

/* The table under way. */
typedef struct table {
    const ce_run *run;
    const ce_config *config;
    FILE *to;
    tlsf_version floor;
    bool has_color;
    size_t widths[3];                             /* name, address, protocols */
    const char *sets[CE_BIT(TLSF_VERSION_OTHER)]; /* in words, once each */
} table;

bool
ce_report_has_color(const ce_run *run, FILE *to)
{
    return !run->options->has[CE_OPTION_COLOR] && getenv("NO_COLOR") == NULL &&
           isatty(fileno(to));
}

/* A name relative to the folder of the main file, when it lies in there. */
static const char *
short_name(const ce_config *config, const char *file)
{
    const char *slash = strrchr(config->main, '/');
    size_t n = slash == NULL ? 0 : (size_t)(slash - config->main) + 1;

    return strncmp(file, config->main, n) == 0 ? file + n : file;
}

static const char *
protocols_of(table *t, const ce_endpoint *e)
{
    if (!e->is_tls) {
        return "no TLS";
    }
    if (e->is_rejecting) {
        return "rejected";
    }
    if (e->why == CE_WHY_UNDECIDED) {
        return "undecided";
    }
    if (t->sets[e->set] == NULL) {
        t->sets[e->set] = ce_set_text(t->config->arena, e->set);
    }
    return t->sets[e->set];
}

/* The name of a server; room is for one that has none. */
static tlsf_str
name_of(const table *t, const ce_server *server, char *room, size_t n)
{
    if (server->n_names > 0 && server->names[0].len > 0) {
        return server->names[0];
    }
    if (server->node == NULL) {
        return TLSF_LIT("(main server)");
    }
    ce_place place = ce_node_place(t->config->arena, server->node);

    snprintf(room, n, "(%s:%zu)", short_name(t->config, place.file),
             place.line);
    return tlsf_str_of(room);
}

static void
print_decided_by(const table *t, const ce_endpoint *e)
{
    if (e->reason != NULL) {
        ce_terminal_put(t->to, tlsf_str_of(e->reason));
        return;
    }
    if (e->n_lines == 0) {
        fputs(ce_why_text(e->why), t->to);
        return;
    }
    /* The last line is the last word: of a sum, or a command behind it. */
    ce_place place = ce_node_place(t->config->arena, e->lines[e->n_lines - 1]);

    ce_terminal_put(t->to, tlsf_str_of(short_name(t->config, place.file)));
    fprintf(t->to, ":%zu", place.line);
    if (e->n_lines > 1) {
        fprintf(t->to, " and %zu before it", e->n_lines - 1);
    }
    fprintf(t->to, ", %s", ce_why_text(e->why));
}

static void
print_cell(const table *t, size_t column, tlsf_str text)
{
    int blanks = (int)(t->widths[column] - ce_terminal_width(text)) + 2;

    ce_terminal_put(t->to, text);
    fprintf(t->to, "%*s", blanks, "");
}

static void
print_row(table *t, const ce_server *server, const ce_endpoint *e)
{
    char room[PATH_MAX];
    const char *protocols = protocols_of(t, e);
    bool is_bad =
        t->floor != TLSF_VERSION_OTHER && ce_endpoint_is_below(e, t->floor);
    bool is_red = is_bad && t->has_color;

    fputs(is_bad ? "! " : "  ", t->to);
    print_cell(t, 0, name_of(t, server, room, sizeof(room)));
    print_cell(t, 1, e->address);
    fputs(is_red ? "\033[31m" : "", t->to);
    if (!e->is_tls) {
        fputs(protocols, t->to);
    } else {
        print_cell(t, 2, tlsf_str_of(protocols));
    }
    fputs(is_red ? "\033[0m" : "", t->to);
    if (e->is_tls) {
        print_decided_by(t, e);
    }
    fputs("\n", t->to);
}

static void
widen(table *t, size_t column, tlsf_str text)
{
    size_t width = ce_terminal_width(text);

    t->widths[column] = width > t->widths[column] ? width : t->widths[column];
}

static void
measure_row(table *t, const ce_server *server, const ce_endpoint *e)
{
    char room[PATH_MAX];

    widen(t, 0, name_of(t, server, room, sizeof(room)));
    widen(t, 1, e->address);
    widen(t, 2, tlsf_str_of(protocols_of(t, e)));
}

/* All rows, measured or printed: they are kept nowhere. Returns how many. */
static size_t
walk_rows(table *t, const ce_model *model, bool is_printing)
{
    size_t n = 0;

    for (size_t i = 0; i < model->n; i++) {
        const ce_server *server = &model->servers[i];

        if (!ce_run_wants(t->run, server)) {
            continue;
        }
        for (size_t k = 0; k < server->n_endpoints; k++, n++) {
            if (is_printing) {
                print_row(t, server, &server->endpoints[k]);
            } else {
                measure_row(t, server, &server->endpoints[k]);
            }
        }
    }
    return n;
}

static void
print_head(const ce_config *config, FILE *to)
{
    const unsigned *part = config->release.part;

    fputs(config->kind == CE_APACHE ? "Apache" : "nginx", to);
    if (ce_release_is_known(config->release)) {
        fprintf(to, " %u.%u.%u", part[0], part[1], part[2]);
    } else {
        fputs(" (version not known)", to);
    }
    fputs("  ", to);
    ce_terminal_put(to, tlsf_str_of(config->main));
    fputs(config->is_fragment ? "  (a lone file)\n" : "\n", to);
}

/* What the server asks of others; it is no answer to its own clients. */
static void
print_outbound(const table *t, const ce_model *model)
{
    const ce_node *n = NULL;
    bool is_first = true;

    while ((n = ce_outbound_next(t->run, model, n)) != NULL) {
        ce_place place = ce_node_place(t->config->arena, n);
        unsigned set = ce_outbound_set(model, n);

        fputs(is_first ? "  Outbound, as a client of others:\n" : "", t->to);
        is_first = false;
        fputs("    ", t->to);
        ce_terminal_put(t->to, tlsf_str_of(short_name(t->config, place.file)));
        fprintf(t->to, ":%zu  ", place.line);
        ce_terminal_put(t->to, n->name);
        fprintf(t->to, ": %s\n",
                set == 0 ? "undecided" : ce_set_text(t->config->arena, set));
    }
}

static void
print_config(table *t, const ce_model *model)
{
    t->widths[0] = 6;
    t->widths[1] = 7;
    t->widths[2] = 9;
    print_head(t->config, t->to);
    if (walk_rows(t, model, false) == 0) {
        fputs("  no virtual host\n", t->to);
        print_outbound(t, model);
        return;
    }
    fprintf(t->to, "  %-*s  %-*s  %-*s  %s\n", (int)t->widths[0], "SERVER",
            (int)t->widths[1], "ADDRESS", (int)t->widths[2], "PROTOCOLS",
            "DECIDED BY");
    walk_rows(t, model, true);
    print_outbound(t, model);
}

void
ce_report_table(const ce_run *run, FILE *to, tlsf_version floor, bool has_color)
{
    for (size_t i = 0; i < run->n; i++) {
        const ce_diag *diag = run->configs[i].diag;

        if (i > 0) {
            fputs("\n", to);
        }
        if (diag->count[CE_ERROR] == 0) {
            table t = {.run = run,
                       .config = &run->configs[i],
                       .to = to,
                       .floor = floor,
                       .has_color = has_color};

            print_config(&t, &run->models[i]);
        }
    }
}
