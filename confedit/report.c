/* SPDX-License-Identifier: Apache-2.0 */
/* Tables for people; called by the commands. */
#include "report.h"

#include <stdlib.h>
#include <unistd.h>

/* One line of the table. */
typedef struct row {
    const char *cells[3]; /* name, address, protocols */
    const char *by;
    bool is_bad;
} row;

bool
ce_report_has_color(const ce_run *run, FILE *to)
{
    return !run->options->has[CE_OPTION_COLOR] && getenv("NO_COLOR") == NULL &&
           isatty(fileno(to));
}

/* Text of a configuration may hold anything; a terminal gets none of it. */
static const char *
printable(ce_arena *arena, tlsf_str s)
{
    char *text = ce_arena_text(arena, s);

    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) {
            text[i] = '?';
        }
    }
    return text;
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
name_of(const ce_config *config, const ce_server *server)
{
    if (server->n_names > 0 && server->names[0].len > 0) {
        return printable(config->arena, server->names[0]);
    }
    if (server->node == NULL) {
        return "(main server)";
    }
    ce_place place = ce_node_place(config->arena, server->node);

    return ce_arena_format(config->arena, "(%s:%zu)",
                           short_name(config, place.file), place.line);
}

static const char *
decided_by(const ce_config *config, const ce_endpoint *e)
{
    if (e->reason != NULL) {
        return e->reason;
    }
    if (e->n_lines == 0) {
        return ce_why_text(e->why);
    }
    /* The last line is the last word: of a sum, or a command behind it. */
    ce_place place = ce_node_place(config->arena, e->lines[e->n_lines - 1]);
    const char *more =
        e->n_lines == 1 ? ""
                        : ce_arena_format(config->arena, " and %zu before it",
                                          e->n_lines - 1);

    return ce_arena_format(config->arena, "%s:%zu%s, %s",
                           short_name(config, place.file), place.line, more,
                           ce_why_text(e->why));
}

static row
row_of(const ce_config *config, const ce_server *server, const ce_endpoint *e,
       tlsf_version floor)
{
    row r = {{name_of(config, server), printable(config->arena, e->address),
              "no TLS"},
             "",
             false};

    if (!e->is_tls) {
        return r;
    }
    r.by = decided_by(config, e);
    if (e->is_rejecting) {
        r.cells[2] = "rejected";
    } else if (e->why == CE_WHY_UNDECIDED) {
        r.cells[2] = "undecided";
    } else {
        r.cells[2] = ce_set_text(config->arena, e->set);
    }
    r.is_bad = floor != TLSF_VERSION_OTHER && ce_endpoint_is_below(e, floor);
    return r;
}

static void
print_rows(const row *rows, size_t n, FILE *to, bool has_color)
{
    int widths[3] = {6, 7, 9};

    for (size_t i = 0; i < n; i++) {
        for (size_t c = 0; c < 3; c++) {
            int w = (int)strlen(rows[i].cells[c]);

            widths[c] = w > widths[c] ? w : widths[c];
        }
    }
    fprintf(to, "  %-*s  %-*s  %-*s  %s\n", widths[0], "SERVER", widths[1],
            "ADDRESS", widths[2], "PROTOCOLS", "DECIDED BY");
    for (size_t i = 0; i < n; i++) {
        const row *r = &rows[i];
        bool has_by = r->by[0] != '\0';

        fprintf(to, "%s %-*s  %-*s  %s%-*s%s%s%s\n", r->is_bad ? "!" : " ",
                widths[0], r->cells[0], widths[1], r->cells[1],
                has_color && r->is_bad ? "\033[31m" : "",
                has_by ? widths[2] : 0, r->cells[2],
                has_color && r->is_bad ? "\033[0m" : "", has_by ? "  " : "",
                r->by);
    }
}

static void
print_config(const ce_run *run, size_t index, FILE *to, tlsf_version floor,
             bool has_color)
{
    const ce_config *config = &run->configs[index];
    const ce_model *model = &run->models[index];
    const unsigned *part = config->release.part;
    row *rows = NULL;
    size_t n = 0;
    size_t room = 0;

    for (size_t i = 0; i < model->n; i++) {
        const ce_server *server = &model->servers[i];

        for (size_t k = 0; k < server->n_endpoints && ce_run_wants(run, server);
             k++) {
            rows = ce_arena_grow(config->arena, rows, n, &room, sizeof(row));
            rows[n++] = row_of(config, server, &server->endpoints[k], floor);
        }
    }
    fprintf(to, "%s", config->kind == CE_APACHE ? "Apache" : "nginx");
    if (ce_release_is_known(config->release)) {
        fprintf(to, " %u.%u.%u", part[0], part[1], part[2]);
    } else {
        fputs(" (version not known)", to);
    }
    fprintf(to, "  %s%s\n", config->main,
            config->is_fragment ? "  (a lone file)" : "");
    if (n == 0) {
        fputs("  no virtual host\n", to);
        return;
    }
    print_rows(rows, n, to, has_color);
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
            print_config(run, i, to, floor, has_color);
        }
    }
}
