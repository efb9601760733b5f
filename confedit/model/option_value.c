/* SPDX-License-Identifier: Apache-2.0 */
/* Reads values of options; called by options.c. */
#include "option_value.h"

#include <stdlib.h>

#include "protocols.h"
#include "tlsf_err.h"

static const char *
take_floor(ce_options *o, const char *value)
{
    o->floor = tlsf_version_parse(tlsf_str_of(value));
    if (o->floor == TLSF_VERSION_OTHER || o->floor < TLSF_TLSV1) {
        return "TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3";
    }
    return NULL;
}

/* Versions by name, apart by blanks or commas. */
static const char *
take_protocols(ce_options *o, const char *value)
{
    static const char want[] =
        "a list of TLSv1, TLSv1.1, TLSv1.2 and TLSv1.3, in quotes";
    size_t n;

    o->protocols = 0;
    for (const char *p = value; *p != '\0'; p += n) {
        n = strspn(p, " ,");
        if (n > 0) {
            continue;
        }
        n = strcspn(p, " ,");
        tlsf_version v = tlsf_version_parse((tlsf_str){p, n});

        if (v == TLSF_VERSION_OTHER || v < TLSF_TLSV1) {
            return want;
        }
        o->protocols |= CE_BIT(v);
    }
    return o->protocols == 0 ? want : NULL;
}

/* "0.1%" or "0.001". */
static const char *
take_share(ce_options *o, const char *value)
{
    char *end;

    o->max_impact = strtod(value, &end);
    if (end != value && strcmp(end, "%") == 0) {
        o->max_impact /= 100;
        end++;
    }
    return end != value && *end == '\0' && o->max_impact >= 0 &&
                   o->max_impact <= 1
               ? NULL
               : "a share like 0.1% or 0.001";
}

/* "14d", "36h", "90m", "30s". */
static const char *
take_time(ce_options *o, const char *value)
{
    static const struct {
        char letter;
        long seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    char *end;
    long n = strtol(value, &end, 10);

    for (size_t i = 0; i < TLSF_COUNTOF(units); i++) {
        if (end != value && n > 0 && n <= 100000 && *end == units[i].letter &&
            end[1] == '\0') {
            o->unseen_for = n * units[i].seconds;
            return NULL;
        }
    }
    return "a time like 14d, 36h or 90m";
}

static const char *
take_keep(ce_options *o, const char *value)
{
    char *end;
    long n = strtol(value, &end, 10);

    if (end == value || *end != '\0' || n < 1 || n > 1000000) {
        return "a number of at least 1";
    }
    o->keep = (unsigned)n;
    return NULL;
}

static const char *
take_starttls(ce_options *o, const char *value)
{
    static const char *const names[] = {
        [CE_STARTTLS_SMTP] = "smtp",
        [CE_STARTTLS_IMAP] = "imap",
        [CE_STARTTLS_POP3] = "pop3",
    };

    for (size_t i = 1; i < TLSF_COUNTOF(names); i++) {
        if (strcmp(names[i], value) == 0) {
            o->starttls = (ce_starttls)i;
            return NULL;
        }
    }
    return "smtp, imap or pop3";
}

static const char *
take_server(ce_options *o, const char *value)
{
    o->server = strcmp(value, "nginx") == 0 ? CE_NGINX : CE_APACHE;
    return o->server == CE_NGINX || strcmp(value, "apache") == 0
               ? NULL
               : "apache or nginx";
}

static const char *
take_release(ce_options *o, const char *value)
{
    return ce_release_parse(tlsf_str_of(value), &o->release) == TLSF_OK &&
                   ce_release_is_known(o->release)
               ? NULL
               : "a version like 2.4.62 or 1.28.0";
}

static const char *
take_style(ce_options *o, const char *value)
{
    o->is_explicit = strcmp(value, "explicit") == 0;
    return o->is_explicit || strcmp(value, "minimal") == 0
               ? NULL
               : "minimal or explicit";
}

const char *
ce_option_take(ce_options *options, ce_option id, const char *value)
{
    switch (id) {
    case CE_OPTION_FLOOR:
        return take_floor(options, value);
    case CE_OPTION_PROTOCOLS:
        return take_protocols(options, value);
    case CE_OPTION_SERVER:
        return take_server(options, value);
    case CE_OPTION_RELEASE:
        return take_release(options, value);
    case CE_OPTION_STYLE:
        return take_style(options, value);
    case CE_OPTION_KEEP:
        return take_keep(options, value);
    case CE_OPTION_MAX_IMPACT:
        return take_share(options, value);
    case CE_OPTION_UNSEEN_FOR:
        return take_time(options, value);
    case CE_OPTION_STARTTLS:
        return take_starttls(options, value);
    case CE_OPTION_ROOT:
        options->root = value;
        return NULL;
    default:
        return NULL;
    }
}
