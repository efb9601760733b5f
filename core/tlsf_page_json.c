/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The upgrade page as application/problem+json (RFC 9457). Called by
 * tlsf_page_write.
 *
 * `type` is BCP 195, the standing recommendation on TLS versions: it says why
 * old ones are refused, and its address outlives the RFCs that it consists of.
 */
#include "tlsf_page_form.h"
#include "tlsf_page_link.h"

#define PROBLEM_TYPE "https://www.rfc-editor.org/info/bcp195"

static void
write_name(tlsf_writer *w, const char *name)
{
    tlsf_out_z(w->out, ",\n  \"");
    tlsf_out_z(w->out, name);
    tlsf_out_z(w->out, "\": ");
}

static void
write_string(tlsf_writer *w, const char *name, tlsf_str value)
{
    write_name(w, name);
    tlsf_out_z(w->out, "\"");
    tlsf_out_json(w->out, value);
    tlsf_out_z(w->out, "\"");
}

static void
write_quoted(tlsf_writer *w, void (*write)(tlsf_writer *))
{
    tlsf_out_z(w->out, "\"");
    write(w);
    tlsf_out_z(w->out, "\"");
}

static void
write_detail(tlsf_writer *w)
{
    tlsf_slot_message(w, TLSF_MESSAGE_LEAD);
    tlsf_out_z(w->out, " ");
    tlsf_slot_message(w, tlsf_slot_verdict(w));
    tlsf_out_z(w->out, " ");
    tlsf_slot_message(w, TLSF_MESSAGE_UNTOUCHED);
}

static void
write_instance(tlsf_writer *w)
{
    tlsf_out_z(w->out, "urn:tlsfloor:request:");
    tlsf_link_write_segment(w->out, w->page->request_id);
}

static void
write_client_version(tlsf_writer *w)
{
    tlsf_number_write(&w->page->client.version, w->out);
}

static void
write_system(tlsf_writer *w)
{
    tlsf_client_write_system(&w->page->client, w->out);
}

static void
write_advice(tlsf_writer *w)
{
    write_name(w, "advice");
    tlsf_out_z(w->out, "[");
    for (size_t i = 0; i < w->judgement.n_advice; i++) {
        tlsf_out_z(w->out, i == 0 ? "\n    \"" : ",\n    \"");
        tlsf_slot_message(w, w->judgement.advice[i]);
        tlsf_out_z(w->out, "\"");
    }
    tlsf_out_z(w->out, "]");
}

static void
write_sunset(tlsf_writer *w)
{
    int64_t at = tlsf_policy_dates(w->page->settings).sunset_at;

    if (at != TLSF_NEVER) {
        write_name(w, "sunset");
        tlsf_out_z(w->out, "\"");
        tlsf_time_write_rfc3339(w->out, at);
        tlsf_out_z(w->out, "\"");
    }
}

void
tlsf_page_json(tlsf_writer *w)
{
    const tlsf_page *page = w->page;
    const tlsf_client *client = &page->client;

    w->escape = tlsf_out_json;
    tlsf_out_z(w->out, "{\n  \"type\": \"" PROBLEM_TYPE "\"");
    write_string(w, "title",
                 tlsf_message_text(w->language, TLSF_MESSAGE_PROBLEM));
    write_name(w, "status");
    tlsf_out_uint(w->out, tlsf_page_status(page));
    write_name(w, "detail");
    write_quoted(w, write_detail);
    if (page->request_id.len > 0) {
        write_name(w, "instance");
        write_quoted(w, write_instance);
    }
    write_string(w, "tls_version", tlsf_version_name(page->facts.negotiated));
    write_string(w, "offered", tlsf_version_name(page->facts.offered));
    write_string(w, "required", tlsf_version_name(page->required));
    write_string(w, "client", tlsf_family_label(client->family));
    if (client->version.is_known) {
        write_name(w, "client_version");
        write_quoted(w, write_client_version);
    }
    if (client->system != TLSF_SYSTEM_OTHER) {
        write_name(w, "system");
        write_quoted(w, write_system);
    }
    write_string(w, "verdict", tlsf_verdict_name(w->judgement.verdict));
    write_advice(w);
    write_sunset(w);
    if (page->settings->contact.len > 0) {
        write_string(w, "help", page->settings->contact);
    }
    tlsf_out_z(w->out, "\n}\n");
}
