/* SPDX-License-Identifier: Apache-2.0 */
/* Visits and their verdicts: what a server negotiates against what the model
 * says that it should. */
#include "unit/check_main.h"

#include <stdlib.h>

#include "confedit/unit/tls_server.h"
#include "verify.h"

#define OLD    CE_BIT(TLSF_TLSV1)
#define MODERN (CE_BIT(TLSF_TLSV12) | CE_BIT(TLSF_TLSV13))

static const struct {
    const char *name;
    unsigned set;   /* that it should serve */
    service before; /* TLS alone counts; min 0: it was not visited */
    service now;
    ce_verified is;
    const char *said; /* a part of it; NULL: nothing */
} rows[] = {
    {"as it should",
     MODERN,
     {.min = TLS1_VERSION},
     {TLS, TLS1_2_VERSION, TLS1_3_VERSION, NULL},
     CE_VERIFY_HOLDS,
     NULL},
    {"an old one is served",
     MODERN,
     {.min = TLS1_VERSION},
     {TLS, TLS1_VERSION, TLS1_3_VERSION, NULL},
     CE_VERIFY_FAILS,
     "still serves TLSv1 TLSv1.1"},
    {"connections are dropped now and then",
     MODERN,
     {.min = TLS1_VERSION},
     {DROPS_HALF, TLS1_VERSION, TLS1_3_VERSION, NULL},
     CE_VERIFY_FAILS,
     "still serves TLSv1 TLSv1.1"},
    {"no word about an old one",
     MODERN,
     {.min = TLS1_VERSION},
     {CLOSES_ON_10, TLS1_2_VERSION, TLS1_3_VERSION, NULL},
     CE_VERIFY_PARTLY,
     "whether it serves TLSv1 is not known"},
    {"a new one is lost",
     MODERN,
     {.min = TLS1_VERSION},
     {TLS, TLS1_2_VERSION, TLS1_2_VERSION, NULL},
     CE_VERIFY_FAILS,
     "does not serve TLSv1.3"},
    {"a new one was never there",
     MODERN,
     {TLS, TLS1_VERSION, TLS1_2_VERSION, NULL},
     {TLS, TLS1_2_VERSION, TLS1_2_VERSION, NULL},
     CE_VERIFY_PARTLY,
     "does not serve TLSv1.3"},
    {"an old one is not there",
     OLD | MODERN,
     {.min = 0},
     {TLS, TLS1_2_VERSION, TLS1_3_VERSION, NULL},
     CE_VERIFY_PARTLY,
     "does not serve TLSv1"},
    {"nobody is answered any more",
     MODERN,
     {.min = TLS1_VERSION},
     {CLOSES, 0, 0, NULL},
     CE_VERIFY_FAILS,
     "every connection is closed"},
    {"nobody is answered, now and perhaps before",
     MODERN,
     {.min = 0},
     {CLOSES, 0, 0, NULL},
     CE_VERIFY_PARTLY,
     "every connection is closed"},
};

/* The visits of a server at a port. */
static ce_verified
verify(ce_arena *arena, const char *port, unsigned set, const ce_visits *before,
       ce_visits *visits)
{
    ce_options options = {.arena = arena};
    ce_config config = {.kind = CE_NGINX, .arena = arena};
    ce_endpoint endpoint = {
        .address = tlsf_str_of(ce_arena_format(arena, "127.0.0.1:%s", port)),
        .port = (unsigned)strtoul(port, NULL, 10),
        .is_tls = true,
        .set = set};
    tlsf_str name = TLSF_LIT("a.test");
    ce_server server = {
        .names = &name, .n_names = 1, .endpoints = &endpoint, .n_endpoints = 1};
    ce_model model = {.config = &config, .servers = &server, .n = 1};
    ce_run run = {.options = &options};

    options.has[CE_OPTION_QUIET] = true;
    return before == NULL
               ? ce_verify(&run, &model, visits)
               : ce_verify_change(&run, &model, NULL, before, visits);
}

START_TEST(verdict)
{
    ce_arena *arena = ce_arena_new();
    ce_visits visits = {NULL, 0, 0};
    char port[16];
    pid_t pid = start(&rows[_i].now, port, sizeof(port));
    ce_visit was = {.address = ce_arena_format(arena, "127.0.0.1:%s", port),
                    .name = "a.test",
                    .set = rows[_i].before.max == TLS1_2_VERSION
                               ? OLD | CE_BIT(TLSF_TLSV12)
                               : OLD | MODERN,
                    .was_visited = true};
    ce_visits before = {&was, rows[_i].before.min != 0, 0};
    ce_verified is = verify(arena, port, rows[_i].set, &before, &visits);

    stop(pid);
    ck_assert_uint_eq(visits.n, 1);
    const char *problem = visits.list[0].problem;
    ck_assert_msg(is == rows[_i].is, "%s: %d, %s", rows[_i].name, is, problem);
    if (rows[_i].said == NULL) {
        ck_assert_ptr_null(problem);
    } else {
        ck_assert_ptr_nonnull(problem);
        ck_assert_msg(strstr(problem, rows[_i].said) != NULL, "%s: %s",
                      rows[_i].name, problem);
    }
    ce_arena_free(arena);
}
END_TEST

/* Also without any change before it. */
START_TEST(without_a_change)
{
    static const service both = {TLS, TLS1_VERSION, TLS1_3_VERSION, NULL};
    ce_arena *arena = ce_arena_new();
    ce_visits visits = {NULL, 0, 0};
    char port[16];
    pid_t pid = start(&both, port, sizeof(port));

    ck_assert_int_eq(verify(arena, port, MODERN, NULL, &visits),
                     CE_VERIFY_FAILS);
    ck_assert_int_eq(verify(arena, port, OLD | CE_BIT(TLSF_TLSV11) | MODERN,
                            NULL, &(ce_visits){NULL, 0, 0}),
                     CE_VERIFY_HOLDS);
    stop(pid);
    ck_assert_int_eq(verify(arena, port, MODERN, NULL, &visits),
                     CE_VERIFY_PARTLY);
    ck_assert_uint_eq(visits.n, 2);
    ck_assert(!visits.list[1].was_visited);
    ce_arena_free(arena);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit verify");
    TCase *t = tcase_create("verify");

    tcase_add_loop_test(t, verdict, 0, TLSF_COUNTOF(rows));
    tcase_add_test(t, without_a_change);
    tcase_set_timeout(t, 60);
    suite_add_tcase(suite, t);
    return suite;
}
