/* SPDX-License-Identifier: Apache-2.0 */
/* The upgrade page as HTML from its template and as plain text. Called by
 * tlsf_page_write. */
#include "tlsf_page_form.h"

static const char *const PAGE[] = {
#include "data/page.html.inc"
};

/* Where a template is: inside a section that is left out or not. */
typedef struct section {
    tlsf_str skipped; /* its name; absent when nothing is skipped */
} section;

/* {{name}} is a slot, {{NAME}} a message, {{?name}} … {{/name}} a section that
 * is left out when the slot has nothing to say. Sections do not nest. */
static void
write_tag(tlsf_writer *w, section *in, tlsf_str tag)
{
    const tlsf_slot *slot = NULL;
    tlsf_str name = tag;
    tlsf_message message = TLSF_N_MESSAGES;
    char kind = tag.len > 0 ? tag.data[0] : '\0';

    if (kind == '?' || kind == '/') {
        name = tlsf_str_sub(tag, 1, tag.len - 1);
    }
    if (kind == '/' && tlsf_str_eq(name, in->skipped)) {
        in->skipped = (tlsf_str){NULL, 0};
    }
    if (kind == '/' || in->skipped.data != NULL) {
        return;
    }
    slot = tlsf_slot_find(name);
    if (kind == '?') {
        bool is_there =
            slot != NULL && (slot->is_there == NULL || slot->is_there(w));
        in->skipped = is_there ? (tlsf_str){NULL, 0} : name;
        return;
    }
    if (slot != NULL) {
        slot->write(w);
        return;
    }
    message = tlsf_message_find(name);
    if (message != TLSF_N_MESSAGES) {
        tlsf_slot_message(w, message);
    }
}

static void
write_template(tlsf_writer *w, section *in, tlsf_str rest)
{
    tlsf_str opening = TLSF_LIT("{{");
    tlsf_str closing = TLSF_LIT("}}");

    while (rest.len > 0) {
        size_t open = tlsf_str_find(rest, opening);
        size_t close = 0;
        if (in->skipped.data == NULL) {
            tlsf_out_bytes(w->out, rest.data, open);
        }
        if (open == rest.len) {
            return;
        }
        open += opening.len;
        rest = tlsf_str_sub(rest, open, rest.len - open);
        close = tlsf_str_find(rest, closing);
        if (close == rest.len) {
            return;
        }
        write_tag(w, in, tlsf_str_sub(rest, 0, close));
        close += closing.len;
        rest = tlsf_str_sub(rest, close, rest.len - close);
    }
}

void
tlsf_page_html(tlsf_writer *w)
{
    section in = {{NULL, 0}};

    w->escape = tlsf_out_html;
    for (size_t i = 0; i < TLSF_COUNTOF(PAGE); i++) {
        write_template(w, &in, tlsf_str_of(PAGE[i]));
    }
}

static void
write_line(tlsf_writer *w, tlsf_message id)
{
    tlsf_slot_message(w, id);
    tlsf_out_z(w->out, "\n");
}

static void
write_fact(tlsf_writer *w, tlsf_message label, tlsf_str name)
{
    const tlsf_slot *slot = tlsf_slot_find(name);

    if (slot->is_there == NULL || slot->is_there(w)) {
        tlsf_slot_message(w, label);
        tlsf_out_z(w->out, ": ");
        slot->write(w);
        tlsf_out_z(w->out, "\n");
    }
}

static void
write_help(tlsf_writer *w)
{
    if (w->page->settings->contact.len > 0) {
        write_line(w, TLSF_MESSAGE_CONTACT);
    }
    if (w->page->settings->alternative.len > 0) {
        write_line(w, TLSF_MESSAGE_ALTERNATIVE);
    }
}

void
tlsf_page_text(tlsf_writer *w)
{
    w->escape = tlsf_out_text;
    write_line(w, TLSF_MESSAGE_PLAIN);
    tlsf_out_z(w->out, "\n");
    write_line(w, TLSF_MESSAGE_LEAD);
    write_line(w, TLSF_MESSAGE_WHY);
    write_line(w, TLSF_MESSAGE_UNTOUCHED);
    tlsf_out_z(w->out, "\n");
    write_line(w, tlsf_slot_verdict(w));
    for (size_t i = 0; i < w->judgement.n_advice; i++) {
        tlsf_out_uint(w->out, i + 1);
        tlsf_out_z(w->out, ". ");
        write_line(w, w->judgement.advice[i]);
    }
    write_line(w, TLSF_MESSAGE_TODAY);
    write_line(w, TLSF_MESSAGE_CHECK_ALL);
    write_line(w, TLSF_MESSAGE_ADMIN);
    tlsf_out_z(w->out, "\n");
    tlsf_slot_dates(w, write_line);
    write_help(w);
    tlsf_out_z(w->out, "\n");
    write_line(w, TLSF_MESSAGE_TELL);
    write_fact(w, TLSF_MESSAGE_LABEL_TIME, TLSF_LIT("time"));
    write_fact(w, TLSF_MESSAGE_LABEL_REQUEST, TLSF_LIT("request_id"));
    write_fact(w, TLSF_MESSAGE_LABEL_TLS, TLSF_LIT("tls"));
    tlsf_slot_message(w, TLSF_MESSAGE_LABEL_REQUIRED);
    tlsf_out_z(w->out, ": ");
    write_line(w, TLSF_MESSAGE_OR_NEWER);
    write_fact(w, TLSF_MESSAGE_LABEL_CLIENT, TLSF_LIT("program"));
    write_fact(w, TLSF_MESSAGE_LABEL_SYSTEM, TLSF_LIT("platform"));
}
