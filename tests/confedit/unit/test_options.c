/* SPDX-License-Identifier: Apache-2.0 */
/* The command line. */
#include "unit/check_main.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "options.h"
#include "protocols.h"

static ce_arena *arena;
static ce_options options;

static void
begin(void)
{
    int null = open("/dev/null", O_WRONLY);

    arena = ce_arena_new();
    options = (ce_options){.arena = arena};
    ck_assert_int_ge(dup2(null, STDERR_FILENO), 0);
    close(null);
}

static void
end(void)
{
    ce_arena_free(arena);
}

/* Arguments apart by blanks. */
static int
parse(unsigned command, const char *line)
{
    const char *argv[32] = {NULL};
    size_t n = 0;

    for (size_t len; *line != '\0'; line += len + (line[len] == ' ')) {
        len = strcspn(line, " ");
        argv[n++] = ce_arena_text(arena, (tlsf_str){line, len});
    }
    return ce_options_parse(&options, command, argv);
}

static const struct {
    unsigned command;
    const char *line;
    int status;
} lines[] = {
    {CE_SHOW, "", CE_DONE},
    {CE_SHOW, "a b c", CE_DONE},
    {CE_SHOW, "a --json b", CE_DONE},
    {CE_SHOW, "--server nginx a", CE_DONE},
    {CE_SHOW, "--server=nginx a", CE_DONE},
    {CE_SHOW, "-- --server nginx", CE_DONE},
    {CE_SHOW, "-DX -D Y -D Z=1", CE_DONE},
    {CE_SHOW, "--server", CE_USAGE},
    {CE_SHOW, "--server iis", CE_USAGE},
    {CE_SHOW, "--json=1", CE_USAGE},
    {CE_SHOW, "--floor TLSv1.2", CE_USAGE},
    {CE_SHOW, "-x", CE_USAGE},
    {CE_SHOW, "-", CE_USAGE},
    {CE_SHOW, "-- -", CE_DONE},
    {CE_SHOW, "-D", CE_USAGE},
    {CE_SHOW, "--", CE_DONE},
    {CE_CHECK, "--floor TLSv1.2", CE_DONE},
    {CE_CHECK, "--floor=TLSv1.2 a", CE_DONE},
    {CE_CHECK, "--floor SSLv3", CE_USAGE},
    {CE_CHECK, "--floor 1.2", CE_USAGE},
    {CE_CHECK, "--floor", CE_USAGE},
    {CE_RAISE, "--style explicit --keep 3 --max-impact 0.1%", CE_DONE},
    {CE_RAISE, "--style other", CE_USAGE},
    {CE_RAISE, "--keep 0", CE_USAGE},
    {CE_RAISE, "--keep 1x", CE_USAGE},
    {CE_RAISE, "--max-impact 101%", CE_USAGE},
    {CE_RAISE, "--max-impact -1", CE_USAGE},
    {CE_RAISE, "--max-impact nan", CE_USAGE},
    {CE_RAISE, "--unseen-for 14d", CE_DONE},
    {CE_RAISE, "--unseen-for 14", CE_USAGE},
    {CE_RAISE, "--unseen-for d", CE_USAGE},
    {CE_RAISE, "--unseen-for 999999999999999999999d", CE_USAGE},
    {CE_SHOW, "--server-version 1.28.0", CE_DONE},
    {CE_SHOW, "--server-version 1.28.x", CE_USAGE},
    {CE_SHOW, "--server-version 0.0.0", CE_USAGE},
};

START_TEST(lines_are_taken_or_refused)
{
    ck_assert_msg(parse(lines[_i].command, lines[_i].line) == lines[_i].status,
                  "%s", lines[_i].line);
}
END_TEST

START_TEST(values_arrive)
{
    ck_assert_int_eq(parse(CE_RAISE, "--floor TLSv1.2 a -D X=1 --vhost v "
                                     "--server apache --server-version 2.4 "
                                     "--max-impact 0.5% --unseen-for 2d "
                                     "--keep 7 --root r -- --b"),
                     CE_DONE);
    ck_assert_int_eq(options.floor, TLSF_TLSV12);
    ck_assert_int_eq(options.server, CE_APACHE);
    ck_assert_uint_eq(options.release.part[1], 4);
    ck_assert_double_eq_tol(options.max_impact, 0.005, 1e-9);
    ck_assert_int_eq(options.unseen_for, 2 * 86400);
    ck_assert_uint_eq(options.keep, 7);
    ck_assert_str_eq(options.root, "r");
    ck_assert_str_eq(options.defines.list[0], "X=1");
    ck_assert_str_eq(options.vhosts.list[0], "v");
    ck_assert_uint_eq(options.configs.n, 2);
    ck_assert_str_eq(options.configs.list[1], "--b");
}
END_TEST

START_TEST(sets_of_protocols)
{
    const char *const argv[] = {"--protocols", "TLSv1.2, TLSv1.3", NULL};
    const char *const none[] = {"--protocols", " , ", NULL};

    ck_assert_int_eq(ce_options_parse(&options, CE_SET, argv), CE_DONE);
    ck_assert_uint_eq(options.protocols,
                      CE_BIT(TLSF_TLSV12) | CE_BIT(TLSF_TLSV13));
    ck_assert_int_eq(ce_options_parse(&options, CE_SET, none), CE_USAGE);
}
END_TEST

static const struct {
    const char *typed;
    const char *near;
} words[] = {
    {"flor", "floor"},  {"floor", "floor"}, {"FLOOR", NULL},
    {"jsno", "json"},   {"jso", "json"},    {"x", NULL},
    {"whatever", NULL}, {"", NULL},         {"servr", "server"},
};

START_TEST(the_nearest_name_is_found)
{
    static const char *const names[] = {"floor", NULL, "json", "server"};
    const char *near = ce_nearest(words[_i].typed, names, TLSF_COUNTOF(names));

    if (words[_i].near == NULL) {
        ck_assert_ptr_null(near);
    } else {
        ck_assert_str_eq(near, words[_i].near);
    }
}
END_TEST

START_TEST(arguments_are_text)
{
    char *most = ce_arena_alloc(arena, 4098);
    const char *argv[] = {"show", most, NULL};

    memset(most, 'a', 4096);
    ck_assert(ce_options_are_text(argv));
    most[4096] = 'a';
    ck_assert(!ce_options_are_text(argv));
    for (int c = 1; c < 256; c++) {
        most[0] = (char)c;
        most[1] = '\0';
        ck_assert_int_eq(ce_options_are_text(argv), c >= 0x20 && c != 0x7f);
    }
    most[0] = '\0';
    ck_assert(ce_options_are_text(argv));
    most[0] = 'a';
    const char *const empty[] = {"", NULL};
    ck_assert_int_eq(ce_options_parse(&options, CE_SHOW, empty), CE_USAGE);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit options");
    TCase *t = tcase_create("options");

    tcase_add_checked_fixture(t, begin, end);
    tcase_add_loop_test(t, lines_are_taken_or_refused, 0, TLSF_COUNTOF(lines));
    tcase_add_test(t, values_arrive);
    tcase_add_test(t, sets_of_protocols);
    tcase_add_loop_test(t, the_nearest_name_is_found, 0, TLSF_COUNTOF(words));
    tcase_add_test(t, arguments_are_text);
    suite_add_tcase(suite, t);
    return suite;
}
