/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs programs and keeps what they say: without a shell, with nothing on
 * standard input, for a limited time.
 */
#ifndef CE_ASK_H
#define CE_ASK_H

#include "arena.h"

/* How a program ended, beside its exit status from 0 to 255. */
enum {
    CE_ASK_NOT_RUN = -1, /* no such program, or no process */
    CE_ASK_TOO_LONG = -2,
    CE_ASK_KILLED = -3 /* and all below: by the signal CE_ASK_KILLED - n */
};

typedef struct ce_question {
    const char *const *argv; /* the program's path first, NULL at the end */
    const char *const *set;  /* "NAME=value" beside our own environment, NULL at
                                the end; may be NULL. A variable NGINX is never
                                passed on: to nginx it means sockets. */
    int seconds;             /* in all */
} ce_question;

/*
 * Run a program to its end.
 *
 *   text   what it said on both outputs, the first 64 KiB; never NULL
 *
 * Returns its exit status or one of the above.
 */
int ce_ask_run(ce_arena *arena, const ce_question *question, const char **text);

/*
 * Run a program that answers within ten seconds.
 *
 * Returns what it said, whatever its status: httpd -V tells what it was built
 * with and then fails over its configuration; NULL when it cannot be run.
 */
const char *ce_ask(ce_arena *arena, const char *const *argv);

/* The text between `before` and one of the characters of `end`; NULL: none. */
const char *ce_ask_find(ce_arena *arena, const char *text, const char *before,
                        const char *end);

#endif
