/* SPDX-License-Identifier: Apache-2.0 */
/* Where includes look; called by commit_check.c. */
#include "reach.h"

#include <dirent.h>
#include <fnmatch.h>
#include <stdlib.h>

#include "glob.h"
#include "lex_apache.h"

/* As deep as Apache goes down. */
#define MAX_FOLDERS 20

/* A folder in which names that match are read. */
typedef struct place {
    dev_t device;
    ino_t inode;
    const char *pattern; /* NULL: everything */
} place;

struct ce_reach {
    ce_arena *arena;
    place *list;
    size_t n;
    size_t room;
};

/* What one configuration's includes name. */
typedef struct asked {
    const ce_config *config;
    const char **roots; /* Apache: all folders that were ServerRoot */
    size_t n_roots;
    size_t roots_room;
    ce_names names;
} asked;

static void
add_text(ce_arena *arena, ce_names *names, const char *text)
{
    names->list = ce_arena_grow(arena, names->list, names->n, &names->room,
                                sizeof(char *));
    names->list[names->n++] = text;
}

static tlsf_str
argument_of(const ce_config *config, const ce_node *node)
{
    ce_word word = {{NULL, 0}, 0, 0};
    size_t at = 0;

    if (config->kind == CE_NGINX) {
        return node->n_words > 0 ? node->words[0].value : word.value;
    }
    ce_lex_apache_word(config->arena, node->args, &at, &word);
    return word.value;
}

static void
add_argument(ce_arena *arena, asked *a, tlsf_str text)
{
    if (text.len == 0) {
        return;
    }
    if (text.data[0] == '/') {
        add_text(arena, &a->names, ce_arena_text(arena, text));
        return;
    }
    for (size_t i = 0; i < a->n_roots; i++) {
        add_text(arena, &a->names,
                 ce_arena_format(arena, "%s/%.*s", a->roots[i], (int)text.len,
                                 text.data));
    }
}

static void
add_root(ce_arena *arena, asked *a, const char *folder)
{
    if (folder == NULL) {
        return;
    }
    a->roots = ce_arena_grow(arena, a->roots, a->n_roots, &a->roots_room,
                             sizeof(char *));
    a->roots[a->n_roots++] = folder;
}

static void
collect(ce_arena *arena, asked *a)
{
    const ce_config *config = a->config;

    add_root(arena, a, config->folder);
    for (const ce_node *n = config->root; n != NULL; n = ce_node_next(n)) {
        if (n->id == CE_A_SERVER_ROOT) {
            add_root(arena, a, ce_arena_text(arena, argument_of(config, n)));
        }
    }
    for (const ce_node *n = config->root; n != NULL; n = ce_node_next(n)) {
        if (n->id == CE_A_INCLUDE || n->id == CE_A_INCLUDE_OPTIONAL ||
            n->id == CE_N_INCLUDE) {
            add_argument(arena, a, argument_of(config, n));
        }
    }
}

static bool
knows(const ce_reach *reach, const struct stat *st, const char *pattern)
{
    for (size_t i = 0; i < reach->n; i++) {
        const place *p = &reach->list[i];

        if (p->device == st->st_dev && p->inode == st->st_ino &&
            (p->pattern == pattern || (p->pattern != NULL && pattern != NULL &&
                                       strcmp(p->pattern, pattern) == 0))) {
            return true;
        }
    }
    return false;
}

/* Remember a folder; false when it is none, or known already. */
static bool
add_place(ce_reach *reach, ce_files *files, const char *folder,
          const char *pattern)
{
    const char *path = ce_files_path(files, folder);
    struct stat st;

    if (path == NULL || stat(path, &st) != 0 || !S_ISDIR(st.st_mode) ||
        knows(reach, &st, pattern)) {
        return false;
    }
    reach->list = ce_arena_grow(reach->arena, reach->list, reach->n,
                                &reach->room, sizeof(place));
    reach->list[reach->n++] = (place){st.st_dev, st.st_ino, pattern};
    return true;
}

/* A folder that Apache reads whole, with those below it. */
static void
add_whole(ce_reach *reach, ce_files *files, const char *folder, unsigned depth)
{
    if (depth > MAX_FOLDERS || !add_place(reach, files, folder, NULL)) {
        return;
    }
    const char *path = ce_files_path(files, folder);
    DIR *dir = path == NULL ? NULL : opendir(path);

    if (dir == NULL) {
        return;
    }
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
            e->d_type != DT_REG) {
            add_whole(reach, files,
                      ce_arena_format(reach->arena, "%s/%s", folder, e->d_name),
                      depth + 1);
        }
    }
    closedir(dir);
}

static void
take_name(ce_reach *reach, const ce_config *config, const char *name)
{
    const char *slash = strrchr(name, '/');
    ce_names folders = {NULL, 0, 0};

    if (ce_glob_is_pattern(name)) {
        const char *folder = ce_arena_text(
            reach->arena, (tlsf_str){name, (size_t)(slash - name)});

        ce_glob_nginx(config->files, folder[0] == '\0' ? "/" : folder,
                      &folders);
        for (size_t i = 0; i < folders.n; i++) {
            add_place(reach, config->files, folders.list[i], slash + 1);
        }
    }
    if (config->kind != CE_APACHE) {
        return;
    }
    ce_names whole = {NULL, 0, 0};

    ce_glob_nginx(config->files, name, &whole);
    for (size_t i = 0; i < whole.n; i++) {
        add_whole(reach, config->files, whole.list[i], 0);
    }
}

static int
by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

ce_reach *
ce_reach_of(ce_arena *arena, const ce_config *configs, size_t n)
{
    ce_reach *reach = ce_arena_alloc(arena, sizeof(ce_reach));

    reach->arena = arena;
    for (size_t i = 0; i < n; i++) {
        asked a = {.config = &configs[i]};

        if (configs[i].root == NULL) {
            continue;
        }
        collect(arena, &a);
        if (a.names.n > 0) {
            qsort(a.names.list, a.names.n, sizeof(char *), by_bytes);
        }
        for (size_t k = 0; k < a.names.n; k++) {
            if (k == 0 || strcmp(a.names.list[k], a.names.list[k - 1]) != 0) {
                take_name(reach, &configs[i], a.names.list[k]);
            }
        }
    }
    return reach;
}

bool
ce_reach_finds(const ce_reach *reach, const struct stat *folder,
               const char *name)
{
    for (size_t i = 0; i < reach->n; i++) {
        const place *p = &reach->list[i];

        if (p->device == folder->st_dev && p->inode == folder->st_ino &&
            (p->pattern == NULL ||
             fnmatch(p->pattern, name, FNM_PERIOD) == 0)) {
            return true;
        }
    }
    return false;
}
