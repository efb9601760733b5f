/* SPDX-License-Identifier: Apache-2.0 */
/* A server with TLS for tests: a process that serves in one manner or another.
 */
#ifndef TLS_SERVER_H
#define TLS_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a server does with each connection. */
typedef enum manner {
    TLS,
    WANTS_CERTIFICATE,
    CLOSES,
    CLOSES_ON_10, /* whoever comes with TLS 1.0 */
    DROPS_HALF,   /* every other connection, the first too */
    RESETS_HALF,  /* the same, with a reset */
    SPEAKS_HTTP
} manner;

typedef struct service {
    manner manner;
    int min;
    int max;
    const char *line; /* how one begins that must come before TLS; NULL */
} service;

/* A key and a certificate for it, made now. */
static void
give_certificate(SSL_CTX *ctx)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, NULL);
    X509 *certificate = X509_new();

    ck_assert_int_eq(EVP_PKEY_keygen_init(maker), 1);
    ck_assert_int_eq(EVP_PKEY_keygen(maker, &key), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    ck_assert_int_ne(X509_sign(certificate, key, EVP_sha256()), 0);
    ck_assert_int_eq(SSL_CTX_use_certificate(ctx, certificate), 1);
    ck_assert_int_eq(SSL_CTX_use_PrivateKey(ctx, key), 1);
    X509_free(certificate);
    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(maker);
}

static SSL_CTX *
context_of(const service *s)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

    ck_assert_ptr_nonnull(ctx);
    SSL_CTX_set_security_level(ctx, 0);
    ck_assert_int_eq(SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0"), 1);
    SSL_CTX_set_min_proto_version(ctx, s->min);
    SSL_CTX_set_max_proto_version(ctx, s->max);
    give_certificate(ctx);
    if (s->manner == WANTS_CERTIFICATE) {
        SSL_CTX_set_verify(
            ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    }
    return ctx;
}

/* Whether a connection is to end without a word. */
static bool
is_dropped(int fd, manner how)
{
    static unsigned n;
    unsigned char hello[11];
    struct linger at_once = {1, 0};

    if (how == RESETS_HALF && n % 2 == 0) {
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    }
    if (how == DROPS_HALF || how == RESETS_HALF) {
        return n++ % 2 == 0;
    }
    /* A hello says its version behind two headers, of 5 and of 4 bytes. */
    return how == CLOSES ||
           (how == CLOSES_ON_10 &&
            recv(fd, hello, sizeof(hello), MSG_PEEK | MSG_WAITALL) ==
                (ssize_t)sizeof(hello) &&
            hello[10] == (TLS1_VERSION & 0xff));
}

static void
serve_one(int fd, const service *s, SSL_CTX *ctx)
{
    static const char http[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
    char bytes[64];
    size_t n = s->line == NULL ? 0 : strlen(s->line);

    if (n > 0 && (recv(fd, bytes, n, MSG_WAITALL) != (ssize_t)n ||
                  memcmp(bytes, s->line, n) != 0)) {
        return;
    }
    while (n > 0 && recv(fd, bytes, 1, 0) == 1 && bytes[0] != '\n') {
    }
    if (is_dropped(fd, s->manner)) {
        return;
    }
    if (s->manner == SPEAKS_HTTP) {
        recv(fd, bytes, sizeof(bytes), 0);
        send(fd, http, sizeof(http) - 1, MSG_NOSIGNAL);
        shutdown(fd, SHUT_WR);
        while (recv(fd, bytes, sizeof(bytes), 0) > 0) {
        }
    }
    if (s->manner != SPEAKS_HTTP) {
        SSL *ssl = SSL_new(ctx);

        SSL_set_fd(ssl, fd);
        if (SSL_accept(ssl) == 1) {
            SSL_read(ssl, bytes, sizeof(bytes));
        }
        SSL_free(ssl);
    }
}

/* A process that serves for a minute at most; its port. */
static pid_t
start(const service *s, char *port, size_t room)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(at);
    int door = socket(AF_INET, SOCK_STREAM, 0);

    ck_assert_int_eq(bind(door, (struct sockaddr *)&at, n), 0);
    ck_assert_int_eq(listen(door, 16), 0);
    ck_assert_int_eq(getsockname(door, (struct sockaddr *)&at, &n), 0);
    snprintf(port, room, "%d", ntohs(at.sin_port));
    pid_t pid = fork();
    if (pid != 0) {
        close(door);
        return pid;
    }
    SSL_CTX *ctx = context_of(s);

    signal(SIGPIPE, SIG_IGN);
    alarm(60);
    for (;;) {
        int fd = accept(door, NULL, NULL);

        serve_one(fd, s, ctx);
        close(fd);
    }
}

static void
stop(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

#endif
