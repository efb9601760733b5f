/* SPDX-License-Identifier: Apache-2.0 */
/* openssl.cnf: which lines count, as OpenSSL itself reads the file. */
#include "unit/check_main.h"

#include <stdlib.h>
#include <unistd.h>

#include "openssl_conf.h"

#define HEAD                                                                   \
    "openssl_conf = init\n[init]\nssl_conf = ssl\n[ssl]\n"                     \
    "system_default = tls\n"

static const struct {
    const char *text; /* of the file */
    const char *name;
    const char *value; /* NULL: none */
    size_t line;
} files[] = {
    {HEAD "[tls]\nMinProtocol = TLSv1.2\n", "MinProtocol", "TLSv1.2", 7},
    {HEAD "[tls]\nMinProtocol = TLSv1.2\n", "minprotocol", "TLSv1.2", 7},
    {HEAD "[tls]\nMinProtocol = TLSv1.2\n", "MaxProtocol", NULL, 0},
    {HEAD "[tls]\nA.MinProtocol=TLSv1.1", "MinProtocol", "TLSv1.1", 7},
    {HEAD "[ tls ]\r\n  MinProtocol\t= TLSv1.1 # x\r\n", "MinProtocol",
     "TLSv1.1", 7},
    {HEAD "[tls]\nMinProtocol = TLSv1\nMinProtocol = TLSv1.3\n", "MinProtocol",
     "TLSv1.3", 8},
    {HEAD "[tls]\nProtocol = \"ALL, -TLSv1\" # \"\n", "Protocol", "ALL, -TLSv1",
     7},
    {HEAD "[tls]\nCipherString = A:\\\nB\nProtocol = ALL\n", "CipherString",
     "A:B", 7},
    {HEAD "[tls]\nCipherString = A:\\\nB\nProtocol = ALL\n", "Protocol", "ALL",
     9},
    {HEAD "[tls]\n[other]\nProtocol = ALL\n", "Protocol", NULL, 0},
    {HEAD "[tls]\n[other]\nX = Y\n[tls]\nProtocol = ALL\n", "Protocol", "ALL",
     10},
    {HEAD "#[tls]\n# Protocol = ALL\n", "Protocol", NULL, 0},
    {"[init]\nssl_conf = ssl\n[ssl]\nsystem_default = tls\n[tls]\nProtocol = "
     "ALL\n",
     "Protocol", NULL, 0},
    {"openssl_conf = a\nnginx = b\n[a]\nssl_conf.9 = c\n[c]\nsystem_default = "
     "d\n[d]\nProtocol = ALL\n",
     "Protocol", "ALL", 8},
    {"", "Protocol", NULL, 0},
    {"[", "Protocol", NULL, 0},
    {"= =\n[]\n=\n\\", "Protocol", NULL, 0},
};

/* A configuration of a server of another machine, with a file of ours. */
static ce_config *
new_config(ce_arena *arena, ce_kind kind, const char *file)
{
    ce_config *config = ce_arena_alloc(arena, sizeof(ce_config));

    config->arena = arena;
    config->files = ce_arena_alloc(arena, sizeof(ce_files));
    config->files->arena = arena;
    config->kind = kind;
    if (file != NULL) {
        ce_defines_set(arena, &config->environment, "OPENSSL_CONF", file);
    }
    return config;
}

static void
write_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");

    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
}

START_TEST(lines_count)
{
    ce_arena *arena = ce_arena_new();
    char name[] = "/tmp/openssl-XXXXXX";
    int fd = mkstemp(name);
    ce_openssl_conf conf;

    ck_assert_int_ge(fd, 0);
    close(fd);
    write_file(name, files[_i].text);
    ce_openssl_conf_read(new_config(arena, CE_APACHE, name), &conf);

    const ce_setting *found = ce_openssl_conf_find(&conf, files[_i].name);
    if (files[_i].value == NULL) {
        ck_assert_ptr_null(found);
    } else {
        ck_assert_ptr_nonnull(found);
        ck_assert_str_eq(ce_arena_text(arena, found->value), files[_i].value);
        ck_assert_str_eq(found->place.file, name);
        ck_assert_uint_eq(found->place.line, files[_i].line);
    }
    unlink(name);
    ce_arena_free(arena);
}
END_TEST

/* .include with and without =, a folder, a circle, a file that is not there. */
START_TEST(includes_are_followed)
{
    ce_arena *arena = ce_arena_new();
    char folder[] = "/tmp/openssl-XXXXXX";
    ce_openssl_conf conf;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    const char *main = ce_arena_format(arena, "%s/main", folder);
    const char *a = ce_arena_format(arena, "%s/a.conf", folder);
    const char *b = ce_arena_format(arena, "%s/b.cnf", folder);
    write_file(main, ce_arena_format(arena,
                                     HEAD "[tls]\nProtocol = 1\n.include = "
                                          "%s\n.include /nonexistent\n",
                                     folder));
    write_file(a, ce_arena_format(arena, "MinProtocol = 2\n.include %s\n", a));
    write_file(b, "Protocol = 3\n");
    ce_openssl_conf_read(new_config(arena, CE_APACHE, main), &conf);
    ck_assert_str_eq(
        ce_arena_text(arena, ce_openssl_conf_find(&conf, "Protocol")->value),
        "3");
    ck_assert_str_eq(ce_openssl_conf_find(&conf, "MinProtocol")->place.file, a);
    unlink(main);
    unlink(a);
    unlink(b);
    rmdir(folder);
    ce_arena_free(arena);
}
END_TEST

/* nginx has a name of its own since 1.25.2. */
START_TEST(nginx_has_its_own_name)
{
    static const struct {
        ce_release release;
        const char *value;
    } rows[] = {{{{1, 24, 0}}, "ALL"}, {{{1, 25, 2}}, "-ALL"}};
    ce_arena *arena = ce_arena_new();
    char name[] = "/tmp/openssl-XXXXXX";
    int fd = mkstemp(name);

    ck_assert_int_ge(fd, 0);
    close(fd);
    write_file(name, "openssl_conf = a\nnginx = n\n[a]\nssl_conf = as\n[as]\n"
                     "system_default = ad\n[ad]\nProtocol = ALL\n[n]\n"
                     "ssl_conf = ns\n[ns]\nsystem_default = nd\n[nd]\n"
                     "Protocol = -ALL\n");
    for (size_t i = 0; i < TLSF_COUNTOF(rows); i++) {
        ce_config *config = new_config(arena, CE_NGINX, name);
        ce_openssl_conf conf;

        config->release = rows[i].release;
        ce_openssl_conf_read(config, &conf);
        ck_assert_str_eq(
            ce_arena_text(arena,
                          ce_openssl_conf_find(&conf, "Protocol")->value),
            rows[i].value);
    }
    unlink(name);
    ce_arena_free(arena);
}
END_TEST

START_TEST(nothing_is_read_for_another_machine)
{
    ce_arena *arena = ce_arena_new();
    ce_openssl_conf conf;

    ce_openssl_conf_read(new_config(arena, CE_APACHE, NULL), &conf);
    ck_assert_uint_eq(conf.n, 0);
    ce_openssl_conf_read(new_config(arena, CE_APACHE, "/nonexistent"), &conf);
    ck_assert_uint_eq(conf.n, 0);
    ce_arena_free(arena);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit openssl_conf");
    TCase *t = tcase_create("openssl_conf");

    tcase_add_loop_test(t, lines_count, 0, TLSF_COUNTOF(files));
    tcase_add_test(t, includes_are_followed);
    tcase_add_test(t, nginx_has_its_own_name);
    tcase_add_test(t, nothing_is_read_for_another_machine);
    suite_add_tcase(suite, t);
    return suite;
}
