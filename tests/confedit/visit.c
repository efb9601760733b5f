/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client that can do everything and tells what it could negotiate; built and
 * called by reality.sh. Each line of its input
 *
 *     ADDRESS NAME STARTTLS     127.0.0.1:443 a.test no
 *
 * comes back with the versions behind it, or - for none. The name - sends no
 * SNI; STARTTLS is no, imap, pop3 or smtp; ADDRESS may be unix:PATH.
 */
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <openssl/ssl.h>

static const struct {
    int number;
    const char *name;
} versions[] = {{TLS1_VERSION, "TLSv1"},
                {TLS1_1_VERSION, "TLSv1.1"},
                {TLS1_2_VERSION, "TLSv1.2"},
                {TLS1_3_VERSION, "TLSv1.3"}};

static void
limit_time(int fd)
{
    struct timeval most = {10, 0};

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most));
}

static int
connect_unix(const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
    if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* HOST:PORT, an IPv6 host between brackets; -1 when nobody listens. */
static int
connect_to(const char *address)
{
    char host[256];
    const char *colon = strrchr(address, ':');
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list;

    if (strncmp(address, "unix:", 5) == 0) {
        return connect_unix(address + 5);
    }
    if (colon == NULL) {
        return -1;
    }
    bool has_brackets = address[0] == '[';
    snprintf(host, sizeof(host), "%.*s",
             (int)(colon - address) - 2 * has_brackets, address + has_brackets);
    if (getaddrinfo(host, colon + 1, &hints, &list) != 0) {
        return -1;
    }
    int fd = socket(list->ai_family, SOCK_STREAM, 0);

    if (connect(fd, list->ai_addr, list->ai_addrlen) != 0) {
        close(fd);
        fd = -1;
    }
    freeaddrinfo(list);
    return fd;
}

/* Send a command, if any, and read until a line that begins with `until`. */
static bool
talk(int fd, const char *command, const char *until)
{
    char line[1024];
    size_t n = 0;

    if (command != NULL && write(fd, command, strlen(command)) < 0) {
        return false;
    }
    while (n + 1 < sizeof(line) && read(fd, line + n, 1) == 1) {
        if (line[n++] != '\n') {
            continue;
        }
        line[n] = '\0';
        if (strncmp(line, until, strlen(until)) == 0) {
            return true;
        }
        if (line[0] == '-' || line[0] == '5' || strncmp(line, "a ", 2) == 0) {
            return false; /* what refuses a command */
        }
        n = 0;
    }
    return false;
}

static bool
begin_tls(int fd, const char *how)
{
    if (strcmp(how, "imap") == 0) {
        return talk(fd, NULL, "* OK") && talk(fd, "a STARTTLS\r\n", "a OK");
    }
    if (strcmp(how, "pop3") == 0) {
        return talk(fd, NULL, "+OK") && talk(fd, "STLS\r\n", "+OK");
    }
    if (strcmp(how, "smtp") == 0) {
        return talk(fd, NULL, "220 ") && talk(fd, "EHLO me\r\n", "250 ") &&
               talk(fd, "STARTTLS\r\n", "220 ");
    }
    return true;
}

static bool
visit(SSL_CTX *ctx, const char *address, const char *name, const char *how,
      int version)
{
    int fd = connect_to(address);
    bool is_done = false;

    if (fd < 0) {
        return false;
    }
    limit_time(fd);
    if (begin_tls(fd, how)) {
        SSL *ssl = SSL_new(ctx);

        SSL_set_min_proto_version(ssl, version);
        SSL_set_max_proto_version(ssl, version);
        if (strcmp(name, "-") != 0) {
            SSL_set_tlsext_host_name(ssl, name);
        }
        SSL_set_fd(ssl, fd);
        is_done = SSL_connect(ssl) == 1;
        SSL_free(ssl);
    }
    close(fd);
    return is_done;
}

int
main(void)
{
    char address[512];
    char name[512];
    char how[16];

    OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

    if (ctx == NULL || SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0") != 1) {
        return 1;
    }
    while (scanf("%511s %511s %15s", address, name, how) == 3) {
        const char *comma = "";

        printf("%s %s %s ", address, name, how);
        for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
            if (visit(ctx, address, name, how, versions[i].number)) {
                printf("%s%s", comma, versions[i].name);
                comma = ",";
            }
        }
        puts(*comma == '\0' ? "-" : "");
    }
    SSL_CTX_free(ctx);
    return 0;
}
