/* SPDX-License-Identifier: Apache-2.0 */
/* Would an include read a file of this name? */
#include "unit/check_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "reach.h"

#define TEMPORARY ".confedit-20261122T090000Z-3f9a-0.new"

static char folder[64];
static ce_arena *arena;

static void
shell(const char *command)
{
    ck_assert_int_eq(
        system(ce_arena_format(arena, "cd %s && %s", folder, command)), 0);
}

static void
begin(void)
{
    strcpy(folder, "/tmp/test-reach-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    arena = ce_arena_new();
    shell("mkdir -p conf.d/deep/er sites other .hidden && ln -s sites enabled "
          "&& ln -s ../other conf.d/link && touch conf.d/a.conf sites/b.conf");
}

static void
end(void)
{
    shell("rm -rf \"$PWD\"");
    ce_arena_free(arena);
}

/* In a configuration with these lines, is `name` in `where` read? */
static const struct {
    ce_kind kind;
    const char *lines;
    const char *where;
    const char *name;
    bool is_found;
} rows[] = {
    {CE_NGINX, "include conf.d/*;", "conf.d", "x", true},
    {CE_NGINX, "include conf.d/*;", "conf.d", TEMPORARY, false},
    {CE_NGINX, "include conf.d/*;", "conf.d/deep", "x", false},
    {CE_NGINX, "include conf.d/*.conf;", "conf.d", "x", false},
    {CE_NGINX, "include conf.d/.*;", "conf.d", TEMPORARY, true},
    {CE_NGINX, "include conf.d/a.conf;", "conf.d", "x", false},
    {CE_NGINX, "include conf.d/*/*;", "conf.d/deep", "x", true},
    {CE_NGINX, "include conf.d/*/*;", "other", "x", true},
    {CE_NGINX, "include enabled/*;", "sites", "x", true},
    {CE_NGINX, "include sites/*;", "conf.d", "x", false},
    {CE_NGINX, "http { server { include sites/*; } }", "sites", "x", true},
    {CE_NGINX, "include none/*;", "conf.d", "x", false},
    {CE_APACHE, "Include conf.d", "conf.d", TEMPORARY, true},
    {CE_APACHE, "Include conf.d", "conf.d/deep/er", TEMPORARY, true},
    {CE_APACHE, "Include conf.d", "other", TEMPORARY, true},
    {CE_APACHE, "Include conf.d", "sites", TEMPORARY, false},
    {CE_APACHE, "Include conf.d", ".", TEMPORARY, false},
    {CE_APACHE, "Include enabled/", "sites", TEMPORARY, true},
    {CE_APACHE, "IncludeOptional conf.d/*.conf", "conf.d", "x", false},
    {CE_APACHE, "IncludeOptional conf.d/*.conf", "conf.d", "x.conf", true},
    {CE_APACHE, "IncludeOptional conf.d/*.conf", "conf.d", TEMPORARY, false},
    {CE_APACHE, "IncludeOptional conf.d/*", "conf.d/deep", TEMPORARY, true},
    {CE_APACHE, "IncludeOptional c*/d*", "conf.d/deep", TEMPORARY, true},
    {CE_APACHE, "<IfDefine NEVER>\nInclude conf.d\n</IfDefine>", "conf.d",
     TEMPORARY, true},
    {CE_APACHE, "Define X conf.d\nInclude ${X}", "conf.d", TEMPORARY, true},
};

START_TEST(includes_reach)
{
    ce_files files = {.arena = arena, .root = folder};
    ce_diag diag = {.arena = arena};
    ce_config config = {.arena = arena,
                        .files = &files,
                        .diag = &diag,
                        .kind = rows[_i].kind,
                        .main = "/main",
                        .folder = "/"};
    FILE *to = fopen(ce_arena_format(arena, "%s/main", folder), "w");
    struct stat st;

    ck_assert_ptr_nonnull(to);
    fprintf(to, "%s\n", rows[_i].lines);
    fclose(to);
    ce_config_read(&config);
    ck_assert_int_eq(
        stat(ce_arena_format(arena, "%s/%s", folder, rows[_i].where), &st), 0);
    ck_assert_msg(ce_reach_finds(ce_reach_of(arena, &config, 1), &st,
                                 rows[_i].name) == rows[_i].is_found,
                  "%s: %s in %s", rows[_i].lines, rows[_i].name,
                  rows[_i].where);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit reach");
    TCase *tcase = tcase_create("reach");

    tcase_add_checked_fixture(tcase, begin, end);
    tcase_add_loop_test(tcase, includes_reach, 0, TLSF_COUNTOF(rows));
    suite_add_tcase(suite, tcase);
    return suite;
}
