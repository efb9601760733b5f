/* SPDX-License-Identifier: Apache-2.0 */
/* The store's folder, the journal in it, safe paths to both. */
#include "unit/check_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "journal.h"

static char folder[64];
static ce_arena *arena;
static ce_store store;

static void
shell(const char *command)
{
    ck_assert_int_eq(
        system(ce_arena_format(arena, "cd %s && %s", folder, command)), 0);
}

static void
open_store(bool makes)
{
    ce_options options = {.arena = arena, .root = folder};

    options.value[CE_OPTION_ROOT] = folder;
    ck_assert_int_eq(ce_store_open(&store, &options), CE_DONE);
    ck_assert_int_eq(ce_store_state(&store, makes), CE_DONE);
}

static void
begin(void)
{
    strcpy(folder, "/tmp/test-journal-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    arena = ce_arena_new();
}

static void
end(void)
{
    ce_store_close(&store);
    shell("rm -rf \"$PWD\"");
    ce_arena_free(arena);
}

START_TEST(nothing_is_made_by_looking)
{
    ce_journal journal;
    const char *why;

    open_store(false);
    ck_assert_ptr_null(store.state);
    ck_assert_int_eq(ce_journal_read(&store, &journal, &why), 0);
    shell("test -z \"$(ls)\"");
}
END_TEST

START_TEST(journals_come_back)
{
    ce_journal journal = {"20261122T090000Z-3f9a", "/a b/caf\xe9%", true, true};
    ce_journal read;
    const char *why = NULL;

    open_store(true);
    shell("test \"$(stat -c %a var/backups/confedit)\" = 700");
    ck_assert_int_eq(ce_journal_read(&store, &read, &why), 0);
    ck_assert_int_eq(ce_journal_write(&store, &journal), 0);
    ck_assert_int_eq(ce_journal_read(&store, &read, &why), 1);
    ck_assert_str_eq(read.id, journal.id);
    ck_assert_str_eq(read.folder, journal.folder);
    ck_assert(read.is_told);
    ck_assert(read.is_ready);
    journal.is_told = false;
    journal.is_ready = false;
    ck_assert_int_eq(ce_journal_write(&store, &journal), 0);
    ck_assert_int_eq(ce_journal_read(&store, &read, &why), 1);
    ck_assert(!read.is_told);
    ck_assert(!read.is_ready);
    shell("test \"$(ls var/backups/confedit)\" = journal.json");
    ck_assert_int_eq(ce_journal_remove(&store), 0);
    ck_assert_int_eq(ce_journal_remove(&store), 0);
    ck_assert_int_eq(ce_journal_read(&store, &read, &why), 0);
}
END_TEST

static const struct {
    const char *command;
    const char *why;
} damages[] = {
    {": >journal.json", "damaged"},
    {"echo '{\"schema\": 2}' >journal.json", "newer"},
    {"echo '{\"schema\": 1, \"id\": \"../x\", \"folder\": \"/\"}' "
     ">journal.json",
     "damaged"},
    {"chmod 666 journal.json", "others"},
    {"mv journal.json x && ln -s x journal.json", ""},
    {"rm journal.json && mkdir journal.json", ""},
};

START_TEST(bad_journals_are_refused)
{
    ce_journal journal = {.id = "20261122T090000Z-3f9a", .folder = "/"};
    const char *why = NULL;

    open_store(true);
    ck_assert_int_eq(ce_journal_write(&store, &journal), 0);
    shell(ce_arena_format(arena, "cd var/backups/confedit && %s",
                          damages[_i].command));
    ck_assert_int_eq(ce_journal_read(&store, &journal, &why), -1);
    ck_assert_msg(why != NULL && strstr(why, damages[_i].why) != NULL, "%s: %s",
                  damages[_i].command, why == NULL ? "" : why);
}
END_TEST

/* Paths end inside the root, whatever links say. */
static const struct {
    const char *path;
    const char *folder; /* NULL: refused */
    bool is_link;
} paths[] = {
    {"/a/b/file", "/a/b", false},
    {"/a/./b//file", "/a/b", false},
    {"/a/x/../b/file", "/a/b", false},
    {"/../../a/b/file", "/a/b", false},
    {"/up/a/b/file", "/a/b", false},
    {"/absolute/file", "/a/b", false},
    {"/a/link", "/a/b", true},
    {"/a/chain", "/a/b", true},
    {"/circle/file", NULL, false},
    {"/none/file", NULL, false},
    {"/a/b", "/a", false},
    {"/", NULL, false},
};

START_TEST(paths_stay_inside)
{
    ce_spot spot;

    shell("mkdir -p a/b a/x && touch a/b/file && ln -s ../../.. up && ln -s "
          "/a/b absolute && ln -s b/file a/link && ln -s /a/link a/chain && ln "
          "-s circle circle");
    open_store(false);
    int status = ce_safe_find(&store.base, paths[_i].path, &spot);

    ck_assert_msg((status == CE_DONE) == (paths[_i].folder != NULL), "%s",
                  paths[_i].path);
    if (paths[_i].folder != NULL) {
        ck_assert_str_eq(spot.folder, paths[_i].folder);
        ck_assert(spot.is_link == paths[_i].is_link);
        /* Beside the one before: the short way gives the same. */
        ck_assert_int_eq(ce_safe_find(&store.base, paths[_i].path, &spot),
                         CE_DONE);
        ck_assert_str_eq(spot.folder, paths[_i].folder);
    }
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit journal");
    TCase *tcase = tcase_create("journal");

    tcase_add_checked_fixture(tcase, begin, end);
    tcase_add_test(tcase, nothing_is_made_by_looking);
    tcase_add_test(tcase, journals_come_back);
    tcase_add_loop_test(tcase, bad_journals_are_refused, 0,
                        TLSF_COUNTOF(damages));
    tcase_add_loop_test(tcase, paths_stay_inside, 0, TLSF_COUNTOF(paths));
    suite_add_tcase(suite, tcase);
    return suite;
}
