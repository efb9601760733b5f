/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Backup sets: what a run changed, with the bytes from before.
 *
 *     /var/backups/confedit/              0700; the store
 *       journal.json                      while a run is under way (journal.h)
 *       20261122T090000Z-3f9a/            0700; a set
 *         manifest.json                   what follows below
 *         000000, 000001 …                originals, in the manifest's order
 *         after                           what the run put in, file by file
 *       20261122T100000Z-07c1.part/       a set that is not complete
 *
 * The manifest is one JSON object: schema, id, time and
 * nanoseconds, command, confedit, host, user, root, undoes, configs (kind,
 * name), defines, server_version, and files. A file has name (as the server
 * says it), folder and leaf (where it really is, inside the root), stage (where
 * its temporary names were), is_link, mode, uid, gid, mtime (seconds,
 * nanoseconds), size, before and after (SHA-256). Bytes of names that are no
 * UTF-8, control characters and % are written as %XX.
 *
 * A store belongs to one user; sets that others could have written are never
 * trusted.
 */
#ifndef CE_SET_H
#define CE_SET_H

#include "commit_io.h"
#include "options.h"
#include "safe.h"
#include "source.h"

#define CE_SET_SCHEMA 1
#define CE_SET_PART   ".part"

/*
 * Where sets, journal and lock are: root's /var/backups/confedit, others'
 * $XDG_STATE_HOME/confedit or ~/.local/state/confedit. CONFEDIT_STATE_DIR, an
 * absolute path, and before it --backup-dir move the sets alone.
 */
typedef struct ce_store {
    ce_arena *arena;
    ce_base base;
    const char *state_path; /* of journal and lock, inside the base */
    const char *sets_path;  /* of sets: the same, or where they were moved */
    const char *state;      /* resolved; NULL: not there yet */
    const char *sets;
    bool is_system; /* root's own, without --root: the lock is in /run/lock */
} ce_store;

typedef struct ce_set_file {
    const char *name;
    const char *folder;
    const char *leaf;
    const char *stage;
    bool is_link;
    mode_t mode;
    uid_t uid;
    gid_t gid;
    struct timespec modified_at;
    size_t size;   /* before */
    size_t start;  /* bytes that before and after have in common … */
    size_t end;    /* … at both ends */
    size_t middle; /* bytes of after between them */
    ce_digest before;
    ce_digest after;
} ce_set_file;

typedef struct ce_set_config {
    ce_kind kind;
    const char *name;
} ce_set_config;

typedef struct ce_set {
    const char *id;
    struct timespec at; /* when the run began */
    const char *command;
    const char *release; /* of confedit */
    const char *host;
    const char *undoes; /* the set that this one took back; NULL: none */
    const char *server_version; /* --server-version; NULL: none */
    ce_set_config *configs;
    size_t n_configs;
    ce_list defines;
    ce_set_file *files;
    size_t n;
    const char *undone_by; /* a later set; NULL: none. Of ce_set_list */
} ce_set;

/*
 * Find out where the store is and open its base. Nothing is made.
 *
 * Returns CE_DONE or an exit status after a sentence.
 */
int ce_store_open(ce_store *store, const ce_options *options);

void ce_store_close(ce_store *store);

/* Whether ce_store_open could know where: an ordinary user needs a home. */
bool ce_store_has_place(const ce_options *options);

/*
 * Resolve the folders of a store, and refuse them when others could write
 * there.
 *
 *   makes   create them; else those that are missing stay NULL
 */
int ce_store_state(ce_store *store, bool makes);
int ce_store_sets(ce_store *store, bool makes);

/* Whether a text has the form of a set's id. */
bool ce_set_is_id(const char *text);

/* When its run began: "2026-11-22T09:00:00Z". */
const char *ce_set_when(ce_arena *arena, const ce_set *set);

/* The name of a set's original: "000003". */
const char *ce_set_original(ce_arena *arena, size_t i);

/*
 * Read a set.
 *
 *   folder   of the sets, resolved
 *   leaf     the set's own folder, its id or that with CE_SET_PART
 *   why      why it cannot be used
 *
 * Returns 0 or -1.
 */
int ce_set_read(ce_store *store, const char *folder, const char *leaf,
                ce_set *set, const char **why);

/*
 * The complete sets of the store, newest first. Those that cannot be used are
 * left out, with a sentence.
 */
int ce_set_list(ce_store *store, ce_set **sets, size_t *n);

/* The original bytes of a file, their digest checked; 0, or -1 with errno. */
int ce_set_bytes(ce_store *store, const char *folder, const char *leaf,
                 const ce_set *set, size_t i, tlsf_str *bytes);

/* The bytes that the set left of a file, made of those from before. */
int ce_set_left(ce_store *store, const char *folder, const char *leaf,
                const ce_set *set, size_t i, tlsf_str before, tlsf_str *bytes);

/* Keep of the file's new bytes what differs; fills digests, start, end … */
void ce_set_keep(ce_arena *arena, ce_set_file *file, tlsf_str before,
                 tlsf_str after, ce_text *middles);

/*
 * Write what came in and the manifest into a set's folder, synced. 0, or -1
 * with errno.
 *
 *   folder    opened
 *   middles   of ce_set_keep
 */
int ce_set_write(ce_arena *arena, int folder, const ce_set *set,
                 const char *root, const ce_text *middles);

/*
 * Remove a set's folder and what confedit put there; anything else in it stays
 * and keeps it. 0, or -1 with errno.
 */
int ce_set_remove(ce_store *store, const char *folder, const char *leaf);

/*
 * Remove the oldest complete sets beyond a number.
 *
 *   keep      at least 1
 *   current   of this run: it stays, and so does the one that it undoes
 */
void ce_set_prune(ce_store *store, unsigned keep, const ce_set *current);

/* In set_manifest.c: the manifest as text and back; NULL with why on failure.
 */
tlsf_str ce_manifest_write(ce_arena *arena, const ce_set *set,
                           const char *root);
const char *ce_manifest_read(ce_arena *arena, tlsf_str text, ce_set *set);

#endif
