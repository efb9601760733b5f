/* SPDX-License-Identifier: Apache-2.0 */
/* Text, clocks, files, folders, ports; for all of the harness. */
#define _GNU_SOURCE
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "servers/tool.h"

/* Below the range from which Linux takes ports for outgoing connections. */
enum { FIRST_PORT = 20000, N_PORTS = 10000 };

bool ts_is_in_test;

void
ts_require(bool ok, const char *format, ...)
{
    char line[4096]; /* Check takes no longer ones */
    va_list list;

    if (ok) {
        return;
    }
    va_start(list, format);
    vsnprintf(line, sizeof(line), format, list);
    va_end(list);
    if (ts_is_in_test) {
        ck_abort_msg("%s", line);
    }
    fprintf(stderr, "%s\n", line);
    exit(EXIT_FAILURE);
}

void
ts_append(ts_text *text, const char *bytes, size_t n)
{
    text->data = realloc(text->data, text->n + n + 1);
    ts_require(text->data != NULL, "out of memory");
    if (n > 0) {
        memcpy(text->data + text->n, bytes, n);
    }
    text->n += n;
    text->data[text->n] = '\0';
}

static char *
format_list(const char *format, va_list list)
{
    char *made = NULL;

    ts_require(vasprintf(&made, format, list) >= 0, "out of memory");
    return made;
}

void
ts_appendf(ts_text *text, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    char *piece = format_list(format, list);
    va_end(list);
    ts_append(text, piece, strlen(piece));
    free(piece);
}

char *
ts_format(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    char *made = format_list(format, list);
    va_end(list);
    return made;
}

int64_t
ts_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool
ts_wait(int64_t deadline)
{
    if (ts_clock() >= deadline) {
        return false;
    }
    poll(NULL, 0, 5);
    return true;
}

const char *
ts_env(const char *name, const char *otherwise)
{
    const char *value = getenv(name);

    return value == NULL || value[0] == '\0' ? otherwise : value;
}

char *
ts_absolute(const char *path)
{
    char here[4096];

    if (path[0] == '/') {
        return ts_format("%s", path);
    }
    ts_require(getcwd(here, sizeof(here)) != NULL, "getcwd failed");
    return ts_format("%s/%s", here, path);
}

ts_text
ts_read_file(const char *path)
{
    ts_text text = {NULL, 0};
    FILE *file = fopen(path, "r");
    char piece[65536];

    ts_append(&text, "", 0);
    while (file != NULL && !feof(file) && !ferror(file)) {
        ts_append(&text, piece, fread(piece, 1, sizeof(piece), file));
    }
    if (file != NULL) {
        fclose(file);
    }
    return text;
}

void
ts_write_file(const char *path, const char *content)
{
    FILE *file = fopen(path, "w");

    ts_require(file != NULL, "%s: %s", path, strerror(errno));
    fputs(content, file);
    ts_require(fclose(file) == 0, "fclose failed");
}

void
ts_make_folder(const char *path)
{
    char *partly = ts_format("%s", path);

    for (char *at = partly + 1; at[-1] != '\0'; at++) {
        if (*at == '/' || *at == '\0') {
            char end = *at;

            *at = '\0';
            ts_require(mkdir(partly, 0755) == 0 || errno == EEXIST, "%s: %s",
                       partly, strerror(errno));
            *at = end;
        }
    }
    free(partly);
}

static int
remove_one(const char *path, const struct stat *facts, int kind,
           struct FTW *where)
{
    (void)facts;
    (void)kind;
    (void)where;
    return remove(path);
}

void
ts_remove_folder(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static struct sockaddr_in
loopback(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};

    return address;
}

static bool
is_free(unsigned port)
{
    struct sockaddr_in address = loopback(port);
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    bool got = bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    close(fd);
    return got;
}

/* A locked file per port; the lock ends with the last process that has it. */
unsigned
ts_free_port(void)
{
    static unsigned next;
    unsigned first = (unsigned)getpid() * 37;

    ts_make_folder("build/tmp/ports");
    for (unsigned i = 0; i < N_PORTS; i++) {
        unsigned port = FIRST_PORT + (first + next++) % N_PORTS;
        char *path = ts_format("build/tmp/ports/%u", port);
        int fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0644);

        ts_require(fd >= 0, "%s: %s", path, strerror(errno));
        free(path);
        if (flock(fd, LOCK_EX | LOCK_NB) == 0 && is_free(port)) {
            return port;
        }
        close(fd);
    }
    ts_require(false, "no free port");
    return 0;
}

int
ts_connect(unsigned port)
{
    struct sockaddr_in address = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ts_require(fd >= 0, "socket: %s", strerror(errno));
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

bool
ts_is_running(int pid)
{
    char *path = ts_format("/proc/%d/stat", pid);
    ts_text stat = ts_read_file(path);
    const char *name_end = strrchr(stat.data, ')');
    bool running = name_end != NULL && name_end[1] != '\0' &&
                   name_end[2] != 'Z' && name_end[2] != 'X';

    free(path);
    free(stat.data);
    return running;
}

void
ts_kill(int pid, int sig)
{
    ts_require(pid > 1, "process %d is not ours", pid);
    ts_require(kill(pid, sig) == 0 || errno == ESRCH, "kill %d: %s", pid,
               strerror(errno));
}
