/* SPDX-License-Identifier: Apache-2.0 */
/* Apache's conditions, as reality.sh shows them on the server. */
#include "unit/check_main.h"

#include <stdlib.h>
#include <unistd.h>

#include "reader.h"

/* A server 2.4.62 with mod_ssl, -D OPEN, and nothing else. */
static ce_config *
new_config(ce_arena *arena, const char *folder)
{
    ce_config *config = ce_arena_alloc(arena, sizeof(ce_config));

    config->arena = arena;
    config->files = ce_arena_alloc(arena, sizeof(ce_files));
    config->files->arena = arena;
    config->kind = CE_APACHE;
    config->folder = folder;
    config->release = CE_RELEASE(2, 4, 62);
    ce_defines_set(arena, &config->defines, "OPEN", NULL);
    ce_apache_load(config, TLSF_LIT("ssl_module"));
    ce_apache_load(config, TLSF_LIT("mpm_event_module"));
    return config;
}

static const struct {
    ce_id id;
    const char *args;
    ce_taken taken; /* when the modules are known */
} cases[] = {
    {CE_A_IF_DEFINE, "OPEN>", CE_TAKEN},
    {CE_A_IF_DEFINE, " OPEN >", CE_TAKEN},
    {CE_A_IF_DEFINE, "!OPEN>", CE_NOT_TAKEN},
    {CE_A_IF_DEFINE, "open>", CE_NOT_TAKEN},
    {CE_A_IF_DEFINE, "!SHUT>", CE_TAKEN},
    {CE_A_IF_MODULE, "ssl_module>", CE_TAKEN},
    {CE_A_IF_MODULE, "mod_ssl.c>", CE_TAKEN},
    {CE_A_IF_MODULE, "!mod_ssl.c>", CE_NOT_TAKEN},
    {CE_A_IF_MODULE, "event.c>", CE_TAKEN},
    {CE_A_IF_MODULE, "mod_tls.c>", CE_NOT_TAKEN},
    {CE_A_IF_MODULE, "!mod_tls.c>", CE_TAKEN},
    {CE_A_IF_VERSION, "2.4>", CE_NOT_TAKEN},
    {CE_A_IF_VERSION, "2.4.62>", CE_TAKEN},
    {CE_A_IF_VERSION, "= 2.4.62>", CE_TAKEN},
    {CE_A_IF_VERSION, "!= 2.4.62>", CE_NOT_TAKEN},
    {CE_A_IF_VERSION, ">= 2.4>", CE_TAKEN},
    {CE_A_IF_VERSION, "> 2.4.62>", CE_NOT_TAKEN},
    {CE_A_IF_VERSION, "< 2.5>", CE_TAKEN},
    {CE_A_IF_VERSION, "!< 2.5>", CE_NOT_TAKEN},
    {CE_A_IF_VERSION, "<= 2>", CE_NOT_TAKEN},
    {CE_A_IF_VERSION, "~ ^2\\.4>", CE_TAKEN},
    {CE_A_IF_VERSION, "!~ ^2\\.4>", CE_NOT_TAKEN},
    {CE_A_IF_VERSION, "= /^2\\.2/>", CE_NOT_TAKEN},
    {CE_A_IF_VERSION, ">= two>", CE_UNDECIDED},
    {CE_A_IF_FILE, "there>", CE_TAKEN},
    {CE_A_IF_FILE, "\"there\">", CE_TAKEN},
    {CE_A_IF_FILE, "!there>", CE_NOT_TAKEN},
    {CE_A_IF_FILE, "/nonexistent>", CE_NOT_TAKEN},
    {CE_A_IF_DIRECTIVE, "SSLProtocol>", CE_TAKEN},
    {CE_A_IF_DIRECTIVE, "!sslprotocol>", CE_NOT_TAKEN},
    {CE_A_IF_DIRECTIVE, "Use>", CE_NOT_TAKEN},
    {CE_A_IF_DIRECTIVE, "Include>", CE_TAKEN},
    {CE_A_IF_DIRECTIVE, "SSLPolicy>", CE_UNDECIDED},
    {CE_A_IF_DIRECTIVE, "!H2Push>", CE_UNDECIDED},
    {CE_A_IF_SECTION, "VirtualHost>", CE_TAKEN},
    {CE_A_IF_SECTION, "!ifdefine>", CE_NOT_TAKEN},
    {CE_A_IF_SECTION, "Macro>", CE_NOT_TAKEN},
    {CE_A_IF_SECTION, "Proxy>", CE_UNDECIDED},
};

START_TEST(conditions_are_judged)
{
    ce_arena *arena = ce_arena_new();
    char folder[] = "/tmp/condition-XXXXXX";

    ck_assert_ptr_nonnull(mkdtemp(folder));
    const char *file = ce_arena_format(arena, "%s/there", folder);
    FILE *f = fopen(file, "w");
    ck_assert_ptr_nonnull(f);
    fclose(f);

    ce_config *config = new_config(arena, folder);
    const char *why = NULL;
    tlsf_str args = tlsf_str_of(cases[_i].args);

    config->knows_modules = true;
    ck_assert_msg(ce_apache_judge(config, cases[_i].id, args, NULL, &why) ==
                      cases[_i].taken,
                  "%s", cases[_i].args);
    ck_assert_int_eq(why != NULL, cases[_i].taken == CE_UNDECIDED);

    why = NULL;
    ck_assert_int_eq(ce_apache_judge(config, cases[_i].id, args, "NAME", &why),
                     CE_UNDECIDED);
    ck_assert_ptr_nonnull(why);
    unlink(file);
    rmdir(folder);
    ce_arena_free(arena);
}
END_TEST

/* Modules may be built in, and a release may be missing. */
START_TEST(what_is_not_known_is_not_guessed)
{
    ce_arena *arena = ce_arena_new();
    ce_config *config = new_config(arena, "/");
    const char *why = NULL;

    ck_assert_int_eq(ce_apache_judge(config, CE_A_IF_MODULE,
                                     TLSF_LIT("mod_tls.c>"), NULL, &why),
                     CE_UNDECIDED);
    ck_assert_int_eq(ce_apache_judge(config, CE_A_IF_MODULE,
                                     TLSF_LIT("!mod_tls.c>"), NULL, &why),
                     CE_UNDECIDED);
    ck_assert_int_eq(ce_apache_judge(config, CE_A_IF_MODULE,
                                     TLSF_LIT("core.c>"), NULL, &why),
                     CE_TAKEN);
    config->release = CE_RELEASE(0, 0, 0);
    ck_assert_int_eq(ce_apache_judge(config, CE_A_IF_VERSION,
                                     TLSF_LIT(">= 2.4>"), NULL, &why),
                     CE_UNDECIDED);
    ce_arena_free(arena);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit condition");
    TCase *t = tcase_create("condition");

    tcase_add_loop_test(t, conditions_are_judged, 0, TLSF_COUNTOF(cases));
    tcase_add_test(t, what_is_not_known_is_not_guessed);
    suite_add_tcase(suite, t);
    return suite;
}
