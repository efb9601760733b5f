/* SPDX-License-Identifier: Apache-2.0 */
/* Head lines and old text; called by edit.c and annotate.c. */
#include "annotate_form.h"

#include "tlsf_release.h"

#define HEAD "#:Overridden_by_confedit_"

static unsigned
add_bytes(unsigned crc, tlsf_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        crc ^= (unsigned char)s.data[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ (crc & 1U ? 0xedb88320U : 0U);
        }
    }
    return crc;
}

unsigned
ce_form_sum(tlsf_str old, tlsf_str new)
{
    unsigned crc = add_bytes(0xffffffffU, old);

    crc = add_bytes(crc, (tlsf_str){"", 1});
    return add_bytes(crc, new) ^ 0xffffffffU;
}

tlsf_str
ce_head_text(ce_arena *arena, const char *set, const char *time, ce_form form)
{
    const char *kept = "-";

    if (form.is_kept) {
        kept = ce_arena_format(arena, "%zu%s%s.%zu.%08x", form.n_lines,
                               form.has_break ? "b" : "",
                               form.has_end ? "e" : "", form.len, form.sum);
    }
    return tlsf_str_of(ce_arena_format(arena, HEAD TLSF_RELEASE " %s %s %s#",
                                       time, set, kept));
}

/* A number at the beginning of s, which loses it; false: none. */
static bool
take_number(tlsf_str *s, unsigned base, size_t most, size_t *n)
{
    size_t begin = s->len;

    *n = 0;
    while (s->len > 0 && *n <= most) {
        char c = tlsf_lower(s->data[0]);
        unsigned digit = tlsf_is_digit(c)       ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                                                : 99;

        if (digit >= base) {
            break;
        }
        *n = *n * base + digit;
        *s = tlsf_str_sub(*s, 1, s->len - 1);
    }
    return s->len < begin && *n <= most;
}

static bool
take_char(tlsf_str *s, char c)
{
    if (s->len == 0 || s->data[0] != c) {
        return false;
    }
    *s = tlsf_str_sub(*s, 1, s->len - 1);
    return true;
}

static bool
parse_form(tlsf_str s, ce_form *form)
{
    size_t sum = 0;

    *form = (ce_form){.is_kept = false};
    if (tlsf_str_eq(s, TLSF_LIT("-"))) {
        return true;
    }
    form->is_kept = true;
    if (!take_number(&s, 10, CE_MAX_OLD, &form->n_lines)) {
        return false;
    }
    form->has_break = take_char(&s, 'b');
    form->has_end = take_char(&s, 'e');
    if (!take_char(&s, '.') || !take_number(&s, 10, 1U << 30, &form->len) ||
        !take_char(&s, '.') || !take_number(&s, 16, 0xffffffffU, &sum)) {
        return false;
    }
    form->sum = (unsigned)sum;
    return s.len == 0;
}

/* The next word up to a blank; s loses both. */
static tlsf_str
take_word(tlsf_str *s)
{
    size_t n = tlsf_str_find(*s, TLSF_LIT(" "));
    tlsf_str word = tlsf_str_sub(*s, 0, n);

    n += n < s->len;
    *s = tlsf_str_sub(*s, n, s->len - n);
    return word;
}

bool
ce_head_parse(tlsf_str line, ce_head *head)
{
    tlsf_str start = TLSF_LIT(HEAD);

    if (!tlsf_str_starts(line, start) || line.data[line.len - 1] != '#') {
        return false;
    }
    line = tlsf_str_sub(line, start.len, line.len - start.len - 1);
    head->version = take_word(&line);
    head->time = take_word(&line);
    head->set = take_word(&line);
    return head->version.len > 0 && head->time.len > 0 && head->set.len > 0 &&
           parse_form(line, &head->form);
}

/* Whether a line ends in a backslash, with or without # behind it. */
static bool
ends_escaped(tlsf_str line, bool is_encoded)
{
    size_t n = line.len;

    while (n > 0 && line.data[n - 1] == '#') {
        n--;
    }
    return n > 0 && line.data[n - 1] == '\\' && (!is_encoded || n < line.len);
}

/* The line at an offset, without its end; `at` moves behind the end. */
static tlsf_str
take_line(tlsf_str bytes, size_t *at, tlsf_str *end)
{
    const char *from = bytes.data + *at;
    size_t left = bytes.len - *at;
    const char *lf = left == 0 ? NULL : memchr(from, '\n', left);
    tlsf_str line = {from, lf == NULL ? left : (size_t)(lf - from)};

    *at += line.len + (lf != NULL);
    if (lf != NULL && line.len > 0 && from[line.len - 1] == '\r') {
        line.len--;
    }
    *end = (tlsf_str){from + line.len,
                      (size_t)(bytes.data + *at - (from + line.len))};
    return line;
}

tlsf_str
ce_old_encode(ce_arena *arena, tlsf_str old, tlsf_str end, size_t *n_lines)
{
    ce_text text = {NULL, 0, 0};
    size_t at = 0;
    bool is_last;

    *n_lines = 0;
    do {
        tlsf_str line_end;
        tlsf_str line = take_line(old, &at, &line_end);

        is_last = line_end.len == 0;
        ce_text_add(arena, &text, TLSF_LIT("#"));
        ce_text_add(arena, &text, line);
        if (ends_escaped(line, false)) {
            ce_text_add(arena, &text, TLSF_LIT("#"));
        }
        ce_text_add(arena, &text, is_last ? end : line_end);
        ++*n_lines;
    } while (!is_last);
    return (tlsf_str){text.data, text.n};
}

bool
ce_old_decode(ce_arena *arena, tlsf_str bytes, size_t *at, size_t n_lines,
              tlsf_str *old)
{
    ce_text text = {NULL, 0, 0};

    for (size_t i = 0; i < n_lines; i++) {
        tlsf_str end;
        tlsf_str line = take_line(bytes, at, &end);

        if (line.len == 0 || line.data[0] != '#' || end.len == 0) {
            return false;
        }
        line = tlsf_str_sub(line, 1, line.len - 1);
        line.len -= ends_escaped(line, true);
        ce_text_add(arena, &text, line);
        if (i + 1 < n_lines) {
            ce_text_add(arena, &text, end);
        }
    }
    *old = (tlsf_str){text.data == NULL ? "" : text.data, text.n};
    return true;
}
