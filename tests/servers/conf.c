/* SPDX-License-Identifier: Apache-2.0 */
/* What both renderings share; nginx's and Apache's are in files of their own.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "servers/conf_parts.h"
#include "servers/tool.h"

/* The same rows twice: nginx's spellings, Apache's. */
static const char *const nginx_names[] = {
#define TLSF_DIRECTIVE(id, nginx, apache) nginx,
#include "data/directives.def"
    "tlsfloor_zone",
    "tlsfloor_status",
};

static const char *const apache_names[] = {
#define TLSF_DIRECTIVE(id, nginx, apache) apache,
#include "data/directives.def"
    "TLSFloorZone",
    "TLSFloorStatus",
};

const char *
ts_kind_name(ts_kind kind)
{
    return kind == TS_NGINX ? "nginx" : "apache";
}

size_t
ts_conf_listeners(const ts_conf *conf)
{
    return conf->n_listeners == 0 ? 1 : conf->n_listeners;
}

const char *
ts_apache_spelling(const char *nginx_name)
{
    for (size_t i = 0; i < sizeof(nginx_names) / sizeof(nginx_names[0]); i++) {
        if (strcmp(nginx_names[i], nginx_name) == 0) {
            return apache_names[i];
        }
    }
    return nginx_name;
}

const char *
ts_site_ciphers(const ts_conf *conf, const ts_site *site)
{
    return site->ciphers != NULL ? site->ciphers
                                 : conf->listeners[site->listener].ciphers;
}

const char *
ts_site_protocols(const ts_conf *conf, const ts_site *site)
{
    const char *given = conf->listeners[site->listener].protocols;

    return given != NULL ? given : "TLSv1.2 TLSv1.3";
}

unsigned
ts_site_certs(const ts_site *site)
{
    return site->certs == 0 ? TS_RSA | TS_ECDSA : site->certs;
}

bool
ts_site_is_default(const ts_conf *conf, const ts_site *site)
{
    for (const ts_site *before = conf->sites; before < site; before++) {
        if (before->listener == site->listener) {
            return false;
        }
    }
    return true;
}

static void
write_word(FILE *to, const char *word, size_t n, const ts_place *place)
{
    if (n == 6 && memcmp(word, "prefix", n) == 0) {
        fputs(place->prefix, to);
    } else if (n == 5 && memcmp(word, "certs", n) == 0) {
        fputs(ts_absolute("build/certs"), to);
    } else if (n == 6 && memcmp(word, "status", n) == 0) {
        fprintf(to, "%u", place->status_port);
    } else if (n == 8 && memcmp(word, "upstream", n) == 0) {
        fprintf(to, "%u", place->upstream_port);
    } else if (n == 5 && memcmp(word, "port", 4) == 0 && isdigit(word[4])) {
        fprintf(to, "%u", place->ports[word[4] - '0']);
    } else {
        fprintf(to, "@%.*s@", (int)n, word);
    }
}

void
ts_write_text(FILE *to, const char *text, const ts_place *place)
{
    while (text != NULL && *text != '\0') {
        size_t plain = strcspn(text, "@");
        size_t word = 0;

        fwrite(text, 1, plain, to);
        text += plain;
        if (*text == '@') {
            word = strspn(text + 1, "abcdefghijklmnopqrstuvwxyz0123456789");
            if (text[1 + word] == '@' && word > 0) {
                write_word(to, text + 1, word, place);
                text += word + 2;
            } else {
                fputc(*text++, to);
            }
        }
    }
    fputc('\n', to);
}

void
ts_write_directives(FILE *to, const char *lines, bool is_apache)
{
    while (lines != NULL && *lines != '\0') {
        size_t n = strcspn(lines, "\n");
        size_t name = strcspn(lines, " \n");

        if (n > 0 && is_apache) {
            char *word = ts_format("%.*s", (int)name, lines);

            fprintf(to, "    %s%.*s\n", ts_apache_spelling(word),
                    (int)(n - name), lines + name);
            free(word);
        } else if (n > 0) {
            fprintf(to, "    %.*s;\n", (int)n, lines);
        }
        lines += n + (lines[n] == '\n');
    }
}
