/* SPDX-License-Identifier: Apache-2.0 */
/* Hand-made hellos and whatever else can come over a socket. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "servers/raw.h"

static const char usual_suites[] = "c02b c02f c02c c030 cca9 cca8 c009 c013 "
                                   "c00a c014 009c 009d 002f 0035";

static void
put(ts_text *to, unsigned value, size_t bytes)
{
    for (size_t i = bytes; i-- > 0;) {
        char byte = (char)(value >> (8 * i) & 0xff);

        ts_append(to, &byte, 1);
    }
}

/* Bytes behind their own length, which takes `width` bytes. */
static void
put_counted(ts_text *to, ts_text counted, size_t width)
{
    put(to, (unsigned)counted.n, width);
    ts_append(to, counted.data, counted.n);
}

/* "c013 002f" -> c0 13 00 2f */
static ts_text
words(const char *hex)
{
    ts_text made = {NULL, 0};

    while (*hex != '\0') {
        char *end = NULL;
        unsigned value = (unsigned)strtoul(hex, &end, 16);

        put(&made, value, (size_t)(end - hex) / 2);
        hex = end + strspn(end, " ");
    }
    return made;
}

static void
put_extension(ts_text *to, unsigned type, ts_text content)
{
    put(to, type, 2);
    put_counted(to, content, 2);
}

/* A list behind its length, as the content of most extensions is. */
static ts_text
listed(ts_text list, size_t width)
{
    ts_text made = {NULL, 0};

    put_counted(&made, list, width);
    return made;
}

static ts_text
extensions(const ts_hello *hello)
{
    ts_text made = {NULL, 0};
    ts_text name = {NULL, 0};

    if (hello->sni != NULL) {
        put(&name, 0, 1);
        put(&name, (unsigned)strlen(hello->sni), 2);
        ts_append(&name, hello->sni, strlen(hello->sni));
        put_extension(&made, 0, listed(name, 2));
    }
    put_extension(
        &made, 10,
        listed(words(hello->groups != NULL ? hello->groups : "001d 0017"), 2));
    put_extension(&made, 11, words("0100"));
    if (hello->version == 0 || hello->version >= 0x0303) {
        put_extension(&made, 13,
                      listed(words("0403 0804 0401 0503 0805 0501"), 2));
    }
    if (hello->alpn != NULL) {
        ts_text protocol = {NULL, 0};

        ts_append(&protocol, hello->alpn, strlen(hello->alpn));
        put_extension(&made, 16, listed(listed(protocol, 1), 2));
    }
    if (hello->versions != NULL) {
        put_extension(&made, 43, listed(words(hello->versions), 1));
    }
    return made;
}

static void
put_random(ts_text *to, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        put(to, 0x40 + (unsigned)i, 1);
    }
}

/* RFC 8446 4.1.2, from the message type on */
static ts_text
message(const ts_hello *hello)
{
    ts_text body = {NULL, 0};
    ts_text made = {NULL, 0};
    unsigned version = hello->version != 0 ? hello->version : 0x0303;

    put(&body, version, 2);
    put_random(&body, 32);
    put(&body, 0, 1); /* no session */
    put_counted(&body,
                words(hello->suites != NULL ? hello->suites : usual_suites), 2);
    put(&body, 0x0100, 2); /* one compression method: none */
    if (version > 0x0300) {
        put_counted(&body, extensions(hello), 2);
    }
    put(&made, 1, 1);
    put_counted(&made, body, 3);
    return made;
}

/* RFC 5246 E.2: two bytes of length with the top bit set, then the hello */
static ts_text
sslv2_record(const ts_hello *hello)
{
    ts_text body = {NULL, 0};
    ts_text made = {NULL, 0};
    ts_text suites =
        words(hello->suites != NULL ? hello->suites : "00002f 000035 00c013");

    put(&body, 1, 1);
    put(&body, hello->version, 2);
    put(&body, (unsigned)suites.n, 2);
    put(&body, 0, 2);
    put(&body, 16, 2);
    ts_append(&body, suites.data, suites.n);
    put_random(&body, 16);
    put(&made, 0x8000 | (unsigned)body.n, 2);
    ts_append(&made, body.data, body.n);
    return made;
}

ts_text
ts_hello_bytes(const ts_hello *hello, size_t fragment)
{
    ts_text made = {NULL, 0};

    if (hello->is_sslv2) {
        return sslv2_record(hello);
    }

    ts_text whole = message(hello);
    for (size_t at = 0; at < whole.n;) {
        size_t n = whole.n - at;

        if (fragment > 0 && n > fragment) {
            n = fragment;
        }
        put(&made, 22, 1);
        put(&made, hello->version == 0x0300 ? 0x0300 : 0x0301, 2);
        put_counted(&made, (ts_text){whole.data + at, n}, 2);
        at += n;
    }
    return made;
}

static void
read_reply(int fd, ts_ending ending, ts_reply *reply)
{
    ts_text all = {NULL, 0};
    char piece[16384];
    ssize_t n = 0;

    ts_append(&all, "", 0);
    do {
        n = recv(fd, piece, sizeof(piece), 0);
        if (n > 0) {
            ts_append(&all, piece, (size_t)n);
        }
    } while (n > 0 && ending == TS_WAIT);
    reply->is_closed = n == 0;
    reply->bytes = all.data;
    reply->n = all.n;

    const unsigned char *record = (const unsigned char *)all.data;
    if (all.n >= 7 && record[0] == 21) {
        reply->alert = record[6];
    } else if (all.n >= 11 && record[0] == 22 && record[5] == 2) {
        reply->server_hello = (unsigned)record[9] << 8 | record[10];
    }
}

ts_reply
ts_send(const ts_server *s, const char *site, const char *bytes, size_t n,
        ts_ending ending)
{
    ts_reply reply = {-1, 0, false, "", 0};
    struct linger at_once = {1, 0};
    int fd = ts_connect(ts_port_of(s, site));

    ts_require(fd >= 0, "nobody listens for %s", site);
    if (n > 0) {
        ts_require(send(fd, bytes, n, MSG_NOSIGNAL) == (ssize_t)n,
                   "cannot send %zu bytes", n);
    }
    if (ending == TS_WAIT || ending == TS_ANSWER) {
        read_reply(fd, ending, &reply);
    }
    if (ending == TS_RESET) {
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    }
    close(fd);
    return reply;
}

ts_reply
ts_say_hello(const ts_server *s, const char *site, const ts_hello *hello,
             ts_ending ending)
{
    ts_text bytes = ts_hello_bytes(hello, 0);

    return ts_send(s, site, bytes.data, bytes.n, ending);
}
