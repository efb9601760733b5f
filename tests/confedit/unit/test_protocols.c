/* SPDX-License-Identifier: Apache-2.0 */
/* The servers' words for protocols, as measured on the servers. */
#include "unit/check_main.h"

#include "protocols.h"
#include "tlsf_err.h"

static const struct {
    const char *words;
    const char *set;    /* of the words; NULL: refused */
    const char *served; /* what mod_ssl makes of it */
} apache[] = {
    {"all -SSLv2 -SSLv3", "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3", NULL},
    {"all -SSLv2 -SSLv3 -TLSv1 -TLSv1.1", "TLSv1.2 TLSv1.3", NULL},
    {"TLSv1.2", "TLSv1.2", NULL},
    {"TLSv1.2 TLSv1.3", "TLSv1.3", NULL},
    {"TLSv1.3 TLSv1.2", "TLSv1.2", NULL},
    {"TLSv1.2 +TLSv1.3", "TLSv1.2 TLSv1.3", NULL},
    {"+TLSv1.2 +TLSv1.3", "TLSv1.2 TLSv1.3", NULL},
    {"-all +TLSv1.2", "TLSv1.2", NULL},
    {"-TLSv1 all", "SSLv3 TLSv1 TLSv1.1 TLSv1.2 TLSv1.3", NULL},
    {"ALL -tlsv1 -TLSV1.1", "SSLv3 TLSv1.2 TLSv1.3", "TLSv1.2 TLSv1.3"},
    {"+TLSv1 +TLSv1.2 +TLSv1.3", "TLSv1 TLSv1.2 TLSv1.3", "TLSv1.2 TLSv1.3"},
    {"+TLSv1 +TLSv1.3", "TLSv1 TLSv1.3", "TLSv1.3"},
    {"\"all\" '-TLSv1'", "SSLv3 TLSv1.1 TLSv1.2 TLSv1.3",
     "TLSv1.1 TLSv1.2 TLSv1.3"},
    {"+SSLv2", NULL, NULL},
    {"SSLv2", NULL, NULL},
    {"TLSv1.0", NULL, NULL},
    {"\"all -SSLv3\"", NULL, NULL},
    {"+", NULL, NULL},
    {"TLSv1.2,TLSv1.3", NULL, NULL},
};

START_TEST(apache_reads_words)
{
    ce_arena *arena = ce_arena_new();
    const char *name = apache[_i].words;
    const char *served =
        apache[_i].served != NULL ? apache[_i].served : apache[_i].set;
    unsigned set;
    unsigned resets;
    tlsf_str bad;
    int result =
        ce_apache_protocols(arena, tlsf_str_of(name), &set, &resets, &bad);

    if (apache[_i].set == NULL) {
        ck_assert_msg(result == TLSF_EINVAL, "%s", name);
    } else {
        ck_assert_msg(result == TLSF_OK, "%s", name);
        ck_assert_str_eq(ce_set_text(arena, set), apache[_i].set);
        ck_assert_str_eq(
            ce_set_text(arena, ce_limits_admit(ce_apache_limits(set))), served);
    }
    ce_arena_free(arena);
}
END_TEST

START_TEST(apache_empty_sets)
{
    static const char *const empty[] = {"", "-SSLv3", "TLSv1 -TLSv1", "-SSLv2"};
    ce_arena *arena = ce_arena_new();
    unsigned set;
    unsigned resets;
    tlsf_str bad;

    for (size_t i = 0; i < TLSF_COUNTOF(empty); i++) {
        ck_assert_int_eq(ce_apache_protocols(arena, tlsf_str_of(empty[i]), &set,
                                             &resets, &bad),
                         TLSF_OK);
        ck_assert_uint_eq(set, 0);
    }
    ce_arena_free(arena);
}
END_TEST

static const struct {
    unsigned release[3];
    const char *set;
} defaults[] = {
    {{1, 18, 0}, "TLSv1 TLSv1.1 TLSv1.2"},
    {{1, 22, 1}, "TLSv1 TLSv1.1 TLSv1.2"},
    {{1, 23, 3}, "TLSv1 TLSv1.1 TLSv1.2"},
    {{1, 23, 4}, "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3"},
    {{1, 27, 2}, "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3"},
    {{1, 27, 3}, "TLSv1.2 TLSv1.3"},
    {{1, 31, 5}, "TLSv1.2 TLSv1.3"},
};

START_TEST(nginx_has_defaults)
{
    ce_arena *arena = ce_arena_new();

    ck_assert_str_eq(ce_set_text(arena, ce_nginx_default(defaults[_i].release)),
                     defaults[_i].set);
    ce_arena_free(arena);
}
END_TEST

static const struct {
    bool is_nginx; /* limits by nginx, else by mod_ssl */
    const char *name;
    const char *value;
    int result;
    const char *set; /* of TLSv1.2 alone, afterwards */
} commands[] = {
    {true, "Protocol", "ALL,-SSLv3", 1, "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3"},
    {true, "MinProtocol", "TLSv1", 1, "TLSv1.2"},
    {true, "MinProtocol", "TLSv1.3", 1, "none"},
    {true, "MaxProtocol", "TLSv1.1", 1, "none"},
    {false, "MinProtocol", "TLSv1", 1, "TLSv1 TLSv1.1 TLSv1.2"},
    {false, "Protocol", "ALL", 1, "TLSv1.2"},
    {false, "Protocol", "-TLSv1.2", 1, "none"},
    {false, "maxprotocol", "None", 1, "TLSv1.2 TLSv1.3"},
    {false, "Curves", "P-256", 0, "TLSv1.2"},
    {false, "MinProtocol", "tlsv1", -1, "TLSv1.2"},
    {true, "Protocol", "TLS1", -1, "TLSv1.2"},
};

START_TEST(commands_widen_and_narrow)
{
    ce_arena *arena = ce_arena_new();
    unsigned set = CE_BIT(TLSF_TLSV12);
    ce_limits limits =
        commands[_i].is_nginx ? ce_nginx_limits(set) : ce_apache_limits(set);

    ck_assert_int_eq(ce_limits_command(&limits, tlsf_str_of(commands[_i].name),
                                       tlsf_str_of(commands[_i].value)),
                     commands[_i].result);
    ck_assert_str_eq(ce_set_text(arena, ce_limits_admit(limits)),
                     commands[_i].set);
    ce_arena_free(arena);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit protocols");
    TCase *t = tcase_create("protocols");

    tcase_add_loop_test(t, apache_reads_words, 0, TLSF_COUNTOF(apache));
    tcase_add_test(t, apache_empty_sets);
    tcase_add_loop_test(t, nginx_has_defaults, 0, TLSF_COUNTOF(defaults));
    tcase_add_loop_test(t, commands_widen_and_narrow, 0,
                        TLSF_COUNTOF(commands));
    suite_add_tcase(suite, t);
    return suite;
}
