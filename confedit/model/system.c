/* SPDX-License-Identifier: Apache-2.0 */
/* Finds configurations and what reads them; called by the commands. */
#include "system.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "ask.h"
#include "guess.h"
#include "named.h"
#include "windows.h"
#include "tlsf_err.h"

static const char *const apache_programs[] = {
    "/usr/sbin/apache2", "/usr/sbin/httpd", "/usr/local/apache2/bin/httpd",
    "/usr/local/sbin/httpd"};
static const char *const nginx_programs[] = {
    "/usr/sbin/nginx", "/usr/local/nginx/sbin/nginx", "/usr/local/sbin/nginx"};

/* Where distributions keep the main file. */
static const char *const apache_files[] = {
    "/etc/apache2/apache2.conf", "/etc/httpd/conf/httpd.conf",
    "/etc/apache2/httpd.conf", "/usr/local/apache2/conf/httpd.conf"};
static const char *const nginx_files[] = {"/etc/nginx/nginx.conf",
                                          "/usr/local/nginx/conf/nginx.conf"};

/* A file of the system that shows what its programs would say. */
typedef struct finder {
    const ce_options *options;
    ce_files *files;
    ce_arena *arena;
    ce_arena *trees;
    ce_config *configs;
    size_t n;
    size_t room;
    ce_map named;
    ce_diag *diag;
} finder;

static const char *
program_of(ce_kind kind)
{
    const char *const *list =
        kind == CE_APACHE ? apache_programs : nginx_programs;
    size_t n = kind == CE_APACHE ? TLSF_COUNTOF(apache_programs)
                                 : TLSF_COUNTOF(nginx_programs);
    const char *given =
        getenv(kind == CE_APACHE ? "CONFEDIT_HTTPD" : "CONFEDIT_NGINX");

    if (given != NULL && given[0] == '/') {
        return given;
    }
    for (size_t i = 0; i < n; i++) {
        if (access(list[i], X_OK) == 0) {
            return list[i];
        }
    }
    return NULL;
}

/* The program's answer to one letter; NULL under a root or without it. */
static const char *
answer(const finder *f, ce_kind kind, const char *letter)
{
    const char *program = f->options->root != NULL ? NULL : program_of(kind);

    if (program == NULL) {
        return NULL;
    }
    return ce_ask(f->arena, (const char *const[]){program, letter, NULL});
}

/* Modules that the program has built in, by file and by name. */
static void
take_modules(const finder *f, ce_config *config)
{
    const char *text = answer(f, CE_APACHE, "-l");

    for (const char *p = text; p != NULL && *p != '\0';) {
        size_t n = strcspn(p, "\n");
        tlsf_str line = tlsf_str_trim((tlsf_str){p, n});

        p += n + (p[n] == '\n');
        if (line.len < 3 || line.data[line.len - 2] != '.') {
            continue;
        }
        ce_defines_set(f->arena, &config->modules,
                       ce_arena_text(f->arena, line), NULL);
        if (tlsf_str_starts(line, TLSF_LIT("mod_"))) {
            ce_defines_set(f->arena, &config->modules,
                           ce_arena_format(f->arena, "%.*s_module",
                                           (int)(line.len - 6), line.data + 4),
                           NULL);
        }
        config->knows_modules = true;
    }
}

static void
take_release(const finder *f, ce_config *config)
{
    ce_release given = f->options->release;
    const char *text = answer(f, config->kind, "-v");
    const char *found =
        ce_ask_find(f->arena, text,
                    config->kind == CE_APACHE ? "Apache/" : "nginx/", " (\n-");

    if (found != NULL &&
        ce_release_parse(tlsf_str_of(found), &config->release) != TLSF_OK) {
        config->release = CE_RELEASE(0, 0, 0);
    }
    config->is_local = found != NULL;
    if (ce_release_is_known(given)) {
        config->is_local =
            found != NULL && ce_release_compare(given, config->release) == 0;
        config->release = given;
    }
    if (config->is_local && config->kind == CE_APACHE) {
        take_modules(f, config);
    }
}

static void
take_defines(const finder *f, ce_config *config)
{
    for (size_t i = 0; i < f->options->defines.n; i++) {
        const char *text = f->options->defines.list[i];
        size_t n = strcspn(text, "=");

        bool is_variable = text[n] == '=';

        const char *name = ce_arena_text(f->arena, (tlsf_str){text, n});

        ce_defines_set(f->arena,
                       is_variable ? &config->environment : &config->defines,
                       name, is_variable ? text + n + 1 : NULL);
        if (!is_variable) {
            ce_defines_set(f->arena, &config->given, name, NULL);
        }
    }
}

/* Against what Apache resolves names before it has read a ServerRoot. */
static const char *
server_root(const finder *f, const char *main)
{
    const char *built_in = ce_ask_find(f->arena, answer(f, CE_APACHE, "-V"),
                                       "HTTPD_ROOT=\"", "\"");
    const char *folder = ce_named_folder(f->arena, main);
    size_t n = strlen(folder);

    if (built_in != NULL && strncmp(built_in, main, strlen(built_in)) == 0) {
        return built_in;
    }
    if (n > 5 && strcmp(folder + n - 5, "/conf") == 0) {
        return ce_arena_text(f->arena, (tlsf_str){folder, n - 5});
    }
    return folder;
}

static ce_config *
add_config(finder *f, ce_kind kind, const char *main)
{
    f->configs =
        ce_arena_grow(f->arena, f->configs, f->n, &f->room, sizeof(ce_config));
    ce_config *config = &f->configs[f->n++];

    config->arena = f->arena;
    config->files = f->files;
    config->diag = ce_arena_alloc(f->arena, sizeof(ce_diag));
    config->diag->arena = f->arena;
    config->kind = kind;
    config->main = main;
    config->knows_environment = f->options->root == NULL;
    config->program = f->options->root == NULL ? program_of(kind) : NULL;
    take_release(f, config);
    take_defines(f, config);
    config->folder = kind == CE_NGINX ? ce_named_folder(f->arena, main)
                                      : server_root(f, main);
    if (kind == CE_APACHE) {
        ce_guess_environment(config, ce_named_folder(f->arena, main));
    }
    config->arena = f->trees;
    return config;
}

static void
say_what_is_special(ce_config *config)
{
    ce_place place = {config->main, 0, 0};

    if (config->files->is_windows) {
        ce_diag_say(config->diag, CE_NOTE, place,
                    "for Windows: drive letters are looked up in the root, "
                    "names without case");
    }
    if (config->is_fragment) {
        ce_diag_say(config->diag, CE_NOTE, place,
                    "a lone file: defaults, outer lines and other hosts of "
                    "its addresses are not known; name the main file to have "
                    "them");
    }
}

static int
take_named(finder *f, const char *name)
{
    const char *main = ce_named_main(f->files, name);
    ce_source *source = ce_files_read(f->files, main);
    ce_kind kind = f->options->server;

    if (source == NULL) {
        ce_diag_say(f->diag, CE_ERROR, (ce_place){name, 0, 0},
                    "cannot be read: %s", ce_files_why(errno));
        return CE_UNREADABLE;
    }
    if (ce_named_again(f->files, &f->named, source, main)) {
        return CE_DONE;
    }
    ce_kind guess = kind;
    bool is_clear = ce_guess_kind(source, &guess);

    if (!f->options->has[CE_OPTION_SERVER]) {
        kind = guess;
    }
    if (!f->options->has[CE_OPTION_SERVER] && !is_clear) {
        ce_diag_say(f->diag, CE_ERROR, (ce_place){name, 0, 0}, "%s",
                    ce_guess_why_not(source));
        return CE_UNREADABLE;
    }
    if (f->files->root != NULL && ce_windows_is_tree(source)) {
        f->files->is_windows = true;
    }
    ce_config *config = add_config(f, kind, main);
    config->is_fragment = ce_guess_fragment(source, kind);
    /* The file that loads modules is not read. */
    config->knows_modules = config->knows_modules && !config->is_fragment;
    say_what_is_special(config);
    if (is_clear && guess != kind) {
        ce_diag_say(config->diag, CE_WARNING, (ce_place){main, 0, 0},
                    "this looks like a configuration of %s; it is read for %s "
                    "because of --server",
                    guess == CE_NGINX ? "nginx" : "Apache",
                    kind == CE_NGINX ? "nginx" : "Apache");
    }
    return CE_DONE;
}

static void
take_system(finder *f, ce_kind kind)
{
    const char *const *list = kind == CE_APACHE ? apache_files : nginx_files;
    size_t n = kind == CE_APACHE ? TLSF_COUNTOF(apache_files)
                                 : TLSF_COUNTOF(nginx_files);

    if (f->options->has[CE_OPTION_SERVER] && f->options->server != kind) {
        return;
    }
    if (kind == CE_NGINX) {
        const char *own = ce_ask_find(f->arena, answer(f, CE_NGINX, "-V"),
                                      "--conf-path=", " \n");

        if (own != NULL && ce_files_read(f->files, own) != NULL) {
            add_config(f, kind, own);
            return;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (ce_files_read(f->files, list[i]) != NULL) {
            add_config(f, kind, list[i]);
            return;
        }
    }
}

int
ce_system_configs(const ce_options *options, ce_files *files, ce_arena *trees,
                  ce_diag *diag, ce_config **configs, size_t *n)
{
    finder f = {.options = options,
                .files = files,
                .arena = files->arena,
                .trees = trees,
                .diag = diag};

    for (size_t i = 0; i < options->configs.n; i++) {
        int status = take_named(&f, options->configs.list[i]);

        if (status != CE_DONE) {
            return status;
        }
    }
    if (options->configs.n == 0) {
        take_system(&f, CE_APACHE);
        take_system(&f, CE_NGINX);
        if (f.n == 0) {
            ce_diag_say(diag, CE_ERROR, (ce_place){NULL, 0, 0},
                        "no configuration of Apache or nginx is in its usual "
                        "place; name the main file");
            return CE_UNREADABLE;
        }
    }
    *configs = f.configs;
    *n = f.n;
    return CE_DONE;
}

bool
ce_system_is_clear(const ce_options *options, const ce_config *configs,
                   size_t n, ce_diag *diag)
{
    bool has[CE_N_KINDS] = {false, false};

    for (size_t i = 0; i < n; i++) {
        has[configs[i].kind] = true;
    }
    if (!has[CE_APACHE] || !has[CE_NGINX] ||
        !ce_release_is_known(options->release)) {
        return true;
    }
    ce_diag_say(diag, CE_ERROR, (ce_place){NULL, 0, 0},
                "--server-version is of one server, and here are "
                "configurations of both; say --server apache or --server "
                "nginx, or name one configuration");
    return false;
}
