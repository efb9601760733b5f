/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Complaints about directives: one line of text that says what is wrong, with
 * the offending argument in quotes, and gives a line that is right. All of
 * them end the same way, so that both servers help in the same words:
 *
 *     tlsfloor_stage: "blok" is no stage; write observe, warn, block or
 *     refuse, for example: tlsfloor_stage block 2027-03-01
 *
 * Arguments are shown with control characters blanked and cut to 80 bytes.
 * Every function here returns TLSF_EINVAL, for `return tlsf_complain(...)`.
 */
#ifndef TLSF_COMPLAIN_H
#define TLSF_COMPLAIN_H

#include "tlsf_err.h"
#include "tlsf_out.h"
#include "tlsf_str.h"
#include "tlsf_time.h"

/* One directive while it is read. */
typedef struct tlsf_line {
    tlsf_str name;          /* in the server's own spelling */
    const tlsf_str *args;   /* as the server split and unquoted them */
    size_t n;               /* arguments */
    const char *example;    /* arguments that would be right */
    tlsf_midnight midnight; /* what a bare date means */
    tlsf_out *complaint;    /* where to write */
} tlsf_line;

/* The index of a word among n (case counts), or n. */
size_t tlsf_find_word(const tlsf_str *words, size_t n, tlsf_str word);

/* A decimal number from 1 to `max`; 0 when the text is anything else. */
size_t tlsf_parse_number(tlsf_str text, size_t max);

/* name: "arg" what, for example: … ; `what` may hold "; and what to do". */
int tlsf_complain(const tlsf_line *line, tlsf_str arg, const char *what);

/* The same in pieces: the caller writes `what` between the two. */
void tlsf_complain_begin(const tlsf_line *line, tlsf_str arg);
int tlsf_complain_end(const tlsf_line *line);

/* name what, for example: … ; for what concerns no single argument. */
int tlsf_complain_whole(const tlsf_line *line, const char *what);

/* takes `min` to `max` arguments, … given; max 0: no upper bound. */
int tlsf_complain_count(const tlsf_line *line, size_t min, size_t max);

/*
 * "arg" `what` ("is no stage"); write one of the n words. When only the case
 * of a letter is wrong the one right word is named.
 */
int tlsf_complain_word(const tlsf_line *line, tlsf_str arg, const char *what,
                       const tlsf_str *words, size_t n);

#endif
