/* SPDX-License-Identifier: Apache-2.0 */
/* A set's manifest as JSON and back; called by set.c. */
#include "set.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "set_text.h"

#define MAX_NS 999999999

static json_t *
text_of(ce_arena *arena, const char *text)
{
    return text == NULL ? json_null() : json_string(ce_text_spell(arena, text));
}

static json_t *
number_of(long long n)
{
    return json_integer((json_int_t)n);
}

static json_t *
file_of(ce_arena *arena, const ce_set_file *f)
{
    json_t *file = json_object();
    json_t *mtime = json_array();

    json_array_append_new(mtime, number_of(f->modified_at.tv_sec));
    json_array_append_new(mtime, number_of(f->modified_at.tv_nsec));
    json_object_set_new(file, "name", text_of(arena, f->name));
    json_object_set_new(file, "folder", text_of(arena, f->folder));
    json_object_set_new(file, "leaf", text_of(arena, f->leaf));
    json_object_set_new(file, "stage", text_of(arena, f->stage));
    json_object_set_new(file, "is_link", json_boolean(f->is_link));
    json_object_set_new(file, "mode", number_of(f->mode));
    json_object_set_new(file, "uid", number_of(f->uid));
    json_object_set_new(file, "gid", number_of(f->gid));
    json_object_set_new(file, "mtime", mtime);
    json_object_set_new(file, "size", number_of((long long)f->size));
    json_object_set_new(file, "start", number_of((long long)f->start));
    json_object_set_new(file, "end", number_of((long long)f->end));
    json_object_set_new(file, "middle", number_of((long long)f->middle));
    json_object_set_new(file, "before", json_string(f->before.hex));
    json_object_set_new(file, "after", json_string(f->after.hex));
    return file;
}

static json_t *
configs_of(ce_arena *arena, const ce_set *set)
{
    json_t *list = json_array();

    for (size_t i = 0; i < set->n_configs; i++) {
        json_t *config = json_object();

        json_object_set_new(config, "kind",
                            json_string(ce_kind_name(set->configs[i].kind)));
        json_object_set_new(config, "name",
                            text_of(arena, set->configs[i].name));
        json_array_append_new(list, config);
    }
    return list;
}

tlsf_str
ce_manifest_write(ce_arena *arena, const ce_set *set, const char *root)
{
    json_t *all = json_object();
    json_t *defines = json_array();
    json_t *files = json_array();

    json_object_set_new(all, "schema", number_of(CE_SET_SCHEMA));
    json_object_set_new(all, "id", json_string(set->id));
    json_object_set_new(all, "time", number_of(set->at.tv_sec));
    json_object_set_new(all, "nanoseconds", number_of(set->at.tv_nsec));
    json_object_set_new(all, "command", text_of(arena, set->command));
    json_object_set_new(all, "confedit", text_of(arena, set->release));
    json_object_set_new(all, "host", text_of(arena, set->host));
    json_object_set_new(all, "user", number_of(geteuid()));
    json_object_set_new(all, "root", text_of(arena, root));
    json_object_set_new(all, "undoes", text_of(arena, set->undoes));
    json_object_set_new(all, "server_version",
                        text_of(arena, set->server_version));
    for (size_t i = 0; i < set->defines.n; i++) {
        json_array_append_new(defines, text_of(arena, set->defines.list[i]));
    }
    for (size_t i = 0; i < set->n; i++) {
        json_array_append_new(files, file_of(arena, &set->files[i]));
    }
    json_object_set_new(all, "defines", defines);
    json_object_set_new(all, "configs", configs_of(arena, set));
    json_object_set_new(all, "files", files);
    char *text = json_dumps(all, JSON_INDENT(1));

    json_decref(all);
    if (text == NULL) {
        fputs("confedit: out of memory\n", stderr);
        exit(71);
    }
    tlsf_str kept = tlsf_str_of(ce_arena_format(arena, "%s\n", text));

    free(text);
    return kept;
}

/* A member that is text; NULL when it is null, missing or something else. */
static const char *
text_in(ce_arena *arena, const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text == NULL ? NULL : ce_text_read(arena, text);
}

static bool
number_in(const json_t *object, const char *name, long long *n)
{
    const json_t *number = json_object_get(object, name);

    *n = (long long)json_integer_value(number);
    return json_is_integer(number) && *n >= 0;
}

static bool
digest_in(const json_t *object, const char *name, ce_digest *digest)
{
    const char *hex = json_string_value(json_object_get(object, name));

    if (hex == NULL || strspn(hex, "0123456789abcdef") != 64 ||
        hex[64] != '\0') {
        return false;
    }
    memcpy(digest->hex, hex, CE_DIGEST_ROOM);
    return true;
}

/* A path that stays where it says: absolute, without parts like "..". */
static bool
is_inside(const char *path)
{
    if (path == NULL || path[0] != '/') {
        return false;
    }
    for (const char *p = path; *p != '\0'; p += strcspn(p, "/")) {
        p += strspn(p, "/");
        size_t n = strcspn(p, "/");

        if ((n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.')) {
            return false;
        }
    }
    return true;
}

static bool
is_leaf(const char *name)
{
    return name != NULL && name[0] != '\0' && strchr(name, '/') == NULL &&
           strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static const char *const numbers[] = {"mode",  "uid", "gid",   "size",
                                      "start", "end", "middle"};

static const char *
read_file(ce_arena *arena, const json_t *object, ce_set_file *f)
{
    const json_t *mtime = json_object_get(object, "mtime");
    long long n[7];

    f->name = text_in(arena, object, "name");
    f->folder = text_in(arena, object, "folder");
    f->leaf = text_in(arena, object, "leaf");
    f->stage = text_in(arena, object, "stage");
    f->is_link = json_is_true(json_object_get(object, "is_link"));
    if (!is_inside(f->folder) || !is_inside(f->stage) || !is_leaf(f->leaf) ||
        f->name == NULL) {
        return "its manifest names a path outside the tree";
    }
    for (size_t i = 0; i < TLSF_COUNTOF(n); i++) {
        if (!number_in(object, numbers[i], &n[i])) {
            return "its manifest is damaged";
        }
    }
    if (n[0] > 07777 || n[1] > UINT32_MAX || n[2] > UINT32_MAX) {
        return "its manifest is damaged";
    }
    const json_t *ns = json_array_get(mtime, 1);

    if (json_array_size(mtime) != 2 ||
        !json_is_integer(json_array_get(mtime, 0)) || !json_is_integer(ns) ||
        json_integer_value(ns) < 0 || json_integer_value(ns) > MAX_NS ||
        !digest_in(object, "before", &f->before) ||
        !digest_in(object, "after", &f->after)) {
        return "its manifest is damaged";
    }
    f->mode = (mode_t)n[0];
    f->uid = (uid_t)n[1];
    f->gid = (gid_t)n[2];
    f->size = (size_t)n[3];
    f->start = (size_t)n[4];
    f->end = (size_t)n[5];
    f->middle = (size_t)n[6];
    f->modified_at.tv_sec =
        (time_t)json_integer_value(json_array_get(mtime, 0));
    f->modified_at.tv_nsec = (long)json_integer_value(json_array_get(mtime, 1));
    return NULL;
}

static const char *
read_lists(ce_arena *arena, const json_t *all, ce_set *set)
{
    const json_t *files = json_object_get(all, "files");
    const json_t *configs = json_object_get(all, "configs");
    const json_t *defines = json_object_get(all, "defines");

    set->n = json_array_size(files);
    set->files = ce_arena_alloc(arena, set->n * sizeof(ce_set_file));
    for (size_t i = 0; i < set->n; i++) {
        const char *why =
            read_file(arena, json_array_get(files, i), &set->files[i]);

        if (why != NULL) {
            return why;
        }
    }
    size_t n = json_array_size(configs);

    set->configs = ce_arena_alloc(arena, n * sizeof(ce_set_config));
    for (size_t i = 0; i < n; i++) {
        const json_t *config = json_array_get(configs, i);
        const char *kind = json_string_value(json_object_get(config, "kind"));
        const char *name = text_in(arena, config, "name");

        if (kind != NULL && name != NULL) {
            set->configs[set->n_configs++] = (ce_set_config){
                strcmp(kind, "nginx") == 0 ? CE_NGINX : CE_APACHE, name};
        }
    }
    n = json_array_size(defines);
    for (size_t i = 0; i < n; i++) {
        const char *text = json_string_value(json_array_get(defines, i));

        set->defines.list =
            ce_arena_grow(arena, set->defines.list, set->defines.n,
                          &set->defines.room, sizeof(char *));
        set->defines.list[set->defines.n++] =
            ce_text_read(arena, text == NULL ? "" : text);
    }
    return NULL;
}

const char *
ce_manifest_read(ce_arena *arena, tlsf_str text, ce_set *set)
{
    json_t *all = json_loadb(text.data, text.len, 0, NULL);
    const char *why = NULL;
    long long schema;
    long long at;
    long long ns;

    *set = (ce_set){.id = NULL};
    if (!number_in(all, "schema", &schema) || !number_in(all, "time", &at) ||
        !number_in(all, "nanoseconds", &ns) || schema < 1 || ns > MAX_NS) {
        why = "its manifest is damaged";
    } else if (schema > CE_SET_SCHEMA) {
        why = "a newer confedit made it";
    } else {
        set->at = (struct timespec){(time_t)at, (long)ns};
        set->id = text_in(arena, all, "id");
        set->command = text_in(arena, all, "command");
        set->release = text_in(arena, all, "confedit");
        set->host = text_in(arena, all, "host");
        set->undoes = text_in(arena, all, "undoes");
        set->server_version = text_in(arena, all, "server_version");
        why = read_lists(arena, all, set);
        if (why == NULL && (set->id == NULL || set->command == NULL)) {
            why = "its manifest is damaged";
        }
    }
    json_decref(all);
    return why;
}
