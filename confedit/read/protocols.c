/* SPDX-License-Identifier: Apache-2.0 */
/* The servers' words for protocols; called by the models. */
#include "protocols.h"

#include "lex_apache.h"
#include "release.h"
#include "tlsf_err.h"

unsigned
ce_limits_admit(ce_limits limits)
{
    unsigned set = 0;

    for (unsigned v = TLSF_SSLV3; v < TLSF_VERSION_OTHER; v++) {
        if (v >= limits.min && v <= limits.max) {
            set |= CE_BIT(v);
        }
    }
    return set & ~limits.off;
}

/* The version of a name in any case; TLSF_VERSION_OTHER: none. */
static tlsf_version
version_of(tlsf_str name)
{
    for (unsigned v = 0; v < TLSF_VERSION_OTHER; v++) {
        if (tlsf_str_eq_nocase(name, tlsf_version_name((tlsf_version)v))) {
            return (tlsf_version)v;
        }
    }
    return TLSF_VERSION_OTHER;
}

/* The bits of a word without its sign; 0: illegal. */
static unsigned
bits_of(tlsf_str word)
{
    if (tlsf_str_eq_nocase(word, TLSF_LIT("all"))) {
        return CE_ALL;
    }
    tlsf_version v = version_of(word);

    return v == TLSF_VERSION_OTHER ? 0 : CE_BIT(v);
}

int
ce_apache_protocols(ce_arena *arena, tlsf_str args, unsigned *set,
                    unsigned *resets, tlsf_str *bad)
{
    size_t at = 0;
    ce_word word;

    *set = 0;
    *resets = 0;
    while (ce_lex_apache_word(arena, args, &at, &word)) {
        tlsf_str w = word.value;
        char action = w.len > 0 ? w.data[0] : '\0';

        if (action == '+' || action == '-') {
            w = tlsf_str_sub(w, 1, w.len - 1);
        } else {
            action = '\0';
        }
        unsigned bits = bits_of(w);

        if (bits == 0 || (bits == CE_BIT(TLSF_SSLV2) && action != '-')) {
            *bad = word.value;
            return TLSF_EINVAL;
        }
        if (action == '-') {
            *set &= ~bits;
        } else if (action == '+') {
            *set |= bits;
        } else {
            *resets += *set != 0;
            *set = bits;
        }
    }
    return TLSF_OK;
}

ce_limits
ce_apache_limits(unsigned set)
{
    ce_limits limits = {0, TLSF_TLSV13, TLSF_TLSV13};

    while (limits.max > TLSF_SSLV3 && !(set & CE_BIT(limits.max))) {
        limits.max--;
    }
    limits.min = limits.max;
    while (limits.min > TLSF_SSLV3 && (set & CE_BIT(limits.min - 1))) {
        limits.min--;
    }
    return limits;
}

unsigned
ce_nginx_protocol(tlsf_str word)
{
    tlsf_version v = version_of(word);

    return v == TLSF_VERSION_OTHER ? 0 : CE_BIT(v);
}

ce_limits
ce_nginx_limits(unsigned set)
{
    return (ce_limits){CE_ALL & ~set, TLSF_SSLV3, TLSF_TLSV13};
}

unsigned
ce_nginx_default(const unsigned release[3])
{
    ce_release r = {{release[0], release[1], release[2]}};
    unsigned set = CE_BIT(TLSF_TLSV12);

    if (ce_release_compare(r, CE_RELEASE(1, 27, 3)) < 0) {
        set |= CE_BIT(TLSF_TLSV1) | CE_BIT(TLSF_TLSV11);
    }
    if (ce_release_compare(r, CE_RELEASE(1, 23, 4)) >= 0) {
        set |= CE_BIT(TLSF_TLSV13);
    }
    return set;
}

/* OpenSSL's words for datagrams stand for the same options as those of TLS. */
static unsigned
option_of(tlsf_str word)
{
    return tlsf_str_eq_nocase(word, TLSF_LIT("DTLSv1")) ? CE_BIT(TLSF_TLSV1)
           : tlsf_str_eq_nocase(word, TLSF_LIT("DTLSv1.2"))
               ? CE_BIT(TLSF_TLSV12)
               : bits_of(word);
}

/* Protocol = ALL,-SSLv3,+TLSv1.2: each word switches on or off. */
static int
apply_protocol(ce_limits *limits, tlsf_str value)
{
    for (bool is_last = false; !is_last;) {
        size_t n = tlsf_str_find(value, TLSF_LIT(","));
        tlsf_str w = tlsf_str_trim(tlsf_str_sub(value, 0, n));
        bool is_off = w.len > 0 && w.data[0] == '-';

        if (is_off || (w.len > 0 && w.data[0] == '+')) {
            w = tlsf_str_sub(w, 1, w.len - 1);
        }
        unsigned bits = option_of(w);

        if (bits == 0) {
            return -1;
        }
        limits->off = is_off ? limits->off | bits : limits->off & ~bits;
        is_last = n == value.len;
        n += !is_last;
        value = tlsf_str_sub(value, n, value.len - n);
    }
    return 1;
}

int
ce_limits_command(ce_limits *limits, tlsf_str name, tlsf_str value)
{
    bool is_min = tlsf_str_eq_nocase(name, TLSF_LIT("MinProtocol"));

    if (tlsf_str_eq_nocase(name, TLSF_LIT("Protocol"))) {
        return apply_protocol(limits, value);
    }
    if (!is_min && !tlsf_str_eq_nocase(name, TLSF_LIT("MaxProtocol"))) {
        return 0;
    }
    tlsf_version v = tlsf_version_parse(value);

    if (tlsf_str_eq(value, TLSF_LIT("None"))) {
        v = is_min ? TLSF_SSLV3 : TLSF_TLSV13;
    } else if (v == TLSF_VERSION_OTHER || v == TLSF_SSLV2) {
        return -1;
    }
    if (is_min) {
        limits->min = v;
    } else {
        limits->max = v;
    }
    return 1;
}

const char *
ce_set_text(ce_arena *arena, unsigned set)
{
    const char *text = "";

    for (unsigned v = 0; v < TLSF_VERSION_OTHER; v++) {
        if (set & CE_BIT(v)) {
            tlsf_str name = tlsf_version_name((tlsf_version)v);

            text = ce_arena_format(arena, "%s%s%.*s", text,
                                   *text == '\0' ? "" : " ", (int)name.len,
                                   name.data);
        }
    }
    return *text == '\0' ? "none" : text;
}
