/* SPDX-License-Identifier: Apache-2.0 */
/* Main files and pieces; called by guess.c and system.c. */
#include "guess.h"

#include "lex_nginx.h"

/* Names that stand in nginx's main file alone, outside of all blocks. */
static const tlsf_str nginx_main[] = {
    TLSF_LIT_INIT("events"),
    TLSF_LIT_INIT("http"),
    TLSF_LIT_INIT("stream"),
    TLSF_LIT_INIT("mail"),
    TLSF_LIT_INIT("worker_processes"),
    TLSF_LIT_INIT("worker_rlimit_nofile"),
    TLSF_LIT_INIT("worker_cpu_affinity"),
    TLSF_LIT_INIT("user"),
    TLSF_LIT_INIT("pid"),
    TLSF_LIT_INIT("daemon"),
    TLSF_LIT_INIT("master_process"),
    TLSF_LIT_INIT("load_module"),
    TLSF_LIT_INIT("pcre_jit"),
};

bool
ce_guess_is_nginx_main(tlsf_str name)
{
    for (size_t i = 0; i < TLSF_COUNTOF(nginx_main); i++) {
        if (tlsf_str_eq(name, nginx_main[i])) {
            return true;
        }
    }
    return false;
}

/* Lines that only a main file of Apache has. */
static const struct {
    bool in_hosts; /* also where it stands in a virtual host */
    tlsf_str word;
} apache_main[] = {
    {true, TLSF_LIT_INIT("LoadModule")},
    {true, TLSF_LIT_INIT("ServerRoot")},
    {false, TLSF_LIT_INIT("Include")},
    {false, TLSF_LIT_INIT("IncludeOptional")},
};

static bool
is_apache_main(tlsf_str line, bool is_in_host)
{
    for (size_t i = 0; i < TLSF_COUNTOF(apache_main); i++) {
        tlsf_str word = apache_main[i].word;

        if (tlsf_lower(word.data[1]) == tlsf_lower(line.data[1]) &&
            (apache_main[i].in_hosts || !is_in_host) &&
            tlsf_str_starts_nocase(line, word) &&
            (line.len == word.len ||
             strchr(" \t\r", line.data[word.len]) != NULL)) {
            return true;
        }
    }
    return false;
}

static bool
has_apache_main(tlsf_str bytes)
{
    bool is_in_host = false;
    bool interesting[256] = {false};

    for (const char *p = "lsi<LSI"; *p; p++) {
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
            if (is_apache_main(line, is_in_host)) {
                return true;
            }
        } else if (tlsf_str_starts_nocase(line, TLSF_LIT("<VirtualHost"))) {
            is_in_host = true;
        } else if (tlsf_str_starts_nocase(line, TLSF_LIT("</VirtualHost"))) {
            is_in_host = false;
        }
    }
    return false;
}

/* Names outside of all blocks. */
static bool
has_nginx_main(tlsf_str bytes)
{
    ce_nginx_lexer lexer = {.bytes = bytes};
    ce_token token;
    size_t depth = 0;
    bool is_name = true;

    while (ce_lex_nginx(&lexer, &token)) {
        switch (token.kind) {
        case CE_TOKEN_WORD:
            if (is_name && depth == 0 &&
                ce_guess_is_nginx_main(
                    tlsf_str_sub(bytes, token.at, token.len))) {
                return true;
            }
            is_name = false;
            break;
        case CE_TOKEN_OPEN:
            depth++;
            is_name = true;
            break;
        case CE_TOKEN_CLOSE:
            depth -= depth > 0;
            is_name = true;
            break;
        case CE_TOKEN_SEMICOLON:
            is_name = true;
            break;
        default:
            break;
        }
    }
    return false;
}

bool
ce_guess_fragment(const ce_source *source, ce_kind kind)
{
    tlsf_str bytes = tlsf_str_sub(
        source->bytes, 0,
        source->bytes.len < CE_GUESS_FAR ? source->bytes.len : CE_GUESS_FAR);

    return kind == CE_NGINX ? !has_nginx_main(bytes) : !has_apache_main(bytes);
}
