/* SPDX-License-Identifier: Apache-2.0 */
/* A server's own test; called by the commands that write. */
#include "program.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ask.h"
#include "commit_signal.h"
#include "program_parts.h"

#define TEST_SECONDS 300 /* nginx -t reads 10,000 files in half a minute */
#define SAID_LINES   6

typedef struct words {
    ce_arena *arena;
    const char **list;
    size_t n;
    size_t room;
} words;

static void
add(words *w, const char *word)
{
    w->list = ce_arena_grow(w->arena, w->list, w->n, &w->room, sizeof(word));
    w->list[w->n] = word;
    w->n += word != NULL;
}

static bool
takes_value(ce_kind kind, char letter)
{
    return strchr(kind == CE_NGINX ? "pcgse" : "DdfCckeE", letter) != NULL;
}

/* Arguments of the running server without which it would read otherwise. */
static void
add_running(const ce_config *config, words *argv, const ce_running *running)
{
    const char *kept = config->kind == CE_NGINX ? "p" : "DdCc";

    for (size_t i = 1; i < running->n; i++) {
        const char *word = running->argv[i];
        char letter = word[0] == '-' ? word[1] : '\0';
        bool is_apart = letter != '\0' && word[2] == '\0' &&
                        takes_value(config->kind, letter) && i + 1 < running->n;

        if (letter != '\0' && strchr(kept, letter) != NULL) {
            add(argv, word);
            if (is_apart) {
                add(argv, running->argv[i + 1]);
            }
        }
        i += is_apart;
    }
}

static const char *const *
test_of(const ce_config *config)
{
    words argv = {.arena = config->arena};
    ce_running running = {.n = 0};
    bool is_running = ce_program_find(config, &running);

    add(&argv, config->program);
    add(&argv, "-t");
    if (config->kind == CE_APACHE &&
        (!is_running || ce_running_option(&running, 'd') == NULL)) {
        add(&argv, "-d");
        add(&argv, config->folder);
    }
    if (is_running) {
        add_running(config, &argv, &running);
    }
    for (size_t i = 0; i < config->given.n; i++) {
        add(&argv, "-D");
        add(&argv, config->given.list[i].name);
    }
    add(&argv, config->kind == CE_NGINX ? "-c" : "-f");
    add(&argv, config->main);
    add(&argv, NULL);
    return argv.list;
}

static const char *const *
environment_of(const ce_config *config)
{
    words set = {.arena = config->arena};

    for (size_t i = 0; i < config->environment.n; i++) {
        const ce_define *d = &config->environment.list[i];

        if (d->value != NULL) {
            add(&set,
                ce_arena_format(config->arena, "%s=%s", d->name, d->value));
        }
    }
    add(&set, NULL);
    return set.list;
}

/* Debian's start script makes these, and Apache's test needs them. */
static void
make_folders(const ce_config *config)
{
    static const char *const names[] = {"APACHE_RUN_DIR", "APACHE_LOCK_DIR"};

    for (size_t i = 0; i < TLSF_COUNTOF(names); i++) {
        const ce_define *d = ce_defines_find(&config->environment, names[i]);

        if (d != NULL && d->value != NULL && geteuid() == 0 &&
            (strncmp(d->value, "/var/run/", 9) == 0 ||
             strncmp(d->value, "/var/lock/", 10) == 0 ||
             strncmp(d->value, "/run/", 5) == 0)) {
            mkdir(d->value, 0755);
        }
    }
}

static const char *
first_lines(ce_arena *arena, const char *text)
{
    size_t n = 0;

    for (unsigned lines = 0; text[n] != '\0' && lines < SAID_LINES; lines++) {
        n += strcspn(text + n, "\n");
        n += text[n] == '\n';
    }
    while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r')) {
        n--;
    }
    return ce_arena_text(arena, (tlsf_str){text, n});
}

/* Why nothing can be run for a configuration; NULL: it can. */
static const char *
obstacle(const ce_config *config)
{
    const char *name = config->kind == CE_NGINX ? "nginx" : "Apache";

    if (config->files->root != NULL) {
        return "no program is run for an image";
    }
    if (config->is_fragment) {
        return "it is a lone file, and its main file is not known";
    }
    if (config->program == NULL || access(config->program, X_OK) != 0) {
        return ce_arena_format(config->arena, "no program of %s is here", name);
    }
    if (!config->is_local) {
        return ce_arena_format(config->arena, "%s is another release",
                               config->program);
    }
    return NULL;
}

ce_tested
ce_program_test(const ce_config *config, const char **said)
{
    const char *text;

    *said = obstacle(config);
    if (*said != NULL) {
        return CE_TEST_NOT_RUN;
    }
    if (config->kind == CE_APACHE) {
        make_folders(config);
    }
    ce_question question = {test_of(config), environment_of(config),
                            TEST_SECONDS};
    int status = ce_ask_run(config->arena, &question, &text);

    *said = first_lines(config->arena, text);
    if (status == CE_ASK_NOT_RUN) {
        *said = ce_arena_format(config->arena, "%s cannot be run: %s",
                                config->program, strerror(errno));
        return CE_TEST_NOT_RUN;
    }
    if (status != 0 && ce_signals_caught() != 0) {
        *said = "a signal came";
        return CE_TEST_STOPPED;
    }
    if (status == CE_ASK_TOO_LONG) {
        *said = ce_arena_format(config->arena,
                                "the test did not end within %d seconds",
                                TEST_SECONDS);
    } else if (status <= CE_ASK_KILLED) {
        *said = ce_arena_format(config->arena, "%s%sthe test was ended: %s",
                                *said, **said == '\0' ? "" : "\n",
                                strsignal(CE_ASK_KILLED - status));
    }
    return status == 0 ? CE_TEST_PASSED : CE_TEST_REFUSED;
}

const char *
ce_program_how(const ce_config *config)
{
    bool is_nginx = config->kind == CE_NGINX;
    struct stat st;

    if (config->program == NULL || config->is_fragment) {
        return "where these files are used, reload or restart every service "
               "that reads them";
    }
    const char *usual = ce_program_default(config);
    if (usual == NULL || strcmp(usual, config->main) != 0) {
        return ce_arena_format(config->arena,
                               is_nginx ? "%s -c %s -s reload"
                                        : "%s -f %s -k graceful",
                               config->program, config->main);
    }
    if (stat("/run/systemd/system", &st) != 0) {
        return is_nginx ? "nginx -s reload" : "apachectl graceful";
    }
    const char *slash = strrchr(config->program, '/');
    return ce_arena_format(config->arena, "systemctl reload %s",
                           slash == NULL ? config->program : slash + 1);
}
