/* SPDX-License-Identifier: Apache-2.0 */
/* The base of safe paths, and paths as texts; called by all that write. */
#define _GNU_SOURCE /* O_PATH */
#include "safe.h"

#include <fcntl.h>
#include <unistd.h>

int
ce_base_open(ce_base *base, ce_arena *arena, const char *root, bool trusts)
{
    *base = (ce_base){.arena = arena, .path = root == NULL ? "" : root};
    base->is_strict = geteuid() == 0 && !trusts;
    base->fd = open(root == NULL ? "/" : root,
                    O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return base->fd < 0 ? -1 : 0;
}

void
ce_base_close(ce_base *base)
{
    for (size_t i = 0; i < CE_KEPT_FOLDERS; i++) {
        if (base->kept[i].path != NULL) {
            close(base->kept[i].fd);
            base->kept[i].path = NULL;
        }
    }
    if (base->fd >= 0) {
        close(base->fd);
        base->fd = -1;
    }
}

const char *
ce_base_name(const ce_base *base, const char *path)
{
    return ce_arena_format(base->arena, "%s%s", base->path, path);
}

const char *
ce_safe_parent(ce_arena *arena, const char *folder)
{
    const char *slash = strrchr(folder, '/');

    if (slash == NULL || folder[1] == '\0') {
        return NULL;
    }
    return slash == folder
               ? "/"
               : ce_arena_text(arena,
                               (tlsf_str){folder, (size_t)(slash - folder)});
}

const char *
ce_safe_join(ce_arena *arena, const char *folder, const char *name)
{
    return ce_arena_format(arena, "%s/%s",
                           strcmp(folder, "/") == 0 ? "" : folder, name);
}
