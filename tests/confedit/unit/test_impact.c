/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics texts, and what they allow. */
#include "unit/check_main.h"

#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "fetch.h"
#include "impact.h"
#include "openmetrics.h"

static const struct {
    const char *text;
    const char *read; /* name{label=value}value, one per sample; "!" broken */
} texts[] = {
    {"a 1\n", "a{}1 "},
    {"a 1", "a{}1 "},
    {"", ""},
    {"# HELP a b\n\na 1\n# EOF\n", "a{}1 "},
    {"a{b=\"c\"} 1.5\r\n", "a{b=c}1.5 "},
    {"a{b=\"c\",d=\"e\"} 1 1700000000\n", "a{b=c,d=e}1 "},
    {"a{b=\"c\",} 2\n", "a{b=c}2 "},
    {"a{} 2\n", "a{}2 "},
    {"a{b=\"x\\\"y\\\\z\\n\"} 3\n", "a{b=x\"y\\z\n}3 "},
    {"a{b=\"}{ #\"} 3 # {t=\"1\"} 4\n", "a{b=}{ #}3 "},
    {"a 1e3\na:b_c9 +Inf\n", "a{}1000 a:b_c9{}inf "},
    {"a{b=\"c} 1\n", "!"},
    {"a{b=c} 1\n", "!"},
    {"a{b=\"c\" d=\"e\"} 1\n", "!"},
    {"a\n", "!"},
    {"a x\n", "!"},
    {"a{b=\"c\\", "!"},
    {"<html>\n", "!"},
    {"a 1\n9 1\n", "a{}1 !"},
};

START_TEST(samples)
{
    ce_arena *arena = ce_arena_new();
    tlsf_str text = tlsf_str_of(texts[_i].text);
    const char *read = "";
    ce_sample s;
    size_t at = 0;
    int found;

    while ((found = ce_openmetrics_next(arena, text, &at, &s)) > 0) {
        read = ce_arena_format(arena, "%s%.*s{", read, (int)s.name.len,
                               s.name.data);
        for (size_t i = 0; i < s.n; i++) {
            read = ce_arena_format(
                arena, "%s%s%.*s=%.*s", read, i == 0 ? "" : ",",
                (int)s.labels[i].name.len, s.labels[i].name.data,
                (int)s.labels[i].value.len, s.labels[i].value.data);
        }
        read = ce_arena_format(arena, "%s}%g ", read, s.value);
    }
    if (found < 0) {
        read = ce_arena_format(arena, "%s!", read);
    }
    ck_assert_str_eq(read, texts[_i].read);
    ce_arena_free(arena);
}
END_TEST

/* Every cut of a text is read without a step past its end (under ASan). */
START_TEST(cuts)
{
    static const char whole[] = "# x\na{b=\"c\\n\",d=\"e\"} 1 2\nb 3\n";
    ce_arena *arena = ce_arena_new();

    for (size_t n = 0; n < sizeof(whole); n++) {
        char *copy = malloc(n + 1);
        ce_sample s;
        size_t at = 0;

        ck_assert_ptr_nonnull(copy);
        memcpy(copy, whole, n);
        copy = realloc(copy, n == 0 ? 1 : n);
        while (ce_openmetrics_next(arena, (tlsf_str){copy, n}, &at, &s) > 0) {
        }
        free(copy);
    }
    ce_arena_free(arena);
}
END_TEST

/* 2,000 requests of which 20 came with TLS 1.0 or 1.1; a client an hour ago.
 * Such clients are looked for since a month ago at a.test, since ten minutes
 * at few.test; of _ that is not told. */
static const char metrics[] =
    "tlsfloor_requests_total{vhost=\"a.test:443\",version=\"TLSv1\","
    "action=\"pass\"} 12\n"
    "tlsfloor_requests_total{vhost=\"a.test:443\",version=\"TLSv1.1\","
    "action=\"page\"} 8\n"
    "tlsfloor_requests_total{vhost=\"a.test:443\",version=\"TLSv1.3\","
    "action=\"pass\"} 1980\n"
    "tlsfloor_requests_total{vhost=\"few.test:443\",version=\"TLSv1.3\","
    "action=\"pass\"} 999\n"
    "tlsfloor_requests_total{vhost=\"gone.test:443\",version=\"TLSv1.3\","
    "action=\"pass\"} 5000\n"
    "tlsfloor_requests_total{vhost=\"~^x\\\\d\\\"Y:8443\",version=\"TLSv1.3\","
    "action=\"pass\"} 5000\n"
    "tlsfloor_requests_total{vhost=\"_:443\",version=\"other\","
    "action=\"pass\"} 1000\n"
    "tlsfloor_last_below_floor_timestamp_seconds{vhost=\"a.test:443\"} %lld\n"
    "tlsfloor_watching_since_timestamp_seconds{vhost=\"a.test:443\"} %lld\n"
    "tlsfloor_watching_since_timestamp_seconds{vhost=\"few.test:443\"} %lld\n"
    "tlsfloor_stage_info{vhost=\"a.test:443\",floor=\"TLSv1.2\"} 1\n"
    "tlsfloor_stage_info{vhost=\"few.test:443\",floor=\"TLSv1.2\"} 1\n"
    "tlsfloor_stage_info{vhost=\"~^x\\\\d\\\"Y:8443\",floor=\"TLSv1.2\"} 1\n"
    "tlsfloor_stage_info{vhost=\"_:443\",floor=\"TLSv1.2\"} 1\n"
    "# EOF\n";

static const struct {
    const char *name; /* of the server */
    unsigned ports[2];
    const char *floor;
    const char *options[2];
    int status;
} judged[] = {
    {"a.test", {443}, "TLSv1.2", {"--max-impact=1%"}, CE_DONE},
    {"a.test", {443}, "TLSv1.2", {"--max-impact=0.9%"}, CE_BELOW},
    {"a.test", {443}, "TLSv1.2", {"--max-impact=0"}, CE_BELOW},
    {"a.test", {443}, "TLSv1.1", {"--max-impact=0.006"}, CE_DONE},
    {"a.test", {443}, "TLSv1.1", {"--max-impact=0.005"}, CE_BELOW},
    {"A.Test", {8443, 443}, "TLSv1.2", {"--max-impact=1%"}, CE_DONE},
    {".a.test", {443}, "TLSv1.2", {"--max-impact=1%"}, CE_DONE},
    {"https://a.test:443", {443}, "TLSv1.2", {"--max-impact=1%"}, CE_DONE},
    {"a.test", {8443}, "TLSv1.2", {"--max-impact=100%"}, CE_NOT_LIVE},
    {"b.test", {443}, "TLSv1.2", {"--max-impact=100%"}, CE_NOT_LIVE},
    {"few.test", {443}, "TLSv1.2", {"--max-impact=1%"}, CE_NOT_LIVE},
    {"gone.test", {443}, "TLSv1.2", {"--max-impact=1%"}, CE_NOT_LIVE},
    {"~^x\\d\"Y", {8443}, "TLSv1.2", {"--max-impact=0"}, CE_DONE},
    {NULL, {443}, "TLSv1.2", {"--max-impact=0"}, CE_DONE},
    {"_", {443}, "TLSv1.2", {"--max-impact=0"}, CE_DONE},
    {"a.test", {443}, "TLSv1.2", {"--unseen-for=50m"}, CE_DONE},
    {"a.test", {443}, "TLSv1.2", {"--unseen-for=61m"}, CE_BELOW},
    {"few.test", {443}, "TLSv1.2", {"--unseen-for=9m"}, CE_DONE},
    {"few.test", {443}, "TLSv1.2", {"--unseen-for=11m"}, CE_BELOW},
    {"few.test", {443}, "TLSv1.2", {"--unseen-for=14d"}, CE_BELOW},
    {"_", {443}, "TLSv1.2", {"--unseen-for=1s"}, CE_NOT_LIVE},
    {"gone.test", {443}, "TLSv1.2", {"--unseen-for=14d"}, CE_NOT_LIVE},
    {"a.test", {443}, "TLSv1.3", {"--unseen-for=1s"}, CE_NOT_LIVE},
    {"a.test",
     {443},
     "TLSv1.2",
     {"--max-impact=1%", "--unseen-for=14d"},
     CE_BELOW},
    {"a.test", {443}, "TLSv1.2", {NULL}, CE_DONE},
};

/* The metrics' file; each test has a process of its own. */
static char path[] = "/tmp/confedit-impact-XXXXXX";

static const char *
write_metrics(ce_arena *arena, const char *text)
{
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    return ce_arena_format(arena, "--metrics=file://%s", path);
}

static int
judge(ce_arena *arena, const char *metrics_option, int i)
{
    ce_options options = {.arena = arena};
    ce_endpoint endpoints[] = {{.is_tls = true, .port = judged[i].ports[0]},
                               {.is_tls = true, .port = judged[i].ports[1]},
                               {.is_tls = false, .port = 80}};
    tlsf_str name = tlsf_str_of(judged[i].name);
    ce_node node = {.id = CE_N_SERVER};
    ce_server server = {.node = &node,
                        .names = &name,
                        .n_names = judged[i].name != NULL,
                        .endpoints = endpoints,
                        .n_endpoints = 3};
    const ce_server *servers[] = {&server};
    const char *argv[] = {ce_arena_format(arena, "--floor=%s", judged[i].floor),
                          metrics_option, judged[i].options[0],
                          judged[i].options[1], NULL};

    ck_assert_int_eq(ce_options_parse(&options, CE_RAISE, argv), CE_DONE);
    return ce_impact(&options, servers, 1);
}

START_TEST(hosts)
{
    ce_arena *arena = ce_arena_new();
    long long now = time(NULL);
    const char *option =
        write_metrics(arena, ce_arena_format(arena, metrics, now - 3600,
                                             now - 30 * 86400, now - 600));
    int status = judge(arena, option, _i);

    unlink(path);
    ck_assert_int_eq(status, judged[_i].status);
    ce_arena_free(arena);
}
END_TEST

START_TEST(no_metrics)
{
    ce_arena *arena = ce_arena_new();

    ck_assert_int_eq(judge(arena, "--metrics=file:///nonexistent/x", 0),
                     CE_NOT_LIVE);
    ck_assert_int_eq(judge(arena, "--metrics=ftp://127.0.0.1/", 0), CE_USAGE);
    ck_assert_int_eq(judge(arena, "--metrics=127.0.0.1:1/", 0), CE_USAGE);
    ck_assert_int_eq(judge(arena, "--metrics=HTTP://127.0.0.1:1/", 0),
                     CE_NOT_LIVE);
    ck_assert_int_eq(judge(arena, "--metrics=http://127.0.0.1:1/", 0),
                     CE_NOT_LIVE);
    ck_assert_int_eq(judge(arena, "--quiet", 0), CE_USAGE);
    const char *option = write_metrics(arena, "<html></html>\n");
    int status = judge(arena, option, 0);
    unlink(path);
    ck_assert_int_eq(status, CE_NOT_LIVE);
    ce_arena_free(arena);
}
END_TEST

/* Numbers by which any comparison would pass. */
START_TEST(no_numbers)
{
    static const char *const names[] = {
        "tlsfloor_requests_total{vhost=\"a.test:443\",version=\"TLSv1.3\"}",
        "tlsfloor_last_below_floor_timestamp_seconds{vhost=\"a.test:443\"}",
        "tlsfloor_watching_since_timestamp_seconds{vhost=\"a.test:443\"}"};
    static const char *const values[] = {"NaN", "+Inf", "-Inf", "-1"};

    for (size_t i = 0; i < TLSF_COUNTOF(names) * TLSF_COUNTOF(values); i++) {
        ce_arena *arena = ce_arena_new();
        long long now = time(NULL);
        const char *text = ce_arena_format(arena, metrics, now - 3600,
                                           now - 30 * 86400, now - 600);
        const char *value = values[i % TLSF_COUNTOF(values)];
        const char *more = ce_arena_format(
            arena, "%s %s\n", names[i / TLSF_COUNTOF(values)], value);
        const char *option =
            write_metrics(arena, ce_arena_format(arena, "%s%s", more, text));
        int status = judge(arena, option, 0);

        unlink(path);
        memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
        ck_assert_msg(status == CE_NOT_LIVE, "%s: %d", more, status);
        /* What others count may be anything. */
        option = write_metrics(
            arena, ce_arena_format(arena, "a_bucket{le=\"+Inf\"} %s\n%s", value,
                                   text));
        status = judge(arena, option, 0);
        unlink(path);
        memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
        ck_assert_int_eq(status, CE_DONE);
        ce_arena_free(arena);
    }
}
END_TEST

/* A document that never ends is given up. */
START_TEST(too_long)
{
    ce_arena *arena = ce_arena_new();
    tlsf_str text;
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, (off_t)CE_FETCH_MOST + 1), 0);
    close(fd);
    const char *problem =
        ce_fetch(arena, ce_arena_format(arena, "file://%s", path), &text);
    unlink(path);
    ck_assert_ptr_nonnull(problem);
    ck_assert_ptr_nonnull(strstr(problem, "64 MiB"));
    ce_arena_free(arena);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit impact");
    TCase *t = tcase_create("impact");

    tcase_add_loop_test(t, samples, 0, TLSF_COUNTOF(texts));
    tcase_add_test(t, cuts);
    tcase_add_loop_test(t, hosts, 0, TLSF_COUNTOF(judged));
    tcase_add_test(t, no_metrics);
    tcase_add_test(t, no_numbers);
    tcase_add_test(t, too_long);
    tcase_set_timeout(t, 60);
    suite_add_tcase(suite, t);
    return suite;
}
