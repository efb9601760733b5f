/* SPDX-License-Identifier: Apache-2.0 */
/* Hands reports to promtool and jq, and looks at every label itself. */
#include <check.h>
#include <string.h>
#include <unistd.h>

#include "servers/reader.h"
#include "servers/tool.h"

/* What may stand in a label, NULL at the end; vhost is checked by names. */
static const char *const versions[] = {"SSLv2",   "SSLv3",   "TLSv1", "TLSv1.1",
                                       "TLSv1.2", "TLSv1.3", "other", NULL};
static const char *const bits[] = {"0", "1", NULL};
static const char *const actions[] = {"pass", "warn", "page", "exempt", NULL};
static const char *const stages[] = {"observe", "warn", "block", "refuse",
                                     NULL};
static const char *const parts[] = {"handshake", "gate", "page", "status",
                                    NULL};
static const char *const reasons[] = {
#define TLSF_REASON(id, label, counted) label,
#include "data/reasons.def"
    NULL};
static const char *const families[] = {
#define TLSF_FAMILY(id, label, people) label,
#include "data/families.def"
    NULL};
static const char *const groups[] = {
#define TLSF_GROUP(id, wire, nid, label, hybrid) label,
#include "data/groups.def"
    "other", "none", NULL};

static const struct {
    const char *label;
    const char *const *values; /* NULL: not checked here */
} closed[] = {
    {"offered", versions},  {"version", versions}, {"resumed", bits},
    {"reason", reasons},    {"action", actions},   {"client", families},
    {"group", groups},      {"floor", versions},   {"stage", stages},
    {"configured", stages}, {"part", parts},       {"vhost", NULL},
};

ts_run
ts_filter(const ts_server *s, const char *command, const char *text)
{
    char *file = ts_format("%s/filter-%d.in", s->prefix, (int)getpid());
    const char *const argv[] = {"sh", "-c",
                                ts_format("%s <'%s'", command, file), NULL};

    ts_write_file(file, text);
    return ts_exec(argv, NULL);
}

void
ts_assert_promtool(const ts_server *s, const char *text)
{
    ts_run run = ts_filter(s, "promtool check metrics", text);

    ck_assert_msg(run.code == 0 && run.err[0] == '\0', "%s: promtool: %s%.999s",
                  ts_kind_name(s->kind), run.out, run.err);
}

ts_answer
ts_metrics_as(const ts_server *s, const char *accept)
{
    return ts_fetch(s->status_port, "/tlsfloor/metrics",
                    accept == NULL ? NULL
                                   : ts_format("Accept: %s\r\n", accept));
}

static void
assert_closed(const char *label, const char *value)
{
    size_t i = 0;
    const char *const *one = NULL;

    while (i < sizeof(closed) / sizeof(closed[0]) &&
           strcmp(closed[i].label, label) != 0) {
        i++;
    }
    ck_assert_msg(i < sizeof(closed) / sizeof(closed[0]), "label %s", label);
    one = closed[i].values;
    while (one != NULL && *one != NULL && strcmp(*one, value) != 0) {
        one++;
    }
    ck_assert_msg(one == NULL || *one != NULL, "%s=\"%s\"", label, value);
}

void
ts_assert_closed(const char *text)
{
    for (const char *line = text; *line != '\0';
         line += strcspn(line, "\n"), line += *line == '\n') {
        const char *at = strpbrk(line, "{\n");

        if (*line == '#' || strncmp(line, "tlsfloor_build_info{", 20) == 0) {
            continue;
        }
        while (at != NULL && *at != '}' && *at != '\n' && *at != '\0') {
            size_t name = strcspn(++at, "=");
            size_t value = strcspn(at + name + 2, "\"");

            if (strncmp(at, "vhost", name) == 0) {
                at = strpbrk(strstr(at, ":") + 1, "\"");
                at++;
                continue;
            }
            assert_closed(ts_format("%.*s", (int)name, at),
                          ts_format("%.*s", (int)value, at + name + 2));
            at += name + 2 + value + 1;
        }
    }
}
