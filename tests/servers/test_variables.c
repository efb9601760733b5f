/* SPDX-License-Identifier: Apache-2.0 */
/* $tlsfloor_… and TLSFLOOR_…: in log formats, in headers to an upstream, and
 * (nginx) in maps. */
#include <string.h>

#include "servers/harness.h"
#include "servers/tool.h"
#include "servers/upstream.h"
#include "servers/ways.h"

#define UPSTREAM                                                               \
    .nginx = "location / { proxy_pass http://127.0.0.1:@upstream@;"            \
             "    proxy_set_header X-Offered $tlsfloor_offered;"               \
             "    proxy_set_header X-Stage $tlsfloor_stage;"                   \
             "    proxy_set_header X-Note $note; }",                           \
    .apache = "RequestHeader set X-Offered \"%{TLSFLOOR_OFFERED}e\"\n"         \
              "RequestHeader set X-Stage \"%{TLSFLOOR_STAGE}e\"\n"             \
              "RequestHeader set X-Note \"look at %{TLSFLOOR_ACTION}e\"\n"     \
              "ProxyPass / http://127.0.0.1:@upstream@/"

static const ts_site sites[] = {
    {.name = "rescued.block.test", .directives = TS_BLOCK, UPSTREAM},
    {.name = "native.block.test",
     .listener = 1,
     .directives = TS_BLOCK,
     UPSTREAM},
    {.name = "native.warn.test",
     .listener = 1,
     .directives = "tlsfloor TLSv1.2\ntlsfloor_stage warn",
     UPSTREAM},
    {.name = "native.observe.test",
     .listener = 1,
     .directives = "tlsfloor TLSv1.2",
     UPSTREAM},
    {.name = "native.off.test", .listener = 1, UPSTREAM},
    {0},
};

/* One line for each request. */
static const ts_conf conf = {
    TS_WAYS_LISTENERS,
    .sites = sites,
    .nginx = "map $tlsfloor_action $note {"
             "    default 'look at none';"
             "    pass 'look at pass';"
             "    warn 'look at warn'; }"
             "log_format vars '[$tlsfloor_offered $tlsfloor_stage '"
             "    '$tlsfloor_action $tlsfloor_client $tlsfloor_verdict '"
             "    '$tlsfloor_rescued]';"
             "access_log vars.log vars;",
    .apache = "LogFormat \"[%{TLSFLOOR_OFFERED}e %{TLSFLOOR_STAGE}e "
              "%{TLSFLOOR_ACTION}e %{TLSFLOOR_CLIENT}e %{TLSFLOOR_VERDICT}e "
              "%{TLSFLOOR_RESCUED}e]\" vars\n"
              "CustomLog vars.log vars",
};

#define IE9 "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)"

/* A visit, the line in the log, and what the upstream hears. */
typedef struct visit_case {
    const char *name;
    const char *site;
    int max;
    bool is_broken; /* the server answers it by itself */
    const char *line;
    const char *offered; /* NULL: nothing is heard */
    const char *stage;
    const char *note;
} visit_case;

static const visit_case visits[] = {
    {"rescued", "rescued.block.test", TLS1_VERSION, false,
     "[TLSv1 block page ie needs-enabling 1]", NULL, NULL, NULL},
    {"rescued, a bad request", "rescued.block.test", TLS1_1_VERSION, true,
     "[TLSv1.1 block page ie needs-enabling 1]", NULL, NULL, NULL},
    {"let in, page", "native.block.test", TLS1_1_VERSION, false,
     "[TLSv1.1 block page ie needs-enabling 0]", NULL, NULL, NULL},
    {"warned", "native.warn.test", TLS1_VERSION, false,
     "[TLSv1 warn warn ie needs-enabling 0]", "TLSv1", "warn", "look at warn"},
    {"observed", "native.observe.test", TLS1_VERSION, false,
     "[TLSv1 observe pass ie needs-enabling 0]", "TLSv1", "observe",
     "look at pass"},
    {"modern", "native.block.test", TLS1_3_VERSION, false,
     "[TLSv1.3 - pass - - -]", "TLSv1.3", NULL, "look at pass"},
    {"module off", "native.off.test", TLS1_VERSION, false,
     "[TLSv1 - pass - - -]", "TLSv1", NULL, "look at pass"},
};

enum { N_VISITS = sizeof(visits) / sizeof(visits[0]) };

static const char *
log_of(const ts_server *s)
{
    return ts_read_file(ts_format("%s/vars.log", s->prefix)).data;
}

/* The request's line comes when the request is over. */
static void
assert_logged(const ts_server *s, size_t mark, const visit_case *c)
{
    int64_t deadline = ts_clock() + TS_PATIENCE_MS;
    const char *got = log_of(s) + mark;

    while (strchr(got, ']') == NULL && ts_wait(deadline)) {
        got = log_of(s) + mark;
    }
    ck_assert_msg(strncmp(got, c->line, strlen(c->line)) == 0, "%s, %s: %s",
                  ts_kind_name(s->kind), c->name, got);
}

START_TEST(test_variables)
{
    ts_server *s = ts_on(_i / N_VISITS);
    const visit_case *c = &visits[_i % N_VISITS];
    size_t mark = strlen(log_of(s));
    const char *request =
        ts_format("GET / HTTP/1.1\r\nHost: %s\r\nUser-Agent: " IE9
                  "\r\n%sConnection: close\r\n\r\n",
                  c->site, c->is_broken ? "Host: a b\r\n" : "");

    ts_upstream_open(s);
    ts_answer a = ts_visit(s, &(ts_client){.sni = c->site,
                                           .to = c->site,
                                           .max = c->max,
                                           .request = request});
    ck_assert_int_eq(a.status, c->offered == NULL ? 403 : 200);
    assert_logged(s, mark, c);

    const char *heard = ts_upstream_heard();
    const struct {
        const char *name;
        const char *value;
    } headers[] = {
        {"X-Offered", c->offered}, {"X-Stage", c->stage}, {"X-Note", c->note}};
    ck_assert_uint_eq(ts_upstream_count(), c->offered == NULL ? 0 : 1);
    for (int i = 0; i < 3; i++) {
        if (headers[i].value != NULL) {
            ck_assert_msg(strstr(heard, ts_format("%s: %s\r\n", headers[i].name,
                                                  headers[i].value)) != NULL,
                          "%s, %s: %s", ts_kind_name(s->kind), c->name, heard);
        }
    }
}
END_TEST

/* Plain HTTP has none. */
START_TEST(test_without_tls)
{
    ts_server *s = ts_on(_i);
    size_t mark = strlen(log_of(s));

    ck_assert_int_ne(ts_fetch(s->status_port, "/x", NULL).status, 0);
    assert_logged(s, mark, &(visit_case){.line = "[- - - - - -]"});
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("variables");
    TCase *tcase = ts_tcase(suite, "variables", &conf);

    tcase_add_loop_test(tcase, test_variables, 0, TS_N_SERVERS * N_VISITS);
    tcase_add_loop_test(tcase, test_without_tls, 0, TS_N_SERVERS);
    return suite;
}
