/* SPDX-License-Identifier: Apache-2.0 */
/* Variables, annotations and depth over many files. */
#include "unit/check_main.h"

#include <stdio.h>
#include <stdlib.h>

#include "include.h"

static char folder[64];
static ce_arena *arena;
static ce_files files;
static ce_diag diag;

static void
begin(void)
{
    strcpy(folder, "/tmp/test-include-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    arena = ce_arena_new();
    files = (ce_files){.arena = arena, .root = folder};
    diag = (ce_diag){.arena = arena};
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
    FILE *to = fopen(ce_arena_format(arena, "%s/%s", folder, name), "w");

    ck_assert_ptr_nonnull(to);
    fputs(text, to);
    fclose(to);
}

static ce_config
config_of(ce_kind kind)
{
    return (ce_config){.arena = arena,
                       .files = &files,
                       .diag = &diag,
                       .kind = kind,
                       .main = "/main",
                       .folder = "/"};
}

static const struct {
    const char *text;
    const char *result;
    const char *missing;
} variables[] = {
    {"plain", "plain", NULL},
    {"${A}", "one", NULL},
    {"x${A}y${B}z", "xoneytwo wordsz", NULL},
    {"${A}${A}", "oneone", NULL},
    {"${NONE}", "${NONE}", "NONE"},
    {"${NONE}${A}", "${NONE}one", "NONE"},
    {"${A}${NONE}${OTHER}", "one${NONE}${OTHER}", "NONE"},
    {"${A", "${A", NULL},
    {"$A $", "$A $", NULL},
    {"${}", "${}", ""},
    {"${E}", "", NULL},
    {"${LOOP}", "${LOOP}", NULL}, /* replaced once */
    {"${ENV}", "given", NULL},
    {"", "", NULL},
};

START_TEST(variables_are_replaced)
{
    ce_config config = config_of(CE_APACHE);
    const char *missing;

    ce_defines_set(arena, &config.defines, "A", "one");
    ce_defines_set(arena, &config.defines, "B", "two words");
    ce_defines_set(arena, &config.defines, "E", "");
    ce_defines_set(arena, &config.defines, "LOOP", "${LOOP}");
    ce_defines_set(arena, &config.environment, "ENV", "given");
    tlsf_str got =
        ce_config_expand(&config, tlsf_str_of(variables[_i].text), &missing);

    ck_assert_str_eq(ce_arena_text(arena, got), variables[_i].result);
    if (variables[_i].missing == NULL) {
        ck_assert_ptr_null(missing);
    } else {
        ck_assert_str_eq(missing, variables[_i].missing);
    }
}
END_TEST

START_TEST(defines_come_and_go)
{
    ce_defines d = {.list = NULL};

    ck_assert_ptr_null(ce_defines_find(&d, "x"));
    ce_defines_unset(&d, "x");
    for (int i = 0; i < 1000; i++) {
        ce_defines_set(arena, &d, ce_arena_format(arena, "n%d", i), NULL);
    }
    ce_defines_set(arena, &d, "n5", "five");
    ce_defines_set(arena, &d, "n5", NULL); /* the value stays */
    ck_assert_str_eq(ce_defines_find(&d, "n5")->value, "five");
    ck_assert_uint_eq(d.n, 1000);
    ce_defines_unset(&d, "n5");
    ck_assert_ptr_null(ce_defines_find(&d, "n5"));
    ck_assert_ptr_nonnull(ce_defines_find(&d, "n999"));
    ce_defines_set(arena, &d, "n5", NULL);
    ck_assert_ptr_nonnull(ce_defines_find(&d, "n5"));
    ck_assert_ptr_null(ce_defines_find(&d, "n5")->value);
}
END_TEST

/* A file that is read twice has each annotation once; for each reader. */
START_TEST(annotations_are_kept_once)
{
    ce_config first = config_of(CE_NGINX);
    ce_config second = config_of(CE_NGINX);

    write_file("main", "#:Overridden_by_a x#\ninclude b;\ninclude b;\n"
                       "#:Overridden_by_c x#\n");
    write_file("b", "# no\n#:Overridden_by_b x#\n#:Overridden_by_b y#\n");
    ck_assert_int_eq(ce_config_read(&first), 0);
    ck_assert_int_eq(ce_config_read(&second), 0);
    ck_assert_uint_eq(first.n_marks, 4);
    ck_assert_uint_eq(second.n_marks, 4);
}
END_TEST

/* As deep as Apache goes, and one more. */
START_TEST(includes_end)
{
    ce_config config = config_of(CE_APACHE);
    int n = CE_MAX_INCLUDES - 1 + _i;

    for (int i = 0; i < n; i++) {
        write_file(i == 0 ? "main" : ce_arena_format(arena, "f%d", i),
                   ce_arena_format(arena, "Include f%d\n", i + 1));
    }
    write_file(ce_arena_format(arena, "f%d", n), "Listen 443\n");
    ck_assert_int_eq(ce_config_read(&config), _i == 0 ? 0 : -1);
    ck_assert_uint_eq(diag.count[CE_ERROR], _i == 0 ? 0 : 1);
}
END_TEST

/* Blocks that do not matter leave the tree, those with something inside stay.
 */
START_TEST(blocks_that_matter_stay)
{
    ce_config config = config_of(CE_NGINX);

    write_file("main", "http {\n"
                       "  upstream u { server a; }\n" /* a server to us */
                       "  map $a $b { x y; }\n"
                       "  server {\n"
                       "    location /a { root x; }\n"
                       "    location /b { location /c { ssl_protocols "
                       "TLSv1; } }\n"
                       "    location /d { }\n"
                       "    listen 443;\n"
                       "  }\n"
                       "}\n");
    ck_assert_int_eq(ce_config_read(&config), 0);
    const ce_node *http = config.root->first;
    const ce_node *server = http->last;

    ck_assert_int_eq(http->id, CE_N_HTTP);
    ck_assert_int_eq(server->id, CE_N_SERVER);
    ck_assert(server->is_block);
    ck_assert_int_eq(server->first->id, CE_OTHER);
    ck_assert_int_eq(server->first->first->first->id, CE_N_SSL_PROTOCOLS);
    ck_assert_ptr_eq(server->first->first->parent, server->first);
    ck_assert_int_eq(server->first->next->id, CE_N_LISTEN);
    ck_assert_ptr_null(server->first->next->next);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit include");
    TCase *t = tcase_create("include");

    tcase_add_checked_fixture(t, begin, end);
    tcase_add_loop_test(t, variables_are_replaced, 0, TLSF_COUNTOF(variables));
    tcase_add_test(t, defines_come_and_go);
    tcase_add_test(t, annotations_are_kept_once);
    tcase_add_loop_test(t, includes_end, 0, 2);
    tcase_add_test(t, blocks_that_matter_stay);
    suite_add_tcase(suite, t);
    return suite;
}
