/* SPDX-License-Identifier: Apache-2.0 */
/* Names of Windows on this system; called by source.c and system.c. */
#include "windows.h"

#include <dirent.h>
#include <strings.h>

/* A main file says where things are before this many bytes. */
#define FAR ((size_t)1 << 20)

static bool
is_letter(char c)
{
    c = tlsf_lower(c);
    return c >= 'a' && c <= 'z';
}

size_t
ce_windows_drive(const char *name)
{
    return is_letter(name[0]) && name[1] == ':' ? 2 : 0;
}

const char *
ce_windows_name(ce_arena *arena, const char *name)
{
    char *text = ce_arena_text(arena, tlsf_str_of(name));

    for (char *p = text; *p != '\0'; p++) {
        *p = *p == '\\' ? '/' : *p;
    }
    return text;
}

const char *
ce_windows_small(ce_arena *arena, const char *name)
{
    char *text = ce_arena_text(arena, tlsf_str_of(name));

    for (char *p = text; *p != '\0'; p++) {
        *p = tlsf_lower(*p);
    }
    return text;
}

/* A word, after blanks and a quote, that begins with a drive. */
static bool
names_drive(tlsf_str line)
{
    for (size_t i = 1; i + 2 < line.len; i++) {
        char before = line.data[i - 1];

        if ((before == ' ' || before == '\t' || before == '"') &&
            is_letter(line.data[i]) && line.data[i + 1] == ':' &&
            (line.data[i + 2] == '/' || line.data[i + 2] == '\\')) {
            return true;
        }
    }
    return false;
}

bool
ce_windows_is_tree(const ce_source *main)
{
    static const char *const words[] = {
        "ServerRoot", "Define",       "Include",
        "LoadModule", "DocumentRoot", "SSLCertificateFile",
        "PidFile",    "ErrorLog",     "ssl_certificate"};
    tlsf_str bytes = tlsf_str_sub(
        main->bytes, 0, main->bytes.len < FAR ? main->bytes.len : FAR);

    for (size_t at = 0; at < bytes.len;) {
        const char *from = bytes.data + at;
        const char *lf = memchr(from, '\n', bytes.len - at);
        size_t n = lf == NULL ? bytes.len - at : (size_t)(lf - from);
        tlsf_str line = tlsf_str_trim((tlsf_str){from, n});

        at += n + 1;
        for (size_t i = 0; i < TLSF_COUNTOF(words); i++) {
            if (tlsf_str_starts_nocase(line, tlsf_str_of(words[i])) &&
                names_drive(line)) {
                return true;
            }
        }
    }
    return false;
}

/* The entry of a folder that has these letters, or NULL. */
static const char *
find_entry(ce_arena *arena, const char *folder, const char *part)
{
    DIR *dir = opendir(folder);
    const char *found = NULL;

    if (dir == NULL) {
        return NULL;
    }
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        /* Of several the first by byte, whatever the file system's order. */
        if (strcasecmp(e->d_name, part) == 0 &&
            (found == NULL || strcmp(e->d_name, found) < 0)) {
            found = ce_arena_text(arena, tlsf_str_of(e->d_name));
        }
    }
    closedir(dir);
    return found;
}

const char *
ce_windows_folder(ce_files *files, const char *name)
{
    char letter[2] = {name[0], '\0'};
    const char *found = find_entry(files->arena, files->root, letter);
    struct stat st;

    if (found != NULL) {
        found = ce_arena_format(files->arena, "%s/%s", files->root, found);
        if (lstat(found, &st) == 0 && S_ISDIR(st.st_mode)) {
            return found;
        }
    }
    return files->root;
}

const char *
ce_windows_part(ce_arena *arena, const char *folder, const char *part)
{
    struct stat st;

    if (lstat(ce_arena_format(arena, "%s/%s", folder, part), &st) == 0) {
        return part;
    }
    const char *found = find_entry(arena, folder, part);

    return found == NULL ? part : found;
}
