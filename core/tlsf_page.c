/* SPDX-License-Identifier: Apache-2.0 */
/* The upgrade page: what it is chosen by, its status and headers. Called by the
 * gate and the page of the adapters. */
#include "tlsf_page.h"
#include "tlsf_page_form.h"
#include "tlsf_page_link.h"

#define UPGRADE_REQUIRED 426
#define FORBIDDEN        403

/* Room for a header's value; a Link that does not fit is left out. */
#define VALUE_SIZE 2048

static const struct {
    tlsf_str name;
    tlsf_str value;
} HEADERS[] = {
    {TLSF_LIT_INIT("Cache-Control"), TLSF_LIT_INIT("no-store")},
    {TLSF_LIT_INIT("Content-Security-Policy"),
     TLSF_LIT_INIT("default-src 'none'; style-src 'unsafe-inline'; "
                   "base-uri 'none'; form-action 'none'; "
                   "frame-ancestors 'none'")},
    {TLSF_LIT_INIT("X-Content-Type-Options"), TLSF_LIT_INIT("nosniff")},
};

void
tlsf_page_choose(tlsf_page *page, const tlsf_page_request *request)
{
    const tlsf_settings *settings = page->settings;

    page->form = tlsf_accept_form(request->accept, request->user_agent);
    page->language = tlsf_accept_language(
        request->accept_language, settings->languages, settings->n_languages);
    page->client = tlsf_client_read(request->user_agent);
}

unsigned
tlsf_page_status(const tlsf_page *page)
{
    unsigned code = page->settings->page_code;

    return code == UPGRADE_REQUIRED && !page->is_http11 ? FORBIDDEN : code;
}

tlsf_str
tlsf_page_content_type(const tlsf_page *page)
{
    switch (page->form) {
    case TLSF_FORM_HTML:
        return TLSF_LIT("text/html; charset=utf-8");
    case TLSF_FORM_JSON:
        return TLSF_LIT("application/problem+json");
    case TLSF_FORM_TEXT:
        break;
    }
    return TLSF_LIT("text/plain; charset=utf-8");
}

/* "TLS/1.2, HTTP/1.1" (RFC 9110 7.8, RFC 2817), from "TLS 1.2". */
static void
send_upgrade(const tlsf_page *page, tlsf_header_sink sink, void *to)
{
    char bytes[VALUE_SIZE];
    tlsf_buf value = {bytes, sizeof(bytes), 0};
    tlsf_out out = tlsf_out_to_buf(&value);
    tlsf_str people = tlsf_version_people(page->required);
    size_t blank = tlsf_str_find(people, TLSF_LIT(" "));

    tlsf_out_str(&out, tlsf_str_sub(people, 0, blank));
    if (blank < people.len) {
        tlsf_out_z(&out, "/");
        tlsf_out_str(&out,
                     tlsf_str_sub(people, blank + 1, people.len - blank - 1));
    }
    tlsf_out_z(&out, ", HTTP/1.1");
    sink(to, TLSF_LIT("Upgrade"), tlsf_buf_str(&value));
    sink(to, TLSF_LIT("Connection"), TLSF_LIT("Upgrade"));
}

void
tlsf_page_headers(const tlsf_page *page, tlsf_header_sink sink, void *to)
{
    for (size_t i = 0; i < TLSF_COUNTOF(HEADERS); i++) {
        sink(to, HEADERS[i].name, HEADERS[i].value);
    }
    sink(to, TLSF_LIT("Content-Language"), tlsf_language_tag(page->language));
    if (tlsf_page_status(page) == UPGRADE_REQUIRED) {
        send_upgrade(page, sink, to);
    }
    tlsf_page_notice_headers(page->settings, sink, to);
}

static void
write_link(tlsf_out *out, tlsf_str target, const char *rel)
{
    if (out->n > 0) {
        tlsf_out_z(out, ", ");
    }
    tlsf_out_z(out, "<");
    tlsf_link_write_target(out, target);
    tlsf_out_z(out, ">; rel=\"");
    tlsf_out_z(out, rel);
    tlsf_out_z(out, "\"");
}

static void
send_link(const tlsf_settings *settings, const tlsf_dates *dates,
          tlsf_header_sink sink, void *to)
{
    char bytes[VALUE_SIZE];
    tlsf_buf value = {bytes, sizeof(bytes), 0};
    tlsf_out out = tlsf_out_to_buf(&value);
    tlsf_link link = tlsf_link_of(settings->contact);

    if (link == TLSF_LINK_NONE) {
        return;
    }
    if (link == TLSF_LINK_URL && dates->deprecated_at != TLSF_NEVER) {
        write_link(&out, settings->contact, "deprecation");
    }
    if (link == TLSF_LINK_URL && dates->sunset_at != TLSF_NEVER) {
        write_link(&out, settings->contact, "sunset");
    }
    write_link(&out, settings->contact, "help");
    if (out.err == TLSF_OK) {
        sink(to, TLSF_LIT("Link"), tlsf_buf_str(&value));
    }
}

void
tlsf_page_notice_headers(const tlsf_settings *settings, tlsf_header_sink sink,
                         void *to)
{
    tlsf_dates dates = tlsf_policy_dates(settings);
    char bytes[64];
    tlsf_buf value = {bytes, sizeof(bytes), 0};
    tlsf_out out = tlsf_out_to_buf(&value);

    if (dates.deprecated_at != TLSF_NEVER) {
        tlsf_out_z(&out, "@");
        tlsf_out_int(&out, dates.deprecated_at);
        sink(to, TLSF_LIT("Deprecation"), tlsf_buf_str(&value));
    }
    if (dates.sunset_at != TLSF_NEVER) {
        value.used = 0;
        tlsf_time_write_http(&out, dates.sunset_at);
        sink(to, TLSF_LIT("Sunset"), tlsf_buf_str(&value));
    }
    send_link(settings, &dates, sink, to);
}

void
tlsf_page_write(const tlsf_page *page, tlsf_out *out)
{
    tlsf_writer w = {
        .page = page,
        .out = out,
        .escape = tlsf_out_text,
        .language = page->language,
        .judgement = tlsf_client_judge(&page->client, page->required),
        .date = page->now,
    };

    switch (page->form) {
    case TLSF_FORM_HTML:
        tlsf_page_html(&w);
        break;
    case TLSF_FORM_JSON:
        tlsf_page_json(&w);
        break;
    case TLSF_FORM_TEXT:
        tlsf_page_text(&w);
        break;
    }
}
