/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Content negotiation from request headers: which form of an answer and which
 * language. Headers are slices and may be absent; nonsense counts as absent.
 * Source: RFC 9110 12.4.2, 12.5.1, 12.5.4; RFC 4647 3.4 (lookup).
 */
#ifndef TLSF_ACCEPT_H
#define TLSF_ACCEPT_H

#include <stdbool.h>

#include "tlsf_message.h"
#include "tlsf_str.h"

typedef enum tlsf_form {
    TLSF_FORM_HTML,
    TLSF_FORM_JSON,
    TLSF_FORM_TEXT
} tlsf_form;

/*
 * JSON if Accept prefers a JSON type (application/json, or any +json); else
 * HTML if it names text/html or application/xhtml+xml, or allows any type and
 * the User-Agent begins with Mozilla/ or Opera/ (an absent Accept allows any);
 * else plain text.
 */
tlsf_form tlsf_accept_form(tlsf_str accept, tlsf_str user_agent);

/*
 * The best of the n languages on offer for an Accept-Language header; the
 * first when none matches. "ja-JP" matches ja, "*" matches the first.
 */
tlsf_language tlsf_accept_language(tlsf_str header,
                                   const tlsf_language *languages, size_t n);

/* Whether a scraper prefers application/openmetrics-text to text/plain. */
bool tlsf_accept_openmetrics(tlsf_str accept);

#endif
