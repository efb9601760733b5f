/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a configuration from its main file on, following every include in the
 * server's own order and deciding every condition as the server would.
 *
 *     nginx     include FILE or PATTERN, relative to the main file's folder;
 *               a pattern without a match is nothing, a file that is missing
 *               or a link that leads nowhere is an error
 *     Apache    Include, IncludeOptional, relative to ServerRoot; patterns in
 *               every part of a path, sorted by byte; a folder is read whole,
 *               sub-folders and dot-files included; IncludeOptional takes
 *               nothing for an answer
 *
 * What keeps the server from starting is an error, the reading stops there as
 * the server's does. What cannot be decided here (a value of an environment
 * that is not ours) is a warning and the nodes concerned are undecided.
 *
 * Source: ap_process_fnmatch_configs, ap_dir_fnmatch (httpd, server/config.c,
 * server/util.c); ngx_conf_include (nginx, src/core/ngx_conf_file.c).
 */
#ifndef CE_INCLUDE_H
#define CE_INCLUDE_H

#include "map.h"
#include "tree.h"
#include "release.h"

#define CE_MAX_INCLUDES 128
#define CE_MAX_USES     64

/* A name with its text: variables, macros' names. */
typedef struct ce_define {
    const char *name;
    const char *value; /* NULL: defined without a value */
} ce_define;

typedef struct ce_defines {
    ce_define *list; /* name NULL: not any more */
    size_t n;
    size_t room;
    ce_map by_name;
} ce_defines;

typedef struct ce_macro {
    const char *name; /* lower case */
    tlsf_str *params;
    size_t n_params;
    struct ce_macro_line *lines;
    size_t n_lines;
    size_t room;
    size_t depth; /* definitions within the definition that is being read */
} ce_macro;

/* An annotation that some tool left: "#:Overridden_by_<tool> <date>#". */
typedef struct ce_mark {
    ce_source *source;
    size_t at;
    tlsf_str text; /* the comment */
} ce_mark;

typedef struct ce_config {
    ce_arena *arena;
    ce_files *files;
    ce_diag *diag;
    ce_kind kind;
    ce_release release;     /* of the server; 0.0.0: not known */
    const char *main;       /* the main file, as the server names it */
    const char *folder;     /* against which relative includes are resolved */
    const char *program;    /* the server's on this machine; NULL: none */
    bool is_local;          /* for the program and libraries of this machine */
    bool is_fragment;       /* a lone file: what it stands in is not known */
    bool knows_modules;     /* Apache: `modules` has those built in */
    bool knows_environment; /* ${…} may be looked up in ours */
    bool is_proof;          /* read once more: annotations are not kept */
    ce_defines defines;     /* Apache: Define and -D */
    ce_defines given;       /* Apache: -D of the command line */
    ce_defines environment; /* Apache: what its start script exports */
    ce_defines modules;     /* Apache: names and files of the modules there */
    ce_macro *macros;
    size_t n_macros;
    size_t macros_room;
    const struct ce_macro_line *used[CE_MAX_USES]; /* macros being read */
    unsigned n_used;
    size_t n_macro_lines; /* that uses of macros gave so far */
    ce_mark *marks;
    size_t n_marks;
    size_t marks_room;
    ce_node *root;
    ce_node *spare;             /* a block that did not matter, for reuse */
    unsigned depth;             /* of includes */
    bool is_stopped;            /* an error: nothing further is read */
    const struct ce_open *open; /* the files that are being read */
    ce_word *words; /* nginx: room for a statement, used by all files */
    size_t words_room;
} ce_config;

/*
 * Read the main file and all that it includes into config->root.
 *
 * Returns 0, or -1 when an error is in config->diag.
 */
int ce_config_read(ce_config *config);

/* A define, or NULL. */
const ce_define *ce_defines_find(const ce_defines *defines, const char *name);

/* Add or change; value may be NULL. */
void ce_defines_set(ce_arena *arena, ce_defines *defines, const char *name,
                    const char *value);

void ce_defines_unset(ce_defines *defines, const char *name);

/*
 * Apache's ${NAME} replaced by Define's or the environment's value, once.
 *
 *   missing   the first name that has no value (left as it is); NULL: none
 */
tlsf_str ce_config_expand(const ce_config *config, tlsf_str text,
                          const char **missing);

#endif
