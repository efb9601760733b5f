/* SPDX-License-Identifier: Apache-2.0 */
/* The client table: what a client can do about the version it lacks. Called by
 * the page and the variables, for below-floor clients. */
#include "tlsf_client.h"
#include "tlsf_number.h"

typedef enum form { ANY, DESKTOP, MOBILE, EXCHANGE, POPIMAP } form;

/* Columns of clients.def that name no message, and no system. */
#define TLSF_MESSAGE_NONE TLSF_N_MESSAGES
#define TLSF_SYSTEM_ANY   TLSF_N_SYSTEMS

typedef struct row {
    tlsf_version needed;
    tlsf_family family;
    form form;
    tlsf_str versions;
    tlsf_system system;
    tlsf_str system_versions;
    tlsf_verdict verdict;
    tlsf_message advice[3];
} row;

/* Version 14 of the formatter tears a row of this length apart. */
/* clang-format off */
static const row ROWS[] = {
#define TLSF_CLIENT(needed_, family_, form_, versions_, system_, systems_,     \
                    verdict_, a, b, c, source)                                 \
    {.needed = TLSF_##needed_,                                                 \
     .family = TLSF_FAMILY_##family_,                                          \
     .form = form_,                                                            \
     .versions = TLSF_LIT_INIT(versions_),                                     \
     .system = TLSF_SYSTEM_##system_,                                          \
     .system_versions = TLSF_LIT_INIT(systems_),                               \
     .verdict = TLSF_VERDICT_##verdict_,                                       \
     .advice = {TLSF_MESSAGE_##a, TLSF_MESSAGE_##b, TLSF_MESSAGE_##c}},
#include "data/clients.def"
};
/* clang-format on */

static const tlsf_str VERDICTS[] = {
    [TLSF_VERDICT_UNKNOWN] = TLSF_LIT_INIT("unknown"),
    [TLSF_VERDICT_DEFAULT] = TLSF_LIT_INIT("default"),
    [TLSF_VERDICT_NEEDS_ENABLING] = TLSF_LIT_INIT("needs-enabling"),
    [TLSF_VERDICT_UNSUPPORTED] = TLSF_LIT_INIT("unsupported"),
};

static bool
is_form(form wanted, const tlsf_client *client)
{
    switch (wanted) {
    case ANY:
        return true;
    case DESKTOP:
        return !client->is_mobile;
    case MOBILE:
        return client->is_mobile;
    case EXCHANGE:
    case POPIMAP:
        break;
    }
    return false;
}

static const row *
find_row(const tlsf_client *client, tlsf_version needed)
{
    for (size_t i = 0; i < TLSF_COUNTOF(ROWS); i++) {
        const row *r = &ROWS[i];
        bool is_system =
            r->system == TLSF_SYSTEM_ANY ||
            (r->system == client->system &&
             tlsf_number_in(&client->system_version, r->system_versions));
        if (r->family == client->family && r->needed == needed && is_system &&
            is_form(r->form, client) &&
            tlsf_number_in(&client->version, r->versions)) {
            return r;
        }
    }
    return NULL;
}

static void
add(tlsf_judgement *judgement, tlsf_message advice)
{
    if (advice != TLSF_MESSAGE_NONE && judgement->n_advice < TLSF_MAX_ADVICE) {
        judgement->advice[judgement->n_advice++] = advice;
    }
}

/* Why a client that should have done better did not. */
static void
add_causes(tlsf_judgement *judgement, tlsf_message first)
{
    add(judgement, first);
    add(judgement, TLSF_MESSAGE_CAUSE_SYSTEM);
    add(judgement, TLSF_MESSAGE_CAUSE_NETWORK);
    add(judgement, TLSF_MESSAGE_CAUSE_SUPPORT);
}

/* A program whose TLS library is named is judged by the library. */
static tlsf_client
judged_as(const tlsf_client *client)
{
    tlsf_client as = *client;

    if (client->openssl.is_known) {
        as.family = TLSF_FAMILY_OPENSSL;
        as.version = client->openssl;
    }
    return as;
}

tlsf_judgement
tlsf_client_judge(const tlsf_client *client, tlsf_version needed)
{
    tlsf_judgement judgement = {.verdict = TLSF_VERDICT_UNKNOWN};
    tlsf_client as = judged_as(client);
    const row *r =
        find_row(&as, needed == TLSF_TLSV13 ? TLSF_TLSV13 : TLSF_TLSV12);

    if (r == NULL) {
        add(&judgement, TLSF_MESSAGE_UPDATE_CLIENT);
        add(&judgement, TLSF_MESSAGE_CAUSE_SETTING);
        add(&judgement, TLSF_MESSAGE_CAUSE_NETWORK);
        add(&judgement, TLSF_MESSAGE_CAUSE_SUPPORT);
        return judgement;
    }
    judgement.verdict = r->verdict;
    if (r->verdict == TLSF_VERDICT_DEFAULT) {
        add_causes(&judgement, r->advice[0] == TLSF_MESSAGE_NONE
                                   ? TLSF_MESSAGE_CAUSE_SETTING
                                   : r->advice[0]);
        return judgement;
    }
    for (size_t i = 0; i < TLSF_COUNTOF(r->advice); i++) {
        add(&judgement, r->advice[i]);
    }
    return judgement;
}

tlsf_str
tlsf_verdict_name(tlsf_verdict verdict)
{
    return VERDICTS[verdict];
}
