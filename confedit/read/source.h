/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file: its bytes, what it was when it was read (so that a writer can tell
 * whether somebody edited it meanwhile), and where its lines are. A file is
 * read once, under however many names it is reached.
 *
 * Names are as the server sees them. Under `--root` the server's absolute
 * names, and every symbolic link on the way, are resolved inside that folder;
 * messages keep the server's names.
 */
#ifndef CE_SOURCE_H
#define CE_SOURCE_H

#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#include "arena.h"
#include "diag.h"

typedef struct ce_source {
    const char *name; /* by which it was reached first */
    const char *path; /* on this system; the same but under a root */
    tlsf_str bytes;
    dev_t device;
    ino_t inode;
    mode_t mode;
    struct timespec modified_at;
    struct ce_milestone *miles; /* where lines are; made as it is asked */
    size_t n_miles;
    const void *marked_by;  /* the reader whose annotations are known … */
    size_t marked_to;       /* … before this offset */
    size_t order;           /* of reading, from 0 */
    struct ce_source *next; /* in the order of reading */
} ce_source;

typedef struct ce_files {
    ce_arena *arena;
    const char *root; /* absolute, without a slash at its end; NULL: none */
    bool is_windows;  /* under the root: a tree of Windows (windows.h) */
    ce_source *first;
    ce_source *last;
    ce_source **slots; /* by device and inode; open addressing */
    size_t n_slots;    /* a power of two */
    size_t n;
    uint64_t bytes; /* of all that was read */
} ce_files;

/* Together the files of a run may not be larger. */
#define CE_MAX_BYTES ((uint64_t)1 << 30)

/*
 * Where a name of the server is on this system.
 *
 * Returns the path; NULL with errno when a link on the way leads in a circle.
 * Parts that do not exist are kept as they are.
 */
const char *ce_files_path(ce_files *files, const char *name);

/*
 * A file, read or found again.
 *
 * Returns NULL with errno on failure; EISDIR for a folder, EINVAL for anything
 * else that is not a regular file, EFBIG when it becomes too much.
 */
ce_source *ce_files_read(ce_files *files, const char *name);

/* Why ce_files_read failed, and what to do, for people; by its errno. */
const char *ce_files_why(int failure);

/* Bytes that are no file (tests, arguments); never found again. */
ce_source *ce_source_of(ce_arena *arena, const char *name, tlsf_str bytes);

/*
 * The place of an offset; offsets past the end count as the end. Line ends are
 * counted once up to there, so the arena must live as long as the source, or
 * until they are forgotten.
 */
ce_place ce_source_place(ce_arena *arena, ce_source *source, size_t at);

/* Forget where lines are and which annotations are known. */
void ce_source_forget(ce_source *source);

#endif
