/* SPDX-License-Identifier: Apache-2.0 */
/* Writes complaints about directives. Called by the parsers of tlsf_settings.
 */
#include "tlsf_complain.h"

enum { LONGEST_QUOTE = 80 };

static void
write_name(const tlsf_line *line)
{
    tlsf_out_str(line->complaint, line->name);
}

/* A cut must not fall inside a character, or the last one shows as garbage. */
static void
write_quoted(tlsf_out *out, tlsf_str arg)
{
    size_t len = arg.len;

    if (len > LONGEST_QUOTE) {
        len = LONGEST_QUOTE;
        while (len > LONGEST_QUOTE - 3 &&
               ((unsigned char)arg.data[len] & 0xc0) == 0x80) {
            len--;
        }
    }
    tlsf_out_z(out, "\"");
    tlsf_out_text(out, tlsf_str_sub(arg, 0, len));
    tlsf_out_z(out, len < arg.len ? "...\"" : "\"");
}

/* "a, b or c" */
static void
write_words(tlsf_out *out, const tlsf_str *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0) {
            tlsf_out_z(out, i + 1 < n ? ", " : " or ");
        }
        tlsf_out_str(out, words[i]);
    }
}

size_t
tlsf_find_word(const tlsf_str *words, size_t n, tlsf_str word)
{
    size_t i = 0;

    while (i < n && !tlsf_str_eq(words[i], word)) {
        i++;
    }
    return i;
}

size_t
tlsf_parse_number(tlsf_str text, size_t max)
{
    size_t value = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (!tlsf_is_digit(text.data[i])) {
            return 0;
        }
        value = value * 10 + (size_t)(text.data[i] - '0');
        if (value > max) {
            return 0;
        }
    }
    return value;
}

void
tlsf_complain_begin(const tlsf_line *line, tlsf_str arg)
{
    write_name(line);
    tlsf_out_z(line->complaint, ": ");
    write_quoted(line->complaint, arg);
    tlsf_out_z(line->complaint, " ");
}

int
tlsf_complain_end(const tlsf_line *line)
{
    tlsf_out_z(line->complaint, ", for example: ");
    write_name(line);
    tlsf_out_z(line->complaint, " ");
    tlsf_out_z(line->complaint, line->example);
    return TLSF_EINVAL;
}

int
tlsf_complain(const tlsf_line *line, tlsf_str arg, const char *what)
{
    tlsf_complain_begin(line, arg);
    tlsf_out_z(line->complaint, what);
    return tlsf_complain_end(line);
}

int
tlsf_complain_whole(const tlsf_line *line, const char *what)
{
    write_name(line);
    tlsf_out_z(line->complaint, " ");
    tlsf_out_z(line->complaint, what);
    return tlsf_complain_end(line);
}

int
tlsf_complain_count(const tlsf_line *line, size_t min, size_t max)
{
    tlsf_out *out = line->complaint;

    write_name(line);
    if (max == 0) {
        tlsf_out_z(out, " takes at least ");
    } else if (min == 0) {
        tlsf_out_z(out, " takes at most ");
    } else {
        tlsf_out_z(out, " takes ");
    }
    tlsf_out_uint(out, min == 0 ? max : min);
    if (min > 0 && max > min) {
        tlsf_out_z(out, " to ");
        tlsf_out_uint(out, max);
    }
    tlsf_out_z(out, max <= 1 ? " argument, " : " arguments, ");
    tlsf_out_uint(out, line->n);
    tlsf_out_z(out, " given");
    if (max > 0 && line->n > max) {
        tlsf_out_z(out, "; put an argument with blanks in double quotes");
    }
    return tlsf_complain_end(line);
}

int
tlsf_complain_word(const tlsf_line *line, tlsf_str arg, const char *what,
                   const tlsf_str *words, size_t n)
{
    tlsf_out *out = line->complaint;

    tlsf_complain_begin(line, arg);
    tlsf_out_z(out, what);
    for (size_t i = 0; i < n; i++) {
        if (tlsf_str_eq_nocase(words[i], arg)) {
            tlsf_out_z(out, "; small and capital letters differ, write ");
            tlsf_out_str(out, words[i]);
            return tlsf_complain_end(line);
        }
    }
    tlsf_out_z(out, "; write ");
    write_words(out, words, n);
    return tlsf_complain_end(line);
}
