/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A modern client sees no difference at all: the same messages of the
 * handshake, the same resumption and the same bytes of answers as from a
 * server without the module, in every stage. What two visits to one server may
 * differ in is left out by transcript.c; that nothing else differs between two
 * visits is tested here, too. Scanners have a suite of their own.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "servers/harness.h"
#include "servers/tool.h"
#include "servers/transcript.h"

enum { BIG = 300000 };

#define STAGE(stage) "tlsfloor TLSv1.2\ntlsfloor_stage " stage

/* The default of the address rescues, so that every context is opened. */
#define SITES(block, observe, warn, refuse)                                    \
    {.name = "block.test", .directives = block},                               \
        {.name = "observe.test", .directives = observe},                       \
        {.name = "warn.test", .directives = warn},                             \
        {.name = "refuse.test", .directives = refuse}, {.name = "off.test"},   \
    {                                                                          \
        .name = "rsa.test", .certs = TS_RSA, .directives = block               \
    }

/* clang-format off */
static const ts_site sites[] = {
    SITES(STAGE("block"), STAGE("observe"), STAGE("warn"), STAGE("refuse")),
    {0},
};

static const ts_site stock_sites[] = {SITES(NULL, NULL, NULL, NULL), {0}};
/* clang-format on */

enum { N_SITES = sizeof(sites) / sizeof(sites[0]) - 1 };

#define CONF(which, stock)                                                     \
    {                                                                          \
        .listeners = {{.has_http2 = true}}, .sites = (which),                  \
        .is_stock = (stock),                                                   \
        .nginx = "ssl_session_cache shared:sessions:1m;\ngzip on;\n"           \
                 "gzip_types text/plain;\ngzip_min_length 1;\n",               \
        .apache = "SSLSessionCache shmcb:@prefix@/sessions(512000)\n"          \
                  "AddOutputFilterByType DEFLATE text/plain\n"                 \
    }

static const ts_conf conf = CONF(sites, false);
static const ts_conf stock_conf = CONF(stock_sites, true);

/* Clients that any server of today may have to do with. */
typedef struct visitor {
    const char *name;
    ts_client client;
    bool has_no_sni;
    bool has_unknown_sni;
} visitor;

#define TLS12 .min = TLS1_2_VERSION, .max = TLS1_2_VERSION
#define TLS13 .min = TLS1_3_VERSION

static const visitor visitors[] = {
    {.name = "TLS 1.3", .client = {TLS13}},
    {.name = "TLS 1.2", .client = {TLS12}},
    {.name = "TLS 1.2 and 1.3", .client = {.min = TLS1_2_VERSION}},
    {.name = "TLS 1.0 to 1.3", .client = {.min = TLS1_VERSION}},
    {.name = "TLS 1.0 to 1.2",
     .client = {.min = TLS1_VERSION, .max = TLS1_2_VERSION}},
    {.name = "TLS 1.3, ALPN", .client = {TLS13, .alpn = "h2,http/1.1"}},
    {.name = "TLS 1.2, ALPN", .client = {TLS12, .alpn = "http/1.1"}},
    {.name = "TLS 1.3, unknown ALPN", .client = {TLS13, .alpn = "x"}},
    {.name = "TLS 1.3, P-384", .client = {TLS13, .groups = "P-384"}},
    {.name = "TLS 1.2, P-384", .client = {TLS12, .groups = "P-384"}},
    {.name = "TLS 1.3, no common group",
     .client = {TLS13, .groups = "brainpoolP256r1"}},
    {.name = "TLS 1.3, AES-128",
     .client = {TLS13, .ciphersuites = "TLS_AES_128_GCM_SHA256"}},
    {.name = "TLS 1.2, ECDSA",
     .client = {TLS12, .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"}},
    {.name = "TLS 1.2, RSA",
     .client = {TLS12, .ciphers = "ECDHE-RSA-AES128-GCM-SHA256"}},
    {.name = "TLS 1.2, RSA key exchange",
     .client = {TLS12, .ciphers = "AES128-SHA"}},
    {.name = "TLS 1.2, DHE", .client = {TLS12, .ciphers = "DHE+AES"}},
    {.name = "TLS 1.2, no common cipher",
     .client = {TLS12, .ciphers = "PSK-AES128-CBC-SHA"}},
    {.name = "TLS 1.2, no tickets", .client = {TLS12, .has_no_tickets = true}},
    {.name = "TLS 1.3, no tickets", .client = {TLS13, .has_no_tickets = true}},
    {.name = "TLS 1.2 as a fallback",
     .client = {TLS12, .has_fallback_scsv = true}},
    {.name = "TLS 1.3, no name", .client = {TLS13}, .has_no_sni = true},
    {.name = "TLS 1.2, no name", .client = {TLS12}, .has_no_sni = true},
    {.name = "TLS 1.3, unknown name",
     .client = {TLS13},
     .has_unknown_sni = true},
    {.name = "TLS 1.2, a client certificate",
     .client = {TLS12, .cert = "client"}},
    {.name = "TLS 1.2, a bad Finished", .client = {TLS12, .is_spoiling = true}},
    {.name = "TLS 1.3, a bad Finished", .client = {TLS13, .is_spoiling = true}},
};

/* One visit: what was said, and how it ended. */
static const char *
say(const ts_server *s, const char *site, const visitor *v,
    SSL_SESSION **session)
{
    ts_client client = v->client;
    ts_text said = {NULL, 0};

    client.sni = v->has_no_sni        ? NULL
                 : v->has_unknown_sni ? "unknown.example"
                                      : site;
    if (client.alpn != NULL && strstr(client.alpn, "h2") != NULL) {
        client.request = ""; /* the one that is made here is of HTTP/1 */
    }
    ts_transcript_of(&client, &said);
    ts_answer a = ts_visit(s, &client);
    if (session != NULL) {
        *session = a.session;
    }
    ts_appendf(&said, "%s %s %s alpn %s resumed %d alert %d\n", a.version,
               a.cipher, a.group, a.alpn, a.is_resumed, a.alert);
    return said.data;
}

static void
assert_equal(const ts_server *s, const char *site, const char *name,
             const char *without, const char *again, const char *with)
{
    ck_assert_msg(strcmp(without, again) == 0,
                  "%s, %s, %s: two visits without the module differ: %s",
                  ts_kind_name(s->kind), site, name,
                  ts_difference(without, again));
    ck_assert_msg(strcmp(without, with) == 0,
                  "%s, %s, %s: another answer with the module: %s",
                  ts_kind_name(s->kind), site, name,
                  ts_difference(without, with));
}

START_TEST(test_handshakes)
{
    ts_server *s = ts_on(_i / N_SITES);
    const char *site = sites[_i % N_SITES].name;
    ts_server *stock = ts_server_start(s->kind, &stock_conf);

    for (size_t i = 0; i < sizeof(visitors) / sizeof(visitors[0]); i++) {
        const visitor *v = &visitors[i];

        assert_equal(s, site, v->name, say(stock, site, v, NULL),
                     say(stock, site, v, NULL), say(s, site, v, NULL));
    }
}
END_TEST

/* Visit, come back with the session, and come back under another version. */
static const char *
say_twice(const ts_server *s, const char *site, const visitor *v,
          bool *is_resumed)
{
    visitor back = *v;
    const char *first = say(s, site, v, &back.client.session);
    SSL_SESSION *session = back.client.session;

    /* In between, somebody whose session nobody may resume. */
    ts_visit(s, &(ts_client){.sni = site, .max = TLS1_VERSION});
    ck_assert_ptr_nonnull(session);
    const char *second = say(s, site, &back, NULL);
    *is_resumed = strstr(second, " resumed 1") != NULL;
    back.client.session = session;
    back.client.min = TLS1_2_VERSION;
    back.client.max = v->client.max == TLS1_2_VERSION ? 0 : TLS1_2_VERSION;
    return ts_format("%s--\n%s--\n%s", first, second,
                     say(s, site, &back, NULL));
}

START_TEST(test_resumption)
{
    static const visitor resumers[] = {
        {.name = "TLS 1.3", .client = {TLS13}},
        {.name = "TLS 1.3, no tickets",
         .client = {TLS13, .has_no_tickets = true}},
        {.name = "TLS 1.2, ticket", .client = {TLS12}},
        {.name = "TLS 1.2, session id",
         .client = {TLS12, .has_no_tickets = true}},
    };
    ts_server *s = ts_on(_i / N_SITES);
    const char *site = sites[_i % N_SITES].name;
    ts_server *stock = ts_server_start(s->kind, &stock_conf);

    for (size_t i = 0; i < sizeof(resumers) / sizeof(resumers[0]); i++) {
        const visitor *v = &resumers[i];
        bool was_resumed = false;
        bool is_resumed = false;
        const char *without = say_twice(stock, site, v, &was_resumed);

        ck_assert_msg(was_resumed, "%s: %s", v->name, without);
        assert_equal(s, site, v->name, without,
                     say_twice(stock, site, v, &was_resumed),
                     say_twice(s, site, v, &is_resumed));
    }
}
END_TEST

/* Files of one date, so that their headers are equal. */
static void
write_files(const ts_server *s)
{
    static const struct timespec long_ago[2] = {{1700000000, 0},
                                                {1700000000, 0}};
    ts_text big = {NULL, 0};

    while (big.n < BIG) {
        ts_appendf(&big, "%zu bottles\n", big.n);
    }
    for (const ts_site *site = s->conf->sites; site->name != NULL; site++) {
        char *folder = ts_format("%s/www/%s", s->prefix, site->name);
        char *file = ts_format("%s/big.html", folder);

        ts_write_file(file, big.data);
        ck_assert_int_eq(utimensat(AT_FDCWD, file, long_ago, 0), 0);
        file = ts_format("%s/index.txt", folder);
        ck_assert_int_eq(utimensat(AT_FDCWD, file, long_ago, 0), 0);
    }
}

/* All bytes of an answer but those of Date; its ports called PORT. */
static const char *
without_date(const ts_server *s, const char *raw, size_t n)
{
    char *port = ts_format(":%u", s->ports[0]);
    ts_text kept = {NULL, 0};

    ts_append(&kept, "", 0);
    for (size_t i = 0; i < n;) {
        if (n - i > 8 && strncasecmp(raw + i, "\r\nDate: ", 8) == 0) {
            i += 2;
            while (i < n && raw[i] != '\r') {
                i++;
            }
        } else if (n - i >= strlen(port) &&
                   memcmp(raw + i, port, strlen(port)) == 0) {
            ts_append(&kept, ":PORT", 5);
            i += strlen(port);
        } else {
            ts_append(&kept, raw + i++, 1);
        }
    }
    /* NULs of compressed bytes: compared as hex */
    return strlen(kept.data) == kept.n
               ? kept.data
               : OPENSSL_buf2hexstr((unsigned char *)kept.data, (long)kept.n);
}

static const char *const requests[] = {
    "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
    "GET /big.html HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
    "HEAD /big.html HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
    "GET /big.html HTTP/1.1\r\nHost: %s\r\nRange: bytes=90000-\r\n"
    "Connection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: gzip\r\n"
    "User-Agent: Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1)\r\n"
    "Connection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: %s\r\n\r\n"
    "GET /none HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
    "GET /none HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: %s\r\n"
    "If-Modified-Since: Fri, 01 Dec 2023 00:00:00 GMT\r\n"
    "Connection: close\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: %s\r\nContent-Length: 3\r\n"
    "Connection: close\r\n\r\nabc",
    "OPTIONS * HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
    "TRACE / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
    "GET /%%zz HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: %s\r\nHost: %s\r\nConnection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: elsewhere.test\r\nConnection: close\r\n\r\n",
    "GET / HTTP/1.0\r\n\r\n",
    "nonsense\r\n\r\n",
};

static const char *
ask(const ts_server *s, const char *site, int max, const char *request)
{
    ts_answer a = ts_visit(s, &(ts_client){.sni = site,
                                           .min = TLS1_2_VERSION,
                                           .max = max,
                                           .request = request});

    ck_assert(a.is_handshaken && a.raw_n > 0);
    return without_date(s, a.raw, a.raw_n);
}

/* A request with its host written in, as often as it is named. */
static const char *
request_for(const char *request, const char *site)
{
    ts_text text = {NULL, 0};

    for (const char *at = request; *at != '\0'; at++) {
        if (at[0] == '%' && at[1] == 's') {
            ts_appendf(&text, "%s", site);
            at++;
        } else if (at[0] != '%' || at[1] != '%') {
            ts_append(&text, at, 1);
        }
    }
    return text.data;
}

START_TEST(test_answers)
{
    ts_server *s = ts_on(_i / N_SITES);
    const char *site = sites[_i % N_SITES].name;
    ts_server *stock = ts_server_start(s->kind, &stock_conf);
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

    write_files(s);
    write_files(stock);
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        const char *request = request_for(requests[i], site);

        for (int v = 0; v < 2; v++) {
            assert_equal(s, site, request,
                         ask(stock, site, versions[v], request),
                         ask(stock, site, versions[v], request),
                         ask(s, site, versions[v], request));
        }
    }
}
END_TEST

static const char *
ask_http2(const ts_server *s, const char *site, const char *path)
{
    unsigned port = ts_port_of(s, site);
    const char *const argv[] = {"curl",
                                "-ski",
                                "--http2",
                                "--resolve",
                                ts_format("%s:%u:127.0.0.1", site, port),
                                ts_format("https://%s:%u%s", site, port, path),
                                NULL};
    ts_run run = ts_exec(argv, NULL);

    ck_assert_msg(strncmp(run.out, "HTTP/2 ", 7) == 0, "%s%s", run.out,
                  run.err);
    return without_date(s, run.out, strlen(run.out));
}

START_TEST(test_answers_over_http2)
{
    static const char *const paths[] = {"/", "/big.html", "/none"};
    ts_server *s = ts_on(_i / N_SITES);
    const char *site = sites[_i % N_SITES].name;
    ts_server *stock = ts_server_start(s->kind, &stock_conf);

    write_files(s);
    write_files(stock);
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        assert_equal(s, site, paths[i], ask_http2(stock, site, paths[i]),
                     ask_http2(stock, site, paths[i]),
                     ask_http2(s, site, paths[i]));
    }
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("modern");
    TCase *tcase = ts_tcase(suite, "modern", &conf);

    tcase_add_loop_test(tcase, test_handshakes, 0, TS_N_SERVERS * N_SITES);
    tcase_add_loop_test(tcase, test_resumption, 0, TS_N_SERVERS * N_SITES);
    tcase_add_loop_test(tcase, test_answers, 0, TS_N_SERVERS * N_SITES);
    tcase_add_loop_test(tcase, test_answers_over_http2, 0,
                        TS_N_SERVERS * N_SITES);
    return suite;
}
