/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ways to files that nobody else can bend. A path is walked from an opened
 * base folder, one part at a time, without ever letting the system follow a
 * link: links are read and walked here, and nothing leads out of the base.
 *
 * As root, every folder on the way must belong to root and nobody else may
 * write in it, or it is sticky (as /tmp) and what is taken from it belongs to
 * root; else somebody could exchange what root then writes. --trust-paths
 * waives that.
 *
 * Paths here are inside the base: "/etc/nginx" under --root /mnt is
 * /mnt/etc/nginx.
 */
#ifndef CE_SAFE_H
#define CE_SAFE_H

#include <sys/stat.h>

#include "arena.h"

#define CE_KEPT_FOLDERS 8

typedef struct ce_kept_folder {
    const char *path; /* resolved, inside; NULL: this place is free */
    int fd;
    unsigned long asked; /* when it was asked for last, counted */
} ce_kept_folder;

typedef struct ce_base {
    ce_arena *arena;
    int fd;           /* of the folder, opened */
    const char *path; /* of the folder; "" for the system's own root */
    bool is_strict;   /* refuse what others could bend */
    ce_kept_folder kept[CE_KEPT_FOLDERS];
    unsigned long n_asked;   /* how often a folder was asked for */
    const char *last_asked;  /* the folder that was walked last, as written */
    const char *last_folder; /* and resolved */
} ce_base;

/* Where a file is, all links followed. */
typedef struct ce_spot {
    const char *folder; /* resolved, inside; "/" for the base itself */
    const char *leaf;   /* the file's own name in it */
    bool is_link;       /* the last part of the path was a symbolic link */
} ce_spot;

/*
 * Open the base.
 *
 *   root      of --root, resolved; NULL: the system's own
 *   trusts    --trust-paths
 *
 * Returns 0, or -1 with errno.
 */
int ce_base_open(ce_base *base, ce_arena *arena, const char *root, bool trusts);

void ce_base_close(ce_base *base);

/*
 * Find a file that exists.
 *
 *   path   inside the base, absolute
 *
 * Returns CE_DONE or an exit status after a sentence about `path`.
 */
int ce_safe_find(ce_base *base, const char *path, ce_spot *spot);

/*
 * Resolve a folder.
 *
 *   makes     create what is missing, with mode 0700 for the last
 *   folder    its resolved path
 *
 * Returns CE_DONE or an exit status after a sentence; -1 without one when it
 * is missing and makes is false.
 */
int ce_safe_folder(ce_base *base, const char *path, bool makes,
                   const char **folder);

/*
 * An opened folder by its resolved path. The descriptor belongs to the base
 * and stays good until CE_KEPT_FOLDERS other folders have been asked for since:
 * who needs two or three at once asks for them one after the other.
 *
 * Returns -1 with errno; ELOOP when a part has become a link.
 */
int ce_safe_at(ce_base *base, const char *folder);

/* Its full name for messages and programs. */
const char *ce_base_name(const ce_base *base, const char *path);

/* The folder above; NULL for "/". */
const char *ce_safe_parent(ce_arena *arena, const char *folder);

/* One path below another: "/etc" and "x" give "/etc/x". */
const char *ce_safe_join(ce_arena *arena, const char *folder, const char *name);

#endif
