/* SPDX-License-Identifier: Apache-2.0 */
/* Prints text safely; called by the reports and diag.c. */
#include "terminal.h"

#include <stdarg.h>
#include <string.h>

#include "progress.h"

size_t
ce_utf8_length(tlsf_str text)
{
    static const struct {
        unsigned char mask, lead;
        unsigned least; /* smaller ones have a shorter form */
    } forms[] = {{0x80, 0x00, 0},
                 {0xe0, 0xc0, 0x80},
                 {0xf0, 0xe0, 0x800},
                 {0xf8, 0xf0, 0x10000}};
    const unsigned char *p = (const unsigned char *)text.data;

    for (size_t i = 0; i < TLSF_COUNTOF(forms) && i < text.len; i++) {
        if ((p[0] & forms[i].mask) != forms[i].lead) {
            continue;
        }
        unsigned code = p[0] & (unsigned char)~forms[i].mask;

        for (size_t k = 1; k <= i; k++) {
            if ((p[k] & 0xc0) != 0x80) {
                return 0;
            }
            code = code << 6 | (p[k] & 0x3f);
        }
        return code < forms[i].least || code > 0x10ffff ||
                       (code >= 0xd800 && code <= 0xdfff)
                   ? 0
                   : i + 1;
    }
    return 0;
}

/* Bytes that can be printed as they are; 0: the first cannot. */
static size_t
plain(tlsf_str text)
{
    size_t n = 0;

    while (n < text.len && text.data[n] >= 0x20 && text.data[n] < 0x7f) {
        n++;
    }
    if (n > 0 || text.len < 2 || (unsigned char)text.data[0] < 0x80) {
        return n;
    }
    /* U+0080 to U+009F are commands to a terminal too. */
    bool is_control = (unsigned char)text.data[0] == 0xc2 &&
                      (unsigned char)text.data[1] < 0xa0;

    return is_control ? 0 : ce_utf8_length(text);
}

void
ce_terminal_put(FILE *to, tlsf_str text)
{
    while (text.len > 0) {
        size_t n = plain(text);

        if (n == 0) {
            putc('?', to);
            n = 1;
        } else {
            fwrite(text.data, 1, n, to);
        }
        text = tlsf_str_sub(text, n, text.len - n);
    }
}

void
ce_terminal_put_lines(FILE *to, tlsf_str text)
{
    while (text.len > 0) {
        size_t n = 0;

        while (n < text.len && text.data[n] != '\n' && text.data[n] != '\t') {
            n++;
        }
        ce_terminal_put(to, tlsf_str_sub(text, 0, n));
        if (n < text.len) {
            putc(text.data[n++], to);
        }
        text = tlsf_str_sub(text, n, text.len - n);
    }
}

/* What one conversion prints; returns what follows it in the format. */
static const char *
put_value(FILE *to, const char *form, va_list *values)
{
    static const struct {
        const char *form;
        char kind;
    } forms[] = {{"s", 's'},   {".*s", '*'}, {"d", 'd'},  {"u", 'u'},
                 {"04o", 'o'}, {"ld", 'l'},  {"lu", 'L'}, {"zu", 'z'}};
    const char *text;
    size_t n;

    for (size_t i = 0; i < TLSF_COUNTOF(forms); i++) {
        if (strncmp(form, forms[i].form, strlen(forms[i].form)) != 0) {
            continue;
        }
        switch (forms[i].kind) {
        case 's':
            text = va_arg(*values, const char *);
            ce_terminal_put(to, tlsf_str_of(text == NULL ? "" : text));
            break;
        case '*':
            n = (size_t)va_arg(*values, int);
            text = va_arg(*values, const char *);
            ce_terminal_put(to, (tlsf_str){text, n});
            break;
        case 'd':
            fprintf(to, "%d", va_arg(*values, int));
            break;
        case 'u':
            fprintf(to, "%u", va_arg(*values, unsigned));
            break;
        case 'o':
            fprintf(to, "%04o", va_arg(*values, unsigned));
            break;
        case 'l':
            fprintf(to, "%ld", va_arg(*values, long));
            break;
        case 'L':
            fprintf(to, "%lu", va_arg(*values, unsigned long));
            break;
        default:
            fprintf(to, "%zu", va_arg(*values, size_t));
            break;
        }
        return form + strlen(forms[i].form);
    }
    putc('%', to);
    return form + (*form == '%');
}

void
ce_say(FILE *to, const char *format, ...)
{
    va_list values;

    if (to == stderr) {
        ce_progress_hide();
    }
    va_start(values, format);
    while (*format != '\0') {
        size_t n = strcspn(format, "%");

        fwrite(format, 1, n, to);
        format += n;
        if (*format == '%') {
            format = put_value(to, format + 1, &values);
        }
    }
    va_end(values);
}

size_t
ce_terminal_width(tlsf_str text)
{
    size_t width = 0;

    while (text.len > 0) {
        size_t n = plain(text);
        bool is_ascii = n > 0 && (unsigned char)text.data[0] < 0x80;

        width += is_ascii ? n : 1;
        n += n == 0;
        text = tlsf_str_sub(text, n, text.len - n);
    }
    return width;
}
