/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directive arguments from any bytes: the first byte picks the directive and
 * the server's spelling, blanks split the arguments, line feeds the lines.
 * Refused lines must say why in one line and change nothing; what is accepted
 * must merge and give a stage and dates.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tlsf_policy.h"
#include "tlsf_settings.h"

enum { MAX_ARGS = 8 };

static int64_t
midnight(int year, int month, int day)
{
    tlsf_date date = {.year = year, .month = month, .day = day};

    return tlsf_time_of(&date);
}

static size_t
split(tlsf_str line, tlsf_str *args)
{
    size_t n = 0;

    while (n < MAX_ARGS) {
        const char *blank =
            line.len == 0 ? NULL : memchr(line.data, ' ', line.len);
        size_t len = blank == NULL ? line.len : (size_t)(blank - line.data);

        args[n++] = tlsf_str_sub(line, 0, len);
        if (blank == NULL) {
            break;
        }
        line = tlsf_str_sub(line, len + 1, line.len - len - 1);
    }
    return n;
}

static void
must(int holds)
{
    if (!holds) {
        abort();
    }
}

static void
read_line(tlsf_settings *settings, unsigned pick, tlsf_str line)
{
    const tlsf_reader reader = {(pick & 0x80) != 0, midnight};
    const unsigned id = (pick & 0x7f) % (TLSF_N_DIRECTIVES + 2);
    const tlsf_settings before = *settings;
    char text[4096];
    tlsf_buf buf = {text, sizeof(text), 0};
    tlsf_out out = tlsf_out_to_buf(&buf);
    tlsf_str args[MAX_ARGS];
    size_t n = split(line, args);
    size_t rows = 1;
    bool is_local = false;
    int rc = TLSF_OK;

    if (id < TLSF_N_DIRECTIVES) {
        rc = tlsf_settings_apply(settings, (tlsf_directive)id, args, n, &reader,
                                 &out);
    } else if (id == TLSF_N_DIRECTIVES) {
        rc = tlsf_settings_parse_zone(args, n, &reader, &rows, &out);
    } else {
        rc = tlsf_settings_parse_status(args, n, &reader, false, &is_local,
                                        &out);
    }
    must(out.err == TLSF_OK);
    must((rc == TLSF_OK) == (buf.used == 0));
    must(memchr(text, '\n', buf.used) == NULL);
    must(memchr(text, '\0', buf.used) == NULL);
    must(buf.used < 1024);
    must(rows >= 1 && rows <= 65536);
    must(rc == TLSF_OK || memcmp(&before, settings, sizeof(before)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tlsf_settings settings = TLSF_SETTINGS_INIT;
    const tlsf_stage_step *last = NULL;

    while (size > 0) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t len = end == NULL ? size : (size_t)(end - data);

        if (len > 0) {
            tlsf_str line = {(const char *)data + 1, len - 1};

            read_line(&settings, data[0], line);
        }
        len += end != NULL;
        data += len;
        size -= len;
    }
    tlsf_settings_merge(&settings, NULL);
    must(settings.page_code >= 400 && settings.page_code <= 599);
    must(settings.n_languages >= 1 && settings.n_languages <= TLSF_N_LANGUAGES);
    must(settings.n_stages <= TLSF_MAX_STAGES);
    for (size_t i = 1; i < settings.n_stages; i++) {
        const tlsf_stage_step *step = &settings.stages[i];

        must(step->is_dated &&
             tlsf_policy_stage(&settings, step->at) == step->stage);
        must(!step[-1].is_dated || step[-1].at < step->at);
    }
    tlsf_policy_next_cut(&settings, 0, &last);
    tlsf_policy_dates(&settings);
    return 0;
}
