/* SPDX-License-Identifier: Apache-2.0 */
/* Handshakes with servers that speak this and that. */
#include "unit/check_main.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

/* What a server does with each connection. */
typedef enum manner { TLS, WANTS_CERTIFICATE, CLOSES, SPEAKS_HTTP } manner;

static const struct {
    const char *name;
    manner manner;
    int min;
    int max;
    const char *line; /* how one begins that must come before TLS */
    const char *set;
    const char *problem; /* a part of it; NULL: none */
} servers[] = {
    {"all", TLS, TLS1_VERSION, TLS1_3_VERSION, "",
     "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3", NULL},
    {"1.2 and 1.3", TLS, TLS1_2_VERSION, TLS1_3_VERSION, "", "TLSv1.2 TLSv1.3",
     NULL},
    {"1.0 alone", TLS, TLS1_VERSION, TLS1_VERSION, "", "TLSv1", NULL},
    {"1.1 alone", TLS, TLS1_1_VERSION, TLS1_1_VERSION, "", "TLSv1.1", NULL},
    {"1.3 alone", TLS, TLS1_3_VERSION, TLS1_3_VERSION, "", "TLSv1.3", NULL},
    {"a client's certificate is wanted", WANTS_CERTIFICATE, TLS1_VERSION,
     TLS1_2_VERSION, "", "TLSv1 TLSv1.1 TLSv1.2", NULL},
    {"PROXY protocol", TLS, TLS1_2_VERSION, TLS1_2_VERSION,
     "PROXY TCP4 127.0.0.1 127.0.0.1 ", "TLSv1.2", NULL},
    {"closes", CLOSES, 0, 0, "", "none", "without an answer in TLS"},
    {"plain", SPEAKS_HTTP, 0, 0, "", "none", "not TLS"},
};

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
context_of(int i)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

    ck_assert_ptr_nonnull(ctx);
    SSL_CTX_set_security_level(ctx, 0);
    ck_assert_int_eq(SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0"), 1);
    SSL_CTX_set_min_proto_version(ctx, servers[i].min);
    SSL_CTX_set_max_proto_version(ctx, servers[i].max);
    give_certificate(ctx);
    if (servers[i].manner == WANTS_CERTIFICATE) {
        SSL_CTX_set_verify(
            ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    }
    return ctx;
}

static void
serve_one(int fd, int i, SSL_CTX *ctx)
{
    static const char http[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
    char bytes[64];
    size_t n = strlen(servers[i].line);

    if (n > 0 && (recv(fd, bytes, n, MSG_WAITALL) != (ssize_t)n ||
                  memcmp(bytes, servers[i].line, n) != 0)) {
        return;
    }
    while (n > 0 && recv(fd, bytes, 1, 0) == 1 && bytes[0] != '\n') {
    }
    if (servers[i].manner == SPEAKS_HTTP) {
        recv(fd, bytes, sizeof(bytes), 0);
        send(fd, http, sizeof(http) - 1, MSG_NOSIGNAL);
        shutdown(fd, SHUT_WR);
        while (recv(fd, bytes, sizeof(bytes), 0) > 0) {
        }
    }
    if (servers[i].manner == TLS || servers[i].manner == WANTS_CERTIFICATE) {
        SSL *ssl = SSL_new(ctx);

        SSL_set_fd(ssl, fd);
        if (SSL_accept(ssl) == 1) {
            SSL_read(ssl, bytes, sizeof(bytes));
        }
        SSL_free(ssl);
    }
}

/* A process that serves; its port. */
static pid_t
start(int i, char *port, size_t room)
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
    SSL_CTX *ctx = context_of(i);

    signal(SIGPIPE, SIG_IGN);
    alarm(60);
    for (;;) {
        int fd = accept(door, NULL, NULL);

        serve_one(fd, i, ctx);
        close(fd);
    }
}

START_TEST(server)
{
    ce_arena *arena = ce_arena_new();
    char port[16];
    pid_t pid = start(_i, port, sizeof(port));
    ce_target target = {.host = "127.0.0.1",
                        .port = port,
                        .name = "a.test",
                        .is_proxied = servers[_i].line[0] != '\0'};
    ce_probe probe;

    ce_probe_run(arena, &target, &probe);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    ck_assert_msg(strcmp(ce_set_text(arena, probe.set), servers[_i].set) == 0,
                  "%s: %s", servers[_i].name, ce_set_text(arena, probe.set));
    ck_assert_uint_eq(probe.rescued, 0);
    ck_assert_uint_eq(probe.untried, 0);
    ck_assert_str_eq(probe.address, "127.0.0.1");
    if (servers[_i].problem == NULL) {
        ck_assert_msg(probe.problem == NULL, "%s: %s", servers[_i].name,
                      probe.problem);
    } else {
        ck_assert_ptr_nonnull(probe.problem);
        ck_assert_ptr_nonnull(strstr(probe.problem, servers[_i].problem));
    }
    ce_arena_free(arena);
}
END_TEST

START_TEST(nobody_is_there)
{
    ce_arena *arena = ce_arena_new();
    ce_target target = {.host = "127.0.0.1", .port = "1"};
    ce_probe probe;

    ce_probe_run(arena, &target, &probe);
    ck_assert_ptr_null(probe.address);
    ck_assert_ptr_nonnull(probe.problem);
    ck_assert_ptr_nonnull(strstr(probe.problem, "no connection"));
    target.host = "nonexistent.invalid";
    ce_probe_run(arena, &target, &probe);
    ck_assert_ptr_null(probe.address);
    ck_assert_ptr_nonnull(probe.problem);
    ce_arena_free(arena);
}
END_TEST

Suite *
test_suite(void)
{
    Suite *suite = suite_create("confedit probe");
    TCase *t = tcase_create("probe");

    tcase_add_loop_test(t, server, 0, TLSF_COUNTOF(servers));
    tcase_add_test(t, nobody_is_there);
    tcase_set_timeout(t, 60);
    suite_add_tcase(suite, t);
    return suite;
}
