/* SPDX-License-Identifier: Apache-2.0 */
/* Every language has every message, with the same slots and no markup. */
#include <string.h>
#include <check.h>

#include "tlsf_message.h"
#include "tlsf_out.h"
#include "tlsf_page_slot.h"
#include "unit/check_main.h"

#define N_SLOTS 32

/* The slots of a text, in any order, each once. */
static size_t
slots_of(tlsf_str text, tlsf_str slots[N_SLOTS])
{
    size_t n = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '{') {
            size_t len = 0;
            while (i + 1 + len < text.len && text.data[i + 1 + len] != '}') {
                len++;
            }
            tlsf_str slot = tlsf_str_sub(text, i + 1, len);
            bool is_new = true;
            for (size_t k = 0; k < n; k++) {
                is_new = is_new && !tlsf_str_eq(slots[k], slot);
            }
            if (is_new) {
                ck_assert_uint_lt(n, N_SLOTS);
                slots[n++] = slot;
            }
        }
    }
    return n;
}

/* A month's name is a word in one language and a number in another, a date has
 * its parts in another order: all the same slots. */
START_TEST(same_slots)
{
    tlsf_str english[N_SLOTS];
    tlsf_str other[N_SLOTS];
    tlsf_str reference = tlsf_message_text(TLSF_LANGUAGE_EN, (tlsf_message)_i);
    size_t n = slots_of(reference, english);

    for (int l = 0; l < TLSF_N_LANGUAGES; l++) {
        tlsf_str text = tlsf_message_text((tlsf_language)l, (tlsf_message)_i);
        size_t m = slots_of(text, other);
        ck_assert_msg(n == m, "%.*s | %.*s", (int)reference.len, reference.data,
                      (int)text.len, text.data);
        for (size_t i = 0; i < m; i++) {
            bool is_there = false;
            for (size_t k = 0; k < n; k++) {
                is_there = is_there || tlsf_str_eq(english[k], other[i]);
            }
            ck_assert_msg(is_there, "slot %.*s in %.*s", (int)other[i].len,
                          other[i].data, (int)text.len, text.data);
            ck_assert_ptr_nonnull(tlsf_slot_find(other[i]));
        }
    }
}
END_TEST

/* No markup, no control characters, well-formed UTF-8, no blank at an end. */
START_TEST(plain_text)
{
    for (int l = 0; l < TLSF_N_LANGUAGES; l++) {
        char bytes[4096];
        tlsf_buf buf = {bytes, sizeof(bytes), 0};
        tlsf_out out = tlsf_out_to_buf(&buf);
        tlsf_str text = tlsf_message_text((tlsf_language)l, (tlsf_message)_i);
        ck_assert_uint_gt(text.len, 0);
        ck_assert(memchr(text.data, '<', text.len) == NULL);
        ck_assert(memchr(text.data, '>', text.len) == NULL);
        ck_assert(memchr(text.data, '&', text.len) == NULL);
        ck_assert(tlsf_str_eq(tlsf_str_trim(text), text));
        tlsf_out_text(&out, text);
        ck_assert_msg(tlsf_str_eq(tlsf_buf_str(&buf), text), "%.*s",
                      (int)text.len, text.data);
    }
}
END_TEST

START_TEST(languages)
{
    ck_assert(tlsf_str_eq(tlsf_language_tag(TLSF_LANGUAGE_JA), TLSF_LIT("ja")));
    ck_assert(tlsf_str_eq(tlsf_language_direction(TLSF_LANGUAGE_JA),
                          TLSF_LIT("ltr")));
    ck_assert_int_eq(tlsf_language_parse(TLSF_LIT("JA")), TLSF_LANGUAGE_JA);
    ck_assert_int_eq(tlsf_language_parse(TLSF_LIT("xx")), TLSF_N_LANGUAGES);
    ck_assert_int_eq(tlsf_language_parse(TLSF_LIT("")), TLSF_N_LANGUAGES);
    ck_assert(
        !tlsf_str_eq(tlsf_message_text(TLSF_LANGUAGE_EN, TLSF_MESSAGE_TITLE),
                     tlsf_message_text(TLSF_LANGUAGE_JA, TLSF_MESSAGE_TITLE)));
}
END_TEST

START_TEST(by_id)
{
    ck_assert_int_eq(tlsf_message_find(TLSF_LIT("TITLE")), TLSF_MESSAGE_TITLE);
    ck_assert_int_eq(tlsf_message_find(TLSF_LIT("title")), TLSF_N_MESSAGES);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("message");
    TCase *tcase = tcase_create("message");

    tcase_add_loop_test(tcase, same_slots, 0, TLSF_N_MESSAGES);
    tcase_add_loop_test(tcase, plain_text, 0, TLSF_N_MESSAGES);
    tcase_add_test(tcase, languages);
    tcase_add_test(tcase, by_id);
    suite_add_tcase(suite, tcase);
    return suite;
}
