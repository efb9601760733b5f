/* SPDX-License-Identifier: Apache-2.0 */
/* Reads directives into settings and merges contexts. Called by both adapters'
 * config.c while the server reads its configuration. */
#include "tlsf_settings.h"
#include "tlsf_complain.h"
#include "tlsf_directive.h"

enum { DEFAULT_CODE = 403, HIGHEST_ZONE = 65536, SMALLEST_ZONE = 256 };

_Static_assert(TLSF_N_DIRECTIVES <= 32, "settings.given has a bit for each");

static const tlsf_str stage_names[] = {
    [TLSF_STAGE_OBSERVE] = TLSF_LIT_INIT("observe"),
    [TLSF_STAGE_WARN] = TLSF_LIT_INIT("warn"),
    [TLSF_STAGE_BLOCK] = TLSF_LIT_INIT("block"),
    [TLSF_STAGE_REFUSE] = TLSF_LIT_INIT("refuse"),
};

static const tlsf_str reach_names[] = {
    TLSF_LIT_INIT("local"),
    TLSF_LIT_INIT("any"),
};

/* [1] is Apache's spelling. */
static const tlsf_str directive_names[][2] = {
#define TLSF_DIRECTIVE(id, nginx, apache)                                      \
    [TLSF_DIRECTIVE_##id] = {TLSF_LIT_INIT(nginx), TLSF_LIT_INIT(apache)},
#include "data/directives.def"
};

static const tlsf_str zone_names[2] = {
    TLSF_LIT_INIT("tlsfloor_zone"),
    TLSF_LIT_INIT("TLSFloorZone"),
};

static const tlsf_str status_names[2] = {
    TLSF_LIT_INIT("tlsfloor_status"),
    TLSF_LIT_INIT("TLSFloorStatus"),
};

static int
complain_twice(const tlsf_line *line)
{
    return tlsf_complain_whole(line,
                               "is given twice here; keep one of the two");
}

static bool
is_given(const tlsf_settings *settings, tlsf_directive id)
{
    return (settings->given >> id & 1u) != 0;
}

static tlsf_settings
default_settings(void)
{
    tlsf_settings s = {.floor = TLSF_FLOOR_OFF,
                       .rescue = TLSF_RESCUE_ON,
                       .page_code = DEFAULT_CODE,
                       .n_languages = TLSF_N_LANGUAGES};

    for (int i = 0; i < TLSF_N_LANGUAGES; i++) {
        s.languages[i] = (tlsf_language)i;
    }
    return s;
}

/* Take over what one directive sets. */
static void
inherit(tlsf_settings *inner, const tlsf_settings *outer, tlsf_directive id)
{
    switch (id) {
    case TLSF_DIRECTIVE_FLOOR:
        inner->floor = outer->floor;
        break;
    case TLSF_DIRECTIVE_STAGE:
        memcpy(inner->stages, outer->stages, sizeof(inner->stages));
        inner->n_stages = outer->n_stages;
        break;
    case TLSF_DIRECTIVE_RESCUE:
        inner->rescue = outer->rescue;
        break;
    case TLSF_DIRECTIVE_PAGE_CODE:
        inner->page_code = outer->page_code;
        break;
    case TLSF_DIRECTIVE_CONTACT:
        inner->contact = outer->contact;
        break;
    case TLSF_DIRECTIVE_ALTERNATIVE:
        inner->alternative = outer->alternative;
        break;
    case TLSF_DIRECTIVE_SITE:
        inner->site = outer->site;
        break;
    case TLSF_DIRECTIVE_LANGUAGES:
        memcpy(inner->languages, outer->languages, sizeof(inner->languages));
        inner->n_languages = outer->n_languages;
        break;
    case TLSF_N_DIRECTIVES:
        break;
    }
}

tlsf_str
tlsf_directive_name(tlsf_directive id, bool is_apache)
{
    return directive_names[id][is_apache];
}

int
tlsf_settings_apply(tlsf_settings *settings, tlsf_directive id,
                    const tlsf_str *args, size_t n, const tlsf_reader *reader,
                    tlsf_out *complaint)
{
    const tlsf_rule *rule = &tlsf_rules[id];
    const tlsf_line line = {.name = tlsf_directive_name(id, reader->is_apache),
                            .args = args,
                            .n = n,
                            .example = rule->example,
                            .midnight = reader->midnight,
                            .complaint = complaint};

    if (n < rule->min || (rule->max > 0 && n > rule->max)) {
        return tlsf_complain_count(&line, rule->min, rule->max);
    }
    if (is_given(settings, id) && !rule->is_repeatable) {
        return complain_twice(&line);
    }
    int rc = rule->apply(settings, &line);
    if (rc == TLSF_OK) {
        settings->given |= 1u << id;
    }
    return rc;
}

int
tlsf_settings_parse_zone(const tlsf_str *args, size_t n,
                         const tlsf_reader *reader, size_t *rows,
                         tlsf_out *complaint)
{
    const tlsf_line line = {.name = zone_names[reader->is_apache],
                            .args = args,
                            .n = n,
                            .example = "1024",
                            .complaint = complaint};

    if (n != 1) {
        return tlsf_complain_count(&line, 1, 1);
    }
    if (*rows != 0) {
        return complain_twice(&line);
    }
    size_t value = tlsf_parse_number(args[0], HIGHEST_ZONE);
    if (value == 0) {
        return tlsf_complain(&line, args[0],
                             "is no number of virtual hosts; write one from 1 "
                             "to 65536");
    }
    *rows = value;
    return TLSF_OK;
}

int
tlsf_settings_parse_status(const tlsf_str *args, size_t n,
                           const tlsf_reader *reader, bool is_already,
                           bool *is_local, tlsf_out *complaint)
{
    const tlsf_line line = {.name = status_names[reader->is_apache],
                            .args = args,
                            .n = n,
                            .example = "local",
                            .complaint = complaint};

    if (n > 1) {
        return tlsf_complain_count(&line, 0, 1);
    }
    if (is_already) {
        return complain_twice(&line);
    }
    size_t reach = 0;
    if (n == 1) {
        reach = tlsf_find_word(reach_names, TLSF_COUNTOF(reach_names), args[0]);
    }
    if (reach == TLSF_COUNTOF(reach_names)) {
        return tlsf_complain_word(&line, args[0],
                                  "does not say who may see the status",
                                  reach_names, TLSF_COUNTOF(reach_names));
    }
    *is_local = reach == 0;
    return TLSF_OK;
}

void
tlsf_settings_merge(tlsf_settings *inner, const tlsf_settings *outer)
{
    const tlsf_settings defaults = default_settings();

    for (int id = 0; id < TLSF_N_DIRECTIVES; id++) {
        if (!is_given(inner, (tlsf_directive)id)) {
            inherit(inner, outer == NULL ? &defaults : outer,
                    (tlsf_directive)id);
        }
    }
}

tlsf_str
tlsf_stage_name(tlsf_stage stage)
{
    return stage_names[stage];
}

size_t
tlsf_settings_default_zone(size_t hosts)
{
    size_t zone = SMALLEST_ZONE;

    while (zone / 2 < hosts && zone <= SIZE_MAX / 2) {
        zone *= 2;
    }
    return zone;
}
