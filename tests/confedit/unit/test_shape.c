/* SPDX-License-Identifier: Apache-2.0 */
/* What an edit must leave as it is. */
#include "unit/check_main.h"

#include <stdlib.h>

#include "plan_parts.h"

static ce_arena *arena;

static void
begin(void)
{
    arena = ce_arena_new();
}

static void
end(void)
{
    ce_arena_free(arena);
}

/* The checksum of a main file's lines. */
static uint64_t
sum_of(ce_kind kind, const char *text)
{
    char folder[] = "/tmp/test-shape-XXXXXX";
    ce_files files = {.arena = arena, .root = folder};
    ce_diag diag = {.arena = arena};
    ce_config config = {.arena = arena,
                        .files = &files,
                        .diag = &diag,
                        .kind = kind,
                        .main = "/main",
                        .folder = "/"};
    ce_options options = {.arena = arena};
    ce_run run = {.options = &options};
    ce_model model = {.config = &config};
    ce_shape shape;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    const char *path = ce_arena_format(arena, "%s/main", folder);
    FILE *to = fopen(path, "w");

    ck_assert_ptr_nonnull(to);
    fputs(text, to);
    fclose(to);
    ck_assert_int_eq(ce_config_read(&config), 0);
    ce_shape_of(arena, &run, &model, &shape);
    ck_assert_int_eq(remove(path), 0);
    ck_assert_int_eq(remove(folder), 0);
    return shape.nodes;
}

static const struct {
    ce_kind kind;
    bool is_same;
    const char *before;
    const char *after;
} cases[] = {
    {CE_NGINX, true, "http { ssl_protocols TLSv1; server { listen 1; } }",
     "http {\n# x\n ssl_protocols TLSv1.2 TLSv1.3;\nserver { listen 1; } }"},
    {CE_NGINX, true, "http { server { listen 1; } }",
     "http { ssl_protocols TLSv1; server { listen 1; } }"},
    {CE_NGINX, true, "http { server { ssl_conf_command MinProtocol TLSv1; } }",
     "http { server { ssl_conf_command MinProtocol TLSv1.2; } }"},
    {CE_NGINX, true, "http { proxy_ssl_protocols TLSv1; }",
     "http { proxy_ssl_protocols TLSv1.2; }"},
    {CE_NGINX, false, "http { server { listen 1; } }",
     "http { server { #listen 1;\n } }"},
    {CE_NGINX, false, "http { server { listen 1; } }",
     "http { server { listen 2; } }"},
    {CE_NGINX, false, "http { server { server_name a b; } }",
     "http { server { server_name ab; } }"},
    {CE_NGINX, false, "http { ssl_ciphers A; server { listen 1; } }",
     "http { server { listen 1; ssl_ciphers A; } }"},
    {CE_NGINX, false, "http { server { listen 1; } server { listen 1; } }",
     "http { server { listen 1; listen 1; } server { } }"},
    {CE_NGINX, false, "http { proxy_ssl_protocols TLSv1; }", "http { }"},
    {CE_APACHE, true, "SSLProtocol all\nListen 1\n",
     "# SSLProtocol\nListen 1\nSSLProtocol -all\n"},
    {CE_APACHE, true, "Define A all\nListen 1\n", "Define A TLSv1\nListen 1\n"},
    {CE_APACHE, false, "Define A all\nListen ${A}\n",
     "Define A TLSv1\nListen ${A}\n"},
    {CE_APACHE, false, "SSLProtocol all\nListen 1\n",
     "SSLProtocol all Listen 1\n"},
    {CE_APACHE, false, "# a\nListen 1\n", "# a\\\nListen 1\n"},
    {CE_APACHE, false, "<VirtualHost *>\nListen 1\n</VirtualHost>\n",
     "<VirtualHost *>\n</VirtualHost>\nListen 1\n"},
    {CE_APACHE, false, "<IfDefine A>\nListen 1\n</IfDefine>\n",
     "<IfDefine !A>\nListen 1\n</IfDefine>\n"},
};

START_TEST(other_lines_are_the_same)
{
    uint64_t before = sum_of(cases[_i].kind, cases[_i].before);
    uint64_t after = sum_of(cases[_i].kind, cases[_i].after);

    ck_assert_msg((before == after) == cases[_i].is_same, "%s | %s",
                  cases[_i].before, cases[_i].after);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit shape");
    TCase *t = tcase_create("shape");

    tcase_add_checked_fixture(t, begin, end);
    tcase_add_loop_test(t, other_lines_are_the_same, 0, TLSF_COUNTOF(cases));
    suite_add_tcase(suite, t);
    return suite;
}
