/* SPDX-License-Identifier: Apache-2.0 */
/* Stages whose date comes while the server runs, without a reload: for hellos
 * and for requests on connections that are there already. The server is started
 * with dates a few seconds ahead, and everything is watched at once. */
#include <string.h>
#include <time.h>

#include "servers/harness.h"
#include "servers/talk.h"
#include "servers/tool.h"

/* How far ahead the first date lies when a server is started, and how far the
 * others lie apart. */
enum { LEAD_S = 3, STEP_S = 2 };

static const char *
date(time_t at)
{
    struct tm tm;
    char text[64];

    gmtime_r(&at, &tm);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
    return ts_format("%s", text);
}

/* A site that was observed for ever; `stages` come one after the other. */
static const char *
schedule(time_t first, const char *const *stages)
{
    ts_text made = {NULL, 0};

    ts_appendf(&made, "tlsfloor TLSv1.2\ntlsfloor_stage observe 2020-01-01\n"
                      "tlsfloor_contact https://help.test/\n");
    for (; *stages != NULL; stages++) {
        ts_appendf(&made, "tlsfloor_stage %s %s\n", *stages, date(first));
        first += STEP_S;
    }
    return made.data;
}

static const char *const all[] = {"warn", "block", "refuse", NULL};
static const char *const refuse[] = {"refuse", NULL};

/*
 * The first listener admits TLS 1.2 and 1.3, the second everything. The
 * configuration and its sites live as long as the test.
 */
static ts_server *
start(int kind, time_t first)
{
    static ts_site sites[] = {
        {.name = "rescued.all.test"},
        {.name = "native.all.test", .listener = 1},
        {.name = "native.refuse.test", .listener = 1},
        {.name = "native.observe.test",
         .listener = 1,
         .directives = "tlsfloor TLSv1.2"},
        {0},
    };
    static const ts_conf conf = {
        .listeners = {[1] = {.protocols = "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3",
                             .ciphers = "ALL:@SECLEVEL=0"}},
        .n_listeners = 2,
        .sites = sites,
        .nginx = "keepalive_requests 1000000;",
        .apache = "MaxKeepAliveRequests 0\nKeepAliveTimeout 60",
    };

    sites[0].directives = sites[1].directives = schedule(first, all);
    sites[2].directives = schedule(first, refuse);
    return ts_server_start((ts_kind)kind, &conf);
}

/* What an answer shows of the stage that it was given in. */
typedef enum sight { SERVED, WARNED, PAGE, REFUSED } sight;

static const char *const sight_names[] = {"served", "warned", "page",
                                          "refused"};

/* A client that comes again and again, and what it goes through: states, each
 * with the number of the date that it begins at. */
typedef struct watch {
    const char *name;
    const char *site;
    int max;
    bool is_kept; /* on one connection, until the server ends it */
    const char *expected;
} watch;

static const watch watches[] = {
    {"let in", "native.all.test", TLS1_VERSION, false,
     "served warned@0 page@1 refused@2 "},
    {"let in, and stays", "native.all.test", TLS1_1_VERSION, true,
     "served warned@0 page@1 "},
    {"rescued in block alone", "rescued.all.test", TLS1_VERSION, false,
     "refused page@1 refused@2 "},
    {"refused at once", "native.refuse.test", TLS1_1_VERSION, false,
     "served refused@0 "},
    {"stays where others are refused", "native.refuse.test", TLS1_VERSION, true,
     "served page@0 "},
    {"observed", "native.observe.test", TLS1_VERSION, false, "served "},
    {"modern", "native.all.test", TLS1_2_VERSION, false, "served "},
    {"modern, and stays", "native.all.test", TLS1_3_VERSION, true, "served "},
};

enum { N_WATCHES = sizeof(watches) / sizeof(watches[0]) };

/* How one watch goes on. */
typedef struct watching {
    ts_talk talk; /* of a kept connection */
    sight last;
    bool is_over;
    ts_text seen; /* as in `expected` */
} watching;

static sight
sight_of(const ts_answer *a, const watch *w)
{
    if (!a->is_handshaken) {
        ck_assert_int_eq(a->alert, 70);
        return REFUSED;
    }
    if (a->status == 403) {
        ck_assert_ptr_null(strstr(a->raw, "SITE"));
        ck_assert_str_eq(ts_header(a, "Connection"), "close");
        return PAGE;
    }
    ck_assert_msg(a->status == 200, "%s: status %d %s", w->name, a->status,
                  a->error);
    ck_assert_str_eq(a->body, ts_format("SITE %s\n", w->site));
    if (ts_header(a, "Deprecation") == NULL) {
        ck_assert_ptr_null(ts_header(a, "Sunset"));
        ck_assert_ptr_null(ts_header(a, "Link"));
        return SERVED;
    }
    return WARNED;
}

/* Which date has just come; -1: none, or it is long past. */
static int
date_now(time_t first)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec < first ? -1 : (int)(now.tv_sec - first) / STEP_S;
}

static ts_answer
ask(const ts_server *s, const watch *w, watching *state)
{
    ts_client client = {.sni = w->site, .to = w->site, .max = w->max};

    if (!w->is_kept) {
        return ts_visit(s, &client);
    }
    if (state->talk.ssl == NULL) {
        state->talk = ts_talk_begin(s, &client);
    }
    return ts_talk_ask(&state->talk, w->site);
}

static void
look(const ts_server *s, const watch *w, watching *state, time_t first)
{
    int date_before = date_now(first);
    ts_answer a = ask(s, w, state);
    sight now = sight_of(&a, w);

    if (!w->is_kept && date_now(first) != date_before) {
        return; /* the date came between its hello and its request */
    }
    if (state->seen.n == 0) {
        ts_appendf(&state->seen, "%s ", sight_names[now]);
    } else if (now != state->last) {
        ts_appendf(&state->seen, "%s@%d ", sight_names[now], date_now(first));
    }
    if (now == WARNED && state->last != WARNED) {
        ck_assert_str_eq(ts_header(&a, "Deprecation"),
                         ts_format("@%lld", (long long)first));
        ck_assert_ptr_nonnull(ts_header(&a, "Sunset"));
        ck_assert_ptr_nonnull(strstr(ts_header(&a, "Link"), "rel=\"sunset\""));
    }
    if (now == PAGE && w->is_kept) {
        ck_assert(ts_talk_is_closed(&state->talk));
        state->is_over = true;
    }
    state->last = now;
}

START_TEST(test_stages_follow_the_dates)
{
    time_t first = time(NULL) + LEAD_S;
    ts_server *s = start(_i, first);
    watching states[N_WATCHES];
    int64_t deadline = ts_clock() + TS_PATIENCE_MS;

    memset(states, 0, sizeof(states));
    /* A little past the last date, so that all of its effects are seen. */
    while (time(NULL) <= first + 2 * STEP_S) {
        ck_assert(ts_wait(deadline));
        for (int i = 0; i < N_WATCHES; i++) {
            if (!states[i].is_over) {
                look(s, &watches[i], &states[i], first);
            }
        }
    }
    for (int i = 0; i < N_WATCHES; i++) {
        ck_assert_msg(strcmp(states[i].seen.data, watches[i].expected) == 0,
                      "%s, %s: %s", ts_kind_name(s->kind), watches[i].name,
                      states[i].seen.data);
    }
    ts_scrape after = ts_scrape_of(s);
    ck_assert_double_gt(ts_metric(&after, "tlsfloor_requests_total", "vhost",
                                  ts_vhost(s, "native.all.test"), "action",
                                  "warn", NULL),
                        0);
    ts_accounts_balance(s);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("dates");
    TCase *tcase = ts_tcase(suite, "dates", NULL);

    tcase_add_loop_test(tcase, test_stages_follow_the_dates, 0, TS_N_SERVERS);
    return suite;
}
