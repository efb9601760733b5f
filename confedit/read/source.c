/* SPDX-License-Identifier: Apache-2.0 */
/* Reads files and remembers them; called by include.c and the commands. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <unistd.h>

#include "progress.h"
#include "windows.h"

#define MAX_LINKS 40

/* Between two milestones. */
#define BLOCK_BYTES ((size_t)4096)

/* What is known about the lines before a block of a file. */
typedef struct ce_milestone {
    size_t lines; /* that ended */
    size_t begin; /* of the line that has not */
} milestone;

/* One part of a path resolved below `done`, which lies inside the root. */
static const char *
follow(ce_files *files, const char *done, const char *part, const char **rest)
{
    const char *full = ce_arena_format(files->arena, "%s/%s", done, part);
    char target[PATH_MAX];
    ssize_t n = readlink(full, target, sizeof(target) - 1);

    if (n < 0) {
        return full;
    }
    target[n] = '\0';
    *rest = ce_arena_format(files->arena, "%s/%s", target, *rest);
    return target[0] == '/' ? files->root : done;
}

static const char *
parent_of(ce_files *files, const char *done)
{
    tlsf_str s = tlsf_str_of(done);

    while (s.len > strlen(files->root) && s.data[s.len - 1] != '/') {
        s.len--;
    }
    while (s.len > strlen(files->root) && s.data[s.len - 1] == '/') {
        s.len--;
    }
    return ce_arena_text(files->arena, s);
}

const char *
ce_files_path(ce_files *files, const char *name)
{
    if (files->root == NULL) {
        return name;
    }
    const char *done = files->root;
    const char *rest = name;

    if (files->is_windows && ce_windows_drive(name) > 0) {
        done = ce_windows_folder(files, name);
        rest = name + ce_windows_drive(name);
    }

    for (unsigned links = 0; *rest != '\0';) {
        size_t n = strcspn(rest, "/");
        const char *part = ce_arena_text(files->arena, (tlsf_str){rest, n});

        rest += n + (rest[n] == '/');
        if (n == 0 || strcmp(part, ".") == 0) {
            continue;
        }
        if (strcmp(part, "..") == 0) {
            done = parent_of(files, done);
            continue;
        }
        const char *before = rest;

        if (files->is_windows) {
            part = ce_windows_part(files->arena, done, part);
        }
        done = follow(files, done, part, &rest);
        if (rest != before && ++links > MAX_LINKS) {
            errno = ELOOP;
            return NULL;
        }
    }
    return done;
}

static size_t
slot_of(const ce_files *files, dev_t device, ino_t inode)
{
    uint64_t hash = ((uint64_t)inode * 0x9e3779b97f4a7c15U) ^ (uint64_t)device;

    return (size_t)(hash >> 17) & (files->n_slots - 1);
}

static ce_source *
find(const ce_files *files, dev_t device, ino_t inode)
{
    if (files->n_slots == 0) {
        return NULL;
    }
    size_t i = slot_of(files, device, inode);

    while (files->slots[i] != NULL) {
        if (files->slots[i]->device == device &&
            files->slots[i]->inode == inode) {
            return files->slots[i];
        }
        i = (i + 1) & (files->n_slots - 1);
    }
    return NULL;
}

static void
put(ce_files *files, ce_source *source)
{
    size_t i = slot_of(files, source->device, source->inode);

    while (files->slots[i] != NULL) {
        i = (i + 1) & (files->n_slots - 1);
    }
    files->slots[i] = source;
}

static void
remember(ce_files *files, ce_source *source)
{
    if (files->n * 2 >= files->n_slots) {
        files->n_slots = files->n_slots == 0 ? 64 : files->n_slots * 2;
        files->slots =
            ce_arena_alloc(files->arena, files->n_slots * sizeof(ce_source *));
        for (ce_source *s = files->first; s != NULL; s = s->next) {
            put(files, s);
        }
    }
    put(files, source);
    if (files->last == NULL) {
        files->first = source;
    } else {
        files->last->next = source;
    }
    files->last = source;
    source->order = files->n++;
}

/* Reads to the end; a file that grew meanwhile is cut at its first size. */
static int
read_bytes(int fd, char *to, size_t n, size_t *got)
{
    *got = 0;
    while (*got < n) {
        ssize_t r = read(fd, to + *got, n - *got);

        if (r < 0 && errno == EINTR) {
            continue;
        }
        if (r < 0) {
            return -1;
        }
        if (r == 0) {
            break;
        }
        *got += (size_t)r;
    }
    return 0;
}

static ce_source *
load(ce_files *files, int fd, const char *name, const char *path)
{
    struct stat st;

    if (fstat(fd, &st) != 0) {
        return NULL;
    }
    if (!S_ISREG(st.st_mode)) {
        errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
        return NULL;
    }
    ce_source *source = find(files, st.st_dev, st.st_ino);

    if (source != NULL) {
        return source;
    }
    if ((uint64_t)st.st_size > CE_MAX_BYTES - files->bytes) {
        errno = EFBIG;
        return NULL;
    }
    char *bytes = ce_arena_bytes(files->arena, (size_t)st.st_size);
    size_t got;

    if (read_bytes(fd, bytes, (size_t)st.st_size, &got) != 0) {
        return NULL;
    }
    bool has_root = path != name;

    name = ce_arena_text(files->arena, tlsf_str_of(name));
    source = ce_source_of(files->arena, name, (tlsf_str){bytes, got});
    source->path = has_root ? path : name;
    source->device = st.st_dev;
    source->inode = st.st_ino;
    source->mode = st.st_mode;
    source->modified_at = st.st_mtim;
    files->bytes += got;
    ce_progress_step("reading", "files");
    remember(files, source);
    return source;
}

const char *
ce_files_why(int failure)
{
    switch (failure) {
    case EISDIR:
        return "it is a folder; name a file";
    case EINVAL:
        return "it is not a regular file";
    case ENOENT:
        return "there is no such file";
    case ENOTDIR:
        return "a part of this name is not a folder";
    case EACCES:
        return "no permission; try as the user who runs the server";
    case ENAMETOOLONG:
        return "the name is too long";
    case ELOOP:
        return "its symbolic links lead in a circle";
    case EFBIG:
        return "it is too large: all files of a configuration together may "
               "have 1 GiB";
    default:
        return strerror(failure);
    }
}

ce_source *
ce_files_read(ce_files *files, const char *name)
{
    const char *path = ce_files_path(files, name);

    if (path == NULL) {
        return NULL;
    }
    /* A pipe or device must not hold us up. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0) {
        return NULL;
    }
    ce_source *source = load(files, fd, name, path);
    int failure = errno;

    close(fd);
    errno = failure;
    return source;
}

ce_source *
ce_source_of(ce_arena *arena, const char *name, tlsf_str bytes)
{
    ce_source *source = ce_arena_alloc(arena, sizeof(ce_source));

    source->name = name;
    source->path = name;
    source->bytes = bytes;
    return source;
}

/* Count line ends, and find where the last line begins. */
static void
walk_lines(const char *bytes, size_t from, size_t to, milestone *m)
{
    while (from < to) {
        const char *lf = memchr(bytes + from, '\n', to - from);

        if (lf == NULL) {
            return;
        }
        from = (size_t)(lf - bytes) + 1;
        m->lines++;
        m->begin = from;
    }
}

/* The bytes of a word that are LF, as ones; every eight bytes at once. */
static uint64_t
line_ends(const char *p)
{
    const uint64_t low = 0x7f7f7f7f7f7f7f7fU;
    uint64_t word;

    memcpy(&word, p, sizeof(word));
    word ^= 0x0a0a0a0a0a0a0a0aU;
    return ~(((word & low) + low) | word | low) >> 7;
}

/* A whole block: only its number of lines, and where its last one begins. */
static void
walk_block(const char *bytes, size_t from, milestone *m)
{
    enum { AT_ONCE = 128 }; /* words, before a byte could overflow */
    size_t lines = 0;

    for (size_t i = 0; i < BLOCK_BYTES; i += AT_ONCE * 8) {
        uint64_t sum = 0;

        for (size_t k = 0; k < AT_ONCE * 8; k += 8) {
            sum += line_ends(bytes + from + i + k);
        }
        sum = (sum & 0x00ff00ff00ff00ffU) + (sum >> 8 & 0x00ff00ff00ff00ffU);
        lines += sum * 0x0001000100010001U >> 48;
    }
    if (lines > 0) {
        size_t end = from + BLOCK_BYTES;

        while (bytes[end - 1] != '\n') {
            end--;
        }
        m->begin = end;
        m->lines += lines;
    }
}

/* Milestones up to a block of the file. */
static void
add_miles(ce_arena *arena, ce_source *source, size_t block)
{
    if (source->miles == NULL) {
        size_t n = source->bytes.len / BLOCK_BYTES + 1;

        source->miles = ce_arena_alloc(arena, n * sizeof(milestone));
        source->n_miles = 1;
    }
    for (; source->n_miles <= block; source->n_miles++) {
        milestone *m = &source->miles[source->n_miles];

        *m = m[-1];
        walk_block(source->bytes.data, (source->n_miles - 1) * BLOCK_BYTES, m);
    }
}

ce_place
ce_source_place(ce_arena *arena, ce_source *source, size_t at)
{
    at = at < source->bytes.len ? at : source->bytes.len;
    size_t block = at / BLOCK_BYTES;

    add_miles(arena, source, block);
    milestone m = source->miles[block];

    walk_lines(source->bytes.data, block * BLOCK_BYTES, at, &m);
    return (ce_place){source->name, m.lines + 1, at - m.begin + 1};
}

void
ce_source_forget(ce_source *source)
{
    source->miles = NULL;
    source->n_miles = 0;
    source->marked_by = NULL;
    source->marked_to = 0;
}
