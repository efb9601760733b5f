/* SPDX-License-Identifier: Apache-2.0 */
/* One page to be looked at: Internet Explorer 9 at a host in block. */
#ifndef PAGE_SAMPLE_H
#define PAGE_SAMPLE_H

#include <string.h>
#include <check.h>

#include "tlsf_page.h"

#define IE9  "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)"
#define HOUR 3600

/* Midnights in Tokyo: 15:00 UTC of the day before. */
#define WARN_AT   1802790000 /* 17 February 2027 */
#define BLOCK_AT  1803826800 /* 1 March 2027 */
#define REFUSE_AT 1804863600 /* 13 March 2027 */

static char body[65536];
static tlsf_settings settings;
static tlsf_page page;

static int64_t
tokyo(int64_t at)
{
    (void)at;
    return 9 * HOUR;
}

static void
setup(void)
{
    settings = (tlsf_settings){
        .floor = TLSF_TLSV12,
        .n_stages = 3,
        .stages = {{TLSF_STAGE_WARN, true, WARN_AT},
                   {TLSF_STAGE_BLOCK, true, BLOCK_AT},
                   {TLSF_STAGE_REFUSE, true, REFUSE_AT}},
        .page_code = 403,
        .contact = TLSF_LIT("https://help.example.org/tls?a=1&b=2"),
        .alternative = TLSF_LIT("Call +81 3 0000 0000"),
        .site = TLSF_LIT("Example Bank"),
        .n_languages = 2,
        .languages = {TLSF_LANGUAGE_EN, TLSF_LANGUAGE_JA},
    };
    page = (tlsf_page){
        .settings = &settings,
        .host_name = TLSF_LIT("www.example.org"),
        .facts = {TLSF_TLSV1, TLSF_TLSV11, true},
        .required = TLSF_TLSV12,
        .client = tlsf_client_read(TLSF_LIT(IE9)),
        .form = TLSF_FORM_HTML,
        .now = BLOCK_AT + 42,
        .utc_offset = tokyo,
        .request_id = TLSF_LIT("5f3c-1"),
        .is_http11 = true,
    };
}

static const char *
render(tlsf_form form)
{
    tlsf_buf buf = {body, sizeof(body) - 1, 0};
    tlsf_out out = tlsf_out_to_buf(&buf);

    page.form = form;
    tlsf_page_write(&page, &out);
    ck_assert_int_eq(out.err, TLSF_OK);
    ck_assert_uint_eq(out.n, buf.used);
    body[buf.used] = '\0';
    ck_assert_uint_eq(strlen(body), buf.used);
    ck_assert_msg(strstr(body, "{{") == NULL, "a slot is left: %s", body);
    return body;
}

#define HAS(text, part)                                                        \
    ck_assert_msg(strstr(text, part), "%s in %s", part, text)
#define LACKS(text, part)                                                      \
    ck_assert_msg(!strstr(text, part), "no %s in %s", part, text)

#endif
