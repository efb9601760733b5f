/* SPDX-License-Identifier: Apache-2.0 */
/* Names of main files; called by system.c. */
#include "named.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "windows.h"

const char *
ce_named_folder(ce_arena *arena, const char *name)
{
    const char *slash = strrchr(name, '/');

    if (slash == NULL || slash == name) {
        return "/";
    }
    return ce_arena_text(arena, (tlsf_str){name, (size_t)(slash - name)});
}

const char *
ce_named_main(ce_files *files, const char *name)
{
    const char *root = files->root;
    const char *full = name;

    if (root != NULL) {
        size_t n = strlen(root);

        if (ce_windows_drive(name) > 0 || strchr(name, '\\') != NULL) {
            files->is_windows = true;
            name = ce_windows_name(files->arena, name);
            if (ce_windows_drive(name) > 0) {
                return name;
            }
        }

        if (strncmp(name, root, n) == 0 && name[n] == '/') {
            return name + n;
        }
        return name[0] == '/' ? name
                              : ce_arena_format(files->arena, "/%s", name);
    }
    if (name[0] != '/') {
        char *here = getcwd(NULL, 0);

        full = ce_arena_format(files->arena, "%s/%s", here == NULL ? "" : here,
                               strncmp(name, "./", 2) == 0 ? name + 2 : name);
        free(here);
    }
    return full;
}

bool
ce_named_again(ce_files *files, ce_map *known, const ce_source *source,
               const char *main)
{
    const char *folder =
        ce_files_path(files, ce_named_folder(files->arena, main));
    struct stat st;
    size_t value;

    if (folder == NULL || stat(folder, &st) != 0) {
        return false;
    }
    tlsf_str key = tlsf_str_of(ce_arena_format(
        files->arena, "%ju:%ju in %ju:%ju", (uintmax_t)source->device,
        (uintmax_t)source->inode, (uintmax_t)st.st_dev, (uintmax_t)st.st_ino));
    bool is_known = ce_map_find(known, key, &value);

    ce_map_set(files->arena, known, key, 1);
    return is_known;
}
