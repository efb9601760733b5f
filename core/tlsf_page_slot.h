/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slots: what {name} in a message and {{name}} in the template stand for. One
 * table serves all three forms; the form decides how text is escaped. Only for
 * the forms of the page (tlsf_page_form.c).
 */
#ifndef TLSF_PAGE_SLOT_H
#define TLSF_PAGE_SLOT_H

#include <stdbool.h>

#include "tlsf_page.h"

typedef struct tlsf_writer {
    const tlsf_page *page;
    tlsf_out *out;
    void (*escape)(tlsf_out *, tlsf_str);
    tlsf_language language;
    tlsf_judgement judgement;
    int64_t date; /* what {date} stands for just now */
} tlsf_writer;

typedef struct tlsf_slot {
    tlsf_str name;
    void (*write)(tlsf_writer *);
    bool (*is_there)(const tlsf_writer *); /* NULL: always */
} tlsf_slot;

/* The slot of a name, or NULL. */
const tlsf_slot *tlsf_slot_find(tlsf_str name);

/* A message in the writer's language, slots filled, escaped. */
void tlsf_slot_message(tlsf_writer *w, tlsf_message id);

/* The sentence that introduces the advice. */
tlsf_message tlsf_slot_verdict(const tlsf_writer *w);

/*
 * The sentences about dates, at most three: calls `write` for each, with
 * w->date set.
 */
void tlsf_slot_dates(tlsf_writer *w,
                     void (*write)(tlsf_writer *, tlsf_message));

/*
 * Slots about dates (tlsf_page_date.c). {date} is w->date, its clock only when
 * it is no midnight; {time} is the time of the request for comparing with a
 * log, the same in every language; {dates}, for HTML, is all that is to come.
 */
void tlsf_page_date(tlsf_writer *w);
void tlsf_page_day(tlsf_writer *w);
void tlsf_page_month(tlsf_writer *w);
void tlsf_page_year(tlsf_writer *w);
void tlsf_page_clock(tlsf_writer *w);
void tlsf_page_time(tlsf_writer *w);
void tlsf_page_dates(tlsf_writer *w);
bool tlsf_page_dated(const tlsf_writer *w);

#endif
