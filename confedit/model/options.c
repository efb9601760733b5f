/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments of a command; called by the commands. */
#include "options.h"

#include <stdio.h>

#include "option_value.h"

/* Commands that have options in common. */
#define EDITS  (CE_RAISE | CE_LOWER | CE_SET)
#define WRITES (EDITS | CE_UNDO)
#define SETS   (WRITES | CE_HISTORY)
#define VIEWS  (CE_SHOW | CE_CHECK | EDITS)
#define TREES  (VIEWS | CE_UNDO)
#define ROOTED (TREES | CE_HISTORY)
#define FLOORS (CE_CHECK | CE_RAISE | CE_LOWER)
#define ALL    (~0U)

static const struct {
    const char *name;
    const char *value;
    unsigned commands;
    const char *help;
} rows[CE_N_OPTIONS] = {
#define CE_OPTION(id, name, value, commands, help)                             \
    [CE_OPTION_##id] = {name, value, commands, help},
#include "data/options.def"
};

/* How many letters must change to make b of a (at most 32 letters). */
static size_t
distance(const char *a, const char *b)
{
    size_t row[33];
    size_t n = strlen(b);

    if (strlen(a) > 32 || n > 32) {
        return 99;
    }
    for (size_t k = 0; k <= n; k++) {
        row[k] = k;
    }
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t corner = row[0];

        row[0] = i;
        for (size_t k = 1; k <= n; k++) {
            size_t best = corner + (a[i - 1] != b[k - 1]);

            best = row[k] + 1 < best ? row[k] + 1 : best;
            best = row[k - 1] + 1 < best ? row[k - 1] + 1 : best;
            corner = row[k];
            row[k] = best;
        }
    }
    return row[n];
}

const char *
ce_nearest(const char *typed, const char *const *names, size_t n)
{
    const char *best = NULL;
    size_t least = 3;

    for (size_t i = 0; i < n; i++) {
        if (names[i] == NULL) {
            continue;
        }
        size_t d = distance(typed, names[i]);

        if (d < least && d < strlen(names[i])) {
            least = d;
            best = names[i];
        }
    }
    return best;
}

static int
refuse_option(const char *arg, const char *name, unsigned command)
{
    const char *names[CE_N_OPTIONS];

    for (size_t i = 0; i < CE_N_OPTIONS; i++) {
        names[i] = rows[i].commands & command ? rows[i].name : NULL;
    }
    const char *near = ce_nearest(name, names, CE_N_OPTIONS);

    for (size_t i = 0; i < CE_N_OPTIONS; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            fprintf(stderr,
                    "confedit: %s is an option of other commands; confedit "
                    "COMMAND --help lists those of each\n",
                    arg);
            return CE_USAGE;
        }
    }
    fprintf(stderr, "confedit: there is no option %s here", arg);
    if (near != NULL) {
        fprintf(stderr, "; did you mean --%s?", near);
    }
    fputs("\n", stderr);
    return CE_USAGE;
}

static void
add(ce_options *o, ce_list *list, const char *text)
{
    list->list = ce_arena_grow(o->arena, list->list, list->n, &list->room,
                               sizeof(char *));
    list->list[list->n++] = text;
}

static int
take(ce_options *o, ce_option id, const char *value)
{
    o->has[id] = true;
    o->value[id] = value;
    switch (id) {
    case CE_OPTION_DEFINE:
        add(o, &o->defines, value);
        return CE_DONE;
    case CE_OPTION_VHOST:
        add(o, &o->vhosts, value);
        return CE_DONE;
    default:
        break;
    }
    const char *want = ce_option_take(o, id, value);

    if (want != NULL) {
        fprintf(stderr, "confedit: --%s is %s, not “%s”\n", rows[id].name, want,
                value);
        return CE_USAGE;
    }
    return CE_DONE;
}

/* The option of an argument; CE_N_OPTIONS: none. */
static ce_option
find(ce_options *o, const char *arg, unsigned command, const char **value)
{
    size_t n = strcspn(arg, "=");
    const char *name = ce_arena_text(o->arena, (tlsf_str){arg, n});

    *value = arg[n] == '=' ? arg + n + 1 : NULL;
    for (ce_option id = 0; id < CE_N_OPTIONS; id++) {
        if (strcmp(rows[id].name, name) == 0 && rows[id].commands & command) {
            return id;
        }
    }
    return CE_N_OPTIONS;
}

/* -D NAME, -DNAME, -h; anything else is none. */
static ce_option
find_short(const char *arg, const char **value)
{
    *value = arg[2] != '\0' ? arg + 2 : NULL;
    if (arg[1] == 'D') {
        return CE_OPTION_DEFINE;
    }
    return strcmp(arg, "-h") == 0 ? CE_OPTION_HELP : CE_N_OPTIONS;
}

static int
take_option(ce_options *o, unsigned command, const char *const **argv)
{
    const char *arg = **argv;
    const char *value;
    bool is_long = arg[1] == '-';
    ce_option id =
        is_long ? find(o, arg + 2, command, &value) : find_short(arg, &value);

    if (id == CE_N_OPTIONS) {
        size_t n = strcspn(arg, "=");
        const char *name = ce_arena_text(o->arena, (tlsf_str){arg, n});

        return refuse_option(name, name + (is_long ? 2 : 1), command);
    }
    if (rows[id].value == NULL && value != NULL) {
        fprintf(stderr, "confedit: --%s takes no value\n", rows[id].name);
        return CE_USAGE;
    }
    if (rows[id].value != NULL && value == NULL) {
        value = *++*argv;
        if (value == NULL) {
            fprintf(stderr, "confedit: --%s needs a value: %s\n", rows[id].name,
                    rows[id].value);
            return CE_USAGE;
        }
    }
    return take(o, id, value);
}

/* Paths of the system are no longer. */
#define MAX_ARGUMENT 4096

bool
ce_options_are_text(const char *const *argv)
{
    for (size_t i = 0; argv[i] != NULL; i++) {
        size_t n = strlen(argv[i]);

        if (n > MAX_ARGUMENT) {
            fprintf(stderr,
                    "confedit: argument %zu has %zu bytes; %d are enough\n",
                    i + 1, n, MAX_ARGUMENT);
            return false;
        }
        for (size_t k = 0; k < n; k++) {
            if ((unsigned char)argv[i][k] < 0x20 || argv[i][k] == 0x7f) {
                fprintf(stderr,
                        "confedit: argument %zu has a control character; give "
                        "it without\n",
                        i + 1);
                return false;
            }
        }
    }
    return true;
}

static int
add_config(ce_options *o, const char *name)
{
    if (name[0] == '\0') {
        fputs("confedit: the name of a configuration is empty\n", stderr);
        return CE_USAGE;
    }
    add(o, &o->configs, name);
    return CE_DONE;
}

int
ce_options_parse(ce_options *options, unsigned command, const char *const *argv)
{
    bool are_over = false;
    int status = CE_DONE;

    for (; *argv != NULL; argv++) {
        const char *arg = *argv;

        if (are_over || arg[0] != '-') {
            status = add_config(options, arg);
        } else if (strcmp(arg, "--") == 0) {
            are_over = true;
        } else if (strcmp(arg, "-") == 0) {
            fputs("confedit: a configuration cannot come from standard "
                  "input, since includes are looked up from its file\n",
                  stderr);
            return CE_USAGE;
        } else {
            status = take_option(options, command, &argv);
        }
        if (status != CE_DONE) {
            return status;
        }
    }
    return CE_DONE;
}

void
ce_options_help(unsigned command)
{
    for (size_t i = 0; i < CE_N_OPTIONS; i++) {
        if (rows[i].commands & command) {
            char name[64];

            snprintf(name, sizeof(name), "--%s%s%s", rows[i].name,
                     rows[i].value == NULL ? "" : " ",
                     rows[i].value == NULL ? "" : rows[i].value);
            printf("  %-26s %s\n", name, rows[i].help);
        }
    }
}
