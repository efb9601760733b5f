/* SPDX-License-Identifier: Apache-2.0 */
/* Where sets, journal and lock are; called by commit.c and the commands. */
#include "set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "terminal.h"

#define SYSTEM_STORE "/var/backups/confedit"

static int
no_home(void)
{
    fputs("confedit: neither XDG_STATE_HOME nor HOME says where backups "
          "belong; set one of them\n",
          stderr);
    return CE_UNWRITABLE;
}

static const char *
environment(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && value[0] == '/' ? value : NULL;
}

bool
ce_store_has_place(const ce_options *options)
{
    return options->root != NULL || geteuid() == 0 ||
           environment("CONFEDIT_STATE_DIR") != NULL ||
           environment("XDG_STATE_HOME") != NULL || environment("HOME") != NULL;
}

/*
 * Journal and lock have one place for each user of a host, or a run would
 * neither wait for another nor find what one left that died.
 */
static int
take_state_path(ce_store *store, const char *root)
{
    const char *given = environment("CONFEDIT_STATE_DIR");
    const char *state = environment("XDG_STATE_HOME");
    const char *home = environment("HOME");

    if (root != NULL) {
        store->state_path = SYSTEM_STORE;
        given = NULL;
    } else if (geteuid() == 0) {
        store->state_path = SYSTEM_STORE;
        store->is_system = true;
    } else if (state != NULL) {
        store->state_path = ce_safe_join(store->arena, state, "confedit");
    } else if (home != NULL) {
        store->state_path =
            ce_safe_join(store->arena, home, ".local/state/confedit");
    } else if (given != NULL) {
        store->state_path = given;
    } else {
        return no_home();
    }
    store->sets_path = given == NULL ? store->state_path : given;
    return CE_DONE;
}

/* --backup-dir as a path inside the base. */
static const char *
given_path(const ce_store *store, const char *dir)
{
    size_t n = strlen(store->base.path);

    if (n > 0) {
        if (strncmp(dir, store->base.path, n) == 0 && dir[n] == '/') {
            return dir + n;
        }
        return dir[0] == '/' ? dir : ce_safe_join(store->arena, "/", dir);
    }
    if (dir[0] == '/') {
        return dir;
    }
    char *here = getcwd(NULL, 0);
    const char *path =
        ce_safe_join(store->arena, here == NULL ? "/" : here, dir);

    free(here);
    return path;
}

int
ce_store_open(ce_store *store, const ce_options *options)
{
    const char *root = NULL;

    *store = (ce_store){.arena = options->arena, .base = {.fd = -1}};
    if (options->root != NULL) {
        char *real = realpath(options->root, NULL);

        if (real == NULL) {
            return ce_io_fail(options->root, "cannot be reached", errno);
        }
        root = strcmp(real, "/") == 0
                   ? NULL
                   : ce_arena_text(options->arena, tlsf_str_of(real));
        free(real);
    }
    if (ce_base_open(&store->base, options->arena, root,
                     options->has[CE_OPTION_TRUST_PATHS]) != 0) {
        return ce_io_fail(root == NULL ? "/" : root, "cannot be opened", errno);
    }
    int status = take_state_path(store, root);
    const char *given = options->value[CE_OPTION_BACKUP_DIR];

    if (given != NULL) {
        store->sets_path = given_path(store, given);
    }
    return status;
}

void
ce_store_close(ce_store *store)
{
    ce_base_close(&store->base);
}

static int
resolve(ce_store *store, const char *path, bool makes, const char **folder)
{
    struct stat st;
    int status = ce_safe_folder(&store->base, path, makes, folder);

    if (status != CE_DONE) {
        *folder = NULL;
        return status == -1 ? CE_DONE : status;
    }
    const char *name = ce_base_name(&store->base, *folder);
    int fd = ce_safe_at(&store->base, *folder);

    if (fd < 0 || fstat(fd, &st) != 0) {
        *folder = NULL;
        return ce_io_fail(name, "cannot be opened", errno);
    }
    if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        *folder = NULL;
        ce_say(stderr,
               "%s: %s; backups and journal need a folder of your own "
               "(chmod 0700), or another with --backup-dir\n",
               name,
               st.st_uid != geteuid() ? "it belongs to another user"
                                      : "others can write in it");
        return CE_NOT_ALLOWED;
    }
    return CE_DONE;
}

int
ce_store_state(ce_store *store, bool makes)
{
    return resolve(store, store->state_path, makes, &store->state);
}

int
ce_store_sets(ce_store *store, bool makes)
{
    return resolve(store, store->sets_path, makes, &store->sets);
}
