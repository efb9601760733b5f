/* SPDX-License-Identifier: Apache-2.0 */
/* Guesses about files; called by system.c. */
#include "guess.h"

#define ENOUGH 400

/* A main file says what it is before this many bytes. */
#define FAR ((size_t)1 << 20)

static tlsf_str
next_line(tlsf_str bytes, size_t *at)
{
    const char *from = bytes.data + *at;
    const char *lf = memchr(from, '\n', bytes.len - *at);
    size_t n = lf == NULL ? bytes.len - *at : (size_t)(lf - from);
    tlsf_str line = {from, n};

    *at += n + (lf != NULL);
    if (line.len > 0 && line.data[line.len - 1] == '\r') {
        line.len--;
    }
    return tlsf_str_trim(line);
}

/* A line's first word; Apache's sections with their <. */
static tlsf_str
first_word(tlsf_str line)
{
    size_t n = 0;

    while (n < line.len && strchr(" \t;{>\"", line.data[n]) == NULL) {
        n++;
    }
    return tlsf_str_sub(line, 0, n);
}

/* What lines look like, and how many begin with a name of each server. */
typedef struct scores {
    int looks[CE_N_KINDS];
    int known[CE_N_KINDS];
} scores;

static void
score_line(tlsf_str line, scores *s)
{
    size_t note = tlsf_str_find(line, TLSF_LIT(" #"));
    tlsf_str code = tlsf_str_trim(tlsf_str_sub(line, 0, note));
    char last = code.len > 0 ? code.data[code.len - 1] : '\0';
    tlsf_str word = first_word(line);

    bool is_apache = ce_tree_find(CE_APACHE, word) != CE_OTHER;

    s->known[CE_APACHE] += is_apache;
    s->known[CE_NGINX] += ce_tree_find(CE_NGINX, word) != CE_OTHER ||
                          tlsf_str_eq(word, TLSF_LIT("events")) ||
                          tlsf_str_eq(word, TLSF_LIT("location"));
    if (line.data[0] == '<') {
        s->looks[CE_APACHE] += 2;
    } else if (last == ';' || last == '{' || last == '}') {
        s->looks[CE_NGINX]++;
    } else if (is_apache || (line.data[0] >= 'A' && line.data[0] <= 'Z')) {
        s->looks[CE_APACHE]++;
    }
}

bool
ce_guess_kind(const ce_source *source, ce_kind *kind)
{
    scores s = {{0, 0}, {0, 0}};
    size_t at = 0;

    for (int i = 0; at < source->bytes.len && i < ENOUGH;) {
        tlsf_str line = next_line(source->bytes, &at);

        if (line.len == 0 || line.data[0] == '#') {
            continue;
        }
        if (memchr(line.data, '\0', line.len) != NULL) {
            return false;
        }
        score_line(line, &s);
        i++;
    }
    *kind = s.looks[CE_NGINX] > s.looks[CE_APACHE] ? CE_NGINX : CE_APACHE;
    return s.looks[CE_NGINX] != s.looks[CE_APACHE] && s.known[*kind] > 0;
}

const char *
ce_guess_why_not(const ce_source *source)
{
    tlsf_str bytes = source->bytes;
    size_t n = bytes.len < 4096 ? bytes.len : 4096;

    if (bytes.len == 0) {
        return "it is empty; it is not clear which server it is for: say "
               "--server apache or --server nginx";
    }
    if (bytes.len >= 2 && (memcmp(bytes.data, "\xff\xfe", 2) == 0 ||
                           memcmp(bytes.data, "\xfe\xff", 2) == 0)) {
        return "it is text in UTF-16, which no server reads; save it as UTF-8";
    }
    if (memchr(bytes.data, '\0', n) != NULL) {
        return "it holds no text; it is no configuration";
    }
    return "it is not clear which server this is for; say --server apache or "
           "--server nginx";
}

static bool
begins(tlsf_str line, const char *word)
{

    return tlsf_str_starts_nocase(line, tlsf_str_of(word));
}

/* Lines that only a main file has. */
static const struct {
    ce_kind kind;
    bool in_hosts; /* also where it stands in a virtual host */
    tlsf_str word;
} main_words[] = {
    {CE_NGINX, true, TLSF_LIT_INIT("events")},
    {CE_NGINX, true, TLSF_LIT_INIT("http")},
    {CE_APACHE, true, TLSF_LIT_INIT("LoadModule")},
    {CE_APACHE, true, TLSF_LIT_INIT("ServerRoot")},
    {CE_APACHE, false, TLSF_LIT_INIT("Include")},
    {CE_APACHE, false, TLSF_LIT_INIT("IncludeOptional")},
};

static bool
is_main(ce_kind kind, tlsf_str line, bool is_in_host)
{
    for (size_t i = 0; i < TLSF_COUNTOF(main_words); i++) {
        tlsf_str word = main_words[i].word;

        if (main_words[i].kind == kind &&
            tlsf_lower(word.data[1]) == tlsf_lower(line.data[1]) &&
            (main_words[i].in_hosts || !is_in_host) &&
            tlsf_str_starts_nocase(line, word) &&
            (line.len == word.len ||
             strchr(" \t\r{", line.data[word.len]) != NULL)) {
            return true;
        }
    }
    return false;
}

bool
ce_guess_fragment(const ce_source *source, ce_kind kind)
{
    tlsf_str bytes = tlsf_str_sub(
        source->bytes, 0, source->bytes.len < FAR ? source->bytes.len : FAR);
    bool is_in_host = false;
    bool interesting[256] = {false};

    for (const char *p = kind == CE_NGINX ? "ehEH" : "lsi<LSI"; *p; p++) {
        interesting[(unsigned char)*p] = true;
    }
    for (size_t at = 0; at < bytes.len;) {
        const char *from = bytes.data + at;
        size_t left = bytes.len - at;

        if (*from == ' ' || *from == '\t') {
            at++;
            continue;
        }
        const char *lf = memchr(from, '\n', left);
        tlsf_str line = {from, lf == NULL ? left : (size_t)(lf - from)};

        at += line.len + 1;
        if (!interesting[(unsigned char)*from] || line.len < 4) {
            continue;
        }
        if (*from != '<') {
            if (is_main(kind, line, is_in_host)) {
                return false;
            }
        } else if (begins(line, "<VirtualHost")) {
            is_in_host = true;
        } else if (begins(line, "</VirtualHost")) {
            is_in_host = false;
        }
    }
    return true;
}

/* A value without its quotes; false when a shell would compute something. */
static bool
plain_value(ce_arena *arena, tlsf_str raw, const char **value)
{
    const char *result = "";
    tlsf_str suffix = TLSF_LIT_INIT("$SUFFIX");

    if (raw.len >= 2 && (raw.data[0] == '"' || raw.data[0] == '\'') &&
        raw.data[raw.len - 1] == raw.data[0]) {
        raw = tlsf_str_sub(raw, 1, raw.len - 2);
    }
    while (raw.len > 0) {
        size_t n = tlsf_str_find(raw, suffix);

        result = ce_arena_format(arena, "%s%.*s", result, (int)n, raw.data);
        n += n < raw.len ? suffix.len : 0;
        raw = tlsf_str_sub(raw, n, raw.len - n);
    }
    *value = result;
    return strpbrk(result, "$`\"'\\") == NULL;
}

void
ce_guess_environment(ce_config *config, const char *folder)
{
    ce_source *source = ce_files_read(
        config->files, ce_arena_format(config->arena, "%s/envvars", folder));
    size_t at = 0;

    while (source != NULL && at < source->bytes.len) {
        tlsf_str line = next_line(source->bytes, &at);
        size_t equals;
        const char *value;

        if (!begins(line, "export ")) {
            continue;
        }
        line = tlsf_str_trim(tlsf_str_sub(line, 7, line.len - 7));
        equals = tlsf_str_find(line, TLSF_LIT("="));
        if (equals == line.len ||
            !plain_value(config->arena,
                         tlsf_str_sub(line, equals + 1, line.len - equals - 1),
                         &value)) {
            continue;
        }
        ce_defines_set(
            config->arena, &config->environment,
            ce_arena_text(config->arena, tlsf_str_sub(line, 0, equals)), value);
    }
}
