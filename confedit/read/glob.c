/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns of both servers; called by the two readers. */
#include "glob.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "windows.h"

/* Folders below a folder that Apache's Include goes down. */
#define MAX_FOLDERS 20

bool
ce_glob_is_pattern(const char *text)
{
    return strpbrk(text, "*?[") != NULL;
}

static void
add(ce_files *files, ce_names *names, const char *name)
{
    names->list = ce_arena_grow(files->arena, names->list, names->n,
                                &names->room, sizeof(char *));
    names->list[names->n++] = name;
}

static int
by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
is_folder(ce_files *files, const char *name)
{
    const char *path = ce_files_path(files, name);
    struct stat st;

    return path != NULL && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool
is_there(ce_files *files, const char *name)
{
    const char *path = ce_files_path(files, name);
    struct stat st;

    return path != NULL && stat(path, &st) == 0;
}

/* The server's name of something in a folder. */
static const char *
inside(ce_files *files, const char *folder, const char *part)
{
    size_t n = strlen(folder);

    return ce_arena_format(files->arena, "%s%s%s", folder,
                           n > 0 && folder[n - 1] == '/' ? "" : "/", part);
}

static bool
matches(ce_files *files, const char *pattern, const char *name, bool is_blind)
{
    if (is_blind) {
        pattern = ce_windows_small(files->arena, pattern);
        name = ce_windows_small(files->arena, name);
    }
    return fnmatch(pattern, name, FNM_PERIOD) == 0;
}

/*
 * The entries of a folder that match, sorted; pattern NULL: all. Only
 * nginx takes `.*` for the folder itself and its parent. Returns 0 or -1 with
 * errno.
 */
static int
list_folder(ce_files *files, const char *folder, const char *pattern,
            bool is_nginx, ce_names *names)
{
    bool is_blind = is_nginx && files->is_windows;
    const char *path = ce_files_path(files, folder[0] == '\0' ? "/" : folder);
    DIR *dir = path == NULL ? NULL : opendir(path);

    if (dir == NULL) {
        return -1;
    }
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        bool is_self =
            strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;

        if (is_self && !is_nginx) {
            continue;
        }
        if (pattern == NULL || matches(files, pattern, e->d_name, is_blind)) {
            add(files, names, inside(files, folder, e->d_name));
        }
    }
    closedir(dir);
    if (names->n > 0) {
        qsort(names->list, names->n, sizeof(char *), by_bytes);
    }
    return 0;
}

/* The first part of a pattern, and the rest behind its slashes. */
static const char *
first_part(ce_files *files, const char *pattern, const char **rest)
{
    size_t n = strcspn(pattern, "/");

    *rest = pattern + n + strspn(pattern + n, "/");
    return ce_arena_text(files->arena, (tlsf_str){pattern, n});
}

/* Where a pattern begins, "" or a drive; moves behind it. */
static const char *
first_folder(ce_files *files, const char **pattern)
{
    size_t n = files->is_windows ? ce_windows_drive(*pattern) : 0;
    const char *folder = ce_arena_text(files->arena, (tlsf_str){*pattern, n});

    *pattern += n;
    *pattern += strspn(*pattern, "/");
    return folder;
}

static void
expand_nginx(ce_files *files, const char *folder, const char *pattern,
             ce_names *names)
{
    const char *rest;
    const char *part = first_part(files, pattern, &rest);
    ce_names found = {NULL, 0, 0};

    if (!ce_glob_is_pattern(part)) {
        const char *name = inside(files, folder, part);

        if (*rest != '\0') {
            expand_nginx(files, name, rest, names);
        } else if (is_there(files, name)) {
            add(files, names, name);
        }
        return;
    }
    list_folder(files, folder, part, true, &found);
    for (size_t i = 0; i < found.n; i++) {
        if (*rest == '\0') {
            add(files, names, found.list[i]);
        } else if (is_folder(files, found.list[i])) {
            expand_nginx(files, found.list[i], rest, names);
        }
    }
}

void
ce_glob_nginx(ce_files *files, const char *pattern, ce_names *names)
{
    if (!ce_glob_is_pattern(pattern)) {
        add(files, names, pattern);
        return;
    }
    const char *folder = first_folder(files, &pattern);

    expand_nginx(files, folder, pattern, names);
}

/* A name without a pattern: a file, or a folder with all that is in it. */
static const char *
take_apache(ce_files *files, const char *name, bool is_optional, unsigned depth,
            ce_names *names)
{
    if (!is_folder(files, name)) {
        if (!is_optional || is_there(files, name)) {
            add(files, names, name);
        }
        return NULL;
    }
    ce_names found = {NULL, 0, 0};

    if (depth > MAX_FOLDERS) {
        return ce_arena_format(files->arena,
                               "more than %d folders deep; the server stops "
                               "here",
                               MAX_FOLDERS);
    }
    if (list_folder(files, name, NULL, false, &found) != 0) {
        return ce_arena_format(files->arena, "cannot read the folder %s: %s",
                               name, strerror(errno));
    }
    for (size_t i = 0; i < found.n; i++) {
        const char *why =
            take_apache(files, found.list[i], is_optional, depth + 1, names);
        if (why != NULL) {
            return why;
        }
    }
    return NULL;
}

static const char *
expand_apache(ce_files *files, const char *folder, const char *pattern,
              bool is_optional, ce_names *names)
{
    const char *rest;
    const char *part = first_part(files, pattern, &rest);
    ce_names found = {NULL, 0, 0};
    size_t n = 0;

    if (!ce_glob_is_pattern(part)) {
        const char *name = inside(files, folder, part);

        return *rest == '\0'
                   ? take_apache(files, name, is_optional, 0, names)
                   : expand_apache(files, name, rest, is_optional, names);
    }
    if (list_folder(files, folder, part, false, &found) != 0 && !is_optional) {
        return ce_arena_format(files->arena, "cannot read the folder %s: %s",
                               folder, strerror(errno));
    }
    for (size_t i = 0; i < found.n; i++) {
        const char *why;

        if (*rest == '\0') {
            why = take_apache(files, found.list[i], is_optional, 0, names);
        } else if (is_folder(files, found.list[i])) {
            why = expand_apache(files, found.list[i], rest, is_optional, names);
        } else {
            continue;
        }
        n++;
        if (why != NULL) {
            return why;
        }
    }
    if (n == 0 && !is_optional) {
        return ce_arena_format(files->arena,
                               "nothing matches %s in %s; the server does not "
                               "start (IncludeOptional would let it)",
                               part, folder);
    }
    return NULL;
}

const char *
ce_glob_apache(ce_files *files, const char *pattern, bool is_optional,
               ce_names *names)
{
    if (!ce_glob_is_pattern(pattern)) {
        return take_apache(files, pattern, is_optional, 0, names);
    }
    const char *folder = first_folder(files, &pattern);

    return expand_apache(files, folder, pattern, is_optional, names);
}
