/* SPDX-License-Identifier: Apache-2.0 */
/* Guesses about files; called by system.c. */
#include "guess.h"

#include "lex_nginx.h"

#define ENOUGH 400

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

static bool
is_nginx_name(tlsf_str word)
{
    return ce_tree_find(CE_NGINX, word) != CE_OTHER ||
           ce_guess_is_nginx_main(word) ||
           tlsf_str_eq(word, TLSF_LIT("location"));
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
    s->known[CE_NGINX] += is_nginx_name(word);
    if (line.data[0] == '<') {
        s->looks[CE_APACHE] += 2;
    } else if (last == ';' || last == '{' || last == '}') {
        s->looks[CE_NGINX]++;
    } else if (is_apache || (line.data[0] >= 'A' && line.data[0] <= 'Z')) {
        s->looks[CE_APACHE]++;
    }
}

/* A statement of nginx that goes over several lines. */
typedef struct span {
    size_t from;
    size_t to;
} span;

static bool
begins_line(tlsf_str bytes, size_t at)
{
    while (at > 0 &&
           (bytes.data[at - 1] == ' ' || bytes.data[at - 1] == '\t')) {
        at--;
    }
    return at == 0 || bytes.data[at - 1] == '\n';
}

/* Whether a statement may have this name; not one of Apache's alone. */
static bool
may_be_name(tlsf_str word)
{
    for (size_t i = 0; i < word.len; i++) {
        char c = word.data[i];

        if ((c < 'a' || c > 'z') && c != '_' && !tlsf_is_digit(c)) {
            return false;
        }
    }
    return is_nginx_name(word) || ce_tree_find(CE_APACHE, word) == CE_OTHER;
}

static bool
is_of_apache(tlsf_str bytes, const ce_token *token)
{
    tlsf_str word = tlsf_str_sub(bytes, token->at, token->len);

    return begins_line(bytes, token->at) &&
           (word.data[0] == '<' || ce_tree_find(CE_APACHE, word) != CE_OTHER);
}

/*
 * Read as nginx would: statements with a name that it may know. Of those that
 * end on another line than they begin on the span is kept.
 */
static size_t
find_statements(tlsf_str bytes, scores *s, span spans[ENOUGH])
{
    ce_nginx_lexer lexer = {.bytes = bytes};
    ce_token token;
    span is = {0, 0};
    bool is_likely = false;
    size_t n_words = 0;
    size_t n = 0;

    for (int i = 0; i < ENOUGH && ce_lex_nginx(&lexer, &token) &&
                    token.kind != CE_TOKEN_BAD;) {
        tlsf_str word = tlsf_str_sub(bytes, token.at, token.len);

        is.to = token.at;
        switch (token.kind) {
        case CE_TOKEN_WORD:
            if (n_words++ == 0) {
                is.from = token.at;
                is_likely = may_be_name(word);
                s->known[CE_NGINX] += is_nginx_name(word);
            } else {
                is_likely = is_likely && !is_of_apache(bytes, &token);
            }
            break;
        case CE_TOKEN_SEMICOLON:
        case CE_TOKEN_OPEN:
            if (n_words > 0 && is_likely &&
                memchr(bytes.data + is.from, '\n', is.to - is.from) != NULL) {
                s->looks[CE_NGINX]++;
                spans[n++] = is;
            }
            n_words = 0;
            i++;
            break;
        case CE_TOKEN_CLOSE:
            n_words = 0;
            break;
        default:
            break;
        }
    }
    return n;
}

bool
ce_guess_kind(const ce_source *source, ce_kind *kind)
{
    scores s = {{0, 0}, {0, 0}};
    span spans[ENOUGH];
    tlsf_str bytes = tlsf_str_sub(
        source->bytes, 0,
        source->bytes.len < CE_GUESS_FAR ? source->bytes.len : CE_GUESS_FAR);
    size_t n = find_statements(bytes, &s, spans);
    size_t k = 0;
    size_t at = 0;

    for (int i = 0; at < source->bytes.len && i < ENOUGH;) {
        size_t from = at;
        tlsf_str line = next_line(source->bytes, &at);

        while (k < n && spans[k].to < from) {
            k++;
        }
        if (line.len == 0 || line.data[0] == '#') {
            continue;
        }
        if (memchr(line.data, '\0', line.len) != NULL) {
            return false;
        }
        i++;
        if (k == n || from <= spans[k].from) {
            score_line(line, &s);
        }
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

        if (!tlsf_str_starts_nocase(line, TLSF_LIT("export "))) {
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
