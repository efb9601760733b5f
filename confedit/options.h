/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: `confedit COMMAND [OPTION…] [CONFIG…]`. Options may stand
 * anywhere behind the command; `--name=value` and `--name value` are the same;
 * `--` ends them. What is not known is refused, with the nearest known name.
 */
#ifndef CE_OPTIONS_H
#define CE_OPTIONS_H

#include "arena.h"
#include "release.h"
#include "tree.h"
#include "tlsf_version.h"

/* Exit statuses (sysexits.h has the higher ones too). */
enum { CE_DONE = 0, CE_BELOW = 1, CE_USAGE = 64, CE_UNREADABLE = 65 };

typedef enum ce_option {
#define CE_OPTION(id, name, value, commands, help) CE_OPTION_##id,
#include "data/options.def"
    CE_N_OPTIONS
} ce_option;

/* Commands as a set. */
enum { CE_SHOW = 1, CE_CHECK = 2 };

typedef struct ce_list {
    const char **list;
    size_t n;
    size_t room;
} ce_list;

typedef struct ce_options {
    ce_arena *arena;
    bool has[CE_N_OPTIONS];
    ce_kind server;     /* with CE_OPTION_SERVER */
    ce_release release; /* all zero: not given */
    tlsf_version floor; /* with CE_OPTION_FLOOR */
    const char *root;
    ce_list defines;
    ce_list vhosts;
    ce_list configs;
} ce_options;

/*
 * Read the arguments behind the command.
 *
 *   command   CE_SHOW …
 *   argv      the first argument, NULL at the end
 *
 * Returns CE_DONE, or CE_USAGE when a sentence was printed to stderr.
 */
int ce_options_parse(ce_options *options, unsigned command,
                     const char *const *argv);

/* Print the options of a command, for its help. */
void ce_options_help(unsigned command);

/*
 * The name in a list that is nearest to a mistyped one; NULL when none is
 * near.
 *
 *   names, n   candidates; NULL entries are skipped
 */
const char *ce_nearest(const char *typed, const char *const *names, size_t n);

#endif
