/* SPDX-License-Identifier: Apache-2.0 */
/* confedit history: the backup sets, newest first. */
#include "cmd.h"
#include "run.h"

#include "commit.h"
#include "json_out.h"
#include "set.h"
#include "terminal.h"
#include "tlsf_release.h"

static void
put_text(ce_json *json, const char *name, const char *text)
{
    if (text != NULL) {
        ce_json_text(json, name, tlsf_str_of(text));
    }
}

static void
put_set(ce_json *json, ce_arena *arena, const ce_set *set)
{
    ce_json_open(json, NULL, '{');
    put_text(json, "id", set->id);
    put_text(json, "time", ce_set_when(arena, set));
    put_text(json, "command", set->command);
    put_text(json, "confedit", set->release);
    put_text(json, "host", set->host);
    put_text(json, "undoes", set->undoes);
    put_text(json, "undone_by", set->undone_by);
    ce_json_open(json, "files", '[');
    for (size_t i = 0; i < set->n; i++) {
        ce_json_open(json, NULL, '{');
        put_text(json, "file", set->files[i].name);
        ce_json_close(json);
    }
    ce_json_close(json);
    ce_json_close(json);
}

static void
print_json(ce_store *store, const ce_set *sets, size_t n, const char *waiting)
{
    ce_json json = {.to = stdout};

    ce_json_open(&json, NULL, '{');
    ce_json_number(&json, "schema", CE_SCHEMA);
    put_text(&json, "confedit", TLSF_RELEASE);
    put_text(&json, "command", "history");
    ce_json_number(&json, "status", CE_DONE);
    put_text(&json, "folder", ce_base_name(&store->base, store->sets_path));
    ce_json_bool(&json, "interrupted", waiting != NULL);
    ce_json_open(&json, "sets", '[');
    for (size_t i = 0; i < n; i++) {
        put_set(&json, store->arena, &sets[i]);
    }
    ce_json_close(&json);
    ce_json_close(&json);
}

static void
print_sets(ce_store *store, const ce_set *sets, size_t n)
{
    if (n == 0) {
        ce_say(stdout, "no backup sets in %s\n",
               ce_base_name(&store->base, store->sets_path));
        return;
    }
    printf("%-21s  %-20s  %5s  %s\n", "set", "time", "files", "command");
    for (size_t i = 0; i < n; i++) {
        printf("%-21s  %-20s  %5zu  ", sets[i].id,
               ce_set_when(store->arena, &sets[i]), sets[i].n);
        ce_terminal_put(stdout, tlsf_str_of(sets[i].command));
        if (sets[i].undone_by != NULL) {
            ce_say(stdout, "  (undone by %s)", sets[i].undone_by);
        }
        puts("");
    }
}

static int
history(ce_options *options)
{
    ce_store store;
    ce_set *sets = NULL;
    size_t n = 0;

    if (options->configs.n > 0) {
        fputs("confedit: history takes no names\n", stderr);
        return CE_USAGE;
    }
    const char *waiting = ce_commit_waiting(options);
    int status = ce_store_open(&store, options);

    if (status == CE_DONE) {
        status = ce_store_sets(&store, false);
    }
    if (status == CE_DONE) {
        status = ce_set_list(&store, &sets, &n);
    }
    if (status == CE_DONE && options->has[CE_OPTION_JSON]) {
        print_json(&store, sets, n, waiting);
    } else if (status == CE_DONE && !options->has[CE_OPTION_QUIET]) {
        print_sets(&store, sets, n);
    }
    if (status == CE_DONE && waiting != NULL) {
        fflush(stdout);
        ce_say(stderr, "%s\n", waiting);
    }
    ce_store_close(&store);
    return status;
}

const ce_command ce_command_history = {
    .name = "history",
    .synopsis = "[OPTION…]",
    .summary = "the backup sets that undo restores, newest first",
    .help = "",
    .set = CE_HISTORY,
    .run = history,
};
