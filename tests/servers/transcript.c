/* SPDX-License-Identifier: Apache-2.0 */
/* Handshake messages as lines, from OpenSSL's message callback. */
#include <string.h>
#include <openssl/sha.h>

#include "servers/transcript.h"

/* Extensions whose content is a key or may differ: only their size counts. */
enum { KEY_SHARE = 51, COOKIE = 44 };

/* Bytes still to be read; reading past them gives zeros. */
typedef struct cursor {
    const unsigned char *at;
    size_t n;
} cursor;

static cursor
take(cursor *from, size_t n)
{
    cursor part = {from->at, n < from->n ? n : from->n};

    from->at += part.n;
    from->n -= part.n;
    return part;
}

static unsigned long
number(cursor *from, size_t n)
{
    cursor part = take(from, n);
    unsigned long value = 0;

    for (size_t i = 0; i < part.n; i++) {
        value = value << 8 | part.at[i];
    }
    return value;
}

static void
write_hex(ts_text *to, cursor bytes)
{
    for (size_t i = 0; i < bytes.n; i++) {
        ts_appendf(to, "%02x", bytes.at[i]);
    }
}

static void
write_extensions(ts_text *to, cursor *from)
{
    cursor list = take(from, number(from, 2));

    while (list.n > 0) {
        unsigned long type = number(&list, 2);
        cursor body = take(&list, number(&list, 2));

        ts_appendf(to, " ext %lu(%zu)", type, body.n);
        if (type == KEY_SHARE) {
            ts_appendf(to, " group %lx", number(&body, 2));
        } else if (type != COOKIE) {
            ts_append(to, " ", 1);
            write_hex(to, body);
        }
    }
}

static void
write_server_hello(ts_text *to, cursor *from)
{
    static const char sentinel[] = "DOWNGRD";

    ts_appendf(to, " version %lx", number(from, 2));
    cursor random = take(from, 32);
    if (random.n == 32 && memcmp(random.at + 24, sentinel, 7) == 0) {
        ts_appendf(to, " downgrade %d", random.at[31]);
    } else if (random.n == 32 && random.at[0] == 0xcf && random.at[1] == 0x21) {
        ts_appendf(to, " retry"); /* RFC 8446 4.1.3 */
    }
    ts_appendf(to, " session %zu", take(from, number(from, 1)).n);
    ts_appendf(to, " cipher %lx", number(from, 2));
    ts_appendf(to, " compression %lu", number(from, 1));
    write_extensions(to, from);
}

static void
write_key_exchange(ts_text *to, cursor *from)
{
    ts_appendf(to, " curve %lu", number(from, 1));
    ts_appendf(to, " group %lx", number(from, 2));
    ts_appendf(to, " key %zu", take(from, number(from, 1)).n);
    ts_appendf(to, " signature %lx", number(from, 2));
}

static void
write_ticket(ts_text *to, cursor *from, bool is_tls13)
{
    ts_appendf(to, " lifetime %lu", number(from, 4));
    if (is_tls13) {
        number(from, 4); /* age_add */
        ts_appendf(to, " nonce %zu", take(from, number(from, 1)).n);
    }
    ts_appendf(to, " ticket %s", take(from, number(from, 2)).n > 0 ? "1" : "0");
    if (is_tls13) {
        write_extensions(to, from);
    }
}

static void
write_digest(ts_text *to, cursor all)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    cursor bytes = {digest, 8};

    SHA256(all.at, all.n, digest);
    ts_appendf(to, " (%zu) ", all.n);
    write_hex(to, bytes);
}

static void
write_message(ts_text *to, cursor message, bool is_tls13)
{
    unsigned long type = number(&message, 1);

    number(&message, 3);
    ts_appendf(to, "message %lu", type);
    switch (type) {
    case SSL3_MT_SERVER_HELLO:
        write_server_hello(to, &message);
        break;
    case SSL3_MT_NEWSESSION_TICKET:
        write_ticket(to, &message, is_tls13);
        break;
    case SSL3_MT_SERVER_KEY_EXCHANGE:
        write_key_exchange(to, &message);
        break;
    case SSL3_MT_CERTIFICATE_VERIFY:
        ts_appendf(to, " signature %lx", number(&message, 2));
        break;
    case SSL3_MT_FINISHED:
        ts_appendf(to, " (%zu)", message.n);
        break;
    default: /* the same bytes each time */
        write_digest(to, message);
        break;
    }
    ts_append(to, "\n", 1);
}

static void
watch(int write_p, int version, int type, const void *bytes, size_t n, SSL *ssl,
      void *arg)
{
    static unsigned long record_type;
    static unsigned long record_version;
    cursor message = {bytes, n};
    ts_text *to = arg;

    (void)version;
    if (write_p) {
        return;
    }
    if (type == SSL3_RT_HEADER) {
        /* Told with the message that it brings: of data nothing is said. */
        record_type = number(&message, 1);
        record_version = number(&message, 2);
        return;
    }
    if (type == SSL3_RT_INNER_CONTENT_TYPE) {
        return;
    }
    if (record_type != 0) {
        ts_appendf(to, "record %lu version %lx\n", record_type, record_version);
        record_type = 0;
    }
    switch (type) {
    case SSL3_RT_HANDSHAKE:
        write_message(to, message, SSL_version(ssl) == TLS1_3_VERSION);
        break;
    case SSL3_RT_ALERT:
        ts_appendf(to, "alert %lx\n", number(&message, 2));
        break;
    case SSL3_RT_CHANGE_CIPHER_SPEC:
        ts_appendf(to, "change of cipher\n");
        break;
    default:
        break;
    }
}

void
ts_transcript_of(ts_client *client, ts_text *transcript)
{
    ts_append(transcript, "", 0);
    client->watch = watch;
    client->watch_arg = transcript;
}
