/* SPDX-License-Identifier: Apache-2.0 */
/* The shared table: rows and their keys, the overflow row, and counting from
 * several threads at once. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "unit/check_main.h"
#include "tlsf_counters.h"

enum { HOSTS = 3, THREADS = 4, ROUNDS = 20000 };

static tlsf_table *table;

static void
make(void)
{
    size_t size = (tlsf_table_size(HOSTS) + 63) / 64 * 64;

    table = aligned_alloc(64, size);
    memset(table, 0, size);
    tlsf_table_init(table, HOSTS);
}

static void
drop(void)
{
    free(table);
}

static tlsf_row *
row_of(const char *key)
{
    return tlsf_table_row(table, tlsf_str_of(key));
}

START_TEST(appends_rows)
{
    ck_assert(tlsf_table_is_ours(table));
    ck_assert_uint_eq(tlsf_table_hosts(table), HOSTS);
    ck_assert_uint_eq(tlsf_table_used(table), 0);
    ck_assert_str_eq(tlsf_table_overflow(table)->key, "_overflow");

    tlsf_row *a = row_of("a.test:443");
    tlsf_row *b = row_of("b.test:443");
    ck_assert_ptr_eq(a, &table->rows[0]);
    ck_assert_ptr_eq(b, &table->rows[1]);
    ck_assert_ptr_eq(row_of("a.test:443"), a);
    ck_assert_str_eq(a->key, "a.test:443");
    ck_assert_uint_eq(tlsf_table_used(table), 2);
}
END_TEST

START_TEST(overflows)
{
    row_of("a:1");
    row_of("b:1");
    row_of("c:1");
    ck_assert_ptr_eq(row_of("d:1"), tlsf_table_overflow(table));
    ck_assert_ptr_eq(row_of("c:1"), &table->rows[2]);
    ck_assert_uint_eq(tlsf_table_used(table), HOSTS);
    ck_assert_str_eq(tlsf_table_overflow(table)->key, "_overflow");
}
END_TEST

/* Two rows of one name would be two series of one name. */
START_TEST(overflow_key_is_taken)
{
    ck_assert_ptr_eq(row_of("_overflow"), tlsf_table_overflow(table));
    ck_assert_uint_eq(tlsf_table_used(table), 0);
}
END_TEST

START_TEST(other_layout_is_not_ours)
{
    table->layout++;
    ck_assert(!tlsf_table_is_ours(table));
    table->layout--;
    table->magic = 0;
    ck_assert(!tlsf_table_is_ours(table));
}
END_TEST

START_TEST(long_key_is_cut)
{
    char key[600];

    /* A character of two bytes across the end of the key's room. */
    memset(key, 'x', sizeof(key));
    memcpy(key + TLSF_KEY_SIZE - 2, "\xc3\xa9", 2);
    tlsf_row *row = tlsf_table_row(table, (tlsf_str){key, sizeof(key)});
    ck_assert_uint_eq(strlen(row->key), TLSF_KEY_SIZE - 2);
    ck_assert_ptr_eq(tlsf_table_row(table, (tlsf_str){key, sizeof(key)}), row);
    ck_assert_uint_eq(tlsf_table_used(table), 1);
}
END_TEST

START_TEST(key_ends_at_nul)
{
    tlsf_row *row = tlsf_table_row(table, (tlsf_str){"a\0b", 3});

    ck_assert_str_eq(row->key, "a");
    ck_assert_ptr_eq(tlsf_table_row(table, (tlsf_str){"a\0c", 3}), row);
}
END_TEST

static const struct {
    const char *name;
    unsigned port;
    const char *key;
} keys[] = {
    {"A.Test", 443, "a.test:443"},
    {"", 8443, "_:8443"},
    {"*.Example.ORG", 443, "*.example.org:443"},
    {"~^(?<X>[A-Z]+)\\.test$", 65535, "~^(?<X>[A-Z]+)\\.test$:65535"},
};

START_TEST(writes_keys)
{
    char text[TLSF_KEY_SIZE];
    tlsf_buf buf = {text, sizeof(text) - 1, 0};
    tlsf_out out = tlsf_out_to_buf(&buf);

    tlsf_key_write(&out, tlsf_str_of(keys[_i].name), keys[_i].port);
    ck_assert_int_eq(out.err, TLSF_OK);
    text[buf.used] = '\0';
    ck_assert_str_eq(text, keys[_i].key);
}
END_TEST

/* The port survives the longest name, and the whole fits into a row. */
START_TEST(long_name_keeps_its_port)
{
    char name[1000];
    char text[TLSF_KEY_SIZE];
    tlsf_buf buf = {text, sizeof(text) - 1, 0};
    tlsf_out out = tlsf_out_to_buf(&buf);

    memset(name, 'N', sizeof(name));
    tlsf_key_write(&out, (tlsf_str){name, sizeof(name)}, 65535);
    ck_assert_int_eq(out.err, TLSF_OK);
    text[buf.used] = '\0';
    ck_assert_uint_eq(buf.used, 255 + strlen(":65535"));
    ck_assert_str_eq(text + 255, ":65535");
    ck_assert_str_eq(row_of(text)->key, text);
}
END_TEST

START_TEST(knows_traffic)
{
    tlsf_row *row = row_of("a:1");
    tlsf_counter *const traffic[] = {
        &row->hellos[TLSF_VERSION_OTHER], &row->handshakes[TLSF_TLSV13][1],
        &row->failures[TLSF_REASON_OTHER],
        &row->requests[TLSF_TLSV1][TLSF_ACTION_EXEMPT]};

    ck_assert(!tlsf_row_has_traffic(row));
    tlsf_bump(&row->without_hello);
    ck_assert(!tlsf_row_has_traffic(row));
    for (size_t i = 0; i < TLSF_COUNTOF(traffic); i++) {
        tlsf_bump(traffic[i]);
        ck_assert(tlsf_row_has_traffic(row));
        atomic_store(traffic[i], 0);
        ck_assert(!tlsf_row_has_traffic(row));
    }
}
END_TEST

START_TEST(remembers_the_latest)
{
    tlsf_row *row = row_of("a:1");

    tlsf_row_seen_below(row, 100);
    tlsf_row_seen_below(row, 99);
    ck_assert_uint_eq(tlsf_count(&row->last_below_floor), 100);
    tlsf_row_seen_below(row, -1);
    ck_assert_uint_eq(tlsf_count(&row->last_below_floor), 100);
    tlsf_row_request_below(row, TLSF_FAMILY_IE, 101);
    ck_assert_uint_eq(tlsf_count(&row->last_below_floor), 101);
    ck_assert_uint_eq(tlsf_count(&row->below_floor[TLSF_FAMILY_IE]), 1);
}
END_TEST

static atomic_uint winners;

static void *
count(void *first)
{
    int64_t now = *(int64_t *)first;

    for (int i = 0; i < ROUNDS; i++, now += THREADS) {
        tlsf_row_request(&table->rows[0], TLSF_TLSV1, TLSF_ACTION_PAGE);
        tlsf_row_seen_below(&table->rows[0], now);
    }
    for (unsigned bit = 0; bit < 32; bit++) {
        atomic_fetch_add(&winners, tlsf_say_once(&table->rows[0].said, bit));
    }
    return NULL;
}

START_TEST(counts_from_threads)
{
    int64_t firsts[THREADS] = {1, 2, 3, 4};
    pthread_t threads[THREADS];
    tlsf_row *row = row_of("a:1");

    for (size_t i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, count, &firsts[i]),
                         0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    }
    ck_assert_uint_eq(tlsf_count(&row->requests[TLSF_TLSV1][TLSF_ACTION_PAGE]),
                      THREADS * ROUNDS);
    ck_assert_uint_eq(tlsf_count(&row->last_below_floor), THREADS * ROUNDS);
    ck_assert_uint_eq(winners, 32);
}
END_TEST

START_TEST(labels_are_given)
{
    ck_assert(tlsf_str_eq(tlsf_reason_label(TLSF_REASON_UNSUPPORTED_PROTOCOL),
                          TLSF_LIT("unsupported_protocol")));
    ck_assert(
        tlsf_str_eq(tlsf_part_label(TLSF_PART_STATUS), TLSF_LIT("status")));
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("counters");
    TCase *tcase = tcase_create("counters");

    tcase_add_checked_fixture(tcase, make, drop);
    tcase_add_test(tcase, appends_rows);
    tcase_add_test(tcase, overflows);
    tcase_add_test(tcase, overflow_key_is_taken);
    tcase_add_test(tcase, other_layout_is_not_ours);
    tcase_add_test(tcase, long_key_is_cut);
    tcase_add_test(tcase, key_ends_at_nul);
    tcase_add_loop_test(tcase, writes_keys, 0, TLSF_COUNTOF(keys));
    tcase_add_test(tcase, long_name_keeps_its_port);
    tcase_add_test(tcase, knows_traffic);
    tcase_add_test(tcase, remembers_the_latest);
    tcase_add_test(tcase, counts_from_threads);
    tcase_add_test(tcase, labels_are_given);
    suite_add_tcase(suite, tcase);
    return suite;
}
