/* SPDX-License-Identifier: Apache-2.0 */
/* The three forms of the page's body. Only for tlsf_page.c. */
#ifndef TLSF_PAGE_FORM_H
#define TLSF_PAGE_FORM_H

#include "tlsf_page_slot.h"

void tlsf_page_html(tlsf_writer *w);
void tlsf_page_json(tlsf_writer *w);
void tlsf_page_text(tlsf_writer *w);

#endif
