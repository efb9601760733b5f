/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets with time limits; called by probe.c and starttls.c. */
#include "link.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"

void
ce_link_step(ce_link *link)
{
    link->until = ce_clock_ms() + CE_LINK_STEP_MS;
}

static bool
wait_for(ce_link *link, short events)
{
    for (;;) {
        struct pollfd wait = {link->fd, events, 0};
        int64_t left = link->until - ce_clock_ms();

        if (left <= 0) {
            errno = ETIMEDOUT;
            return false;
        }
        int ready = poll(&wait, 1, (int)left);
        if (ready > 0) {
            return true;
        }
        if (ready < 0 && errno != EINTR) {
            return false;
        }
    }
}

static bool
connect_to(ce_link *link, const struct addrinfo *to)
{
    int on = 1;
    int error = 0;
    socklen_t n = sizeof(error);

    link->fd =
        socket(to->ai_family, to->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
               to->ai_protocol);
    if (link->fd < 0) {
        return false;
    }
    ce_link_step(link);
    setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (connect(link->fd, to->ai_addr, to->ai_addrlen) == 0) {
        return true;
    }
    if (errno == EINPROGRESS && wait_for(link, POLLOUT) &&
        getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &error, &n) == 0) {
        errno = error;
        /* One that was reset was there: its end is seen soon enough. */
        if (error == 0 || error == ECONNRESET) {
            return true;
        }
    }
    error = errno;
    close(link->fd);
    link->fd = -1;
    errno = error;
    return false;
}

const char *
ce_link_open(ce_arena *arena, ce_link *link, const char *host, const char *port,
             const char **address)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;

    *link = (ce_link){.fd = -1};
    int failed = getaddrinfo(host, port, &hints, &found);
    if (failed != 0) {
        return ce_arena_format(arena, "%s", gai_strerror(failed));
    }
    for (const struct addrinfo *to = found; to != NULL && link->fd < 0;
         to = to->ai_next) {
        char name[NI_MAXHOST];

        if (connect_to(link, to) &&
            getnameinfo(to->ai_addr, to->ai_addrlen, name, sizeof(name), NULL,
                        0, NI_NUMERICHOST) == 0) {
            *address = ce_arena_text(arena, tlsf_str_of(name));
        }
    }
    freeaddrinfo(found);
    return link->fd >= 0
               ? NULL
               : ce_arena_format(arena, "no connection: %s", strerror(errno));
}

bool
ce_link_wait(ce_link *link, int ssl_error)
{
    if (ssl_error == SSL_ERROR_WANT_READ) {
        return wait_for(link, POLLIN);
    }
    return ssl_error == SSL_ERROR_WANT_WRITE && wait_for(link, POLLOUT);
}

/* Receive or send n bytes at most; -1: the end, an error or too late. */
static int
transfer(ce_link *link, char *to, const char *from, size_t n)
{
    for (;;) {
        if (link->ssl != NULL) {
            int moved = to != NULL ? SSL_read(link->ssl, to, (int)n)
                                   : SSL_write(link->ssl, from, (int)n);

            if (moved > 0) {
                return moved;
            }
            if (!ce_link_wait(link, SSL_get_error(link->ssl, moved))) {
                return -1;
            }
            continue;
        }
        ssize_t moved = to != NULL ? recv(link->fd, to, n, 0)
                                   : send(link->fd, from, n, MSG_NOSIGNAL);
        if (moved > 0) {
            return (int)moved;
        }
        if (moved == 0 || (errno != EAGAIN && errno != EINTR) ||
            !wait_for(link, to != NULL ? POLLIN : POLLOUT)) {
            return -1;
        }
    }
}

bool
ce_link_send(ce_link *link, const char *text)
{
    size_t n = strlen(text);

    while (n > 0) {
        int sent = transfer(link, NULL, text, n);

        if (sent < 0) {
            return false;
        }
        text += sent;
        n -= (size_t)sent;
    }
    return true;
}

bool
ce_link_introduce(ce_link *link)
{
    struct sockaddr_storage ends[2];
    char hosts[2][64];
    char ports[2][8];
    char line[192];

    for (size_t i = 0; i < 2; i++) {
        struct sockaddr *end = (struct sockaddr *)&ends[i];
        socklen_t n = sizeof(ends[i]);

        if ((i == 0 ? getsockname(link->fd, end, &n)
                    : getpeername(link->fd, end, &n)) != 0 ||
            getnameinfo(end, n, hosts[i], sizeof(hosts[i]), ports[i],
                        sizeof(ports[i]),
                        NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
            return false;
        }
        hosts[i][strcspn(hosts[i], "%")] = '\0'; /* a zone */
    }
    snprintf(line, sizeof(line), "PROXY TCP%s %s %s %s %s\r\n",
             ends[0].ss_family == AF_INET6 ? "6" : "4", hosts[0], hosts[1],
             ports[0], ports[1]);
    return ce_link_send(link, line);
}

bool
ce_link_line(ce_link *link, char *line, size_t room)
{
    size_t n = 0;

    /* One byte at a time: what follows the line may be TLS. */
    for (;;) {
        char c;

        if (transfer(link, &c, NULL, 1) < 0) {
            return false;
        }
        if (c == '\n') {
            n -= n > 0 && line[n - 1] == '\r';
            line[n] = '\0';
            return true;
        }
        if (n + 1 < room) {
            line[n++] = c;
        }
    }
}

void
ce_link_close(ce_link *link)
{
    if (link->ssl != NULL) {
        SSL_shutdown(link->ssl);
        SSL_free(link->ssl);
        link->ssl = NULL;
    }
    if (link->fd >= 0) {
        close(link->fd);
        link->fd = -1;
    }
}
