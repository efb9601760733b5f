/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the running server of a configuration; called by program.c. */
#include "program_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "ask.h"

static const tlsf_str master = TLSF_LIT_INIT("nginx: master process ");

static const char *
built_in(const ce_config *config, const char *before, const char *end)
{
    if (config->program == NULL) {
        return NULL;
    }
    return ce_ask_find(
        config->arena,
        ce_ask(config->arena,
               (const char *const[]){config->program, "-V", NULL}),
        before, end);
}

/* A name as the program completes it; NULL when that is not known. */
static const char *
complete(const ce_config *config, const char *name, const char *folder)
{
    if (name == NULL || name[0] == '/') {
        return name;
    }
    if (folder == NULL) {
        folder = config->kind == CE_NGINX
                     ? built_in(config, "--prefix=", " \n")
                     : built_in(config, "HTTPD_ROOT=\"", "\"");
    }
    return folder == NULL
               ? NULL
               : ce_arena_format(config->arena, "%s/%s", folder, name);
}

const char *
ce_program_default(const ce_config *config)
{
    const char *name = config->kind == CE_NGINX
                           ? built_in(config, "--conf-path=", " \n")
                           : built_in(config, "SERVER_CONFIG_FILE=\"", "\"");

    return complete(config, name, NULL);
}

/* The words of a title, apart by NULs or, in nginx's, by blanks. */
static void
take_words(ce_arena *arena, tlsf_str title, char apart, ce_running *running)
{
    const char **words = NULL;
    size_t room = 0;

    while (title.len > 0) {
        const char *end = memchr(title.data, apart, title.len);
        size_t n = end == NULL ? title.len : (size_t)(end - title.data);

        words = ce_arena_grow(arena, words, running->n, &room, sizeof(*words));
        words[running->n++] = ce_arena_text(arena, tlsf_str_sub(title, 0, n));
        n += n < title.len;
        title = tlsf_str_sub(title, n, title.len - n);
    }
    running->argv = words;
}

const char *
ce_running_option(const ce_running *running, char letter)
{
    const char *value = NULL;

    for (size_t i = 1; i < running->n; i++) {
        const char *word = running->argv[i];

        if (word[0] == '-' && word[1] == letter) {
            value = word[2] != '\0'      ? word + 2
                    : i + 1 < running->n ? running->argv[i + 1]
                                         : value;
        }
    }
    return value;
}

static const char *
last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

/* Whether a process runs our program; its name must do when no more is known.
 */
static bool
is_program(const ce_config *config, const ce_running *running)
{
    ce_arena *arena = config->arena;
    const char *exe = ce_process_link(arena, running->process.pid, "exe");
    tlsf_str is = tlsf_str_of(exe);
    tlsf_str gone = TLSF_LIT_INIT(" (deleted)");

    if (exe == NULL) {
        return strcmp(last_part(running->argv[0]),
                      last_part(config->program)) == 0;
    }
    if (is.len > gone.len &&
        tlsf_str_eq(tlsf_str_sub(is, is.len - gone.len, gone.len), gone)) {
        is.len -= gone.len; /* the package was updated, the process not yet */
    }
    char *real = realpath(config->program, NULL);
    bool is_same = real != NULL && tlsf_str_eq(is, tlsf_str_of(real));

    free(real);
    return is_same;
}

/* Whether its main file is ours: the same file, seen from its own root. */
static bool
is_main(const ce_config *config, const ce_running *running, const char *usual)
{
    bool is_nginx = config->kind == CE_NGINX;
    const char *name = ce_running_option(running, is_nginx ? 'c' : 'f');
    struct stat ours;
    struct stat theirs;

    name = name == NULL
               ? usual
               : complete(config, name,
                          ce_running_option(running, is_nginx ? 'p' : 'd'));
    if (name == NULL || stat(config->main, &ours) != 0) {
        return false;
    }
    const char *seen = ce_arena_format(config->arena, "/proc/%ld/root%s",
                                       (long)running->process.pid, name);
    if (stat(seen, &theirs) != 0 &&
        (errno != EACCES || stat(name, &theirs) != 0)) {
        return false;
    }
    return ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

static bool
take_candidate(const ce_config *config, const ce_process *process,
               ce_running *running)
{
    tlsf_str title = ce_process_title(config->arena, process->pid);
    char apart = '\0';

    if (config->kind == CE_NGINX) {
        if (!tlsf_str_starts(title, master)) {
            return false;
        }
        title = tlsf_str_sub(title, master.len, title.len - master.len);
        apart = ' ';
    }
    *running = (ce_running){.process = *process};
    take_words(config->arena, title, apart, running);
    return running->n > 0 &&
           strcmp(last_part(running->argv[0]), last_part(config->program)) == 0;
}

bool
ce_program_find(const ce_config *config, ce_running *running)
{
    ce_processes all = {NULL, 0, 0};
    const char *usual = NULL;
    bool is_found = false;

    if (config->program == NULL) {
        return false;
    }
    ce_process_list(config->arena, 0, &all);
    for (size_t i = 0; i < all.n; i++) {
        ce_running one;
        ce_running outer;
        ce_process parent;

        if (!take_candidate(config, &all.list[i], &one) ||
            (ce_process_read(one.process.parent, &parent) &&
             take_candidate(config, &parent, &outer) &&
             config->kind == CE_APACHE) ||
            !is_program(config, &one)) {
            continue;
        }
        usual = usual == NULL ? ce_program_default(config) : usual;
        /* While nginx changes its program there are two; the newer serves. */
        if (is_main(config, &one, usual) &&
            (!is_found || one.process.started > running->process.started)) {
            *running = one;
            is_found = true;
        }
    }
    return is_found;
}
