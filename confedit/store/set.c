/* SPDX-License-Identifier: Apache-2.0 */
/* Backup sets on disk; called by commit.c, recover.c and the commands. */
#include "set.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "terminal.h"

#define MANIFEST "manifest.json"
#define MIDDLES  "after"

bool
ce_set_is_id(const char *text)
{
    static const char form[] = "00000000T000000Z-xxxx";

    for (size_t i = 0; i < sizeof(form); i++) {
        char c = text[i];
        bool is_digit = c >= '0' && c <= '9';

        if (form[i] == '0'   ? !is_digit
            : form[i] == 'x' ? !is_digit && !(c >= 'a' && c <= 'f')
                             : c != form[i]) {
            return false;
        }
    }
    return true;
}

const char *
ce_set_when(ce_arena *arena, const ce_set *set)
{
    char when[32];
    struct tm tm;

    gmtime_r(&set->at.tv_sec, &tm);
    strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
    return ce_arena_text(arena, tlsf_str_of(when));
}

const char *
ce_set_original(ce_arena *arena, size_t i)
{
    return ce_arena_format(arena, "%06zu", i);
}

/* A set's folder, opened; -1 with why. */
static int
open_set(ce_store *store, const char *folder, const char *leaf,
         const char **why)
{
    int sets = ce_safe_at(&store->base, folder);
    int fd = sets < 0 ? -1
                      : openat(sets, leaf,
                               O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;

    if (fd < 0) {
        *why = errno == ENOENT ? "there is no such set" : strerror(errno);
        return -1;
    }
    if (fstat(fd, &st) != 0 || st.st_uid != geteuid() ||
        (st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        close(fd);
        *why = "others could have written it";
        return -1;
    }
    return fd;
}

static int
read_manifest(ce_store *store, int fd, ce_set *set, const char **why)
{
    struct stat st;
    tlsf_str text;
    int file = ce_io_open(fd, MANIFEST, &st);

    if (file < 0) {
        *why = "its manifest cannot be read";
        return -1;
    }
    if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        *why = "others could have written its manifest";
    } else if (ce_io_read(store->arena, file, &text) != 0) {
        *why = "its manifest cannot be read";
    } else {
        *why = ce_manifest_read(store->arena, text, set);
    }
    close(file);
    return *why == NULL ? 0 : -1;
}

/* Whether a set of this id lies in a folder of that name. */
static bool
is_leaf_of(const char *leaf, const char *id)
{
    size_t n = strlen(id);

    return ce_set_is_id(id) && strncmp(leaf, id, n) == 0 &&
           (leaf[n] == '\0' || strcmp(leaf + n, CE_SET_PART) == 0);
}

int
ce_set_read(ce_store *store, const char *folder, const char *leaf, ce_set *set,
            const char **why)
{
    int fd = open_set(store, folder, leaf, why);

    if (fd < 0) {
        return -1;
    }
    int result = read_manifest(store, fd, set, why);

    close(fd);
    if (result == 0 && !is_leaf_of(leaf, set->id)) {
        *why = "its manifest belongs to another set";
        result = -1;
    }
    return result;
}

static int
newest_first(const void *a, const void *b)
{
    const ce_set *x = a;
    const ce_set *y = b;

    if (x->at.tv_sec != y->at.tv_sec) {
        return x->at.tv_sec < y->at.tv_sec ? 1 : -1;
    }
    if (x->at.tv_nsec != y->at.tv_nsec) {
        return x->at.tv_nsec < y->at.tv_nsec ? 1 : -1;
    }
    return strcmp(y->id, x->id);
}

/* A set is undone by the newest that says so and is not undone itself. */
static void
mark_undone(ce_set *sets, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (sets[i].undoes == NULL || sets[i].undone_by != NULL) {
            continue;
        }
        for (size_t k = i + 1; k < n; k++) {
            if (strcmp(sets[k].id, sets[i].undoes) == 0 &&
                sets[k].undone_by == NULL) {
                sets[k].undone_by = sets[i].id;
            }
        }
    }
}

int
ce_set_list(ce_store *store, ce_set **sets, size_t *n)
{
    size_t room = 0;

    *n = 0;
    *sets = NULL;
    if (store->sets == NULL) {
        return CE_DONE;
    }
    const char *name = ce_base_name(&store->base, store->sets);
    int fd = ce_safe_at(&store->base, store->sets);
    int own = fd < 0 ? -1 : openat(fd, ".", O_RDONLY | O_CLOEXEC);
    DIR *dir = own < 0 ? NULL : fdopendir(own);

    if (dir == NULL) {
        return ce_io_fail(name, "cannot be read", errno);
    }
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        const char *why;

        if (!ce_set_is_id(e->d_name)) {
            continue;
        }
        *sets = ce_arena_grow(store->arena, *sets, *n, &room, sizeof(ce_set));
        if (ce_set_read(store, store->sets, e->d_name, &(*sets)[*n], &why) ==
            0) {
            ++*n;
        } else {
            ce_say(stderr, "%s/%s: the backup set cannot be used: %s\n", name,
                   e->d_name, why);
        }
    }
    closedir(dir);
    if (*n > 0) {
        qsort(*sets, *n, sizeof(ce_set), newest_first);
    }
    mark_undone(*sets, *n);
    return CE_DONE;
}

/* A file of a set's folder, whole; 0, or -1 with errno. */
static int
read_in_set(ce_store *store, const char *folder, const char *leaf,
            const char *name, tlsf_str *bytes)
{
    const char *why;
    struct stat st;
    int fd = open_set(store, folder, leaf, &why);

    if (fd < 0) {
        return -1;
    }
    int file = ce_io_open(fd, name, &st);
    int result = file < 0 ? -1 : ce_io_read(store->arena, file, bytes);
    int failure = errno;

    if (file >= 0) {
        close(file);
    }
    close(fd);
    errno = failure;
    return result;
}

/* Whether bytes are what a digest says; else errno is EIO. */
static int
judge(tlsf_str bytes, const ce_digest *want)
{
    ce_digest digest;

    ce_digest_of(bytes, &digest);
    if (strcmp(digest.hex, want->hex) != 0) {
        errno = EIO;
        return -1;
    }
    return 0;
}

int
ce_set_bytes(ce_store *store, const char *folder, const char *leaf,
             const ce_set *set, size_t i, tlsf_str *bytes)
{
    return read_in_set(store, folder, leaf, ce_set_original(store->arena, i),
                       bytes) == 0
               ? judge(*bytes, &set->files[i].before)
               : -1;
}

int
ce_set_left(ce_store *store, const char *folder, const char *leaf,
            const ce_set *set, size_t i, tlsf_str before, tlsf_str *bytes)
{
    const ce_set_file *f = &set->files[i];
    ce_text all = {NULL, 0, 0};
    tlsf_str middles;
    size_t at = 0;

    if (read_in_set(store, folder, leaf, MIDDLES, &middles) != 0) {
        return -1;
    }
    for (size_t k = 0; k < i && at <= middles.len; k++) {
        at += set->files[k].middle;
    }
    if (at > middles.len || f->middle > middles.len - at ||
        f->start > before.len || f->end > before.len - f->start) {
        errno = EIO;
        return -1;
    }
    ce_text_add(store->arena, &all, tlsf_str_sub(before, 0, f->start));
    ce_text_add(store->arena, &all, tlsf_str_sub(middles, at, f->middle));
    ce_text_add(store->arena, &all,
                tlsf_str_sub(before, before.len - f->end, f->end));
    *bytes = (tlsf_str){all.data == NULL ? "" : all.data, all.n};
    return judge(*bytes, &f->after);
}

void
ce_set_keep(ce_arena *arena, ce_set_file *file, tlsf_str before, tlsf_str after,
            ce_text *middles)
{
    size_t least = before.len < after.len ? before.len : after.len;
    size_t start = 0;
    size_t end = 0;

    while (start < least && before.data[start] == after.data[start]) {
        start++;
    }
    while (end < least - start && before.data[before.len - end - 1] ==
                                      after.data[after.len - end - 1]) {
        end++;
    }
    file->start = start;
    file->end = end;
    file->middle = after.len - start - end;
    ce_text_add(arena, middles, tlsf_str_sub(after, start, file->middle));
    ce_digest_of(before, &file->before);
    ce_digest_of(after, &file->after);
}

int
ce_set_write(ce_arena *arena, int folder, const ce_set *set, const char *root,
             const ce_text *middles)
{
    tlsf_str all = {middles->data == NULL ? "" : middles->data, middles->n};

    return ce_io_make(folder, MIDDLES, all, NULL) == 0
               ? ce_io_make(folder, MANIFEST,
                            ce_manifest_write(arena, set, root), NULL)
               : -1;
}

/* Whether confedit gave a file of a set its name. */
static bool
is_ours(const char *name)
{
    return strcmp(name, MANIFEST) == 0 || strcmp(name, MIDDLES) == 0 ||
           (strlen(name) >= 6 && strspn(name, "0123456789") == strlen(name));
}

int
ce_set_remove(ce_store *store, const char *folder, const char *leaf)
{
    const char *why;
    int fd = open_set(store, folder, leaf, &why);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);

    if (dir == NULL) {
        return -1;
    }
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        if (is_ours(e->d_name)) {
            unlinkat(fd, e->d_name, 0);
        }
    }
    closedir(dir);
    int sets = ce_safe_at(&store->base, folder);

    return sets < 0 ? -1 : unlinkat(sets, leaf, AT_REMOVEDIR);
}

void
ce_set_prune(ce_store *store, unsigned keep, const ce_set *current)
{
    ce_set *sets;
    size_t n;

    if (ce_set_list(store, &sets, &n) != CE_DONE || n <= keep) {
        return;
    }
    int fd = ce_safe_at(&store->base, store->sets);

    for (size_t i = keep; i < n && fd >= 0; i++) {
        if (strcmp(sets[i].id, current->id) == 0 ||
            (current->undoes != NULL &&
             strcmp(sets[i].id, current->undoes) == 0)) {
            continue;
        }
        /* What is half removed is no set; a later run removes the rest. */
        const char *part =
            ce_arena_format(store->arena, "%s%s", sets[i].id, CE_SET_PART);

        if (renameat(fd, sets[i].id, fd, part) != 0 ||
            ce_set_remove(store, store->sets, part) != 0) {
            ce_say(stderr, "%s/%s: the old backup set cannot be removed: %s\n",
                   ce_base_name(&store->base, store->sets), sets[i].id,
                   strerror(errno));
        }
    }
}
