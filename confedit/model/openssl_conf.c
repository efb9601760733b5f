/* SPDX-License-Identifier: Apache-2.0 */
/* Reads openssl.cnf; called by forbid.c. */
#include "openssl_conf.h"

#include <stdlib.h>

#include <openssl/x509.h>

#include "glob.h"

#define MAX_DEPTH 8 /* of .include */

/* Where distributions keep the file. */
static const char *const usual_files[] = {
    "/etc/ssl/openssl.cnf", "/etc/pki/tls/openssl.cnf",
    "/usr/lib/ssl/openssl.cnf", "/usr/local/ssl/openssl.cnf"};

/* nginx asks for a section of its own since this release. */
static const ce_release own_name = {{1, 25, 2}};

/* Any line `name = value` of the file. */
typedef struct entry {
    tlsf_str section; /* empty: before the first */
    tlsf_str name;
    tlsf_str value;
    ce_source *source;
    size_t at;
} entry;

typedef struct reading {
    ce_config *config;
    entry *list;
    size_t n;
    size_t room;
    tlsf_str section;
} reading;

/* The next line, continuations joined, without a comment; its offset. */
static bool
next_line(reading *r, tlsf_str bytes, size_t *at, size_t *begin, tlsf_str *line)
{
    ce_text text = {NULL, 0, 0};
    bool goes_on = true;

    if (*at >= bytes.len) {
        return false;
    }
    *begin = *at;
    while (goes_on && *at < bytes.len) {
        tlsf_str rest = tlsf_str_sub(bytes, *at, bytes.len - *at);
        tlsf_str part =
            tlsf_str_sub(rest, 0, tlsf_str_find(rest, TLSF_LIT("\n")));

        *at += part.len + (part.len < rest.len);
        if (part.len > 0 && part.data[part.len - 1] == '\r') {
            part.len--;
        }
        goes_on = part.len > 0 && part.data[part.len - 1] == '\\';
        part.len -= goes_on;
        ce_text_add(r->config->arena, &text, part);
    }
    *line = (tlsf_str){text.data == NULL ? "" : text.data, text.n};
    return true;
}

/* Without a comment, and without quotes around all of it. */
static tlsf_str
bare(tlsf_str text)
{
    char quote = '\0';

    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];

        if (quote != '\0') {
            quote = c == quote ? '\0' : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '#') {
            text.len = i;
        }
    }
    text = tlsf_str_trim(text);
    if (text.len >= 2 && (text.data[0] == '"' || text.data[0] == '\'') &&
        text.data[text.len - 1] == text.data[0]) {
        text = tlsf_str_sub(text, 1, text.len - 2);
    }
    return text;
}

static void read_file(reading *r, const char *name, unsigned depth);

/* `.include NAME` or `.include = NAME`; a folder has its *.cnf and *.conf. */
static void
follow(reading *r, tlsf_str line, unsigned depth)
{
    tlsf_str name = tlsf_str_trim(tlsf_str_sub(line, 8, line.len - 8));
    struct stat st;

    if (name.len > 0 && name.data[0] == '=') {
        name = tlsf_str_sub(name, 1, name.len - 1);
    }
    const char *text = ce_arena_text(r->config->arena, bare(name));
    const char *path = ce_files_path(r->config->files, text);
    const char *const ends[] = {"*.cnf", "*.conf"};

    if (path == NULL || stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
        read_file(r, text, depth + 1);
        return;
    }
    for (size_t i = 0; i < TLSF_COUNTOF(ends); i++) {
        ce_names names = {NULL, 0, 0};

        ce_glob_nginx(r->config->files,
                      ce_arena_format(r->config->arena, "%s/%s", text, ends[i]),
                      &names);
        for (size_t k = 0; k < names.n; k++) {
            read_file(r, names.list[k], depth + 1);
        }
    }
}

static void
take_line(reading *r, ce_source *source, size_t at, tlsf_str line,
          unsigned depth)
{
    size_t equals;

    line = tlsf_str_trim(line);
    if (line.len == 0 || line.data[0] == '#') {
        return;
    }
    if (tlsf_str_starts(line, TLSF_LIT(".include"))) {
        follow(r, line, depth);
        return;
    }
    if (line.data[0] == '[') {
        tlsf_str name = tlsf_str_sub(line, 1, line.len - 1);

        name.len = tlsf_str_find(name, TLSF_LIT("]"));
        r->section = tlsf_str_trim(name);
        return;
    }
    equals = tlsf_str_find(line, TLSF_LIT("="));
    if (equals == line.len) {
        return;
    }
    r->list =
        ce_arena_grow(r->config->arena, r->list, r->n, &r->room, sizeof(entry));
    r->list[r->n++] =
        (entry){r->section, tlsf_str_trim(tlsf_str_sub(line, 0, equals)),
                bare(tlsf_str_sub(line, equals + 1, line.len - equals - 1)),
                source, at};
}

static void
read_file(reading *r, const char *name, unsigned depth)
{
    ce_source *source =
        depth > MAX_DEPTH ? NULL : ce_files_read(r->config->files, name);
    size_t at = 0;
    size_t begin;
    tlsf_str line;

    while (source != NULL && next_line(r, source->bytes, &at, &begin, &line)) {
        take_line(r, source, begin, line, depth);
    }
}

/* The last value of a name in a section; NULL data: none. */
static tlsf_str
value_of(const reading *r, tlsf_str section, const char *name)
{
    for (size_t i = r->n; i > 0; i--) {
        const entry *e = &r->list[i - 1];
        tlsf_str found = e->name;

        /* "ssl_conf.1" is a module ssl_conf too. */
        found.len = tlsf_str_find(found, TLSF_LIT("."));
        if (tlsf_str_eq(e->section, section) &&
            tlsf_str_eq(found, tlsf_str_of(name))) {
            return e->value;
        }
    }
    return (tlsf_str){NULL, 0};
}

static const char *
file_of(ce_config *config)
{
    const ce_define *given =
        ce_defines_find(&config->environment, "OPENSSL_CONF");
    const char *ours = config->is_local ? getenv("OPENSSL_CONF") : NULL;

    if (given != NULL && given->value != NULL) {
        return given->value;
    }
    if (config->is_local) {
        return ours != NULL ? ours
                            : ce_arena_format(config->arena, "%s/openssl.cnf",
                                              X509_get_default_cert_area());
    }
    for (size_t i = 0;
         config->files->root != NULL && i < TLSF_COUNTOF(usual_files); i++) {
        const char *path = ce_files_path(config->files, usual_files[i]);
        struct stat st;

        if (path != NULL && stat(path, &st) == 0) {
            return usual_files[i];
        }
    }
    return NULL;
}

/* The section of a name of the first part of the file. */
static tlsf_str
first_section(const reading *r)
{
    const ce_config *config = r->config;
    tlsf_str section = {NULL, 0};
    tlsf_str none = {NULL, 0};

    if (config->kind == CE_NGINX && ce_release_is_known(config->release) &&
        ce_release_compare(config->release, own_name) >= 0) {
        section = value_of(r, none, "nginx");
    }
    return section.data != NULL ? section : value_of(r, none, "openssl_conf");
}

void
ce_openssl_conf_read(ce_config *config, ce_openssl_conf *conf)
{
    reading r = {.config = config};
    const char *file = file_of(config);

    *conf = (ce_openssl_conf){NULL, 0, 0};
    if (file == NULL) {
        return;
    }
    read_file(&r, file, 0);
    tlsf_str section = first_section(&r);
    if (section.data != NULL) {
        section = value_of(&r, section, "ssl_conf");
    }
    if (section.data != NULL) {
        section = value_of(&r, section, "system_default");
    }
    for (size_t i = 0; section.data != NULL && i < r.n; i++) {
        const entry *e = &r.list[i];
        size_t dot = tlsf_str_find(e->name, TLSF_LIT("."));
        size_t from = dot < e->name.len ? dot + 1 : 0;

        if (!tlsf_str_eq(e->section, section)) {
            continue;
        }
        conf->list = ce_arena_grow(config->arena, conf->list, conf->n,
                                   &conf->room, sizeof(ce_setting));
        conf->list[conf->n++] = (ce_setting){
            tlsf_str_sub(e->name, from, e->name.len - from), e->value,
            ce_source_place(config->arena, e->source, e->at)};
    }
}

const ce_setting *
ce_openssl_conf_find(const ce_openssl_conf *conf, const char *name)
{
    for (size_t i = conf->n; i > 0; i--) {
        if (tlsf_str_eq_nocase(conf->list[i - 1].name, tlsf_str_of(name))) {
            return &conf->list[i - 1];
        }
    }
    return NULL;
}
