/* SPDX-License-Identifier: Apache-2.0 */
/* Files, their places, and what is no file. */
#include "unit/check_main.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "source.h"

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
    strcpy(folder, "/tmp/test-source-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    arena = ce_arena_new();
    files = (ce_files){.arena = arena};
}

static void
end(void)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
    ce_arena_free(arena);
}

static void
write_file(const char *name, const char *text)
{
    FILE *to = fopen(path_of(name), "w");

    ck_assert_ptr_nonnull(to);
    fputs(text, to);
    fclose(to);
}

/* The place of every offset, counted by hand. */
START_TEST(places_are_counted)
{
    enum { N = 3 * 4096 + 100 };
    char *text = ce_arena_alloc(arena, N + 1);
    size_t line = 1;
    size_t column = 1;

    for (size_t i = 0; i < N; i++) {
        bool is_end = _i == 0   ? false
                      : _i == 1 ? true
                      : _i == 2 ? i % 97 == 5
                                : i % 4096 == 4095 || i % 4096 == 0;

        text[i] = is_end ? '\n' : (char)(i * 7 % 251 == 10 ? 11 : i * 7 % 251);
    }
    ce_source *source = ce_source_of(arena, "x", (tlsf_str){text, N});

    for (size_t i = 0; i <= N; i++) {
        ce_place place = ce_source_place(arena, source, i);

        ck_assert_uint_eq(place.line, line);
        ck_assert_uint_eq(place.column, column);
        line += text[i] == '\n';
        column = text[i] == '\n' ? 1 : column + 1;
    }
    ce_place last = ce_source_place(arena, source, N + 1000);
    ce_source *again = ce_source_of(arena, "x", (tlsf_str){text, N});
    ce_place at_once = ce_source_place(arena, again, N);

    ck_assert_uint_eq(last.line, at_once.line);
    ck_assert_uint_eq(last.column, at_once.column);
}
END_TEST

static void
ck_refused(const char *name, int failure)
{
    errno = 0;
    ck_assert_ptr_null(ce_files_read(&files, path_of(name)));
    ck_assert_int_eq(errno, failure);
    ck_assert_str_ne(ce_files_why(failure), "");
}

START_TEST(what_is_no_file_is_refused)
{
    ck_assert_int_eq(mkfifo(path_of("fifo"), 0600), 0);
    ck_assert_int_eq(mkdir(path_of("folder"), 0700), 0);
    ck_assert_int_eq(symlink("two", path_of("one")), 0);
    ck_assert_int_eq(symlink("one", path_of("two")), 0);
    ck_assert_int_eq(symlink("/dev/zero", path_of("zero")), 0);
    write_file("file", "x");
    ck_refused("fifo", EINVAL);
    ck_refused("folder", EISDIR);
    ck_refused("one", ELOOP);
    ck_refused("zero", EINVAL);
    ck_refused("file/x", ENOTDIR);
    ck_refused("missing", ENOENT);
}
END_TEST

/* A file of 2 GB, and many that are too much together. */
START_TEST(too_much_is_refused)
{
    int fd = open(path_of("large"), O_WRONLY | O_CREAT, 0600);

    ck_assert_int_eq(ftruncate(fd, (off_t)2 << 30), 0);
    close(fd);
    ck_refused("large", EFBIG);
    ck_assert_uint_eq(files.bytes, 0);
    write_file("small", "12345");
    files.bytes = CE_MAX_BYTES - 5;
    ck_assert_ptr_nonnull(ce_files_read(&files, path_of("small")));
    write_file("more", "1");
    ck_refused("more", EFBIG);
    /* What was read already costs nothing. */
    ck_assert_ptr_nonnull(ce_files_read(&files, path_of("small")));
}
END_TEST

START_TEST(a_file_is_read_once)
{
    write_file("a", "text");
    ck_assert_int_eq(symlink("a", path_of("soft")), 0);
    ck_assert_int_eq(link(path_of("a"), path_of("hard")), 0);
    ce_source *a = ce_files_read(&files, path_of("a"));

    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_eq(ce_files_read(&files, path_of("soft")), a);
    ck_assert_ptr_eq(ce_files_read(&files, path_of("hard")), a);
    ck_assert_uint_eq(files.n, 1);
    for (int i = 0; i < 300; i++) {
        const char *name = ce_arena_format(arena, "f%d", i);

        write_file(name, name);
        ck_assert_ptr_nonnull(ce_files_read(&files, path_of(name)));
    }
    ck_assert_uint_eq(files.n, 301);
    ck_assert_ptr_eq(ce_files_read(&files, path_of("a")), a);
}
END_TEST

/* Names and links under a root, and where they lead. */
static const struct {
    const char *name;
    const char *found; /* below the root; NULL: a circle */
} rooted[] = {
    {"/etc/a", "/etc/a"},
    {"/etc//./a", "/etc/a"},
    {"/etc/../../../etc/a", "/etc/a"},
    {"/absolute", "/etc/a"},     /* -> /etc/a */
    {"/etc/relative", "/etc/a"}, /* -> ../etc/a */
    {"/etc/up", "/outside"},     /* -> ../../../outside */
    {"/folder/a", "/etc/a"},     /* folder -> etc */
    {"/one", NULL},              /* -> two -> one */
    {"/missing/x", "/missing/x"},
};

START_TEST(a_root_is_not_left)
{
    ck_assert_int_eq(mkdir(path_of("etc"), 0700), 0);
    write_file("etc/a", "text");
    ck_assert_int_eq(symlink("/etc/a", path_of("absolute")), 0);
    ck_assert_int_eq(symlink("../etc/a", path_of("etc/relative")), 0);
    ck_assert_int_eq(symlink("../../../outside", path_of("etc/up")), 0);
    ck_assert_int_eq(symlink("etc", path_of("folder")), 0);
    ck_assert_int_eq(symlink("two", path_of("one")), 0);
    ck_assert_int_eq(symlink("one", path_of("two")), 0);
    files.root = folder;
    const char *path = ce_files_path(&files, rooted[_i].name);

    if (rooted[_i].found == NULL) {
        ck_assert_ptr_null(path);
    } else {
        ck_assert_str_eq(path, path_of(rooted[_i].found + 1));
    }
}
END_TEST

/* Names of Windows, and where they lead; `c` is a folder of the root. */
static const struct {
    const char *name;
    const char *found;
} windows[] = {
    {"C:/Apache24/Conf/HTTPD.conf", "c/apache24/conf/httpd.conf"},
    {"c:/apache24/conf/httpd.conf", "c/apache24/conf/httpd.conf"},
    {"D:/C/apache24", "c/apache24"}, /* no drive D: the root itself */
    {"/C/Apache24", "c/apache24"},
    {"C:/../../etc", "etc"},
    {"C:/nothing/There", "c/nothing/There"},
    {"C:", "c"},
};

START_TEST(windows_names_lead_into_the_root)
{
    ck_assert_int_eq(mkdir(path_of("c"), 0700), 0);
    ck_assert_int_eq(mkdir(path_of("c/apache24"), 0700), 0);
    ck_assert_int_eq(mkdir(path_of("c/apache24/conf"), 0700), 0);
    write_file("c/apache24/conf/httpd.conf", "text");
    files.root = folder;
    files.is_windows = true;
    ck_assert_str_eq(ce_files_path(&files, windows[_i].name),
                     path_of(windows[_i].found));
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit source");
    TCase *t = tcase_create("source");

    tcase_add_checked_fixture(t, begin, end);
    tcase_add_loop_test(t, places_are_counted, 0, 4);
    tcase_add_test(t, what_is_no_file_is_refused);
    tcase_add_test(t, too_much_is_refused);
    tcase_add_test(t, a_file_is_read_once);
    tcase_add_loop_test(t, a_root_is_not_left, 0, TLSF_COUNTOF(rooted));
    tcase_add_loop_test(t, windows_names_lead_into_the_root, 0,
                        TLSF_COUNTOF(windows));
    suite_add_tcase(suite, t);
    return suite;
}
