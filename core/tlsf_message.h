/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sentences for people, by language. Ids and the English text are in
 * data/messages.en.def, the others in data/messages.<tag>.def; every language
 * has every id. A message is plain UTF-8 text without markup and may hold
 * slots like {floor} that the page fills.
 */
#ifndef TLSF_MESSAGE_H
#define TLSF_MESSAGE_H

#include "tlsf_str.h"

typedef enum tlsf_language {
#define TLSF_LANGUAGE(id, tag, direction) TLSF_LANGUAGE_##id,
#include "data/languages.def"
    TLSF_N_LANGUAGES
} tlsf_language;

typedef enum tlsf_message {
#define TLSF_MESSAGE(id, text) TLSF_MESSAGE_##id,
#include "data/messages.en.def"
    TLSF_N_MESSAGES
} tlsf_message;

/* The text of a message in a language; never absent. */
tlsf_str tlsf_message_text(tlsf_language language, tlsf_message id);

/* The message whose id is written so ("TITLE"), or TLSF_N_MESSAGES. */
tlsf_message tlsf_message_find(tlsf_str id);

/* BCP 47 tag: "en", "ja". */
tlsf_str tlsf_language_tag(tlsf_language language);

/* "ltr" or "rtl". */
tlsf_str tlsf_language_direction(tlsf_language language);

/* The language with this tag (case-blind), or TLSF_N_LANGUAGES. */
tlsf_language tlsf_language_parse(tlsf_str tag);

#endif
