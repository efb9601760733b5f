/* SPDX-License-Identifier: Apache-2.0 */
/* Handshakes with servers that speak this and that. */
#include "unit/check_main.h"

#include "clock.h"
#include "commit_signal.h"
#include "confedit/unit/tls_server.h"
#include "link.h"
#include "probe.h"

static const struct {
    const char *name;
    service service;
    const char *set;
    const char *problem; /* a part of it; NULL: none */
    const char *unknown; /* NULL: none */
} servers[] = {
    {"all",
     {TLS, TLS1_VERSION, TLS1_3_VERSION, NULL},
     "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3",
     NULL,
     NULL},
    {"1.2 and 1.3",
     {TLS, TLS1_2_VERSION, TLS1_3_VERSION, NULL},
     "TLSv1.2 TLSv1.3",
     NULL,
     NULL},
    {"1.0 alone", {TLS, TLS1_VERSION, TLS1_VERSION, NULL}, "TLSv1", NULL, NULL},
    {"1.1 alone",
     {TLS, TLS1_1_VERSION, TLS1_1_VERSION, NULL},
     "TLSv1.1",
     NULL,
     NULL},
    {"1.3 alone",
     {TLS, TLS1_3_VERSION, TLS1_3_VERSION, NULL},
     "TLSv1.3",
     NULL,
     NULL},
    {"a client's certificate is wanted",
     {WANTS_CERTIFICATE, TLS1_VERSION, TLS1_2_VERSION, NULL},
     "TLSv1 TLSv1.1 TLSv1.2",
     NULL,
     NULL},
    {"PROXY protocol",
     {TLS, TLS1_2_VERSION, TLS1_2_VERSION, "PROXY TCP4 127.0.0.1 127.0.0.1 "},
     "TLSv1.2",
     NULL,
     NULL},
    {"closes",
     {CLOSES, 0, 0, NULL},
     "none",
     "without an answer in TLS",
     "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3"},
    {"a word for all but one",
     {CLOSES_ON_10, TLS1_VERSION, TLS1_2_VERSION, NULL},
     "TLSv1.1 TLSv1.2",
     NULL,
     "TLSv1"},
    {"drops half",
     {DROPS_HALF, TLS1_VERSION, TLS1_3_VERSION, NULL},
     "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3",
     NULL,
     NULL},
    {"resets half",
     {RESETS_HALF, TLS1_VERSION, TLS1_3_VERSION, NULL},
     "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3",
     NULL,
     NULL},
    {"plain", {SPEAKS_HTTP, 0, 0, NULL}, "none", "not TLS", NULL},
};

START_TEST(server)
{
    ce_arena *arena = ce_arena_new();
    char port[16];
    pid_t pid = start(&servers[_i].service, port, sizeof(port));
    ce_target target = {.host = "127.0.0.1",
                        .port = port,
                        .name = "a.test",
                        .is_proxied = servers[_i].service.line != NULL};
    ce_probe probe;

    ce_probe_run(arena, &target, &probe);
    stop(pid);
    ck_assert_msg(strcmp(ce_set_text(arena, probe.set), servers[_i].set) == 0,
                  "%s: %s", servers[_i].name, ce_set_text(arena, probe.set));
    ck_assert_uint_eq(probe.rescued, 0);
    ck_assert_uint_eq(probe.untried, 0);
    ck_assert_str_eq(ce_set_text(arena, probe.unknown),
                     servers[_i].unknown == NULL ? "none"
                                                 : servers[_i].unknown);
    if (servers[_i].unknown != NULL && servers[_i].problem == NULL) {
        ck_assert_str_eq(ce_probe_doubt(arena, &probe),
                         "whether it serves TLSv1 is not known: the connection "
                         "is closed without a word");
    }
    ck_assert_str_eq(probe.address, "127.0.0.1");
    if (servers[_i].problem == NULL) {
        ck_assert_msg(probe.problem == NULL, "%s: %s", servers[_i].name,
                      probe.problem);
    } else {
        ck_assert_ptr_nonnull(probe.problem);
        ck_assert_ptr_nonnull(strstr(probe.problem, servers[_i].problem));
    }
    ce_arena_free(arena);
}
END_TEST

START_TEST(nobody_is_there)
{
    ce_arena *arena = ce_arena_new();
    ce_target target = {.host = "127.0.0.1", .port = "1"};
    ce_probe probe;

    ce_probe_run(arena, &target, &probe);
    ck_assert_ptr_null(probe.address);
    ck_assert_ptr_nonnull(probe.problem);
    ck_assert_ptr_nonnull(strstr(probe.problem, "no connection"));
    target.host = "nonexistent.invalid";
    ce_probe_run(arena, &target, &probe);
    ck_assert_ptr_null(probe.address);
    ck_assert_ptr_nonnull(probe.problem);
    ce_arena_free(arena);
}
END_TEST

/* Many at once are found to be what each of them is alone. */
START_TEST(many)
{
    enum { N = 60 };
    static const service kinds[] = {{TLS, TLS1_2_VERSION, TLS1_3_VERSION, NULL},
                                    {TLS, TLS1_VERSION, TLS1_2_VERSION, NULL},
                                    {SPEAKS_HTTP, 0, 0, NULL}};
    static const char *const sets[] = {"TLSv1.2 TLSv1.3",
                                       "TLSv1 TLSv1.1 TLSv1.2", "none", "none"};
    static const char *const problems[] = {NULL, NULL, "the answer is not TLS",
                                           "no connection: Connection refused"};
    ce_arena *arena = ce_arena_new();
    char ports[4][16] = {"", "", "", "1"};
    pid_t pids[3];
    ce_target targets[N];
    const ce_target *list[N];
    ce_probe probes[N];

    for (size_t i = 0; i < 3; i++) {
        pids[i] = start(&kinds[i], ports[i], sizeof(ports[i]));
    }
    for (size_t i = 0; i < N; i++) {
        targets[i] = (ce_target){.host = "127.0.0.1", .port = ports[i % 4]};
        list[i] = &targets[i];
    }
    ce_probe_all(arena, list, N, probes);
    for (size_t i = 0; i < 3; i++) {
        stop(pids[i]);
    }
    for (size_t i = 0; i < N; i++) {
        const char *problem = problems[i % 4];

        ck_assert_str_eq(ce_set_text(arena, probes[i].set), sets[i % 4]);
        if (i % 4 == 3) {
            ck_assert_ptr_null(probes[i].address);
        } else {
            ck_assert_str_eq(probes[i].address, "127.0.0.1");
        }
        if (problem == NULL) {
            ck_assert_ptr_null(probes[i].problem);
        } else {
            ck_assert_str_eq(probes[i].problem, problem);
        }
    }
    ce_arena_free(arena);
}
END_TEST

/* A signal that is held back ends the visits, although nobody answers. */
START_TEST(many_are_given_up)
{
    enum { N = 20 };
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(at);
    int door = socket(AF_INET, SOCK_STREAM, 0);
    ce_arena *arena = ce_arena_new();
    char port[16];
    ce_target target = {.host = "127.0.0.1", .port = port};
    const ce_target *list[N];
    ce_probe probes[N];
    pid_t self = getpid();

    ck_assert_int_eq(bind(door, (struct sockaddr *)&at, n), 0);
    ck_assert_int_eq(listen(door, 2 * N), 0);
    ck_assert_int_eq(getsockname(door, (struct sockaddr *)&at, &n), 0);
    snprintf(port, sizeof(port), "%d", ntohs(at.sin_port));
    for (size_t i = 0; i < N; i++) {
        list[i] = &target;
    }
    ce_signals_hold();
    pid_t killer = fork();
    if (killer == 0) {
        usleep(300000);
        kill(self, SIGTERM);
        _exit(0);
    }
    int64_t begun = ce_clock_ms();
    ce_probe_all(arena, list, N, probes);
    ck_assert_int_lt(ce_clock_ms() - begun, CE_LINK_STEP_MS);
    ce_signals_release();
    waitpid(killer, NULL, 0);
    close(door);
    for (size_t i = 0; i < N; i++) {
        ck_assert_str_eq(probes[i].problem, "a signal came");
        ck_assert_ptr_null(probes[i].address);
    }
    ce_arena_free(arena);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit probe");
    TCase *t = tcase_create("probe");

    tcase_add_loop_test(t, server, 0, TLSF_COUNTOF(servers));
    tcase_add_test(t, nobody_is_there);
    tcase_add_test(t, many);
    tcase_add_test(t, many_are_given_up);
    tcase_set_timeout(t, 60);
    suite_add_tcase(suite, t);
    return suite;
}
