/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the tests of directives: a server nine hours east of Greenwich, a
 * complaint to write into, and a directive's line as one string.
 */
#ifndef DIRECTIVE_LINE_H
#define DIRECTIVE_LINE_H

#include <string.h>

#include "tlsf_settings.h"

#define EAST ((int64_t)9 * 3600)

static char text[2048];
static tlsf_buf buf;
static tlsf_out out;

static int64_t
midnight(int year, int month, int day)
{
    tlsf_date date = {.year = year, .month = month, .day = day};

    return tlsf_time_of(&date) - EAST;
}

static const tlsf_reader nginx = {false, midnight};
static const tlsf_reader apache = {true, midnight};

static void
begin(void)
{
    buf = (tlsf_buf){text, sizeof(text) - 1, 0};
    out = tlsf_out_to_buf(&buf);
}

static const char *
said(void)
{
    text[buf.used] = '\0';
    return text;
}

/* "a|b" as two arguments; NULL as none. */
static size_t
split(const char *line, tlsf_str *args)
{
    size_t n = 0;

    while (line != NULL) {
        size_t len = strcspn(line, "|");

        args[n++] = (tlsf_str){line, len};
        line = line[len] == '\0' ? NULL : line + len + 1;
    }
    return n;
}

static int
apply(tlsf_settings *settings, tlsf_directive id, const char *line)
{
    static tlsf_str args[8];

    begin();
    return tlsf_settings_apply(settings, id, args, split(line, args), &nginx,
                               &out);
}

#endif
