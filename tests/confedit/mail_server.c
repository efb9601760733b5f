/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mail server that is as sound or as broken as a test wants it:
 *
 *     mail_server smtp|imap|pop3 HOW CERTIFICATE
 *
 *     sound    forgets what came behind STARTTLS before the handshake
 *     broken   executes it after the handshake (CVE-2011-0411)
 *     none     does not offer STARTTLS
 *     rude     refuses to begin TLS, with commands to the terminal
 *
 * It listens on a free port of 127.0.0.1, says the port on standard output,
 * and serves one connection after the other; after five minutes it ends.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

/* A connection: what was read and not yet executed is kept here. */
typedef struct session {
    const char *protocol;
    const char *how;
    SSL_CTX *ctx;
    SSL *ssl;
    int fd;
    char bytes[4096];
    size_t n;
} session;

static void
say(session *s, const char *text)
{
    if (s->ssl != NULL) {
        SSL_write(s->ssl, text, (int)strlen(text));
    } else if (send(s->fd, text, strlen(text), MSG_NOSIGNAL) < 0) {
        s->n = 0;
    }
}

/* The next line, without its end; false when the client is gone. */
static bool
next_line(session *s, char *line, size_t room)
{
    char *feed;

    while ((feed = memchr(s->bytes, '\n', s->n)) == NULL) {
        size_t left = sizeof(s->bytes) - s->n;
        ssize_t r = s->ssl != NULL
                        ? SSL_read(s->ssl, s->bytes + s->n, (int)left)
                        : recv(s->fd, s->bytes + s->n, left, 0);

        if (r <= 0) {
            return false;
        }
        s->n += (size_t)r;
    }
    size_t n = (size_t)(feed - s->bytes);
    size_t kept = n < room ? n : room - 1;
    memcpy(line, s->bytes, kept);
    line[kept] = '\0';
    line[strcspn(line, "\r")] = '\0';
    s->n -= n + 1;
    memmove(s->bytes, feed + 1, s->n);
    return true;
}

static void
begin_tls(session *s)
{
    if (strcmp(s->how, "broken") != 0) {
        s->n = 0;
    }
    s->ssl = SSL_new(s->ctx);
    SSL_set_fd(s->ssl, s->fd);
    if (SSL_accept(s->ssl) != 1) {
        s->n = 0;
        shutdown(s->fd, SHUT_RDWR);
    }
}

static bool
is_imap(const session *s)
{
    return strcmp(s->protocol, "imap") == 0;
}

/* Answer one command; false when it was the last. */
static bool
answer(session *s, const char *line)
{
    bool is_smtp = strcmp(s->protocol, "smtp") == 0;
    size_t tag = is_imap(s) ? strcspn(line, " ") : 0;
    const char *command = line + tag + strspn(line + tag, " ");
    const char *yes = is_smtp ? "250 ok" : is_imap(s) ? "OK" : "+OK";
    const char *no = is_smtp ? "500 what" : is_imap(s) ? "BAD" : "-ERR";
    bool is_begin = strcasecmp(command, "STARTTLS") == 0 ||
                    strcasecmp(command, "STLS") == 0;
    bool is_end =
        strcasecmp(command, "QUIT") == 0 || strcasecmp(command, "LOGOUT") == 0;
    const char *word = is_begin && is_smtp ? "220 go"
                       : is_end && is_smtp ? "221 bye"
                       : is_begin || is_end || strcasecmp(command, "NOOP") == 0
                           ? yes
                           : no;
    char text[256];

    if (strncasecmp(command, "EHLO", 4) == 0) {
        say(s, strcmp(s->how, "none") == 0
                   ? "250-mail.test\r\n250 SIZE 100\r\n"
                   : "250-mail.test\r\n250-SIZE 100\r\n250 STARTTLS\r\n");
        return true;
    }
    if (is_begin && strcmp(s->how, "rude") == 0) {
        say(s, "554 \033[31mred\033[0m \233\r\n");
        return true;
    }
    snprintf(text, sizeof(text), "%.*s%s%s\r\n", (int)(tag < 32 ? tag : 32),
             line, is_imap(s) ? " " : "", word);
    say(s, text);
    if (is_begin) {
        begin_tls(s);
    }
    return !is_end;
}

static void
serve(session *s)
{
    char line[256];

    say(s, strcmp(s->protocol, "smtp") == 0   ? "220-mail\r\n220 test\r\n"
           : strcmp(s->protocol, "imap") == 0 ? "* OK test\r\n"
                                              : "+OK test\r\n");
    while (next_line(s, line, sizeof(line)) && answer(s, line)) {
    }
    if (s->ssl != NULL) {
        SSL_shutdown(s->ssl);
        SSL_free(s->ssl);
    }
    close(s->fd);
}

int
main(int argc, char **argv)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(at);
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    int door = socket(AF_INET, SOCK_STREAM, 0);

    signal(SIGPIPE, SIG_IGN);
    alarm(300);
    if (argc != 4 || ctx == NULL ||
        SSL_CTX_use_certificate_file(ctx, argv[3], SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_use_PrivateKey_file(ctx, argv[3], SSL_FILETYPE_PEM) != 1 ||
        bind(door, (struct sockaddr *)&at, n) != 0 || listen(door, 8) != 0 ||
        getsockname(door, (struct sockaddr *)&at, &n) != 0) {
        fputs("mail_server: cannot start\n", stderr);
        return 1;
    }
    printf("%d\n", ntohs(at.sin_port));
    fflush(stdout);
    for (;;) {
        session s = {.protocol = argv[1],
                     .how = argv[2],
                     .ctx = ctx,
                     .fd = accept(door, NULL, NULL)};

        if (s.fd >= 0) {
            serve(&s);
        }
    }
}
