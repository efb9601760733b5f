/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes as /proc shows them (Linux). What may not be looked at counts as
 * not known.
 */
#ifndef CE_PROCESS_H
#define CE_PROCESS_H

#include <sys/types.h>

#include "arena.h"

typedef struct ce_process {
    pid_t pid;
    pid_t parent;
    unsigned long long started; /* in the kernel's ticks since boot */
} ce_process;

/* This moment in the same unit. */
unsigned long long ce_process_now(void);

typedef struct ce_processes {
    ce_process *list;
    size_t n;
    size_t room;
} ce_processes;

/* A process that lives; false when it is gone or waits to be buried. */
bool ce_process_read(pid_t pid, ce_process *process);

/* Whether it is still there, and not another of the same number. */
bool ce_process_lives(const ce_process *process);

/* All processes, or the children of one. */
void ce_process_list(ce_arena *arena, pid_t parent, ce_processes *all);

/* A file of its folder: "environ"; empty: none, or not to be read. */
tlsf_str ce_process_file(ce_arena *arena, pid_t pid, const char *name);

/* Its arguments, NUL between them; nginx: its title. */
tlsf_str ce_process_title(ce_arena *arena, pid_t pid);

/* Where a link of its folder leads: "exe", "fd/2"; NULL: not known. */
const char *ce_process_link(ce_arena *arena, pid_t pid, const char *name);

/* Numbers of sockets. */
typedef struct ce_sockets {
    unsigned long long *list;
    size_t n;
    size_t room;
} ce_sockets;

/* TCP sockets at which a process and its network listen. */
void ce_process_listeners(ce_arena *arena, pid_t pid, ce_sockets *sockets);

typedef enum ce_holds {
    CE_HOLDS_NONE,
    CE_HOLDS_SOME,
    CE_HOLDS_UNKNOWN
} ce_holds;

/* Whether a process has one of the sockets open. */
ce_holds ce_process_holds(ce_arena *arena, pid_t pid,
                          const ce_sockets *sockets);

#endif
