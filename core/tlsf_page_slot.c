/* SPDX-License-Identifier: Apache-2.0 */
/* Fills the slots of messages and of the template. Called by the forms of the
 * page. */
#include "tlsf_page_slot.h"
#include "tlsf_page_link.h"

/* Families whose name is no product: the page says it in the language. */
static const struct {
    tlsf_family family;
    tlsf_message message;
} UNNAMED[] = {
    {TLSF_FAMILY_OTHER, TLSF_MESSAGE_CLIENT_UNKNOWN},
    {TLSF_FAMILY_NONE, TLSF_MESSAGE_CLIENT_UNKNOWN},
    {TLSF_FAMILY_SITE, TLSF_MESSAGE_CLIENT_SITE},
    {TLSF_FAMILY_FEATURE_PHONE, TLSF_MESSAGE_CLIENT_FEATURE_PHONE},
    {TLSF_FAMILY_CONSOLE, TLSF_MESSAGE_CLIENT_CONSOLE},
    {TLSF_FAMILY_TV, TLSF_MESSAGE_CLIENT_TV},
    {TLSF_FAMILY_ANDROID_APP, TLSF_MESSAGE_CLIENT_ANDROID_APP},
    {TLSF_FAMILY_BOT, TLSF_MESSAGE_CLIENT_BOT},
};

static tlsf_message
unnamed(tlsf_family family)
{
    for (size_t i = 0; i < TLSF_COUNTOF(UNNAMED); i++) {
        if (UNNAMED[i].family == family) {
            return UNNAMED[i].message;
        }
    }
    return TLSF_N_MESSAGES;
}

static bool
is_html(const tlsf_writer *w)
{
    return w->escape == tlsf_out_html;
}

static void
write_site(tlsf_writer *w)
{
    const tlsf_page *page = w->page;

    if (page->settings->site.len > 0) {
        w->escape(w->out, page->settings->site);
    } else if (page->host_name.len > 0) {
        w->escape(w->out, page->host_name);
    } else {
        tlsf_slot_message(w, TLSF_MESSAGE_THIS_SITE);
    }
}

static void
write_client(tlsf_writer *w)
{
    tlsf_message name = unnamed(w->page->client.family);

    if (name != TLSF_N_MESSAGES) {
        tlsf_slot_message(w, name);
    } else {
        tlsf_client_write(&w->page->client, w->out);
    }
}

static bool
has_system(const tlsf_writer *w)
{
    return w->page->client.system != TLSF_SYSTEM_OTHER;
}

static void
write_system(tlsf_writer *w)
{
    tlsf_client_write_system(&w->page->client, w->out);
}

static void
write_setup(tlsf_writer *w)
{
    if (has_system(w)) {
        tlsf_slot_message(w, TLSF_MESSAGE_SETUP);
    } else {
        write_client(w);
    }
}

/* In the box for the help desk an unknown client is simply not known. */
static void
write_program(tlsf_writer *w)
{
    if (unnamed(w->page->client.family) == TLSF_MESSAGE_CLIENT_UNKNOWN) {
        tlsf_slot_message(w, TLSF_MESSAGE_UNKNOWN);
    } else {
        write_client(w);
    }
}

static void
write_platform(tlsf_writer *w)
{
    if (has_system(w)) {
        write_system(w);
    } else {
        tlsf_slot_message(w, TLSF_MESSAGE_UNKNOWN);
    }
}

static void
write_version(tlsf_writer *w)
{
    w->escape(w->out, tlsf_version_people(w->page->facts.negotiated));
}

static void
write_offered(tlsf_writer *w)
{
    w->escape(w->out, tlsf_version_people(w->page->facts.offered));
}

static void
write_floor(tlsf_writer *w)
{
    w->escape(w->out, tlsf_version_people(w->page->required));
}

static void
write_tls(tlsf_writer *w)
{
    const tlsf_facts *facts = &w->page->facts;

    if (facts->offered == facts->negotiated ||
        facts->offered == TLSF_VERSION_OTHER) {
        write_version(w);
    } else {
        tlsf_slot_message(w, TLSF_MESSAGE_TLS_OFFERED);
    }
}

static bool
has_request_id(const tlsf_writer *w)
{
    return w->page->request_id.len > 0;
}

static void
write_request_id(tlsf_writer *w)
{
    w->escape(w->out, w->page->request_id);
}

/* A sink that escapes for HTML what it is given, on its way to another. */
static int
escape_html(void *to, const char *bytes, size_t n)
{
    tlsf_out *out = (tlsf_out *)to;
    tlsf_str text = {bytes, n};

    tlsf_out_html(out, text);
    return out->err;
}

static void
write_link(tlsf_writer *w, tlsf_str text)
{
    bool is_link = is_html(w) && tlsf_link_of(text) != TLSF_LINK_NONE;

    if (is_link) {
        tlsf_out target = {escape_html, w->out, 0, TLSF_OK};
        tlsf_out_z(w->out, "<a href=\"");
        tlsf_link_write_target(&target, text);
        tlsf_out_z(w->out, "\">");
    }
    w->escape(w->out, text);
    if (is_link) {
        tlsf_out_z(w->out, "</a>");
    }
}

static bool
has_contact(const tlsf_writer *w)
{
    return w->page->settings->contact.len > 0;
}

static void
write_contact(tlsf_writer *w)
{
    write_link(w, w->page->settings->contact);
}

static bool
has_alternative(const tlsf_writer *w)
{
    return w->page->settings->alternative.len > 0;
}

static void
write_alternative(tlsf_writer *w)
{
    write_link(w, w->page->settings->alternative);
}

static bool
has_help(const tlsf_writer *w)
{
    return has_contact(w) || has_alternative(w);
}

static void
write_nothing(tlsf_writer *w)
{
    (void)w;
}

static void
write_lang(tlsf_writer *w)
{
    tlsf_out_str(w->out, tlsf_language_tag(w->language));
}

static void
write_dir(tlsf_writer *w)
{
    tlsf_out_str(w->out, tlsf_language_direction(w->language));
}

/* For whoever reads the raw text, so always in the default language; nothing
 * in it comes from outside, so that it can stand in a comment. */
static void
write_plain(tlsf_writer *w)
{
    tlsf_language language = w->language;

    w->language = TLSF_LANGUAGE_EN;
    tlsf_slot_message(w, TLSF_MESSAGE_PLAIN);
    w->language = language;
}

static void
write_verdict(tlsf_writer *w)
{
    tlsf_slot_message(w, tlsf_slot_verdict(w));
}

static void
write_advice(tlsf_writer *w)
{
    for (size_t i = 0; i < w->judgement.n_advice; i++) {
        tlsf_out_z(w->out, "<li>");
        tlsf_slot_message(w, w->judgement.advice[i]);
        tlsf_out_z(w->out, "</li>\n");
    }
}

static const tlsf_slot SLOTS[] = {
    {TLSF_LIT_INIT("site"), write_site, NULL},
    {TLSF_LIT_INIT("setup"), write_setup, NULL},
    {TLSF_LIT_INIT("client"), write_client, NULL},
    {TLSF_LIT_INIT("system"), write_system, has_system},
    {TLSF_LIT_INIT("version"), write_version, NULL},
    {TLSF_LIT_INIT("offered"), write_offered, NULL},
    {TLSF_LIT_INIT("floor"), write_floor, NULL},
    {TLSF_LIT_INIT("date"), tlsf_page_date, NULL},
    {TLSF_LIT_INIT("day"), tlsf_page_day, NULL},
    {TLSF_LIT_INIT("month"), tlsf_page_month, NULL},
    {TLSF_LIT_INIT("year"), tlsf_page_year, NULL},
    {TLSF_LIT_INIT("clock"), tlsf_page_clock, NULL},
    {TLSF_LIT_INIT("time"), tlsf_page_time, NULL},
    {TLSF_LIT_INIT("dates"), tlsf_page_dates, tlsf_page_dated},
    {TLSF_LIT_INIT("contact"), write_contact, has_contact},
    {TLSF_LIT_INIT("alternative"), write_alternative, has_alternative},
    {TLSF_LIT_INIT("help"), write_nothing, has_help},
    {TLSF_LIT_INIT("request_id"), write_request_id, has_request_id},
    {TLSF_LIT_INIT("tls"), write_tls, NULL},
    {TLSF_LIT_INIT("program"), write_program, NULL},
    {TLSF_LIT_INIT("platform"), write_platform, NULL},
    {TLSF_LIT_INIT("lang"), write_lang, NULL},
    {TLSF_LIT_INIT("dir"), write_dir, NULL},
    {TLSF_LIT_INIT("plain"), write_plain, NULL},
    {TLSF_LIT_INIT("verdict"), write_verdict, NULL},
    {TLSF_LIT_INIT("advice"), write_advice, NULL},
};

const tlsf_slot *
tlsf_slot_find(tlsf_str name)
{
    for (size_t i = 0; i < TLSF_COUNTOF(SLOTS); i++) {
        if (tlsf_str_eq(SLOTS[i].name, name)) {
            return &SLOTS[i];
        }
    }
    return NULL;
}

tlsf_message
tlsf_slot_verdict(const tlsf_writer *w)
{
    static const tlsf_message VERDICTS[] = {
        [TLSF_VERDICT_UNKNOWN] = TLSF_MESSAGE_VERDICT_UNKNOWN,
        [TLSF_VERDICT_DEFAULT] = TLSF_MESSAGE_VERDICT_DEFAULT,
        [TLSF_VERDICT_NEEDS_ENABLING] = TLSF_MESSAGE_VERDICT_ENABLE,
        [TLSF_VERDICT_UNSUPPORTED] = TLSF_MESSAGE_VERDICT_UNSUPPORTED,
    };

    return VERDICTS[w->judgement.verdict];
}

void
tlsf_slot_message(tlsf_writer *w, tlsf_message id)
{
    tlsf_str rest = tlsf_message_text(w->language, id);

    while (rest.len > 0) {
        size_t open = tlsf_str_find(rest, TLSF_LIT("{"));
        size_t close = tlsf_str_find(rest, TLSF_LIT("}"));
        const tlsf_slot *slot = NULL;
        w->escape(w->out, tlsf_str_sub(rest, 0, open));
        if (open == rest.len || close == rest.len) {
            return;
        }
        slot = tlsf_slot_find(tlsf_str_sub(rest, open + 1, close - open - 1));
        if (slot != NULL) {
            slot->write(w);
        }
        rest = tlsf_str_sub(rest, close + 1, rest.len - close - 1);
    }
}
