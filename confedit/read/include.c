/* SPDX-License-Identifier: Apache-2.0 */
/* What both readers share; called by the commands. */
#include "include.h"

#include <errno.h>
#include <stdlib.h>

#include "progress.h"
#include "reader.h"
#include "windows.h"

int
ce_config_stop(ce_config *config, ce_source *source, size_t at,
               const char *format, ...)
{
    ce_place place = {NULL, 0, 0};
    va_list args;

    va_start(args, format);
    const char *text = ce_arena_vformat(config->arena, format, args);
    va_end(args);
    if (source != NULL) {
        place = ce_source_place(config->arena, source, at);
    }
    ce_diag_say(config->diag, CE_ERROR, place, "%s", text);
    config->is_stopped = true;
    return -1;
}

bool
ce_config_is_elsewhere(ce_config *config, tlsf_str name, const ce_node *node)
{
    const char *text = ce_arena_text(config->arena, name);

    if (config->files->is_windows || ce_windows_drive(text) == 0 ||
        (text[2] != '/' && text[2] != '\\')) {
        return false;
    }
    ce_diag_say(config->diag, CE_WARNING, ce_node_place(config->arena, node),
                "%s is a name on Windows, and not followed: with --root FOLDER "
                "it is looked for in that folder",
                text);
    return true;
}

const char *
ce_config_name(const ce_config *config, tlsf_str name)
{
    const char *folder = config->folder;

    if (config->files->is_windows) {
        const char *text =
            ce_windows_name(config->arena, ce_arena_text(config->arena, name));

        if (ce_windows_drive(text) > 0) {
            return text;
        }
        name = tlsf_str_of(text);
        folder = ce_windows_name(config->arena, folder);
    }
    if (name.len > 0 && name.data[0] == '/') {
        return ce_arena_text(config->arena, name);
    }
    size_t n = strlen(folder);

    return ce_arena_format(config->arena, "%s%s%.*s", folder,
                           n > 0 && folder[n - 1] == '/' ? "" : "/",
                           (int)name.len, name.data);
}

void
ce_config_mark(ce_config *config, ce_source *source, size_t at,
               tlsf_str comment)
{
    if (config->is_proof ||
        !tlsf_str_starts(comment, TLSF_LIT("#:Overridden_by_"))) {
        return;
    }
    if (source->marked_by != config) {
        source->marked_by = config;
        source->marked_to = 0;
    }
    if (at < source->marked_to) {
        return; /* the file was read before */
    }
    source->marked_to = at + 1;
    config->marks = ce_arena_grow(config->arena, config->marks, config->n_marks,
                                  &config->marks_room, sizeof(ce_mark));
    config->marks[config->n_marks++] = (ce_mark){source, at, comment};
}

static int
refuse_file(ce_config *config, const char *name, const ce_node *via)
{
    const char *why = ce_files_why(errno);

    if (via == NULL) {
        ce_diag_say(config->diag, CE_ERROR, (ce_place){name, 0, 0},
                    "cannot be read: %s", why);
        config->is_stopped = true;
        return -1;
    }
    return ce_config_stop(config, via->source, via->at, "cannot read %s: %s",
                          name, why);
}

ce_node *
ce_config_node(ce_config *config, ce_node *parent, ce_id id)
{
    ce_node *spare = config->spare;

    if (id != CE_OTHER || spare == NULL) {
        return ce_tree_add(config->arena, parent, id);
    }
    config->spare = NULL;
    *spare = (ce_node){
        .id = id, .parent = parent, .taken = parent->taken, .is_waiting = true};
    return spare;
}

void
ce_config_spare(ce_config *config, ce_node *block)
{
    if (block->is_waiting) {
        config->spare = block;
    }
}

int
ce_config_open(ce_config *config, const char *name, ce_source *source,
               ce_node *parent, const ce_node *via)
{
    if (source == NULL) {
        return refuse_file(config, name, via);
    }
    if (config->depth >= CE_MAX_INCLUDES) {
        return ce_config_stop(config, via == NULL ? NULL : via->source,
                              via == NULL ? 0 : via->at,
                              "includes lead in a circle: more than %d files "
                              "deep",
                              CE_MAX_INCLUDES);
    }
    if (tlsf_str_starts(source->bytes, TLSF_LIT("\xef\xbb\xbf"))) {
        return ce_config_stop(config, source, 0,
                              "the file begins with a byte order mark; the "
                              "server refuses it");
    }
    if (config->is_proof) {
        ce_progress_step("proving", "files");
    }
    ce_open open = {source, config->open};

    config->open = &open;
    config->depth++;
    int result = config->kind == CE_NGINX
                     ? ce_nginx_read(config, source, parent, via)
                     : ce_apache_read(config, source, parent, via);
    config->depth--;
    config->open = open.outer;
    return result;
}

int
ce_config_read(ce_config *config)
{
    config->root = ce_tree_add(config->arena, NULL, CE_OTHER);
    config->root->is_block = true;
    return ce_config_open(config, config->main,
                          ce_files_read(config->files, config->main),
                          config->root, NULL);
}

const ce_define *
ce_defines_find(const ce_defines *defines, const char *name)
{
    size_t index;

    if (!ce_map_find(&defines->by_name, tlsf_str_of(name), &index) ||
        defines->list[index].name == NULL) {
        return NULL;
    }
    return &defines->list[index];
}

void
ce_defines_set(ce_arena *arena, ce_defines *defines, const char *name,
               const char *value)
{
    size_t index;

    if (!ce_map_find(&defines->by_name, tlsf_str_of(name), &index)) {
        index = defines->n;
        defines->list = ce_arena_grow(arena, defines->list, defines->n++,
                                      &defines->room, sizeof(ce_define));
        ce_map_set(arena, &defines->by_name, tlsf_str_of(name), index);
    }
    defines->list[index].name = name;
    if (value != NULL) {
        defines->list[index].value = value;
    }
}

void
ce_defines_unset(ce_defines *defines, const char *name)
{
    size_t index;

    if (ce_map_find(&defines->by_name, tlsf_str_of(name), &index)) {
        defines->list[index] = (ce_define){NULL, NULL};
    }
}

static const char *
value_of(const ce_config *config, const char *name)
{
    const ce_define *define = ce_defines_find(&config->defines, name);

    if (define != NULL && define->value != NULL) {
        return define->value;
    }
    define = ce_defines_find(&config->environment, name);
    if (define != NULL) {
        return define->value;
    }
    return config->knows_environment ? getenv(name) : NULL;
}

tlsf_str
ce_config_expand(const ce_config *config, tlsf_str text, const char **missing)
{
    ce_text result = {NULL, 0, 0};
    size_t done = 0;

    *missing = NULL;
    if (text.len == 0 || memchr(text.data, '$', text.len) == NULL) {
        return text;
    }
    for (size_t i = 0; i + 2 < text.len; i++) {
        const char *end;

        if (text.data[i] != '$' || text.data[i + 1] != '{') {
            continue;
        }
        end = memchr(text.data + i + 2, '}', text.len - i - 2);
        if (end == NULL) {
            break;
        }
        size_t stop = (size_t)(end - text.data);
        const char *name = ce_arena_text(
            config->arena, tlsf_str_sub(text, i + 2, stop - i - 2));
        const char *value = value_of(config, name);

        if (value == NULL) {
            *missing = *missing == NULL ? name : *missing;
            i = stop;
            continue;
        }
        ce_text_add(config->arena, &result, tlsf_str_sub(text, done, i - done));
        ce_text_add(config->arena, &result, tlsf_str_of(value));
        done = stop + 1;
        i = stop;
    }
    if (done == 0) {
        return text;
    }
    ce_text_add(config->arena, &result,
                tlsf_str_sub(text, done, text.len - done));
    return (tlsf_str){result.data == NULL ? "" : result.data, result.n};
}
