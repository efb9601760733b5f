/* SPDX-License-Identifier: Apache-2.0 */
/* Between include.c and the two readers; others include include.h. */
#ifndef CE_READER_H
#define CE_READER_H

#include "include.h"
#include "lex_apache.h"

/* A file that is being read, and by which file's line. */
typedef struct ce_open {
    const ce_source *source;
    const struct ce_open *outer;
} ce_open;

/* A line of a macro's body. */
typedef struct ce_macro_line {
    tlsf_str text;
    ce_source *source;
    size_t at; /* of the text's first byte in the source */
    size_t len;
} ce_macro_line;

/* An error that stops the reading; returns -1. */
int ce_config_stop(ce_config *config, ce_source *source, size_t at,
                   const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Whether an include leads to Windows and there is no such tree; said then. */
bool ce_config_is_elsewhere(ce_config *config, tlsf_str name,
                            const ce_node *node);

/* A name made absolute, as the server does it. */
const char *ce_config_name(const ce_config *config, tlsf_str name);

/*
 * Read one file into parent; 0, or -1 when the reading stops.
 *
 *   source   of ce_files_read; NULL with errno when that failed
 */
int ce_config_open(ce_config *config, const char *name, ce_source *source,
                   ce_node *parent, const ce_node *via);

/*
 * A new node; most blocks do not matter (location, <Directory>), and their
 * memory is used again once they are closed.
 */
ce_node *ce_config_node(ce_config *config, ce_node *parent, ce_id id);

/* A block is closed; it may be one that does not matter. */
void ce_config_spare(ce_config *config, ce_node *block);

/* Keep a comment that is another tool's or our own annotation. */
void ce_config_mark(ce_config *config, ce_source *source, size_t at,
                    tlsf_str comment);

int ce_nginx_read(ce_config *config, ce_source *source, ce_node *parent,
                  const ce_node *via);

int ce_apache_read(ce_config *config, ce_source *source, ce_node *parent,
                   const ce_node *via);

/*
 * Whether a condition (<IfModule …>) holds.
 *
 *   args     all after the name, with the > at its end, variables replaced
 *   missing  a variable in it that has no value; NULL: none
 *   why      set when it cannot be decided: the reason
 */
ce_taken ce_apache_judge(const ce_config *config, ce_id id, tlsf_str args,
                         const char *missing, const char **why);

/* Remember a module that LoadModule names, by its name and its file. */
void ce_apache_load(ce_config *config, tlsf_str id);

/* A macro by its name in any case, or NULL. */
ce_macro *ce_macro_find(const ce_config *config, tlsf_str name);

/*
 * A new macro from the arguments of <Macro …>, without lines; replaces one of
 * the same name. NULL when there is no name.
 */
ce_macro *ce_macro_add(ce_config *config, tlsf_str args);

/* Forget a macro; false when there is none of that name. */
bool ce_macro_remove(ce_config *config, tlsf_str name);

/*
 * Take the next line of a macro's definition.
 *
 *   name   the line's first word
 *
 * Returns whether the definition ends with it.
 */
bool ce_macro_take(ce_arena *arena, ce_macro *macro, tlsf_str name,
                   ce_macro_line line);

/*
 * Begin to read the lines of a macro; false when they are being read already,
 * or too many macros use each other.
 */
bool ce_macro_enter(ce_config *config, const ce_macro *macro);

void ce_macro_leave(ce_config *config);

/*
 * A line of a macro with its arguments put in: the longest of the parameters
 * that begin first, again and again behind what was put in.
 */
tlsf_str ce_macro_put(ce_arena *arena, const ce_macro *macro, tlsf_str line,
                      const tlsf_str *values);

#endif
