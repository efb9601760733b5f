/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes read from one file and given to another. */
#define _GNU_SOURCE /* O_PATH */
#include "unit/check_main.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "attributes.h"

static char from_name[64];
static char to_name[64];
static int from;
static int to;
static ce_arena *arena;

static void
begin(void)
{
    strcpy(from_name, "/tmp/test-attributes-XXXXXX");
    strcpy(to_name, "/tmp/test-attributes-XXXXXX");
    from = mkstemp(from_name);
    to = mkstemp(to_name);
    ck_assert(from >= 0 && to >= 0);
    arena = ce_arena_new();
}

static void
end(void)
{
    close(from);
    close(to);
    unlink(from_name);
    unlink(to_name);
    ce_arena_free(arena);
}

START_TEST(all_go_over)
{
    char long_value[2000];
    char value[2000];
    ce_attributes attributes;
    struct stat st;

    memset(long_value, 'x', sizeof(long_value));
    ck_assert_int_eq(fchmod(from, 0751), 0);
    ck_assert_int_eq(fsetxattr(from, "user.empty", "", 0, 0), 0);
    ck_assert_int_eq(fsetxattr(from, "user.long", long_value, 2000, 0), 0);
    ck_assert_int_eq(fsetxattr(to, "user.other", "x", 1, 0), 0);
    ck_assert_int_eq(fsetxattr(to, "user.long", "short", 5, 0), 0);
    ck_assert_int_eq(ce_attributes_read(arena, from, &attributes), 0);
    ck_assert_ptr_null(ce_attributes_doubt(arena, &attributes));
    ck_assert_ptr_null(ce_attributes_apply(arena, to, &attributes));
    ck_assert_int_eq(fstat(to, &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0751);
    ck_assert_int_eq(fgetxattr(to, "user.empty", value, 2000), 0);
    ck_assert_int_eq(fgetxattr(to, "user.long", value, 2000), 2000);
    ck_assert_mem_eq(value, long_value, 2000);
    ck_assert_int_eq(fgetxattr(to, "user.other", value, 2000), -1);
}
END_TEST

START_TEST(what_cannot_be_is_said)
{
    ce_xattr signature = {"security.ima", {"x", 1}};
    ce_attributes attributes = {0644, geteuid(), getegid(), &signature, 1};

    ck_assert_ptr_nonnull(ce_attributes_doubt(arena, &attributes));
    signature.name = "nonsense.name";
    ck_assert_ptr_nonnull(ce_attributes_apply(arena, to, &attributes));
}
END_TEST

START_TEST(facts_of_a_file)
{
    ce_facts facts;

    ck_assert_int_eq(ce_facts_read(from, &facts), 0);
    ck_assert(!facts.is_mount);
    ck_assert(!facts.is_immutable);
    int mounted = open("/proc", O_PATH | O_DIRECTORY);

    ck_assert_int_eq(ce_facts_read(mounted, &facts), 0);
    ck_assert(facts.is_mount);
    close(mounted);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit attributes");
    TCase *tcase = tcase_create("attributes");

    tcase_add_checked_fixture(tcase, begin, end);
    tcase_add_test(tcase, all_go_over);
    tcase_add_test(tcase, what_cannot_be_is_said);
    tcase_add_test(tcase, facts_of_a_file);
    suite_add_tcase(suite, tcase);
    return suite;
}
