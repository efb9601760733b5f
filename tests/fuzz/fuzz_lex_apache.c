/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer: Apache's lines put together are the file; texts lie in it. */
#include <stdlib.h>

#include "lex_apache.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

static void
try_line(ce_arena *arena, tlsf_str all, const ce_line *line)
{
    size_t at = 0;
    ce_word word;

    for (size_t i = 0; i < line->text.len; i++) {
        size_t offset = ce_line_offset(line, i);

        if (offset >= all.len || all.data[offset] != line->text.data[i]) {
            abort();
        }
    }
    while (ce_lex_apache_word(arena, line->text, &at, &word)) {
        if (word.len == 0 || word.at + word.len > line->text.len) {
            abort();
        }
    }
}

int
LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    tlsf_str all = {(const char *)bytes, n};
    ce_arena *arena = ce_arena_new();
    size_t at = 0;
    size_t end = 0;
    ce_line line;

    while (ce_lex_apache(arena, all, &at, &line)) {
        if (line.token.at != end || line.token.len == 0) {
            abort();
        }
        end += line.token.len;
        try_line(arena, all, &line);
    }
    if (end != n || at != n) {
        abort();
    }
    ce_arena_free(arena);
    return 0;
}
