/* SPDX-License-Identifier: Apache-2.0 */
/* What comes before a handshake can be one: odd hellos, broken hellos, other
 * protocols, nothing. Each is counted once; test_handshake.c has the rest. */
#include <string.h>

#include "servers/harness.h"
#include "servers/tool.h"

static const ts_site sites[] = {
    {.name = "observe.test", .directives = "tlsfloor TLSv1.2"},
    {.name = "rsa.test", .certs = TS_RSA, .directives = "tlsfloor TLSv1.2"},
    {0},
};

static const ts_conf conf = {.sites = sites, .handshake_s = 2};

#define REFUSED(vhost, version)                                                \
    "hellos " vhost " " version " +1\n"                                        \
    "handshake_failures " vhost " unsupported_protocol +1\n"                   \
    "refused " vhost " " version " +1\n"

#define FAILED(vhost, version, reason)                                         \
    "hellos " vhost " " version " +1\n"                                        \
    "handshake_failures " vhost " " reason " +1\n"

/* Bytes that no TLS library would send. */
typedef struct raw_case {
    const char *name;
    ts_hello hello;    /* sent when there are no bytes */
    size_t fragment;   /* of its records */
    size_t cut;        /* bytes of it that are sent; 0: all */
    const char *bytes; /* sent as they are */
    size_t n;
    ts_ending ending;
    int alert; /* that comes back; -1: none */
    const char *moved;
} raw_case;

static const raw_case raws[] = {
    {.name = "SSLv3",
     .hello = {.version = 0x0300},
     .alert = 40,
     .moved = REFUSED("observe.test", "SSLv3")},
    {.name = "SSLv2 format naming TLS 1.0",
     .hello = {.version = 0x0301, .is_sslv2 = true},
     .alert = 70,
     .moved = REFUSED("observe.test", "TLSv1")},
    {.name = "SSLv2 format naming SSLv2",
     .hello = {.version = 0x0002, .suites = "010080", .is_sslv2 = true},
     .alert = 70,
     .moved = REFUSED("observe.test", "SSLv2")},
    {.name = "SSLv2 format naming TLS 1.2",
     .hello = {.version = 0x0303, .is_sslv2 = true},
     .alert = 40,
     .moved = FAILED("observe.test", "TLSv1.2", "other")},
    {.name = "records of one byte",
     .hello = {.version = 0x0301, .sni = "rsa.test"},
     .fragment = 1,
     .alert = 70,
     .moved = REFUSED("rsa.test", "TLSv1")},
    {.name = "records of seven bytes, TLS 1.2",
     .hello = {.sni = "rsa.test"},
     .fragment = 7,
     .ending = TS_ANSWER,
     .alert = -1,
     .moved = FAILED("rsa.test", "TLSv1.2", "eof")},
    {.name = "a draft of TLS 1.3 alone",
     .hello = {.versions = "7f1c"},
     .alert = 70,
     .moved = REFUSED("observe.test", "other")},
    {.name = "GREASE before TLS 1.1",
     .hello = {.versions = "1a1a 0302"},
     .alert = 70,
     .moved = REFUSED("observe.test", "TLSv1.1")},
    {.name = "GREASE and a draft before TLS 1.2",
     .hello = {.versions = "0a0a 7f17 0303"},
     .ending = TS_ANSWER,
     .alert = -1,
     .moved = FAILED("observe.test", "TLSv1.2", "eof")},
    {.name = "a legacy_version from the future",
     .hello = {.version = 0x0305},
     .ending = TS_ANSWER,
     .alert = -1,
     .moved = FAILED("observe.test", "TLSv1.2", "eof")},
    {.name = "a hybrid group",
     .hello = {.groups = "11ec 001d"},
     .ending = TS_ANSWER,
     .alert = -1,
     .moved = FAILED("observe.test", "TLSv1.2",
                     "eof") "post_quantum_hellos observe.test +1\n"},
    {.name = "reset after the hello",
     .hello = {.sni = "rsa.test"},
     .ending = TS_RESET,
     .alert = -1,
     .moved = FAILED("rsa.test", "TLSv1.2", "eof")},
    {.name = "silence after the hello",
     .hello = {.sni = "rsa.test"},
     .ending = TS_WAIT,
     .alert = -1,
     .moved = FAILED("rsa.test", "TLSv1.2", "timeout")},
    {.name = "half a hello",
     .hello = {.sni = "rsa.test"},
     .cut = 60,
     .ending = TS_CLOSE,
     .alert = -1,
     .moved = "handshake_failures observe.test malformed_hello +1\n"},
    {.name = "half a hello and silence",
     .hello = {.sni = "rsa.test"},
     .cut = 60,
     .ending = TS_WAIT,
     .alert = -1,
     .moved = "handshake_failures observe.test malformed_hello +1\n"},
    {.name = "a hello whose lengths contradict each other",
     .bytes = "\x16\x03\x01\x00\x2d\x01\x00\x00\x29\x03\x03"
              "0123456789abcdef0123456789abcdef"
              "\x00\x40\x00\x2f\x00\x35\x01",
     .n = 50,
     .alert = 50,
     .moved = "handshake_failures observe.test malformed_hello +1\n"},
    {.name = "plain HTTP",
     .bytes = "GET / HTTP/1.1\r\nHost: rsa.test\r\n\r\n",
     .n = 34,
     .alert = -1,
     .moved = "handshake_failures observe.test plain_http +1\n"},
    {.name = "an alert as the first record",
     .bytes = "\x15\x03\x01\x00\x02\x02\x46",
     .n = 7,
     .ending = TS_CLOSE,
     .alert = -1,
     .moved = "handshake_failures observe.test not_tls +1\n"},
    {.name = "garbage that begins like a record",
     .bytes = "\x16garbage garbage garbage",
     .n = 24,
     .ending = TS_CLOSE,
     .alert = -1,
     .moved = "handshake_failures observe.test not_tls +1\n"},
    {.name = "another protocol",
     .bytes = "SSH-2.0-OpenSSH_9.2\r\n",
     .n = 21,
     .ending = TS_CLOSE,
     .alert = -1,
     .moved = "handshake_failures observe.test not_tls +1\n"},
};

START_TEST(test_bytes)
{
    size_t n = sizeof(raws) / sizeof(raws[0]);
    const raw_case *c = &raws[(size_t)_i % n];
    ts_server *s = ts_on(_i / (int)n);
    ts_scrape before = ts_scrape_of(s);
    ts_text bytes = ts_hello_bytes(&c->hello, c->fragment);
    ts_reply r = c->bytes != NULL
                     ? ts_send(s, "observe.test", c->bytes, c->n, c->ending)
                     : ts_send(s, "observe.test", bytes.data,
                               c->cut > 0 ? c->cut : bytes.n, c->ending);

    ck_assert_msg(c->ending == TS_CLOSE || r.alert == c->alert,
                  "%s, %s: alert %d, not %d", ts_kind_name(s->kind), c->name,
                  r.alert, c->alert);
    ts_moved_in(s, &before, c->moved, c->name);
}
END_TEST

/* Not a failure, and not a hello; docs/metrics.md says what nginx misses. */
START_TEST(test_connect_without_a_byte)
{
    ts_server *s = ts_on(_i);
    ts_scrape before = ts_scrape_of(s);

    ts_send(s, "observe.test", "", 0, TS_CLOSE);
    ts_moved(s, &before,
             s->kind == TS_APACHE ? "connects_without_hello observe.test +1\n"
                                  : "");
}
END_TEST

START_TEST(test_accounts_balance)
{
    ts_accounts_balance(ts_on(_i));
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("bytes");
    TCase *tcase = ts_tcase(suite, "bytes", &conf);

    tcase_add_loop_test(tcase, test_bytes, 0,
                        TS_N_SERVERS * (int)(sizeof(raws) / sizeof(raws[0])));
    tcase_add_loop_test(tcase, test_connect_without_a_byte, 0, TS_N_SERVERS);
    tcase_add_loop_test(tcase, test_accounts_balance, 0, TS_N_SERVERS);
    return suite;
}
