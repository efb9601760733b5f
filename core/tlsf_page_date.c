/* SPDX-License-Identifier: Apache-2.0 */
/* Dates on the page, in the server's zone. Called by the slots and the forms of
 * the page. */
#include "tlsf_page_slot.h"

static int64_t
offset_at(const tlsf_writer *w, int64_t at)
{
    return w->page->utc_offset == NULL ? 0 : w->page->utc_offset(at);
}

static tlsf_date
local(const tlsf_writer *w, int64_t at)
{
    return tlsf_date_of(at + offset_at(w, at));
}

void
tlsf_page_day(tlsf_writer *w)
{
    tlsf_out_int(w->out, local(w, w->date).day);
}

void
tlsf_page_month(tlsf_writer *w)
{
    int month = local(w, w->date).month;

    tlsf_slot_message(w, (tlsf_message)((int)TLSF_MESSAGE_MONTH_1 + month - 1));
}

void
tlsf_page_year(tlsf_writer *w)
{
    tlsf_out_int(w->out, local(w, w->date).year);
}

/* " UTC+09:00", and " UTC" alone when there is no difference. */
static void
write_zone(tlsf_writer *w, int64_t at)
{
    int64_t offset = offset_at(w, at);
    uint64_t minutes = (uint64_t)(offset < 0 ? -offset : offset) / 60;

    tlsf_out_z(w->out, " UTC");
    if (minutes > 0) {
        tlsf_out_z(w->out, offset < 0 ? "-" : "+");
        tlsf_out_padded(w->out, minutes / 60, 2);
        tlsf_out_z(w->out, ":");
        tlsf_out_padded(w->out, minutes % 60, 2);
    }
}

void
tlsf_page_clock(tlsf_writer *w)
{
    tlsf_date date = local(w, w->date);

    tlsf_out_padded(w->out, (uint64_t)date.hour, 2);
    tlsf_out_z(w->out, ":");
    tlsf_out_padded(w->out, (uint64_t)date.minute, 2);
    write_zone(w, w->date);
}

void
tlsf_page_date(tlsf_writer *w)
{
    tlsf_date date = local(w, w->date);
    bool is_midnight = date.hour == 0 && date.minute == 0;

    tlsf_slot_message(w,
                      is_midnight ? TLSF_MESSAGE_DATE : TLSF_MESSAGE_DATE_TIME);
}

void
tlsf_page_time(tlsf_writer *w)
{
    int64_t now = w->page->now;
    tlsf_date date = local(w, now);

    tlsf_out_int(w->out, date.year);
    tlsf_out_z(w->out, "-");
    tlsf_out_padded(w->out, (uint64_t)date.month, 2);
    tlsf_out_z(w->out, "-");
    tlsf_out_padded(w->out, (uint64_t)date.day, 2);
    tlsf_out_z(w->out, " ");
    tlsf_out_padded(w->out, (uint64_t)date.hour, 2);
    tlsf_out_z(w->out, ":");
    tlsf_out_padded(w->out, (uint64_t)date.minute, 2);
    tlsf_out_z(w->out, ":");
    tlsf_out_padded(w->out, (uint64_t)date.second, 2);
    write_zone(w, now);
}

static void
write_step(tlsf_writer *w, const tlsf_stage_step *step,
           void (*write)(tlsf_writer *, tlsf_message))
{
    w->date = step->at;
    write(w, step->stage == TLSF_STAGE_REFUSE ? TLSF_MESSAGE_DATE_REFUSE
                                              : TLSF_MESSAGE_DATE_BLOCK);
}

void
tlsf_slot_dates(tlsf_writer *w, void (*write)(tlsf_writer *, tlsf_message))
{
    const tlsf_page *page = w->page;
    const tlsf_stage_step *last = NULL;
    const tlsf_stage_step *next =
        tlsf_policy_next_cut(page->settings, page->now, &last);

    if (tlsf_policy_stage(page->settings, page->now) >= TLSF_STAGE_BLOCK) {
        write(w, TLSF_MESSAGE_NOW);
    }
    if (next != NULL) {
        write_step(w, next, write);
        if (last != NULL && last != next) {
            write_step(w, last, write);
        }
    }
}

bool
tlsf_page_dated(const tlsf_writer *w)
{
    const tlsf_page *page = w->page;
    const tlsf_stage_step *last = NULL;

    return tlsf_policy_stage(page->settings, page->now) >= TLSF_STAGE_BLOCK ||
           tlsf_policy_next_cut(page->settings, page->now, &last) != NULL;
}

static void
write_sentence(tlsf_writer *w, tlsf_message id)
{
    tlsf_out_z(w->out, "<p>");
    tlsf_slot_message(w, id);
    tlsf_out_z(w->out, "</p>\n");
}

void
tlsf_page_dates(tlsf_writer *w)
{
    tlsf_slot_dates(w, write_sentence);
}
