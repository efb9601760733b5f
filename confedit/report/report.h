/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of show and check, for people and for machines. */
#ifndef CE_REPORT_H
#define CE_REPORT_H

#include "run.h"

/*
 * Print a table for each configuration.
 *
 *   floor   marks what lies below; TLSF_VERSION_OTHER: none
 */
void ce_report_table(const ce_run *run, FILE *to, tlsf_version floor,
                     bool has_color);

/*
 * Print one JSON object; the manual describes its members.
 *
 *   status   the exit status
 */
void ce_report_json(const ce_run *run, FILE *to, const char *command,
                    tlsf_version floor, int status);

/* Whether a stream is a terminal that is to have colours. */
bool ce_report_has_color(const ce_run *run, FILE *to);

#endif
