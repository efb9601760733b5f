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

/* Exit statuses; those from 64 on are sysexits.h's. */
enum {
    CE_DONE = 0,         /* or nothing to do */
    CE_BELOW = 1,        /* some servers stay below the floor */
    CE_CHANGED = 2,      /* with --detailed-exitcodes: done, with changes */
    CE_USAGE = 64,       /* the command line is wrong */
    CE_UNREADABLE = 65,  /* the configuration cannot be read */
    CE_NOT_LIVE = 69,    /* reload, verify or metrics failed; all is back */
    CE_BROKEN = 70,      /* neither change nor roll-back is complete */
    CE_UNWRITABLE = 73,  /* cannot create or write: EX_CANTCREAT */
    CE_IO = 74,          /* cannot write: EX_IOERR */
    CE_LOCKED = 75,      /* another confedit is at work */
    CE_NOT_ALLOWED = 77, /* permission, or a path that is not safe */
    CE_REFUSED = 78      /* the server's own test refused; all is back */
};

typedef enum ce_option {
#define CE_OPTION(id, name, value, commands, help) CE_OPTION_##id,
#include "data/options.def"
    CE_N_OPTIONS
} ce_option;

/* Commands as a set. */
enum {
    CE_SHOW = 1,
    CE_CHECK = 2,
    CE_RAISE = 4,
    CE_LOWER = 8,
    CE_SET = 16,
    CE_UNDO = 32,
    CE_HISTORY = 64,
    CE_PROBE = 128
};

/* How TLS begins. */
typedef enum ce_starttls {
    CE_STARTTLS_NONE,
    CE_STARTTLS_SMTP,
    CE_STARTTLS_IMAP,
    CE_STARTTLS_POP3
} ce_starttls;

typedef struct ce_list {
    const char **list;
    size_t n;
    size_t room;
} ce_list;

typedef struct ce_options {
    ce_arena *arena;
    bool has[CE_N_OPTIONS];
    const char *value[CE_N_OPTIONS]; /* as given; NULL: none */
    ce_kind server;                  /* with CE_OPTION_SERVER */
    ce_release release;              /* all zero: not given */
    tlsf_version floor;              /* with CE_OPTION_FLOOR */
    unsigned protocols;              /* set of CE_BIT, with _PROTOCOLS */
    bool is_explicit;                /* --style explicit */
    unsigned keep;                   /* with CE_OPTION_KEEP; at least 1 */
    double max_impact;               /* with _MAX_IMPACT: 0.001 for 0.1% */
    long unseen_for;                 /* with _UNSEEN_FOR: seconds */
    ce_starttls starttls;
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

/*
 * Whether arguments can be shown to people and be names at all: without
 * control characters, at most 4,096 bytes. If not, a sentence was printed.
 */
bool ce_options_are_text(const char *const *argv);

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
