/* SPDX-License-Identifier: Apache-2.0 */
/* Which files an include names, and in which order. */
#include "unit/check_main.h"

#include <../include/glob.h> /* glob(3)'s; ours has the same name */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "glob.h"

static char folder[64];
static ce_arena *arena;
static ce_files files;

static const char *
path_of(const char *name)
{
    return ce_arena_format(arena, "%s/%s", folder, name);
}

static void
begin(void)
{
    static const char *const folders[] = {"s", "s/sub", "s/sub/deep", "t",
                                          "empty"};
    static const char *const made[] = {
        "s/a.conf",   "s/b.conf", "s/B.conf",     "s/10.conf",
        "s/9.conf",   "s/.dot",   "s/sub/x.conf", "s/sub/deep/y",
        "s/[x].conf", "s/a b",    "t/a.conf",     "file"};

    strcpy(folder, "/tmp/test-glob-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    arena = ce_arena_new();
    files = (ce_files){.arena = arena};
    for (size_t i = 0; i < TLSF_COUNTOF(folders); i++) {
        ck_assert_int_eq(mkdir(path_of(folders[i]), 0700), 0);
    }
    for (size_t i = 0; i < TLSF_COUNTOF(made); i++) {
        FILE *to = fopen(path_of(made[i]), "w");

        ck_assert_ptr_nonnull(to);
        fclose(to);
    }
    ck_assert_int_eq(symlink("gone", path_of("t/dangling.conf")), 0);
    ck_assert_int_eq(symlink("../s/sub", path_of("t/link")), 0);
}

static void
end(void)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
    ce_arena_free(arena);
}

/* Names below the folder, apart by blanks. */
static const char *
joined(const ce_names *names)
{
    const char *text = "";

    for (size_t i = 0; i < names->n; i++) {
        ck_assert_int_eq(strncmp(names->list[i], folder, strlen(folder)), 0);
        text = ce_arena_format(arena, "%s%s%s", text, i == 0 ? "" : " ",
                               names->list[i] + strlen(folder) + 1);
    }
    return text;
}

static const char *const patterns[] = {
    "s/*",          "s/*.conf",     "s/?.conf", "s/[ab].conf",
    "s/[!ab].conf", "*/*.conf",     "*/sub/*",  "s/sub/*/y",
    "none/*",       "s/*.none",     "*",        "*/a.conf",
    "file/*",       "s/\\[x].conf", "t/*",      "s/[[]x].conf",
    "s/.*",         "*/deep/..",    "s/a?",     "s/./*.conf",
    "empty/*",      "s/a*",         "t/link/*", "?/?.conf",
};

/* nginx has what glob(3) finds, in its order. */
START_TEST(nginx_is_glob)
{
    ce_names names = {NULL, 0, 0};
    const char *pattern = path_of(patterns[_i]);
    glob_t g;

    ce_glob_nginx(&files, pattern, &names);
    if (glob(pattern, 0, NULL, &g) != 0) {
        ck_assert_msg(names.n == 0, "%s: %s", patterns[_i], joined(&names));
        return;
    }
    ck_assert_msg(names.n == g.gl_pathc, "%s: %s", patterns[_i],
                  joined(&names));
    for (size_t i = 0; i < names.n; i++) {
        ck_assert_str_eq(ce_files_path(&files, names.list[i]), names.list[i]);
        ck_assert_str_eq(names.list[i], g.gl_pathv[i]);
    }
    globfree(&g);
}
END_TEST

static const struct {
    const char *pattern;
    bool is_optional;
    const char *found; /* NULL: the server stops */
} apache[] = {
    {"s/*.conf", false,
     "s/10.conf s/9.conf s/B.conf s/[x].conf s/a.conf "
     "s/b.conf"},
    {"s/[0-9]*", false, "s/10.conf s/9.conf"},
    {"s/sub", false, "s/sub/deep/y s/sub/x.conf"},
    {"s/s*", false, "s/sub/deep/y s/sub/x.conf"},
    {"*/sub/deep", true, "s/sub/deep/y"},
    {"*/sub/deep", false, "empty/sub/deep s/sub/deep/y t/sub/deep"},
    {"t/link", false, "t/link/deep/y t/link/x.conf"},
    {"t/d*", false, "t/dangling.conf"},
    {"t/d*", true, ""},
    {"t/dangling.conf", true, ""},
    {"empty", false, ""},
    {"empty/*", false, NULL},
    {"empty/*", true, ""},
    {"none/*", false, NULL},
    {"none/*", true, ""},
    {"missing", false, "missing"}, /* the reader stops there */
    {"missing", true, ""},
    {"file", false, "file"},
    {"file/*", false, NULL},
};

START_TEST(apache_has_its_own_order)
{
    ce_names names = {NULL, 0, 0};
    const char *why = ce_glob_apache(&files, path_of(apache[_i].pattern),
                                     apache[_i].is_optional, &names);

    if (apache[_i].found == NULL) {
        ck_assert_msg(why != NULL, "%s: %s", apache[_i].pattern,
                      joined(&names));
    } else {
        ck_assert_msg(why == NULL, "%s: %s", apache[_i].pattern, why);
        ck_assert_str_eq(joined(&names), apache[_i].found);
    }
}
END_TEST

START_TEST(a_whole_folder_has_dot_files)
{
    ce_names names = {NULL, 0, 0};

    ck_assert_ptr_null(ce_glob_apache(&files, path_of("s"), false, &names));
    ck_assert_str_eq(joined(&names),
                     "s/.dot s/10.conf s/9.conf s/B.conf s/[x].conf s/a b "
                     "s/a.conf s/b.conf s/sub/deep/y s/sub/x.conf");
}
END_TEST

/* A link that leads up makes folders without end. */
START_TEST(folders_end)
{
    ce_names names = {NULL, 0, 0};

    ck_assert_int_eq(symlink("..", path_of("s/sub/up")), 0);
    ck_assert_ptr_nonnull(ce_glob_apache(&files, path_of("s"), false, &names));
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit glob");
    TCase *t = tcase_create("glob");

    tcase_add_checked_fixture(t, begin, end);
    tcase_add_loop_test(t, nginx_is_glob, 0, TLSF_COUNTOF(patterns));
    tcase_add_loop_test(t, apache_has_its_own_order, 0, TLSF_COUNTOF(apache));
    tcase_add_test(t, a_whole_folder_has_dot_files);
    tcase_add_test(t, folders_end);
    suite_add_tcase(suite, t);
    return suite;
}
