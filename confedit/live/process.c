/* SPDX-License-Identifier: Apache-2.0 */
/* Reads /proc; called by program_find.c and program_reload.c. */
#include "process.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static tlsf_str
read_all(ce_arena *arena, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ce_text text = {NULL, 0, 0};
    char piece[4096];
    ssize_t r;

    if (fd < 0) {
        return (tlsf_str){NULL, 0};
    }
    while ((r = read(fd, piece, sizeof(piece))) > 0) {
        ce_text_add(arena, &text, (tlsf_str){piece, (size_t)r});
    }
    close(fd);
    return (tlsf_str){text.data, text.n};
}

bool
ce_process_read(pid_t pid, ce_process *process)
{
    char path[64];
    char stat[1024];
    char state;
    long parent;

    snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
    FILE *from = fopen(path, "re");
    if (from == NULL) {
        return false;
    }
    size_t n = fread(stat, 1, sizeof(stat) - 1, from);
    fclose(from);
    stat[n] = '\0';
    /* The second field is a name in brackets that may hold anything. */
    const char *rest = strrchr(stat, ')');
    *process = (ce_process){.pid = pid};
    if (rest == NULL ||
        sscanf(rest + 1,
               " %c %ld %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
               "%*s %*s %*s %*s %llu",
               &state, &parent, &process->started) != 3) {
        return false;
    }
    process->parent = (pid_t)parent;
    return state != 'Z' && state != 'X';
}

unsigned long long
ce_process_now(void)
{
    struct timespec now;
    long ticks = sysconf(_SC_CLK_TCK);

    clock_gettime(CLOCK_BOOTTIME, &now);
    return (unsigned long long)now.tv_sec * (unsigned long long)ticks +
           (unsigned long long)now.tv_nsec * (unsigned long long)ticks /
               1000000000ULL;
}

bool
ce_process_lives(const ce_process *process)
{
    ce_process now;

    return ce_process_read(process->pid, &now) &&
           now.started == process->started;
}

static void
add_process(ce_arena *arena, ce_processes *all, const char *number,
            pid_t parent)
{
    ce_process p;

    if (!tlsf_is_digit(number[0]) ||
        !ce_process_read((pid_t)strtol(number, NULL, 10), &p) ||
        (parent != 0 && p.parent != parent)) {
        return;
    }
    all->list = ce_arena_grow(arena, all->list, all->n, &all->room, sizeof(p));
    all->list[all->n++] = p;
}

void
ce_process_list(ce_arena *arena, pid_t parent, ce_processes *all)
{
    /* Most kernels tell a process's children without a look at all others. */
    const char *name = ce_arena_format(arena, "/proc/%ld/task/%ld/children",
                                       (long)parent, (long)parent);

    if (parent != 0 && access(name, R_OK) == 0) {
        const char *text = ce_arena_text(arena, read_all(arena, name));

        for (size_t n; *text != '\0'; text += n + (text[n] == ' ')) {
            n = strcspn(text, " ");
            add_process(arena, all, text, parent);
        }
        return;
    }
    DIR *folder = opendir("/proc");
    struct dirent *entry;

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        add_process(arena, all, entry->d_name, parent);
    }
    if (folder != NULL) {
        closedir(folder);
    }
}

tlsf_str
ce_process_file(ce_arena *arena, pid_t pid, const char *name)
{
    return read_all(arena,
                    ce_arena_format(arena, "/proc/%ld/%s", (long)pid, name));
}

tlsf_str
ce_process_title(ce_arena *arena, pid_t pid)
{
    tlsf_str title = ce_process_file(arena, pid, "cmdline");

    /* A title leaves NULs behind it. */
    while (title.len > 0 && title.data[title.len - 1] == '\0') {
        title.len--;
    }
    return title;
}

const char *
ce_process_link(ce_arena *arena, pid_t pid, const char *name)
{
    char to[4096];
    ssize_t n =
        readlink(ce_arena_format(arena, "/proc/%ld/%s", (long)pid, name), to,
                 sizeof(to));

    return n <= 0 ? NULL : ce_arena_text(arena, (tlsf_str){to, (size_t)n});
}

static bool
has_socket(const ce_sockets *sockets, unsigned long long number)
{
    for (size_t i = 0; i < sockets->n; i++) {
        if (sockets->list[i] == number) {
            return true;
        }
    }
    return false;
}

static void
add_socket(ce_arena *arena, ce_sockets *sockets, unsigned long long number)
{
    sockets->list = ce_arena_grow(arena, sockets->list, sockets->n,
                                  &sockets->room, sizeof(number));
    sockets->list[sockets->n++] = number;
}

/* All sockets that a process has open; false when that is not known. */
static bool
open_sockets(ce_arena *arena, pid_t pid, ce_sockets *sockets)
{
    DIR *folder = opendir(ce_arena_format(arena, "/proc/%ld/fd", (long)pid));
    struct dirent *entry;

    if (folder == NULL) {
        return false;
    }
    while ((entry = readdir(folder)) != NULL) {
        char to[64];
        ssize_t n =
            readlinkat(dirfd(folder), entry->d_name, to, sizeof(to) - 1);
        unsigned long long number;

        to[n < 0 ? 0 : n] = '\0';
        if (sscanf(to, "socket:[%llu]", &number) == 1) {
            add_socket(arena, sockets, number);
        }
    }
    closedir(folder);
    return true;
}

void
ce_process_listeners(ce_arena *arena, pid_t pid, ce_sockets *sockets)
{
    static const char *const tables[] = {"tcp", "tcp6"};
    ce_sockets own = {NULL, 0, 0};

    open_sockets(arena, pid, &own);
    for (size_t i = 0; i < TLSF_COUNTOF(tables); i++) {
        char line[512];
        char path[64];

        snprintf(path, sizeof(path), "/proc/%ld/net/%s", (long)pid, tables[i]);
        FILE *from = fopen(path, "re");
        while (from != NULL && fgets(line, sizeof(line), from) != NULL) {
            unsigned long long number;
            unsigned state;

            if (sscanf(line, " %*s %*s %*s %x %*s %*s %*s %*s %*s %llu", &state,
                       &number) == 2 &&
                state == 0x0A && has_socket(&own, number)) {
                add_socket(arena, sockets, number);
            }
        }
        if (from != NULL) {
            fclose(from);
        }
    }
}

ce_holds
ce_process_holds(ce_arena *arena, pid_t pid, const ce_sockets *sockets)
{
    ce_sockets open = {NULL, 0, 0};

    if (sockets->n == 0 || !open_sockets(arena, pid, &open)) {
        return CE_HOLDS_UNKNOWN;
    }
    for (size_t i = 0; i < open.n; i++) {
        if (has_socket(sockets, open.list[i])) {
            return CE_HOLDS_SOME;
        }
    }
    return CE_HOLDS_NONE;
}
