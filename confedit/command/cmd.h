/* SPDX-License-Identifier: Apache-2.0 */
/* The commands: one row each, one file each. */
#ifndef CE_CMD_H
#define CE_CMD_H

#include "options.h"

typedef struct ce_command {
    const char *name;
    const char *synopsis; /* behind the name */
    const char *summary;  /* one line */
    const char *help;     /* further lines; may be empty */
    unsigned set;         /* CE_SHOW … */
    int (*run)(ce_options *options);
} ce_command;

extern const ce_command ce_command_show;
extern const ce_command ce_command_check;
extern const ce_command ce_command_raise;
extern const ce_command ce_command_lower;
extern const ce_command ce_command_set;
extern const ce_command ce_command_history;
extern const ce_command ce_command_probe;
extern const ce_command ce_command_undo;

#endif
