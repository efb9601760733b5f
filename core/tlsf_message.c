/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of sentences, one per language. Called by the page, the banner and
 * the status pages. */
#include "tlsf_message.h"

static const tlsf_str IDS[TLSF_N_MESSAGES] = {
#define TLSF_MESSAGE(id, text) [TLSF_MESSAGE_##id] = TLSF_LIT_INIT(#id),
#include "data/messages.en.def"
};

static const tlsf_str EN[TLSF_N_MESSAGES] = {
#define TLSF_MESSAGE(id, text) [TLSF_MESSAGE_##id] = TLSF_LIT_INIT(text),
#include "data/messages.en.def"
};

static const tlsf_str JA[TLSF_N_MESSAGES] = {
#define TLSF_MESSAGE(id, text) [TLSF_MESSAGE_##id] = TLSF_LIT_INIT(text),
#include "data/messages.ja.def"
};

/* An id that is new here does not compile above, one that is there twice does
 * not compile here; so equal numbers mean the same ids. */
enum {
#define TLSF_MESSAGE(id, text) JA_##id,
#include "data/messages.ja.def"
    N_JA
};

_Static_assert((int)N_JA == (int)TLSF_N_MESSAGES, "Japanese lacks a message");

static const tlsf_str *const TEXTS[] = {
    [TLSF_LANGUAGE_EN] = EN,
    [TLSF_LANGUAGE_JA] = JA,
};

_Static_assert(TLSF_COUNTOF(TEXTS) == TLSF_N_LANGUAGES, "a table per language");

static const struct {
    tlsf_str tag;
    tlsf_str direction;
} LANGUAGES[TLSF_N_LANGUAGES] = {
#define TLSF_LANGUAGE(id, tag, direction)                                      \
    {TLSF_LIT_INIT(tag), TLSF_LIT_INIT(direction)},
#include "data/languages.def"
};

tlsf_str
tlsf_message_text(tlsf_language language, tlsf_message id)
{
    return TEXTS[language][id];
}

tlsf_message
tlsf_message_find(tlsf_str id)
{
    for (size_t i = 0; i < TLSF_N_MESSAGES; i++) {
        if (tlsf_str_eq(IDS[i], id)) {
            return (tlsf_message)i;
        }
    }
    return TLSF_N_MESSAGES;
}

tlsf_str
tlsf_language_tag(tlsf_language language)
{
    return LANGUAGES[language].tag;
}

tlsf_str
tlsf_language_direction(tlsf_language language)
{
    return LANGUAGES[language].direction;
}

tlsf_language
tlsf_language_parse(tlsf_str tag)
{
    for (size_t i = 0; i < TLSF_N_LANGUAGES; i++) {
        if (tlsf_str_eq_nocase(LANGUAGES[i].tag, tag)) {
            return (tlsf_language)i;
        }
    }
    return TLSF_N_LANGUAGES;
}
