/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the administrator asked for, per virtual host: a plain struct that the
 * adapters keep in their configuration pools, plus the parser of every
 * directive's argument. Both servers accept the same text and complain with
 * the same words, since this file writes them.
 *
 * A virtual host starts as TLSF_SETTINGS_INIT (nothing given), directives are
 * applied one by one, and tlsf_settings_merge fills what was not given from
 * the outer context and then from the defaults. A repeatable directive given
 * inside replaces the outer list as a whole; single ones override.
 */
#ifndef TLSF_SETTINGS_H
#define TLSF_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "tlsf_message.h"
#include "tlsf_out.h"
#include "tlsf_str.h"
#include "tlsf_time.h"
#include "tlsf_version.h"

/* The floor that means "the module is off for this host". */
#define TLSF_FLOOR_OFF TLSF_SSLV2

#define TLSF_MAX_STAGES 16

/* In order of strictness; comparisons rely on it. */
typedef enum tlsf_stage {
    TLSF_STAGE_OBSERVE,
    TLSF_STAGE_WARN,
    TLSF_STAGE_BLOCK,
    TLSF_STAGE_REFUSE,
    TLSF_N_STAGES
} tlsf_stage;

typedef struct tlsf_stage_step {
    tlsf_stage stage;
    bool is_dated; /* false: in force from the beginning */
    int64_t at;    /* seconds; meaningful when dated */
} tlsf_stage_step;

typedef enum tlsf_rescue_mode {
    TLSF_RESCUE_OFF,
    TLSF_RESCUE_ECDHE, /* never RSA key exchange */
    TLSF_RESCUE_ON
} tlsf_rescue_mode;

/* Directives that a virtual host may carry; names in data/directives.def. */
typedef enum tlsf_directive {
#define TLSF_DIRECTIVE(id, nginx, apache) TLSF_DIRECTIVE_##id,
#include "data/directives.def"
    TLSF_N_DIRECTIVES
} tlsf_directive;

typedef struct tlsf_settings {
    uint32_t given;     /* bit per tlsf_directive given in this context */
    tlsf_version floor; /* TLSF_FLOOR_OFF or TLSV11, TLSV12, TLSV13 */
    size_t n_stages;    /* 0: observe for ever */
    tlsf_stage_step stages[TLSF_MAX_STAGES]; /* undated first, then by date */
    tlsf_rescue_mode rescue;
    unsigned page_code; /* 4xx or 5xx */
    tlsf_str contact;   /* absent: {NULL, 0}, as the next two */
    tlsf_str alternative;
    tlsf_str site;
    size_t n_languages;
    tlsf_language languages[TLSF_N_LANGUAGES]; /* first is the default */
} tlsf_settings;

#define TLSF_SETTINGS_INIT                                                     \
    {                                                                          \
        0                                                                      \
    }

/* Whose spelling and which clock a directive is read with. */
typedef struct tlsf_reader {
    bool is_apache; /* complain about TLSFloorStage, not tlsfloor_stage */
    tlsf_midnight midnight; /* what a bare date means */
} tlsf_reader;

/* "tlsfloor_stage" or "TLSFloorStage". */
tlsf_str tlsf_directive_name(tlsf_directive id, bool is_apache);

/*
 * Apply one directive.
 *
 *   args, n    its arguments as the server split and unquoted them; the bytes
 *              must live as long as the settings.
 *   complaint  on failure receives one line for the administrator: what is
 *              wrong and an example of what is right, without file and line.
 *
 * Returns TLSF_OK or TLSF_EINVAL. Refuses among others: the wrong number of
 * arguments, a single directive given twice in one context, stages out of
 * date order, a second undated stage, a date without a year, share= (a part
 * that is not built yet), an unknown language, a page code outside 400..599.
 */
int tlsf_settings_apply(tlsf_settings *settings, tlsf_directive id,
                        const tlsf_str *args, size_t n,
                        const tlsf_reader *reader, tlsf_out *complaint);

/* TLSFloorZone: a number of virtual hosts from 1 to 65536. *rows is 0 before;
 * otherwise the directive was given already. */
int tlsf_settings_parse_zone(const tlsf_str *args, size_t n,
                             const tlsf_reader *reader, size_t *rows,
                             tlsf_out *complaint);

/* TLSFloorStatus: `local` (also with no argument) or `any`; `is_already` when
 * the same context had it before. */
int tlsf_settings_parse_status(const tlsf_str *args, size_t n,
                               const tlsf_reader *reader, bool is_already,
                               bool *is_local, tlsf_out *complaint);

/*
 * Fill what `inner` was not given from `outer` (already merged, or NULL for
 * the outermost context: then from the defaults). Idempotent.
 */
void tlsf_settings_merge(tlsf_settings *inner, const tlsf_settings *outer);

static inline bool
tlsf_settings_is_on(const tlsf_settings *settings)
{
    return settings->floor != TLSF_FLOOR_OFF;
}

/* "observe", "warn", "block", "refuse" */
tlsf_str tlsf_stage_name(tlsf_stage stage);

/*
 * The number of rows that a counter table should have when the administrator
 * gave no number: max(256, next power of two >= 2 * hosts).
 */
size_t tlsf_settings_default_zone(size_t hosts);

#endif
