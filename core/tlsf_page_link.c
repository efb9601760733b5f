/* SPDX-License-Identifier: Apache-2.0 */
/* Links out of what an administrator wrote. Called by the page's slots and by
 * its Link header. */
#include "tlsf_page_link.h"

static bool
is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           tlsf_is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

static bool
is_one_of(char c, tlsf_str set)
{
    return set.len > 0 && memchr(set.data, c, set.len) != NULL;
}

/* Printable ASCII without a blank. */
static bool
is_graphic(tlsf_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] <= ' ' || text.data[i] == 0x7f) {
            return false;
        }
    }
    return text.len > 0;
}

static bool
has_blank(tlsf_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.data[i] <= ' ' || text.data[i] == 0x7f) {
            return true;
        }
    }
    return false;
}

static tlsf_str
without_mailto(tlsf_str text)
{
    tlsf_str scheme = TLSF_LIT("mailto:");

    return tlsf_str_starts_nocase(text, scheme)
               ? tlsf_str_sub(text, scheme.len, text.len - scheme.len)
               : text;
}

static bool
is_mail(tlsf_str text)
{
    tlsf_str address = without_mailto(text);
    size_t at = tlsf_str_find(address, TLSF_LIT("@"));
    size_t n_at = 0;

    for (size_t i = 0; i < address.len; i++) {
        n_at += address.data[i] == '@';
        if (is_one_of(address.data[i], TLSF_LIT("<>\"(),:;\\[]?&"))) {
            return false;
        }
    }
    return is_graphic(address) && n_at == 1 && at > 0 && at + 1 < address.len;
}

tlsf_link
tlsf_link_of(tlsf_str text)
{
    static const tlsf_str SCHEMES[] = {
        TLSF_LIT_INIT("https://"),
        TLSF_LIT_INIT("http://"),
    };

    for (size_t i = 0; i < TLSF_COUNTOF(SCHEMES); i++) {
        if (tlsf_str_starts_nocase(text, SCHEMES[i])) {
            return text.len > SCHEMES[i].len && !has_blank(text)
                       ? TLSF_LINK_URL
                       : TLSF_LINK_NONE;
        }
    }
    return is_mail(text) ? TLSF_LINK_MAIL : TLSF_LINK_NONE;
}

static void
write_encoded(tlsf_out *out, tlsf_str text, tlsf_str reserved)
{
    static const char HEX[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (is_unreserved(c) || is_one_of(c, reserved)) {
            tlsf_out_bytes(out, &c, 1);
        } else {
            unsigned byte = (unsigned char)c;
            char encoded[] = {'%', HEX[byte >> 4], HEX[byte & 15]};
            tlsf_out_bytes(out, encoded, sizeof(encoded));
        }
    }
}

void
tlsf_link_write_target(tlsf_out *out, tlsf_str text)
{
    switch (tlsf_link_of(text)) {
    case TLSF_LINK_NONE:
        break;
    case TLSF_LINK_URL:
        write_encoded(out, text, TLSF_LIT(":/?#[]@!$&()*+,;=%"));
        break;
    case TLSF_LINK_MAIL:
        tlsf_out_z(out, "mailto:");
        write_encoded(out, without_mailto(text), TLSF_LIT("@+"));
        break;
    }
}

void
tlsf_link_write_segment(tlsf_out *out, tlsf_str text)
{
    write_encoded(out, text, TLSF_LIT(""));
}
