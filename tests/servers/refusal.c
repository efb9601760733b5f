/* SPDX-License-Identifier: Apache-2.0 */
/* Spells and renders what a server should refuse, and asks its own test. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "servers/peers.h"
#include "servers/refusal.h"
#include "servers/tool.h"

char *
ts_spelt(ts_kind kind, const char *sentence)
{
    ts_text out = {NULL, 0};

    ts_append(&out, "", 0);
    while (*sentence != '\0') {
        size_t n = strspn(sentence, "abcdefghijklmnopqrstuvwxyz_");
        char *word = ts_format("%.*s", (int)(n > 0 ? n : 1), sentence);

        ts_appendf(&out, "%s",
                   kind == TS_NGINX ? word
                   : strcmp(word, "ssl_protocols") == 0
                       ? "SSLProtocol"
                       : ts_apache_spelling(word));
        sentence += strlen(word);
    }
    return out.data;
}

char *
ts_rendered(ts_kind kind, const char *lines)
{
    ts_text out = {NULL, 0};

    ts_append(&out, "", 0);
    while (*lines != '\0') {
        size_t n = strcspn(lines, "\n");
        char *line = ts_format("%.*s", (int)n, lines);
        size_t name = strcspn(line, " ");
        char *word = ts_format("%.*s", (int)name, line);

        ts_appendf(&out, "    %s%s%s\n",
                   kind == TS_APACHE ? ts_apache_spelling(word) : word,
                   line + name, kind == TS_APACHE ? "" : ";");
        lines += n + (lines[n] == '\n');
    }
    return out.data;
}

int
ts_line_of(const char *text, const char *at)
{
    int line = 1;

    for (; text < at; text++) {
        line += *text == '\n';
    }
    return line;
}

static void
write_conf(ts_kind kind, const ts_conf *conf, const char *folder,
           const char *path)
{
    unsigned ports[TS_MAX_LISTENERS] = {ts_free_port(), ts_free_port()};
    ts_place place = {.prefix = folder,
                      .ports = ports,
                      .status_port = ts_free_port(),
                      .generation = 1};

    ts_make_folder(ts_format("%s/tmp", folder));
    for (const ts_site *site = conf->sites; site->name != NULL; site++) {
        ts_make_folder(ts_format("%s/www/%s", folder, site->name));
    }

    FILE *file = fopen(path, "w");
    ts_require(file != NULL, "no %s", path);
    if (kind == TS_NGINX) {
        ts_conf_write_nginx(file, conf, &place);
    } else {
        ts_conf_write_apache(file, conf, &place);
    }
    ts_require(fclose(file) == 0, "fclose failed");
}

static const char *
ask(ts_kind kind, const char *folder, const char *path)
{
    const char *const nginx[] = {"env",
                                 "-u",
                                 "NGINX", /* its list of sockets */
                                 ts_env("NGINX", "/usr/sbin/nginx"),
                                 "-t",
                                 "-p",
                                 folder,
                                 "-c",
                                 path,
                                 "-e",
                                 "stderr",
                                 NULL};
    const char *const apache[] = {ts_env("HTTPD", "/usr/sbin/apache2"), "-t",
                                  "-f", path, NULL};
    ts_run run = ts_exec(kind == TS_NGINX ? nginx : apache, NULL);

    ts_require(run.code > 0, "%s does not refuse, it gives %d: %s%s",
               ts_kind_name(kind), run.code, run.out, run.err);
    return ts_format("%s%s", run.out, run.err);
}

static ts_refusal
refusal_of(ts_kind kind, const ts_conf *conf, bool is_asked)
{
    char *folder =
        ts_format("%s/refusal-%d", ts_absolute("build/tmp"), (int)getpid());
    ts_refusal refusal = {ts_format("%s/server.conf", folder), "", ""};

    write_conf(kind, conf, folder, refusal.path);
    refusal.file = ts_read_file(refusal.path).data;
    if (is_asked) {
        refusal.said = ask(kind, folder, refusal.path);
    }
    ts_remove_folder(folder);
    return refusal;
}

ts_refusal
ts_refusal_of(ts_kind kind, const ts_conf *conf)
{
    return refusal_of(kind, conf, true);
}

ts_refusal
ts_refusal_unasked(ts_kind kind, const ts_conf *conf)
{
    return refusal_of(kind, conf, false);
}
