/* SPDX-License-Identifier: Apache-2.0 */
/* Below-floor clients at the gate; used by the suites test_gate_*. */
#include <check.h>
#include <string.h>

#include "servers/expect.h"
#include "servers/metrics.h"
#include "servers/tool.h"
#include "servers/ways.h"

const ts_way ts_ways[TS_N_WAYS] = {
    {"rescued, TLS 1.0", "rescued.", "TLSv1", TLS1_VERSION, true},
    {"rescued, TLS 1.1", "rescued.", "TLSv1.1", TLS1_1_VERSION, true},
    {"let in, TLS 1.0", "native.", "TLSv1", TLS1_VERSION, false},
    {"let in, TLS 1.1", "native.", "TLSv1.1", TLS1_1_VERSION, false},
};

const char *
ts_way_site(const ts_way *way, const char *site)
{
    return ts_format("%s%s", way->prefix, site);
}

static ts_answer
visit(const ts_server *s, const char *site, int max, const char *request)
{
    return ts_visit(
        s,
        &(ts_client){.sni = site, .to = site, .max = max, .request = request});
}

ts_answer
ts_way_visit(const ts_server *s, const ts_way *way, const char *site,
             const char *request)
{
    return visit(s, ts_way_site(way, site), way->max, request);
}

ts_answer
ts_way_modern(const ts_server *s, const ts_way *way, const char *site,
              const char *request)
{
    return visit(s, ts_way_site(way, site), TLS1_3_VERSION, request);
}

ts_answer
ts_way_served(const ts_server *s, const ts_way *way, const char *site,
              const char *request, unsigned n)
{
    ts_scrape before = ts_scrape_of(s);
    ts_answer a = ts_way_modern(s, way, site, request);

    ts_metric_eventually(s,
                         n + ts_metric(&before, "tlsfloor_requests_total",
                                       "action", "pass", NULL),
                         "tlsfloor_requests_total", "action", "pass", NULL);
    return a;
}

void
ts_way_assert_page(const ts_server *s, const ts_way *way, const ts_answer *a,
                   const char *name)
{
    static const char *const none[] = {"Location", "WWW-Authenticate",
                                       "Set-Cookie", "Age", "X-Site"};

    ck_assert_msg(a->status == 403 && strstr(a->raw, "SITE") == NULL,
                  "%s, %s, %s: status %d, alert %d %s\n%s",
                  ts_kind_name(s->kind), way->name, name, a->status, a->alert,
                  a->error, a->raw);
    ts_assert_page(s, a, way->version);
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        ck_assert_msg(ts_header(a, none[i]) == NULL, "%s, %s, %s: %s",
                      ts_kind_name(s->kind), way->name, name, a->head);
    }
    ck_assert_msg(strstr(a->body, "\r\n\r\n") == NULL,
                  "%s, %s, %s: a second answer", ts_kind_name(s->kind),
                  way->name, name);
}
