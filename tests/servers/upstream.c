/* SPDX-License-Identifier: Apache-2.0 */
/* The server behind the server: one thread, one connection at a time. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "servers/tool.h"
#include "servers/upstream.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned count;
static ts_text heard;

static const char answer[] = "HTTP/1.1 200 OK\r\n"
                             "Content-Type: text/plain\r\n"
                             "Content-Length: 14\r\n"
                             "Cache-Control: max-age=86400\r\n"
                             "Connection: close\r\n"
                             "\r\n"
                             "SITE upstream\n";

static void
note(const char *bytes, size_t n, bool is_new)
{
    pthread_mutex_lock(&lock);
    ts_append(&heard, bytes, n);
    count += is_new;
    pthread_mutex_unlock(&lock);
}

/* Head and what came with it; a body is not waited for. */
static void
serve(int fd)
{
    char request[16384];
    size_t used = 0;
    ssize_t n = 0;

    note("", 0, true);
    do {
        n = recv(fd, request + used, sizeof(request) - 1 - used, 0);
        if (n > 0) {
            note(request + used, (size_t)n, false);
            used += (size_t)n;
        }
        request[used] = '\0';
    } while (n > 0 && strstr(request, "\r\n\r\n") == NULL);
    if (used > 0) {
        (void)!send(fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL);
    }
    shutdown(fd, SHUT_WR);
    while (recv(fd, request, sizeof(request), 0) > 0) {
    }
    close(fd);
}

static void *
run(void *listener)
{
    for (;;) {
        int fd = accept((int)(intptr_t)listener, NULL, NULL);

        if (fd >= 0) {
            serve(fd);
        }
    }
    return NULL;
}

void
ts_upstream_open(const ts_server *s)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)s->upstream_port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    pthread_t thread;

    ts_append(&heard, "", 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    ts_require(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
                   listen(fd, 16) == 0,
               "upstream: %s", strerror(errno));
    ts_require(pthread_create(&thread, NULL, run, (void *)(intptr_t)fd) == 0,
               "upstream: no thread");
}

unsigned
ts_upstream_count(void)
{
    pthread_mutex_lock(&lock);
    unsigned n = count;
    pthread_mutex_unlock(&lock);
    return n;
}

const char *
ts_upstream_heard(void)
{
    pthread_mutex_lock(&lock);
    const char *copy = ts_format("%s", heard.data);
    pthread_mutex_unlock(&lock);
    return copy;
}
