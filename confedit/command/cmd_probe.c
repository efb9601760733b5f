/* SPDX-License-Identifier: Apache-2.0 */
/* confedit probe: what running servers negotiate. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"
#include "run.h"
#include "json_out.h"
#include "probe.h"
#include "progress.h"
#include "starttls.h"
#include "terminal.h"

typedef struct row {
    const char *given; /* HOST[:PORT] */
    ce_target target;
    ce_probe probe;
    const char *doubt; /* why not all is known; NULL: it is */
} row;

static bool
is_port(const char *text)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);

    return tlsf_is_digit(text[0]) && *end == '\0' && n > 0 && n <= 65535;
}

static bool
is_address(const char *host)
{
    struct in6_addr room;

    return inet_pton(AF_INET, host, &room) == 1 ||
           inet_pton(AF_INET6, host, &room) == 1;
}

/* "a.test", "a.test:443", "[::1]", "[::1]:443", "::1" */
static bool
take_target(const ce_options *options, const char *given, ce_target *target)
{
    size_t n = strcspn(given, ":");
    const char *rest = given + n;

    *target = (ce_target){.port = ce_starttls_port(options->starttls),
                          .starttls = options->starttls};
    if (given[0] == '[') {
        given++;
        n = strcspn(given, "]");
        if (given[n] == '\0') {
            return false;
        }
        rest = given + n + 1;
    } else if (is_address(given)) {
        n = strlen(given);
        rest = given + n;
    }
    target->host = ce_arena_text(options->arena, (tlsf_str){given, n});
    if (rest[0] == ':') {
        target->port = rest + 1;
    } else if (rest[0] != '\0') {
        return false;
    }
    target->name = options->has[CE_OPTION_NAME] ? options->value[CE_OPTION_NAME]
                   : is_address(target->host)   ? NULL
                                                : target->host;
    return n > 0 && is_port(target->port);
}

static const char *
word_of(const ce_probe *probe, tlsf_version v)
{
    unsigned bit = CE_BIT(v);

    return probe->set & bit       ? "yes"
           : probe->rescued & bit ? "rescued"
           : probe->untried & bit ? "cannot"
           : probe->unknown & bit ? "?"
           : probe->problem       ? "?"
                                  : "no";
}

static void
print_table(const row *rows, size_t n)
{
    size_t width = 6;

    for (size_t i = 0; i < n; i++) {
        size_t w = ce_terminal_width(tlsf_str_of(rows[i].given));

        width = w > width ? w : width;
    }
    printf("%-*s", (int)width, "server");
    for (tlsf_version v = TLSF_TLSV1; v <= TLSF_TLSV13; v++) {
        printf("  %-7s", tlsf_version_name(v).data);
    }
    puts("");
    for (size_t i = 0; i < n; i++) {
        tlsf_str given = tlsf_str_of(rows[i].given);

        ce_terminal_put(stdout, given);
        printf("%*s", (int)(width - ce_terminal_width(given)), "");
        for (tlsf_version v = TLSF_TLSV1; v < TLSF_TLSV13; v++) {
            printf("  %-7s", word_of(&rows[i].probe, v));
        }
        printf("  %s\n", word_of(&rows[i].probe, TLSF_TLSV13));
    }
}

/* Below the table: what the words mean, and what is wrong. */
static void
print_remarks(const row *rows, size_t n)
{
    unsigned rescued = 0;
    unsigned untried = 0;

    for (size_t i = 0; i < n; i++) {
        const ce_probe *p = &rows[i].probe;

        rescued |= p->rescued;
        untried |= p->untried;
        if (p->injected == CE_INJECTED_EXECUTED) {
            ce_terminal_put(stdout, tlsf_str_of(rows[i].given));
            puts(": VULNERABLE: a command sent behind STARTTLS, before the "
                 "encryption, is executed after it (CVE-2011-0411)");
        } else if (p->injected == CE_INJECTED_IGNORED) {
            ce_terminal_put(stdout, tlsf_str_of(rows[i].given));
            puts(": not vulnerable: a command sent behind STARTTLS is not "
                 "executed (CVE-2011-0411)");
        }
    }
    if (rescued != 0) {
        puts("rescued: granted by tlsfloor's module alone, for its upgrade "
             "page");
    }
    if (untried != 0) {
        puts("cannot: this machine's OpenSSL does not speak it");
    }
}

static void
put_set(ce_json *json, const char *name, unsigned set)
{
    ce_json_open(json, name, '[');
    for (tlsf_version v = TLSF_TLSV1; v <= TLSF_TLSV13; v++) {
        if (set & CE_BIT(v)) {
            ce_json_text(json, NULL, tlsf_version_name(v));
        }
    }
    ce_json_close(json);
}

static void
print_json(const row *rows, size_t n)
{
    ce_json json = {.to = stdout};

    ce_json_open(&json, NULL, '{');
    ce_json_number(&json, "schema", CE_SCHEMA);
    ce_json_text(&json, "command", TLSF_LIT("probe"));
    ce_json_open(&json, "servers", '[');
    for (size_t i = 0; i < n; i++) {
        const ce_target *t = &rows[i].target;
        const ce_probe *p = &rows[i].probe;

        ce_json_open(&json, NULL, '{');
        ce_json_text(&json, "host", tlsf_str_of(t->host));
        ce_json_number(&json, "port", strtoul(t->port, NULL, 10));
        if (t->name != NULL) {
            ce_json_text(&json, "servername", tlsf_str_of(t->name));
        }
        if (t->starttls != CE_STARTTLS_NONE) {
            ce_json_text(&json, "starttls",
                         tlsf_str_of(ce_starttls_name(t->starttls)));
        }
        if (p->address != NULL) {
            ce_json_text(&json, "address", tlsf_str_of(p->address));
        }
        put_set(&json, "protocols", p->set);
        put_set(&json, "rescued", p->rescued);
        put_set(&json, "untried", p->untried);
        put_set(&json, "unknown", p->unknown);
        if (p->injected != CE_INJECTED_UNTRIED) {
            ce_json_bool(&json, "injection",
                         p->injected == CE_INJECTED_EXECUTED);
        }
        if (rows[i].doubt != NULL) {
            ce_json_text(&json, "problem", tlsf_str_of(rows[i].doubt));
        }
        ce_json_close(&json);
    }
    ce_json_close(&json);
    ce_json_close(&json);
}

static void
visit_all(const ce_options *options, row *rows, size_t n)
{
    const ce_target **targets =
        ce_arena_alloc(options->arena, n * sizeof(*targets));
    ce_probe *probes = ce_arena_alloc(options->arena, n * sizeof(ce_probe));

    for (size_t i = 0; i < n; i++) {
        targets[i] = &rows[i].target;
    }
    ce_progress_begin(!options->has[CE_OPTION_QUIET] &&
                      !options->has[CE_OPTION_JSON]);
    ce_probe_all(options->arena, targets, n, probes);
    ce_progress_end();
    for (size_t i = 0; i < n; i++) {
        rows[i].probe = probes[i];
        rows[i].doubt = ce_probe_doubt(options->arena, &probes[i]);
    }
}

/* Say what is not known of a server. Returns the exit status. */
static int
complain_all(const ce_options *options, const row *rows, size_t n)
{
    int status = CE_DONE;

    for (size_t i = 0; i < n; i++) {
        const char *doubt = rows[i].doubt;

        if (doubt != NULL && !options->has[CE_OPTION_JSON]) {
            fputs("confedit: ", stderr);
            ce_terminal_put(stderr, tlsf_str_of(rows[i].given));
            fputs(": ", stderr);
            ce_terminal_put(stderr, tlsf_str_of(doubt));
            fputs("\n", stderr);
        }
        if (doubt != NULL || rows[i].probe.injected == CE_INJECTED_EXECUTED) {
            status = CE_BELOW;
        }
    }
    return status;
}

static int
probe(ce_options *options)
{
    size_t n = options->configs.n;
    row *rows = ce_arena_alloc(options->arena, n * sizeof(row));

    if (n == 0) {
        fputs("confedit: probe needs a server, for example "
              "www.example.org:443\n",
              stderr);
        return CE_USAGE;
    }
    for (size_t i = 0; i < n; i++) {
        rows[i].given = options->configs.list[i];
        if (!take_target(options, rows[i].given, &rows[i].target)) {
            fputs("confedit: ", stderr);
            ce_terminal_put(stderr, tlsf_str_of(rows[i].given));
            fputs(": a server is HOST or HOST:PORT, an IPv6 address in "
                  "brackets\n",
                  stderr);
            return CE_USAGE;
        }
    }
    visit_all(options, rows, n);
    int status = complain_all(options, rows, n);

    if (options->has[CE_OPTION_JSON]) {
        print_json(rows, n);
    } else if (!options->has[CE_OPTION_QUIET]) {
        print_table(rows, n);
        print_remarks(rows, n);
    }
    return status;
}

const ce_command ce_command_probe = {
    .name = "probe",
    .synopsis = "[OPTION…] HOST[:PORT]…",
    .summary = "which versions a running server really negotiates",
    .help =
        "One connection for each version, certificates are not checked. A "
        "name that\nleads to several addresses is visited at the first that "
        "answers. A version\nthat tlsfloor's module grants for its upgrade "
        "page alone is told as rescued.\nWith --starttls also whether a "
        "command sent behind STARTTLS is executed\n(CVE-2011-0411). Exit "
        "status: 0 when every server could be probed, 1 when one\ncould not "
        "or is vulnerable.\n",
    .set = CE_PROBE,
    .run = probe,
};
