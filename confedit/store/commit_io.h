/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small files written for good, and what a failed call means for the exit
 * status. All names are relative to an opened folder; no last link is ever
 * followed. Functions that return -1 leave errno.
 */
#ifndef CE_COMMIT_IO_H
#define CE_COMMIT_IO_H

#include <sys/stat.h>

#include "arena.h"

#define CE_DIGEST_ROOM 65 /* SHA-256 in hexadecimal, with its NUL */

typedef struct ce_digest {
    char hex[CE_DIGEST_ROOM];
} ce_digest;

/* The exit status (options.h) for an errno of writing. */
int ce_io_status(int failure);

/*
 * Say `path: what: why` to stderr.
 *
 *   failure   errno
 *
 * Returns ce_io_status(failure).
 */
int ce_io_fail(const char *path, const char *what, int failure);

/*
 * A new file, mode 0600; 0 or -1. A name that is taken is an error (EEXIST).
 * What could not be finished is removed.
 *
 *   fd     the open file, not synced, is the caller's; NULL: it is synced and
 *          closed
 */
int ce_io_make(int folder, const char *name, tlsf_str bytes, int *fd);

/*
 * The same without syncing: the caller syncs the file system once for many
 * files.
 */
int ce_io_make_unsynced(int folder, const char *name, tlsf_str bytes);

/* Open a regular file for reading; -1 with EINVAL for anything else. */
int ce_io_open(int folder, const char *name, struct stat *st);

/* The whole of a file that was opened; 0 or -1. */
int ce_io_read(ce_arena *arena, int fd, tlsf_str *bytes);

/* Whether an open file holds exactly these bytes; -1: it cannot be read. */
int ce_io_equals(int fd, tlsf_str bytes);

/* SHA-256; ends the program with status 71 when the library cannot do it. */
void ce_digest_of(tlsf_str bytes, ce_digest *digest);

/* The same of an open file from its beginning; 0 or -1. */
int ce_digest_file(int fd, ce_digest *digest);

#endif
