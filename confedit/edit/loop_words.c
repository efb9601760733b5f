/* SPDX-License-Identifier: Apache-2.0 */
/* What people should know in the end; called by the commands that write. */
#include <ctype.h>

#include "loop.h"
#include "program.h"
#include "terminal.h"

/* A word for a shell. */
static void
put_word(FILE *to, const char *word)
{
    bool is_plain = *word != '\0';

    for (const char *p = word; *p != '\0'; p++) {
        is_plain = is_plain &&
                   (isalnum((unsigned char)*p) || strchr("/._-:@%+=,", *p));
    }
    if (is_plain) {
        fputs(word, to);
        return;
    }
    putc('\'', to);
    for (const char *p = word; *p != '\0'; p += *p != '\0') {
        size_t n = strcspn(p, "'");

        ce_terminal_put(to, (tlsf_str){p, n});
        p += n;
        fputs(*p == '\'' ? "'\\''" : "", to);
    }
    putc('\'', to);
}

/* The command that takes the set back, as it is to be typed. */
static void
put_command(const ce_loop *loop, FILE *to)
{
    const ce_options *o = loop->run->options;

    fputs("confedit undo ", to);
    if (o->root != NULL) {
        fputs("--root ", to);
        put_word(to, o->root);
        putc(' ', to);
    }
    if (o->has[CE_OPTION_BACKUP_DIR]) {
        fputs("--backup-dir ", to);
        put_word(to, o->value[CE_OPTION_BACKUP_DIR]);
        putc(' ', to);
    }
    if (o->has[CE_OPTION_TRUST_PATHS]) {
        fputs("--trust-paths ", to);
    }
    fputs(ce_commit_id(loop->commit), to);
}

static bool
is(const char *outcome, const char *name)
{
    return outcome != NULL && strcmp(outcome, name) == 0;
}

static void
put_how(const ce_loop *loop, FILE *to)
{
    const char *last = "";

    for (size_t i = 0; i < loop->run->n; i++) {
        const char *how = ce_program_how(&loop->run->configs[i]);

        if (ce_loop_concerns(loop, i) && strcmp(how, last) != 0) {
            fputs("Clients see no change until the server is reloaded: ", to);
            ce_terminal_put(to, tlsf_str_of(how));
            putc('\n', to);
        }
        last = how;
    }
}

void
ce_loop_print(const ce_loop *loop, const char *begin, FILE *to)
{
    ce_terminal_put(to, tlsf_str_of(begin));
    fputs("; “", to);
    put_command(loop, to);
    fputs("” takes it back (", to);
    ce_terminal_put(to, tlsf_str_of(ce_commit_where(loop->commit)));
    fputs(").\n", to);
    if (loop->run->options->root != NULL) {
        fputs("Nothing was tested, since no program is run for an image. "
              "Clients see no\nchange until the services that use this tree "
              "are restarted there; there may\nbe several.\n",
              to);
    } else if (is(loop->reloaded, "not running")) {
        fputs("No server runs with these files; they count from its next "
              "start.\n",
              to);
    } else if (!is(loop->reloaded, "done")) {
        put_how(loop, to);
    } else if (loop->verified == NULL) {
        fputs("The server was reloaded.\n", to);
    } else {
        fputs(is(loop->verified, "holds")
                  ? "The server was reloaded and visited; it serves what it "
                    "should.\n"
                  : "The server was reloaded; not everything could be "
                    "visited.\n",
              to);
    }
}
