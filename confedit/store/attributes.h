/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What belongs to a file beside its bytes: owner, mode, extended attributes.
 * Access lists (system.posix_acl_access), labels of security modules and
 * capabilities are extended attributes too and go the same way.
 *
 * Source: xattr(7), acl(5), inode(7), statx(2).
 */
#ifndef CE_ATTRIBUTES_H
#define CE_ATTRIBUTES_H

#include <stdint.h>
#include <sys/stat.h>

#include "arena.h"

typedef struct ce_xattr {
    const char *name;
    tlsf_str value;
} ce_xattr;

typedef struct ce_attributes {
    mode_t mode;
    uid_t uid;
    gid_t gid;
    ce_xattr *list;
    size_t n;
} ce_attributes;

/* Those of an open file; 0, or -1 with errno. */
int ce_attributes_read(ce_arena *arena, int fd, ce_attributes *attributes);

/*
 * Why this process could not give them to a new file; NULL: it could, as far
 * as can be told without trying.
 */
const char *ce_attributes_doubt(ce_arena *arena,
                                const ce_attributes *attributes);

/*
 * Make an open file have exactly these, and look whether it has.
 *
 * Returns NULL, or why not.
 */
const char *ce_attributes_apply(ce_arena *arena, int fd,
                                const ce_attributes *attributes);

/* What the file system says about one file; times and bytes apart. */
typedef struct ce_facts {
    bool is_mount;     /* something is mounted on it */
    bool is_immutable; /* chattr +i or +a */
    uint64_t mount;    /* on which mount it lies; before Linux 5.8, device */
} ce_facts;

/* 0, or -1 with errno. */
int ce_facts_read(int fd, ce_facts *facts);

#endif
