/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer: nginx's tokens put together are the file. */
#include <stdlib.h>

#include "lex_nginx.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    ce_nginx_lexer lexer = {.bytes = {(const char *)bytes, n}};
    ce_arena *arena = ce_arena_new();
    size_t end = 0;
    ce_token token;

    while (ce_lex_nginx(&lexer, &token)) {
        if (token.at != end || token.len == 0 || token.len > n - end) {
            abort();
        }
        end += token.len;
        if (token.kind == CE_TOKEN_WORD) {
            tlsf_str word = tlsf_str_sub(lexer.bytes, token.at, token.len);

            if (ce_lex_nginx_value(arena, word).len > word.len) {
                abort();
            }
        }
    }
    if (end != n) {
        abort();
    }
    ce_arena_free(arena);
    return 0;
}
