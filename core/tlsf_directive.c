/* SPDX-License-Identifier: Apache-2.0 */
/* What each directive of a virtual host takes and does, one row for each.
 * Called by tlsf_settings_apply. */
#include "tlsf_directive.h"

enum { LOWEST_CODE = 400, HIGHEST_CODE = 599 };

/* Below the version before it there is nothing to gate. */
static const tlsf_version lowest_floor = TLSF_TLSV11;

static const tlsf_str rescue_names[] = {
    [TLSF_RESCUE_OFF] = TLSF_LIT_INIT("off"),
    [TLSF_RESCUE_ECDHE] = TLSF_LIT_INIT("ecdhe"),
    [TLSF_RESCUE_ON] = TLSF_LIT_INIT("on"),
};

static int
apply_floor(tlsf_settings *settings, const tlsf_line *line)
{
    tlsf_str words[TLSF_N_VERSIONS] = {TLSF_LIT("off")};
    size_t n = 1;

    for (int v = lowest_floor; v < TLSF_VERSION_OTHER; v++) {
        words[n++] = tlsf_version_name((tlsf_version)v);
    }
    size_t i = tlsf_find_word(words, n, line->args[0]);
    if (i == n) {
        if (tlsf_version_parse(line->args[0]) < lowest_floor) {
            return tlsf_complain_word(
                line, line->args[0],
                "cannot be a floor, there is nothing below it to gate", words,
                n);
        }
        return tlsf_complain_word(line, line->args[0], "is no floor", words, n);
    }
    settings->floor =
        i == 0 ? TLSF_FLOOR_OFF : (tlsf_version)(lowest_floor + i - 1);
    return TLSF_OK;
}

/* Fills `step` from the arguments, without a look at other stages. */
static int
read_step(tlsf_stage_step *step, const tlsf_line *line)
{
    const tlsf_str *args = line->args;
    tlsf_str names[TLSF_N_STAGES];
    tlsf_diag diag = {NULL, 0};

    for (int i = 0; i < TLSF_N_STAGES; i++) {
        names[i] = tlsf_stage_name((tlsf_stage)i);
    }
    size_t stage = tlsf_find_word(names, TLSF_N_STAGES, args[0]);
    if (stage == TLSF_N_STAGES) {
        return tlsf_complain_word(line, args[0], "is no stage", names,
                                  TLSF_N_STAGES);
    }
    step->stage = (tlsf_stage)stage;
    for (size_t i = 1; i < line->n; i++) {
        if (tlsf_str_starts_nocase(args[i], TLSF_LIT("share="))) {
            return tlsf_complain(line, args[i],
                                 "cannot be used: share= is not available in "
                                 "this version; leave it out");
        }
    }
    if (line->n > 2) {
        return tlsf_complain(line, args[2],
                             "is one argument too many; write a date with a "
                             "time as one word, 2027-03-01T09:00:00+09:00");
    }
    step->is_dated = line->n == 2;
    if (step->is_dated &&
        tlsf_time_parse(args[1], line->midnight, &step->at, &diag) != TLSF_OK) {
        tlsf_complain_begin(line, args[1]);
        tlsf_out_z(line->complaint, "is no date");
        if (diag.what != NULL) {
            tlsf_out_z(line->complaint, " (");
            tlsf_out_z(line->complaint, diag.what);
            tlsf_out_z(line->complaint, ")");
        }
        return tlsf_complain_end(line);
    }
    return TLSF_OK;
}

static int
apply_stage(tlsf_settings *settings, const tlsf_line *line)
{
    tlsf_stage_step step = {TLSF_STAGE_OBSERVE, false, 0};
    int rc = read_step(&step, line);

    if (rc != TLSF_OK) {
        return rc;
    }
    if (settings->n_stages > 0) {
        const tlsf_stage_step *last = &settings->stages[settings->n_stages - 1];

        if (!step.is_dated) {
            return tlsf_complain(line, line->args[0],
                                 "has no date; only the first stage of a list "
                                 "may go without");
        }
        if (last->is_dated && step.at <= last->at) {
            tlsf_complain_begin(line, line->args[1]);
            tlsf_out_z(line->complaint, "is not later than the stage before (");
            tlsf_time_write_rfc3339(line->complaint, last->at);
            tlsf_out_z(line->complaint,
                       "); write the stages in the order of their dates");
            return tlsf_complain_end(line);
        }
    }
    if (settings->n_stages == TLSF_MAX_STAGES) {
        tlsf_complain_begin(line, line->args[0]);
        tlsf_out_z(line->complaint, "is one stage too many; the limit is ");
        tlsf_out_uint(line->complaint, TLSF_MAX_STAGES);
        return tlsf_complain_end(line);
    }
    settings->stages[settings->n_stages++] = step;
    return TLSF_OK;
}

static int
apply_rescue(tlsf_settings *settings, const tlsf_line *line)
{
    size_t n = TLSF_COUNTOF(rescue_names);
    size_t i = tlsf_find_word(rescue_names, n, line->args[0]);

    if (i == n) {
        return tlsf_complain_word(line, line->args[0],
                                  "is no way to set the rescue", rescue_names,
                                  n);
    }
    settings->rescue = (tlsf_rescue_mode)i;
    return TLSF_OK;
}

static int
apply_page_code(tlsf_settings *settings, const tlsf_line *line)
{
    size_t code = tlsf_parse_number(line->args[0], HIGHEST_CODE);

    if (code < LOWEST_CODE) {
        return tlsf_complain(line, line->args[0],
                             "is no status for the upgrade page; write a "
                             "number from 400 to 599");
    }
    settings->page_code = (unsigned)code;
    return TLSF_OK;
}

static int
set_text(tlsf_str *text, const tlsf_line *line)
{
    tlsf_str given = tlsf_str_trim(line->args[0]);

    if (given.len == 0) {
        return tlsf_complain(line, line->args[0],
                             "is empty; write a text or leave the line out");
    }
    *text = given;
    return TLSF_OK;
}

static int
apply_contact(tlsf_settings *settings, const tlsf_line *line)
{
    return set_text(&settings->contact, line);
}

static int
apply_alternative(tlsf_settings *settings, const tlsf_line *line)
{
    return set_text(&settings->alternative, line);
}

static int
apply_site(tlsf_settings *settings, const tlsf_line *line)
{
    return set_text(&settings->site, line);
}

static int
apply_languages(tlsf_settings *settings, const tlsf_line *line)
{
    tlsf_language languages[TLSF_N_LANGUAGES];
    tlsf_str tags[TLSF_N_LANGUAGES];
    size_t n = 0;

    for (int i = 0; i < TLSF_N_LANGUAGES; i++) {
        tags[i] = tlsf_language_tag((tlsf_language)i);
    }
    for (size_t i = 0; i < line->n; i++) {
        tlsf_language language = tlsf_language_parse(line->args[i]);

        if (language == TLSF_N_LANGUAGES) {
            return tlsf_complain_word(line, line->args[i],
                                      "is no language of the page", tags,
                                      TLSF_N_LANGUAGES);
        }
        for (size_t j = 0; j < n; j++) {
            if (languages[j] == language) {
                return tlsf_complain(line, line->args[i],
                                     "is named twice; keep one of the two");
            }
        }
        languages[n++] = language;
    }
    memcpy(settings->languages, languages, n * sizeof(languages[0]));
    settings->n_languages = n;
    return TLSF_OK;
}

const tlsf_rule tlsf_rules[] = {
#define TLSF_RULE(id, min, max, is_repeatable, apply, example)                 \
    [TLSF_DIRECTIVE_##id] = {min, max, is_repeatable, apply, example},
#include "data/rules.def"
};

_Static_assert(TLSF_COUNTOF(tlsf_rules) == TLSF_N_DIRECTIVES, "a rule each");
