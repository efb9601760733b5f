/* SPDX-License-Identifier: Apache-2.0 */
/* Opened folders stay what they are as long as safe.h promises. */
#include "unit/check_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "safe.h"

#define FOLDERS 20

static char folder[64];
static ce_arena *arena;
static ce_base base;
static const char *names[FOLDERS];
static ino_t inodes[FOLDERS];

static void
begin(void)
{
    strcpy(folder, "/tmp/test-safe-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    arena = ce_arena_new();
    ck_assert_int_eq(ce_base_open(&base, arena, folder, false), 0);
    for (size_t i = 0; i < FOLDERS; i++) {
        struct stat st;

        names[i] = ce_arena_format(arena, "/%zu", i);
        ck_assert_int_eq(mkdir(ce_base_name(&base, names[i]), 0700), 0);
        ck_assert_int_eq(stat(ce_base_name(&base, names[i]), &st), 0);
        inodes[i] = st.st_ino;
    }
}

static void
end(void)
{
    ce_base_close(&base);
    ck_assert_int_eq(system(ce_arena_format(arena, "rm -rf %s", folder)), 0);
    ce_arena_free(arena);
}

static void
is_folder(int fd, size_t i)
{
    struct stat st;

    ck_assert_int_eq(fstat(fd, &st), 0);
    ck_assert_uint_eq(st.st_ino, inodes[i]);
}

/* One that is asked for again and again, another each time beside it. */
START_TEST(two_in_a_row_are_good)
{
    for (size_t i = 1; i < FOLDERS; i++) {
        int one = ce_safe_at(&base, names[0]);
        int other = ce_safe_at(&base, names[i]);

        is_folder(one, 0);
        is_folder(other, i);
    }
}
END_TEST

/* Whatever was asked for before, as many as are promised are good. */
START_TEST(all_promised_are_good)
{
    unsigned seed = (unsigned)_i + 1;

    for (int round = 0; round < 200; round++) {
        size_t asked[CE_KEPT_FOLDERS];
        int fds[CE_KEPT_FOLDERS];

        for (size_t i = 0; i < CE_KEPT_FOLDERS; i++) {
            seed = seed * 1103515245U + 12345;
            asked[i] = (seed >> 16) % FOLDERS;
            fds[i] = ce_safe_at(&base, names[asked[i]]);
        }
        for (size_t i = 0; i < CE_KEPT_FOLDERS; i++) {
            is_folder(fds[i], asked[i]);
        }
    }
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit safe paths");
    TCase *tcase = tcase_create("safe");

    tcase_add_checked_fixture(tcase, begin, end);
    tcase_add_test(tcase, two_in_a_row_are_good);
    tcase_add_loop_test(tcase, all_promised_are_good, 0, 20);
    suite_add_tcase(suite, tcase);
    return suite;
}
