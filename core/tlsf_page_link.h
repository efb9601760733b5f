/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an administrator wrote as contact or alternative: an http(s) URL, a
 * mail address, or words. Only the first two become links. Only for the page.
 */
#ifndef TLSF_PAGE_LINK_H
#define TLSF_PAGE_LINK_H

#include "tlsf_out.h"
#include "tlsf_str.h"

typedef enum tlsf_link {
    TLSF_LINK_NONE, /* words, or nothing */
    TLSF_LINK_URL,
    TLSF_LINK_MAIL /* with or without mailto: in front */
} tlsf_link;

tlsf_link tlsf_link_of(tlsf_str text);

/*
 * The target of a link, "mailto:" included. Every byte that may not stand in a
 * URI (RFC 3986) is percent-encoded, and so is the apostrophe, so the result
 * can neither end a quoted attribute nor a <target> in a header; an ampersand
 * stays and has to be escaped in HTML. Writes nothing for TLSF_LINK_NONE.
 */
void tlsf_link_write_target(tlsf_out *out, tlsf_str text);

/* Any text as one segment of a URI: all but unreserved bytes encoded. */
void tlsf_link_write_segment(tlsf_out *out, tlsf_str text);

#endif
