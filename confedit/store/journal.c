/* SPDX-License-Identifier: Apache-2.0 */
/* The journal on disk; called by commit.c and recover.c. */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include "set_text.h"

#define NAME "journal.json"
#define NEXT "journal.new"

const char *
ce_journal_name(const ce_store *store)
{
    return ce_base_name(&store->base,
                        ce_safe_join(store->arena, store->state_path, NAME));
}

int
ce_journal_write(ce_store *store, const ce_journal *journal)
{
    int fd = ce_safe_at(&store->base, store->state);
    json_t *all = json_object();

    json_object_set_new(all, "schema", json_integer(CE_SET_SCHEMA));
    json_object_set_new(all, "id", json_string(journal->id));
    json_object_set_new(
        all, "folder",
        json_string(ce_text_spell(store->arena, journal->folder)));
    json_object_set_new(all, "ready", json_boolean(journal->is_ready));
    json_object_set_new(all, "reloaded", json_boolean(journal->is_told));
    char *text = json_dumps(all, JSON_INDENT(1));

    json_decref(all);
    if (fd < 0 || text == NULL) {
        free(text);
        errno = fd < 0 ? errno : ENOMEM;
        return -1;
    }
    unlinkat(fd, NEXT, 0);
    int result = ce_io_make(fd, NEXT, tlsf_str_of(text), NULL);

    free(text);
    if (result != 0) {
        return -1;
    }
    if (renameat(fd, NEXT, fd, NAME) != 0 || fsync(fd) != 0) {
        int failure = errno;

        unlinkat(fd, NEXT, 0);
        errno = failure;
        return -1;
    }
    return 0;
}

static const char *
parse(ce_store *store, tlsf_str text, ce_journal *journal)
{
    json_t *all = json_loadb(text.data, text.len, 0, NULL);
    const char *id = json_string_value(json_object_get(all, "id"));
    const char *folder = json_string_value(json_object_get(all, "folder"));
    json_int_t schema = json_integer_value(json_object_get(all, "schema"));
    const char *why = NULL;

    if (schema > CE_SET_SCHEMA) {
        why = "a newer confedit made it";
    } else if (schema < 1 || id == NULL || !ce_set_is_id(id) ||
               folder == NULL || folder[0] != '/') {
        why = "it is damaged";
    } else {
        journal->id = ce_text_read(store->arena, id);
        journal->folder = ce_text_read(store->arena, folder);
        journal->is_ready = !json_is_false(json_object_get(all, "ready"));
        journal->is_told = json_is_true(json_object_get(all, "reloaded"));
    }
    json_decref(all);
    return why;
}

int
ce_journal_read(ce_store *store, ce_journal *journal, const char **why)
{
    struct stat st;
    tlsf_str text;

    if (store->state == NULL) {
        return 0;
    }
    int folder = ce_safe_at(&store->base, store->state);
    int fd = folder < 0 ? -1 : ce_io_open(folder, NAME, &st);

    if (fd < 0) {
        *why = strerror(errno);
        return errno == ENOENT ? 0 : -1;
    }
    if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        *why = "others could have written it";
    } else if (ce_io_read(store->arena, fd, &text) != 0) {
        *why = "it cannot be read";
    } else {
        *why = parse(store, text, journal);
    }
    close(fd);
    return *why == NULL ? 1 : -1;
}

void
ce_journal_tidy(ce_store *store)
{
    int fd = store->state == NULL ? -1 : ce_safe_at(&store->base, store->state);

    if (fd >= 0) {
        unlinkat(fd, NEXT, 0);
    }
}

int
ce_journal_remove(ce_store *store)
{
    int fd = ce_safe_at(&store->base, store->state);

    if (fd < 0 || (unlinkat(fd, NAME, 0) != 0 && errno != ENOENT)) {
        return -1;
    }
    return fsync(fd);
}
