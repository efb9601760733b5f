/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The upgrade page in three forms (HTML, application/problem+json, plain
 * text), its status and headers, and the three notice headers of `warn`. The
 * HTML is data/page.html with slots; the sentences are messages. One
 * self-contained answer: no script, no external asset, readable without CSS,
 * more than 1 KB, first line a comment with one plain sentence.
 *
 * Everything that comes from the request or the configuration is escaped for
 * the form it goes into. Nothing is allocated.
 */
#ifndef TLSF_PAGE_H
#define TLSF_PAGE_H

#include "tlsf_accept.h"
#include "tlsf_client.h"
#include "tlsf_out.h"
#include "tlsf_policy.h"
#include "tlsf_settings.h"

/* All that an answer depends on; filled by the adapter. */
typedef struct tlsf_page {
    const tlsf_settings *settings; /* of the virtual host that decides */
    tlsf_str host_name;            /* its name, when no tlsfloor_site is set */
    tlsf_facts facts;
    tlsf_version required; /* the floor that was missed */
    tlsf_client client;    /* of the User-Agent */
    tlsf_form form;
    tlsf_language language;
    int64_t now;                /* seconds */
    tlsf_utc_offset utc_offset; /* of the server's zone; NULL: dates in UTC */
    tlsf_str request_id;        /* absent when the server has none */
    bool is_http11;             /* HTTP/1.1 and not HTTP/2 */
} tlsf_page;

/* The three request headers that a page is chosen by; each may be absent. */
typedef struct tlsf_page_request {
    tlsf_str user_agent;
    tlsf_str accept;
    tlsf_str accept_language;
} tlsf_page_request;

/* Fill form, language and client of `page` (its settings are set). */
void tlsf_page_choose(tlsf_page *page, const tlsf_page_request *request);

/* The status: page_code, but 403 where 426 is not allowed (HTTP/2, 1.0). */
unsigned tlsf_page_status(const tlsf_page *page);

/* Content-Type, without a header name. */
tlsf_str tlsf_page_content_type(const tlsf_page *page);

/* Receives one header; name and value are only valid during the call. */
typedef void (*tlsf_header_sink)(void *to, tlsf_str name, tlsf_str value);

/*
 * All headers of the page but Content-Type and Content-Length: Cache-Control,
 * Content-Language, Content-Security-Policy, X-Content-Type-Options, Upgrade
 * and its Connection option with 426, and the notice headers.
 */
void tlsf_page_headers(const tlsf_page *page, tlsf_header_sink sink, void *to);

/*
 * Deprecation (RFC 9745), Sunset (RFC 8594) and Link with rel deprecation,
 * sunset and help, as far as dates and an address to link to are known. For
 * below-floor responses in `warn` and for the page.
 */
void tlsf_page_notice_headers(const tlsf_settings *settings,
                              tlsf_header_sink sink, void *to);

/* The body. Ask out->err afterwards. */
void tlsf_page_write(const tlsf_page *page, tlsf_out *out);

#endif
