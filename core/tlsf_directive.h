/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directives of a virtual host as rows: how many arguments each takes,
 * whether it may be repeated, what it does, and an example for complaints. A
 * new directive is a row in data/directives.def, one in data/rules.def and its
 * function.
 */
#ifndef TLSF_DIRECTIVE_H
#define TLSF_DIRECTIVE_H

#include "tlsf_complain.h"
#include "tlsf_settings.h"

typedef struct tlsf_rule {
    size_t min; /* arguments */
    size_t max; /* 0: no bound */
    bool is_repeatable;
    /* Sets what the line asks for, or complains and changes nothing. */
    int (*apply)(tlsf_settings *settings, const tlsf_line *line);
    const char *example;
} tlsf_rule;

extern const tlsf_rule tlsf_rules[TLSF_N_DIRECTIVES];

#endif
