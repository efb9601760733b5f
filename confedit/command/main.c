/* SPDX-License-Identifier: Apache-2.0 */
/* confedit: finds the command and runs it. */
#include <locale.h>
#include <stdio.h>

#include "cmd.h"
#include "tlsf_release.h"

static const ce_command *const commands[] = {
    &ce_command_show,    &ce_command_check, &ce_command_raise,
    &ce_command_lower,   &ce_command_set,   &ce_command_undo,
    &ce_command_history, &ce_command_probe};

static void
help(void)
{
    puts("confedit shows the TLS protocols that existing configurations of "
         "Apache and\nnginx allow, and which line decides.\n");
    for (size_t i = 0; i < TLSF_COUNTOF(commands); i++) {
        printf("  confedit %s %s\n      %s\n", commands[i]->name,
               commands[i]->synopsis, commands[i]->summary);
    }
    puts("\n  confedit COMMAND --help   its options\n"
         "  confedit --version");
}

static void
help_command(const ce_command *command)
{
    printf("usage: confedit %s %s\n\n%s.\n%s\n", command->name,
           command->synopsis, command->summary, command->help);
    ce_options_help(command->set);
}

static int
refuse(const char *name)
{
    const char *names[TLSF_COUNTOF(commands)];

    for (size_t i = 0; i < TLSF_COUNTOF(commands); i++) {
        names[i] = commands[i]->name;
    }
    const char *near = ce_nearest(name, names, TLSF_COUNTOF(commands));

    fprintf(stderr, "confedit: there is no command %s", name);
    if (near != NULL) {
        fprintf(stderr, "; did you mean %s?", near);
    } else {
        fputs("; confedit --help lists them", stderr);
    }
    fputs("\n", stderr);
    return CE_USAGE;
}

static int
run(const ce_command *command, const char *const *argv)
{
    ce_arena *arena = ce_arena_new();
    ce_options options = {.arena = arena};
    int status = ce_options_parse(&options, command->set, argv);

    if (status == CE_DONE && options.has[CE_OPTION_HELP]) {
        help_command(command);
    } else if (status == CE_DONE) {
        status = command->run(&options);
    }
    ce_arena_free(arena);
    return status;
}

int
main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "");
    if (argc < 2) {
        fputs("confedit: name a command; confedit --help lists them\n", stderr);
        return CE_USAGE;
    }
    if (!ce_options_are_text((const char *const *)argv + 1)) {
        return CE_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        help();
        return CE_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("confedit " TLSF_RELEASE);
        return CE_DONE;
    }
    for (size_t i = 0; i < TLSF_COUNTOF(commands); i++) {
        if (strcmp(argv[1], commands[i]->name) == 0) {
            return run(commands[i], (const char *const *)argv + 2);
        }
    }
    return refuse(argv[1]);
}
