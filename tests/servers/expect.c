/* SPDX-License-Identifier: Apache-2.0 */
/* Expectations that many suites share. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "servers/expect.h"
#include "servers/peers.h"
#include "servers/tool.h"

const char *
ts_rescued(const char *site, const char *version)
{
    return ts_format("%srescued %s %s +1\n", ts_let_in(site, version, "page"),
                     site, version);
}

const char *
ts_refused(const char *site, const char *version)
{
    return ts_format("hellos %s %s +1\nrefused %s %s +1\n"
                     "handshake_failures %s unsupported_protocol +1\n",
                     site, version, site, version, site);
}

const char *
ts_let_in(const char *site, const char *version, const char *action)
{
    return ts_format("hellos %s %s +1\nhandshakes %s %s 0 +1\n"
                     "requests %s %s %s +1\n",
                     site, version, site, version, site, version, action);
}

const char *
ts_served(const char *site, const char *version)
{
    return ts_let_in(site, version, "pass");
}

void
ts_assert_page(const ts_server *s, const ts_answer *a, const char *version)
{
    const char *connection = ts_header(a, "Connection");
    const char *stored = ts_header(a, "Cache-Control");

    ck_assert_msg(a->status == 403, "%s: status %d, alert %d %s",
                  ts_kind_name(s->kind), a->status, a->alert, a->error);
    ck_assert_str_eq(a->version, version);
    ck_assert_ptr_null(strstr(a->raw, "SITE"));
    ck_assert_msg(stored != NULL && strcmp(stored, "no-store") == 0,
                  "%s: the page may be stored:\n%s", ts_kind_name(s->kind),
                  a->head);
    ck_assert_msg(connection != NULL && strcmp(connection, "close") == 0,
                  "%s: the connection stays:\n%s", ts_kind_name(s->kind),
                  a->head);
    ck_assert_ptr_nonnull(strstr(a->body, "TLS"));
}

void
ts_assert_json(const ts_answer *a, const char *filter)
{
    const char *const argv[] = {"jq", "-e", filter, NULL};
    ts_run run = ts_exec(argv, a->body);

    ck_assert_msg(run.code == 0, "%s: %s%s\n%s", filter, run.out, run.err,
                  a->body);
}

void
ts_assert_length(const ts_answer *a)
{
    const char *length = ts_header(a, "Content-Length");

    ck_assert_msg(length != NULL, "no Content-Length:\n%s", a->head);
    ck_assert_uint_eq(strtoul(length, NULL, 10),
                      a->raw_n - (size_t)(a->body - a->raw));
    ck_assert_ptr_null(ts_header(a, "Transfer-Encoding"));
}

const char *
ts_difference(const char *one, const char *other)
{
    size_t n = 0;
    size_t from = 0;

    while (one[n] != '\0' && one[n] == other[n]) {
        n++;
    }
    from = n > 200 ? n - 200 : 0;
    return ts_format("%.*s[-%.300s-]\n[+%.300s+]", (int)(n - from), one + from,
                     one + n, other + n);
}
