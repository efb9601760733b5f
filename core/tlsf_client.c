/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a User-Agent and names what it found. Called by the page, the request
 * counters and the variables, for below-floor clients. */
#include "tlsf_client.h"
#include "tlsf_number.h"

/* Old Internet Explorers append a list of all that is installed; what tells
 * them apart stands before. */
#define MAX_READ 1024

typedef enum rule {
    AFTER,
    VERSION,
    VERSION_OR_AFTER,
    TRIDENT,
    JAVA,
    CLR,
    SYSTEM,
    NOWHERE
} rule;

static const struct {
    tlsf_family family;
    rule rule;
    tlsf_str token;
} TOKENS[] = {
#define TLSF_TOKEN(family, token, rule)                                        \
    {TLSF_FAMILY_##family, rule, TLSF_LIT_INIT(token)},
#include "data/tokens.def"
};

static const struct {
    tlsf_system system;
    tlsf_str token;
    tlsf_str version;
} SYSTEM_TOKENS[] = {
#define TLSF_SYSTEM_TOKEN(system, token, version)                              \
    {TLSF_SYSTEM_##system, TLSF_LIT_INIT(token), TLSF_LIT_INIT(version)},
#include "data/system_tokens.def"
};

typedef struct name {
    tlsf_str label;
    tlsf_str people;
} name;

static const name FAMILIES[TLSF_N_FAMILIES] = {
#define TLSF_FAMILY(id, label, people)                                         \
    {TLSF_LIT_INIT(label), TLSF_LIT_INIT(people)},
#include "data/families.def"
};

static const name SYSTEMS[TLSF_N_SYSTEMS] = {
#define TLSF_SYSTEM(id, label, people)                                         \
    {TLSF_LIT_INIT(label), TLSF_LIT_INIT(people)},
#include "data/systems.def"
};

typedef enum kind { KIND_SYSTEM, KIND_FAMILY } kind;

/* In names.def the kind decides which enum the id belongs to. */
#define ID_SYSTEM(id) TLSF_SYSTEM_##id
#define ID_FAMILY(id) TLSF_FAMILY_##id

static const struct {
    kind kind;
    int id;
    tlsf_str versions;
    tlsf_str people;
    bool has_number;
} NAMES[] = {
#define TLSF_NAME(kind, id, versions, people, has_number)                      \
    {KIND_##kind, ID_##kind(id), TLSF_LIT_INIT(versions),                      \
     TLSF_LIT_INIT(people), has_number},
#include "data/names.def"
};

/* What follows a token; absent when the token is not there. */
static tlsf_str
after(tlsf_str text, tlsf_str token)
{
    tlsf_str none = {NULL, 0};
    size_t from = 0;

    if (token.data[0] == '^') {
        tlsf_str rest = tlsf_str_sub(token, 1, token.len - 1);
        return tlsf_str_starts(text, rest)
                   ? tlsf_str_sub(text, rest.len, text.len - rest.len)
                   : none;
    }
    while (from + token.len <= text.len) {
        const char *hit = memchr(text.data + from, token.data[0],
                                 text.len - token.len - from + 1);
        if (hit == NULL) {
            break;
        }
        from = (size_t)(hit - text.data);
        if (memcmp(hit, token.data, token.len) == 0) {
            from += token.len;
            return tlsf_str_sub(text, from, text.len - from);
        }
        from++;
    }
    return none;
}

/* Trident/4.0 came with Internet Explorer 8, and so on up to 11, the last. */
static tlsf_number
trident_version(uint32_t trident)
{
    uint32_t major = trident > 7 ? 11 : trident + 4;

    return tlsf_number_of(&major, trident >= 4 ? 1 : 0);
}

/* .NET 4, 4.5 and 4.6 share the run time 4.0.30319 and differ in its build. */
static tlsf_number
clr_version(const uint32_t parts[TLSF_NUMBER_PARTS], size_t n)
{
    uint32_t version[] = {4, 0};

    if (parts[0] != 4 || parts[2] != 30319) {
        return tlsf_number_of(parts, parts[0] < 4 && n > 2 ? 2 : 0);
    }
    if (parts[3] >= 42000) {
        version[1] = 6;
    } else if (parts[3] >= 17929) {
        version[1] = 5;
    }
    return tlsf_number_of(version, TLSF_COUNTOF(version));
}

static tlsf_number
read_version(tlsf_str user_agent, tlsf_str rest, rule how,
             const tlsf_client *client)
{
    uint32_t parts[TLSF_NUMBER_PARTS];
    size_t n = tlsf_number_parts(rest, parts);
    tlsf_str version = after(user_agent, TLSF_LIT("Version/"));

    switch (how) {
    case AFTER:
        break;
    case VERSION:
        return tlsf_number_parse(version);
    case VERSION_OR_AFTER:
        if (version.data != NULL) {
            return tlsf_number_parse(version);
        }
        break;
    case TRIDENT:
        return trident_version(parts[0]);
    case JAVA:
        if (n > 1 && parts[0] == 1) {
            return tlsf_number_of(parts + 1, n - 1);
        }
        break;
    case CLR:
        return clr_version(parts, n);
    case SYSTEM:
        return client->system_version;
    case NOWHERE:
        n = 0;
        break;
    }
    return tlsf_number_of(parts, n);
}

static void
read_system(tlsf_client *client, tlsf_str user_agent)
{
    for (size_t i = 0; i < TLSF_COUNTOF(SYSTEM_TOKENS); i++) {
        tlsf_str rest = after(user_agent, SYSTEM_TOKENS[i].token);
        if (rest.data != NULL) {
            tlsf_str version = SYSTEM_TOKENS[i].version;
            client->system = SYSTEM_TOKENS[i].system;
            client->system_version =
                tlsf_number_parse(version.len > 0 ? version : rest);
            return;
        }
    }
}

static void
read_family(tlsf_client *client, tlsf_str user_agent)
{
    for (size_t i = 0; i < TLSF_COUNTOF(TOKENS); i++) {
        tlsf_str rest = after(user_agent, TOKENS[i].token);
        if (rest.data != NULL) {
            client->family = TOKENS[i].family;
            client->version =
                read_version(user_agent, rest, TOKENS[i].rule, client);
            return;
        }
    }
}

static bool
is_mobile(const tlsf_client *client, tlsf_str user_agent)
{
    return client->system == TLSF_SYSTEM_IOS ||
           client->system == TLSF_SYSTEM_ANDROID ||
           client->system == TLSF_SYSTEM_WINDOWS_PHONE ||
           after(user_agent, TLSF_LIT("Mobi")).data != NULL ||
           after(user_agent, TLSF_LIT("Opera Mini")).data != NULL;
}

tlsf_client
tlsf_client_read(tlsf_str user_agent)
{
    tlsf_client client = {.family = TLSF_FAMILY_OTHER};

    user_agent = tlsf_str_trim(user_agent);
    if (user_agent.len == 0) {
        client.family = TLSF_FAMILY_NONE;
        return client;
    }
    if (user_agent.len > MAX_READ) {
        user_agent.len = MAX_READ;
    }
    read_system(&client, user_agent);
    read_family(&client, user_agent);
    client.openssl = tlsf_number_parse(after(user_agent, TLSF_LIT("OpenSSL/")));
    client.is_mobile = is_mobile(&client, user_agent);
    return client;
}

tlsf_str
tlsf_family_label(tlsf_family family)
{
    return FAMILIES[family].label;
}

tlsf_str
tlsf_family_people(tlsf_family family)
{
    return FAMILIES[family].people;
}

tlsf_str
tlsf_system_label(tlsf_system system)
{
    return SYSTEMS[system].label;
}

tlsf_str
tlsf_system_people(tlsf_system system)
{
    return SYSTEMS[system].people;
}

static void
write_named(tlsf_out *out, kind what, int id, tlsf_str people,
            const tlsf_number *version)
{
    bool has_number = version->is_known;

    for (size_t i = 0; i < TLSF_COUNTOF(NAMES); i++) {
        if (NAMES[i].kind == what && NAMES[i].id == id &&
            tlsf_number_in(version, NAMES[i].versions)) {
            people = NAMES[i].people;
            has_number = NAMES[i].has_number;
            break;
        }
    }
    tlsf_out_str(out, people);
    if (has_number) {
        tlsf_out_z(out, " ");
        tlsf_number_write(version, out);
    }
}

void
tlsf_client_write(const tlsf_client *client, tlsf_out *out)
{
    write_named(out, KIND_FAMILY, (int)client->family,
                FAMILIES[client->family].people, &client->version);
    if (client->openssl.is_known && client->family != TLSF_FAMILY_OPENSSL) {
        tlsf_out_z(out, " (OpenSSL ");
        tlsf_number_write(&client->openssl, out);
        tlsf_out_z(out, ")");
    }
}

void
tlsf_client_write_system(const tlsf_client *client, tlsf_out *out)
{
    if (client->system != TLSF_SYSTEM_OTHER) {
        write_named(out, KIND_SYSTEM, (int)client->system,
                    SYSTEMS[client->system].people, &client->system_version);
    }
}
