/* SPDX-License-Identifier: Apache-2.0 */
/* Who forbids a version, and what would allow it; called by the models. */
#include "forbid.h"

/* Suites of RSA certificates that every version before TLS 1.3 can use. */
#define OLD_SUITES "ECDHE+AES:RSA+AES"

void
ce_platform_read(ce_model *model)
{
    ce_config *config = model->config;
    ce_platform *p = ce_arena_alloc(config->arena, sizeof(ce_platform));
    ce_limits limits = {0, TLSF_SSLV3, TLSF_TLSV13};

    model->platform = p;
    p->library = ce_library_of(config);
    ce_openssl_conf_read(config, &p->conf);
    for (size_t i = 0; i < p->conf.n; i++) {
        const ce_setting *line = &p->conf.list[i];

        if (tlsf_str_eq_nocase(line->name, TLSF_LIT("CipherString")) &&
            ce_level_of(line->value) >= 0) {
            p->level = line;
            p->library.level = ce_level_of(line->value);
        } else if (config->kind == CE_APACHE &&
                   tlsf_str_eq_nocase(line->name, TLSF_LIT("Protocol"))) {
            ce_limits_command(&limits, line->name, line->value);
            p->protocol = line;
        }
    }
    p->off = limits.off;
}

ce_suites
ce_suites_begin(const ce_model *model)
{
    return (ce_suites){.level = model->platform->library.level};
}

/* What a list lacks, a set; ~0: OpenSSL refuses the list. */
static unsigned
lack_of(ce_model *model, tlsf_str list)
{
    ce_platform *p = model->platform;
    size_t known;
    unsigned lack = 0;

    if (list.len == 0) {
        return 0;
    }
    if (ce_map_find(&p->lacks, list, &known)) {
        return (unsigned)known;
    }
    if (ce_ciphers_lack(model->config->arena, list, &lack) != 0) {
        lack = ~0U;
    }
    ce_map_set(model->config->arena, &p->lacks, list, lack);
    return lack;
}

void
ce_suites_take(ce_model *model, ce_suites *suites, const ce_node *line,
               tlsf_str list)
{
    int level = ce_level_of(list);

    suites->list = list;
    suites->list_line = line;
    if (level >= 0) {
        suites->level = level;
        suites->level_line = line;
    }
    if (model->platform->library.is_ours && lack_of(model, list) == ~0U) {
        ce_model_say(model, CE_ERROR, line,
                     "OpenSSL knows no cipher of this list; the server does "
                     "not start");
    }
}

void
ce_forbid_check(ce_model *model, const ce_node *line, tlsf_str name,
                tlsf_str value)
{
    ce_limits limits = {0, TLSF_SSLV3, TLSF_TLSV13};
    bool is_cipher = tlsf_str_eq_nocase(name, TLSF_LIT("CipherString"));
    bool is_refused = ce_limits_command(&limits, name, value) < 0;

    /* Cipher lists are tried where they count. */
    if (model->platform->library.is_ours && !is_cipher) {
        is_refused = !ce_library_takes(model->config->arena, name, value);
    }
    if (is_refused) {
        ce_model_say(model, CE_ERROR, line,
                     "OpenSSL refuses %.*s “%.*s”; the server does not start",
                     (int)name.len, name.data, (int)value.len, value.data);
    }
}

/* Records under way; at most one of each kind. */
typedef struct records {
    ce_model *model;
    ce_forbid list[5];
    size_t n;
} records;

static ce_place
place_of(const records *r, const ce_node *line)
{
    return line == NULL ? (ce_place){NULL, 0, 0}
                        : ce_node_place(r->model->config->arena, line);
}

static void
add(records *r, unsigned set, const ce_node *line, ce_place place,
    const char *text, const char *change)
{
    if (set != 0) {
        r->list[r->n++] = (ce_forbid){set, line, place, text, change, false};
    }
}

/* The directive that would lower the level where no list is written. */
static const char *
new_list(const ce_model *model)
{
    return model->config->kind == CE_APACHE
               ? "add the line “SSLCipherSuite DEFAULT:@SECLEVEL=0”"
               : "add the line “ssl_ciphers DEFAULT:@SECLEVEL=0;”";
}

/* A policy of the whole machine is not edited by hand. */
static bool
is_policy(ce_place place)
{
    return place.file != NULL && strstr(place.file, "crypto-policies") != NULL;
}

/* A text that ends in a level; thousands of records share it. */
static const char *
text_of(const records *r, const char **texts, int level, const char *text)
{
    if (texts[level] == NULL) {
        texts[level] =
            ce_arena_format(r->model->config->arena, "%s%d", text, level);
    }
    return texts[level];
}

/* openssl.cnf's level: what the server can do, or what the machine can. */
static void
add_machine_level(records *r, const ce_suites *s, unsigned set)
{
    ce_arena *arena = r->model->config->arena;
    const ce_setting *line = r->model->platform->level;
    ce_place list = place_of(r, s->list_line);
    const char *here = s->list_line == NULL
                           ? new_list(r->model)
                           : ce_arena_format(arena,
                                             "end the cipher list of %s:%zu "
                                             "with :@SECLEVEL=0",
                                             list.file, list.line);
    const char *there =
        is_policy(line->place)
            ? "run update-crypto-policies --set LEGACY"
            : ce_arena_format(arena, "%s here, for the whole machine",
                              text_of(r, r->model->platform->instead, s->level,
                                      "write @SECLEVEL=0 instead of "
                                      "@SECLEVEL="));

    add(r, set, NULL, line->place,
        ce_arena_format(arena,
                        "OpenSSL's configuration asks for security level %d",
                        s->level),
        ce_arena_format(arena, "%s; or %s", here, there));
}

static void
add_level(records *r, const ce_suites *s, unsigned set)
{
    ce_platform *p = r->model->platform;

    if (set == 0) {
        return;
    }
    if (s->level_line != NULL) {
        add(r, set, s->level_line, place_of(r, s->level_line),
            text_of(r, p->asks, s->level,
                    "this cipher list asks for security level "),
            text_of(r, p->instead, s->level,
                    "write @SECLEVEL=0 instead of @SECLEVEL="));
    } else if (p->level != NULL) {
        add_machine_level(r, s, set);
    } else {
        add(r, set, s->list_line, place_of(r, s->list_line),
            text_of(r, p->own, s->level, "OpenSSL's own security level is "),
            s->list_line == NULL ? new_list(r->model)
                                 : "end the cipher list with :@SECLEVEL=0");
    }
}

static void
collect(records *r, const ce_suites *s, const ce_suites *early, unsigned off)
{
    const ce_platform *p = r->model->platform;
    ce_arena *arena = r->model->config->arena;
    ce_place nowhere = {NULL, 0, 0};

    if (!p->library.has_sslv3) {
        add(r, CE_BIT(TLSF_SSLV3), NULL, nowhere,
            "this OpenSSL was built without it", "use another OpenSSL");
    }
    add_level(r, s, ce_level_forbids(&p->library, s->level));
    if (early->level != s->level) {
        add_level(r, early, ce_level_versions(early->level));
    }
    unsigned lack = lack_of(r->model, s->list);

    add(r, lack == ~0U ? 0 : lack, s->list_line, place_of(r, s->list_line),
        "the cipher list has nothing for it",
        "put " OLD_SUITES ": before the cipher list");
    if (p->protocol != NULL) {
        add(r, off, NULL, p->protocol->place,
            "Protocol of OpenSSL's configuration switches it off",
            ce_arena_format(arena, "take the word for it out of “%.*s”",
                            (int)p->protocol->value.len,
                            p->protocol->value.data));
    }
}

/* Whether the last endpoint's records are this one's too; most share them. */
static bool
is_known(ce_platform *p, const ce_suites *s, const ce_suites *early,
         unsigned off)
{
    const ce_node *lines[] = {s->list_line, s->level_line, early->level_line};
    int levels[] = {s->level, early->level};
    bool is_same = p->known != NULL && p->known_off == off &&
                   memcmp(lines, p->known_lines, sizeof(lines)) == 0 &&
                   memcmp(levels, p->known_levels, sizeof(levels)) == 0;

    memcpy(p->known_lines, lines, sizeof(lines));
    memcpy(p->known_levels, levels, sizeof(levels));
    p->known_off = off;
    return is_same;
}

/* What an OpenSSL of today would forbid by its own level, or this list. */
static unsigned
doubtful_of(ce_model *model, const ce_suites *suites)
{
    unsigned old = CE_BIT(TLSF_TLSV1) | CE_BIT(TLSF_TLSV11);

    if (suites->level_line == NULL || suites->level > 0) {
        return old;
    }
    /* OpenSSL is asked only here: its tables take some megabytes. */
    unsigned lack = lack_of(model, suites->list);

    return lack == ~0U ? 0 : lack & old;
}

void
ce_endpoint_forbid(ce_model *model, ce_endpoint *endpoint,
                   const ce_suites *suites, const ce_suites *early,
                   unsigned off)
{
    ce_platform *p = model->platform;
    unsigned all = 0;

    endpoint->ciphers = suites->list;
    if (!p->library.is_known) {
        endpoint->doubtful = doubtful_of(model, suites);
        return;
    }
    if (!is_known(p, suites, early, off)) {
        records r = {.model = model, .n = 0};

        collect(&r, suites, early, off);
        p->known =
            ce_arena_alloc(model->config->arena, r.n * sizeof(ce_forbid) + 1);
        memcpy(p->known, r.list, r.n * sizeof(ce_forbid));
        p->n_known = r.n;
    }
    for (size_t i = 0; i < p->n_known; i++) {
        all |= p->known[i].set;
    }
    endpoint->unreachable = endpoint->set & all;
    endpoint->forbids = p->known;
    endpoint->n_forbids = p->n_known;
}

/* The highest version below the lowest gap; 0 when there is no gap. */
static unsigned
below_gap(unsigned set)
{
    unsigned run = set & (~set + 1); /* the lowest */

    while (run != 0 && (set & (run << 1)) != 0) {
        run <<= 1;
    }
    return set > (run | (run - 1)) ? run : 0;
}

void
ce_endpoint_gap(ce_model *model, ce_endpoint *endpoint, ce_limits limits,
                const ce_suites *suites)
{
    const ce_platform *p = model->platform;
    ce_arena *arena = model->config->arena;
    unsigned set = ce_limits_admit(limits) & ~ce_level_versions(suites->level) &
                   ~(p->library.has_sslv3 ? 0 : CE_BIT(TLSF_SSLV3));
    unsigned highest = below_gap(set);

    if (!p->library.is_known || endpoint->set == 0 ||
        (lack_of(model, suites->list) & highest) == 0) {
        return;
    }
    size_t n = endpoint->n_forbids + 1;
    ce_forbid *list = ce_arena_alloc(arena, n * sizeof(ce_forbid));
    const char *version = ce_set_text(arena, highest);

    list[0] = (ce_forbid){
        .set = CE_ALL,
        .line = suites->list_line,
        .place = suites->list_line == NULL
                     ? (ce_place){NULL, 0, 0}
                     : ce_node_place(arena, suites->list_line),
        .text = ce_arena_format(arena,
                                "there is a gap behind %s, so OpenSSL asks "
                                "the cipher list for something for %s, finds "
                                "nothing, and fails every handshake",
                                version, version),
        .change = "take what lies below the gap out, close the gap, or "
                  "put " OLD_SUITES ": before the cipher list",
        .is_all = true};
    if (n > 1) {
        memcpy(list + 1, endpoint->forbids, (n - 1) * sizeof(ce_forbid));
    }
    endpoint->unreachable = endpoint->set;
    endpoint->forbids = list;
    endpoint->n_forbids = n;
}
