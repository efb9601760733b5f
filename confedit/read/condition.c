/* SPDX-License-Identifier: Apache-2.0 */
/* Apache's conditional sections; called by read_apache.c. */
#include "reader.h"

#include "tlsf_err.h"

#include <regex.h>
#include <sys/stat.h>

/* What every Apache has built in, when its binary was not asked. */
static const char *const usual_modules[] = {"core.c",      "core_module",
                                            "http_core.c", "http_module",
                                            "mod_so.c",    "so_module"};

static ce_taken
taken_if(bool holds)
{
    return holds ? CE_TAKEN : CE_NOT_TAKEN;
}

static bool
is_mod_ssl(const char *name)
{
    return strcmp(name, "mod_ssl.c") == 0 || strcmp(name, "ssl_module") == 0;
}

static ce_taken
judge_module(const ce_config *config, const char *name, const char **why)
{
    if (ce_defines_find(&config->modules, name) != NULL) {
        return CE_TAKEN;
    }
    for (size_t i = 0; i < TLSF_COUNTOF(usual_modules); i++) {
        if (strcmp(usual_modules[i], name) == 0) {
            return CE_TAKEN;
        }
    }
    if (config->knows_modules) {
        return CE_NOT_TAKEN;
    }
    /* A lone file with lines about TLS is meant for a server with TLS. */
    if (config->is_fragment && is_mod_ssl(name)) {
        return CE_TAKEN;
    }
    *why = config->is_fragment
               ? "a lone file does not tell which modules the server has"
               : "whether the server has this module built in is not known";
    return CE_UNDECIDED;
}

static ce_taken
judge_file(const ce_config *config, tlsf_str name)
{
    struct stat st;
    const char *path =
        ce_files_path(config->files, ce_config_name(config, name));

    return taken_if(path != NULL && stat(path, &st) == 0);
}

static bool
matches(const ce_config *config, tlsf_str pattern)
{
    regex_t regex;
    const char *text =
        ce_arena_format(config->arena, "%u.%u.%u", config->release.part[0],
                        config->release.part[1], config->release.part[2]);

    if (regcomp(&regex, ce_arena_text(config->arena, pattern),
                REG_EXTENDED | REG_NOSUB) != 0) {
        return false;
    }
    bool holds = regexec(&regex, text, 0, NULL, 0) == 0;

    regfree(&regex);
    return holds;
}

/* One comparison; `op` without the !. */
static ce_taken
compare(const ce_config *config, tlsf_str op, tlsf_str than, const char **why)
{
    ce_release release;
    bool is_regex =
        than.len > 1 && than.data[0] == '/' && than.data[than.len - 1] == '/';

    bool is_pattern =
        (op.len == 1 && op.data[0] == '~') || (op.data[0] == '=' && is_regex);

    /* Repetitions within repetitions would take all memory. */
    if (is_pattern &&
        (than.len > 200 || memchr(than.data, '{', than.len) != NULL)) {
        *why = "patterns with repetitions in braces are not tried here";
        return CE_UNDECIDED;
    }
    if (op.len == 1 && op.data[0] == '~') {
        return taken_if(matches(config, than));
    }
    if ((op.data[0] == '=') && is_regex) {
        return taken_if(matches(config, tlsf_str_sub(than, 1, than.len - 2)));
    }
    if (ce_release_parse(than, &release) != TLSF_OK) {
        /* A major version alone is legal. */
        size_t n = than.len;
        tlsf_str padded = tlsf_str_of(
            ce_arena_format(config->arena, "%.*s.0", (int)n, than.data));

        if (ce_release_parse(padded, &release) != TLSF_OK) {
            *why = "this version cannot be read";
            return CE_UNDECIDED;
        }
    }
    int order = ce_release_compare(config->release, release);
    bool or_same = op.len == 2 && op.data[1] == '=';

    switch (op.data[0]) {
    case '=':
        return taken_if(order == 0);
    case '<':
        return taken_if(order < 0 || (or_same && order == 0));
    case '>':
        return taken_if(order > 0 || (or_same && order == 0));
    default:
        *why = "this comparison is not known";
        return CE_UNDECIDED;
    }
}

/* Arguments as Apache takes them: [[!]OPERATOR] VERSION */
static ce_taken
judge_version(const ce_config *config, tlsf_str args, const char **why)
{
    ce_word first = {{NULL, 0}, 0, 0};
    ce_word second = {{NULL, 0}, 0, 0};
    size_t at = 0;

    if (!ce_release_is_known(config->release)) {
        *why = "the server's version is not known; give --server-version";
        return CE_UNDECIDED;
    }
    ce_lex_apache_word(config->arena, args, &at, &first);
    if (!ce_lex_apache_word(config->arena, args, &at, &second)) {
        second = first;
        first.value = TLSF_LIT("=");
    }
    tlsf_str op = first.value;
    bool is_not = op.len > 0 && op.data[0] == '!';

    if (is_not) {
        op = tlsf_str_sub(op, 1, op.len - 1);
    }
    if (op.len == 0) {
        op = TLSF_LIT("=");
    }
    ce_taken taken = compare(config, op, second.value, why);

    if (is_not && taken != CE_UNDECIDED) {
        taken = taken_if(taken == CE_NOT_TAKEN);
    }
    return taken;
}

/*
 * Whether the server knows a directive or section. Of those that matter here
 * it is known which module brings them; of others it is not.
 */
static ce_taken
judge_directive(const ce_config *config, tlsf_str name, const char **why)
{
    switch (ce_tree_find(CE_APACHE, name)) {
    case CE_A_SSL_PROTOCOL:
    case CE_A_SSL_PROXY_PROTOCOL:
    case CE_A_SSL_ENGINE:
    case CE_A_SSL_CONF_CMD:
    case CE_A_SSL_CIPHERS:
    case CE_A_SSL_CERTIFICATE:
        return judge_module(config, "ssl_module", why);
    case CE_A_MACRO:
    case CE_A_USE:
    case CE_A_UNDEF_MACRO:
        return judge_module(config, "macro_module", why);
    case CE_A_IF_VERSION:
        return judge_module(config, "version_module", why);
    case CE_A_DEFINE:
    case CE_A_UNDEFINE:
    case CE_A_INCLUDE:
    case CE_A_INCLUDE_OPTIONAL:
    case CE_A_SERVER_ROOT:
    case CE_A_SERVER_NAME:
    case CE_A_SERVER_ALIAS:
    case CE_A_LISTEN:
    case CE_A_LOAD_MODULE:
    case CE_A_VIRTUAL_HOST:
    case CE_A_IF_DEFINE:
    case CE_A_IF_MODULE:
        return CE_TAKEN;
    default:
        *why = "whether the server knows this is not known here";
        return CE_UNDECIDED;
    }
}

ce_taken
ce_apache_judge(const ce_config *config, ce_id id, tlsf_str args,
                const char *missing, const char **why)
{
    ce_word word = {{NULL, 0}, 0, 0};
    size_t at = 0;

    while (args.len > 0 && args.data[args.len - 1] != '>') {
        args.len--;
    }
    args.len -= args.len > 0;
    if (missing != NULL) {
        *why = "a variable in it has no value here";
        return CE_UNDECIDED;
    }
    if (id == CE_A_IF_VERSION) {
        return judge_version(config, args, why);
    }
    bool is_not = args.len > 0 && args.data[0] == '!';

    if (is_not) {
        args = tlsf_str_sub(args, 1, args.len - 1);
    }
    ce_lex_apache_word(config->arena, args, &at, &word);
    tlsf_str value = word.value;
    const char *name = ce_arena_text(config->arena, value);
    ce_taken taken = CE_UNDECIDED;

    if (id == CE_A_IF_DEFINE) {
        taken = taken_if(ce_defines_find(&config->defines, name) != NULL);
    } else if (id == CE_A_IF_MODULE) {
        taken = judge_module(config, name, why);
    } else if (id == CE_A_IF_FILE) {
        taken = judge_file(config, value);
    } else if (id == CE_A_IF_DIRECTIVE) {
        taken = judge_directive(config, value, why);
    } else {
        taken = judge_directive(
            config, tlsf_str_of(ce_arena_format(config->arena, "<%s", name)),
            why);
    }
    if (is_not && taken != CE_UNDECIDED) {
        taken = taken_if(taken == CE_NOT_TAKEN);
    }
    return taken;
}

void
ce_apache_load(ce_config *config, tlsf_str id)
{
    const char *name = ce_arena_text(config->arena, id);
    tlsf_str end = TLSF_LIT_INIT("_module");

    ce_defines_set(config->arena, &config->modules, name, NULL);
    if (id.len <= end.len ||
        !tlsf_str_eq(tlsf_str_sub(id, id.len - end.len, end.len), end)) {
        return;
    }
    tlsf_str stem = tlsf_str_sub(id, 0, id.len - end.len);
    bool is_mpm = tlsf_str_starts(stem, TLSF_LIT("mpm_"));

    if (is_mpm) {
        stem = tlsf_str_sub(stem, 4, stem.len - 4);
    }
    ce_defines_set(config->arena, &config->modules,
                   ce_arena_format(config->arena, "%s%.*s.c",
                                   is_mpm ? "" : "mod_", (int)stem.len,
                                   stem.data),
                   NULL);
}
