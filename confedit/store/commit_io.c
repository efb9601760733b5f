/* SPDX-License-Identifier: Apache-2.0 */
/* Files and digests; called by all that write. */
#include "commit_io.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "options.h"
#include "terminal.h"

#define PIECE 65536

int
ce_io_status(int failure)
{
    switch (failure) {
    case EACCES:
    case EPERM:
    case ELOOP:
        return CE_NOT_ALLOWED;
    case EROFS:
    case EXDEV:
    case ENOENT:
    case ENOTDIR:
    case EEXIST:
    case EISDIR:
    case EINVAL:
    case ENAMETOOLONG:
        return CE_UNWRITABLE;
    default:
        return CE_IO;
    }
}

int
ce_io_fail(const char *path, const char *what, int failure)
{
    ce_say(stderr, "%s: %s: %s\n", path, what,
           failure == ELOOP ? "a symbolic link where none may be"
                            : strerror(failure));
    return ce_io_status(failure);
}

static int
write_all(int fd, tlsf_str bytes)
{
    for (size_t done = 0; done < bytes.len;) {
        ssize_t n = write(fd, bytes.data + done, bytes.len - done);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            errno = n == 0 ? EIO : errno;
            return -1;
        }
        done += (size_t)n;
    }
    return 0;
}

int
ce_io_make(int folder, const char *name, tlsf_str bytes, int *fd)
{
    int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY;
    int made = openat(folder, name, flags, 0600);

    if (made < 0) {
        return -1;
    }
    int result = write_all(made, bytes);

    if (fd != NULL && result == 0) {
        *fd = made;
        return 0;
    }
    result = result == 0 ? fsync(made) : -1;
    int failure = errno;

    close(made);
    if (result != 0) {
        unlinkat(folder, name, 0);
    }
    errno = failure;
    return result;
}

int
ce_io_make_unsynced(int folder, const char *name, tlsf_str bytes)
{
    int fd;

    if (ce_io_make(folder, name, bytes, &fd) != 0) {
        return -1;
    }
    if (close(fd) != 0) {
        unlinkat(folder, name, 0);
        return -1;
    }
    return 0;
}

int
ce_io_open(int folder, const char *name, struct stat *st)
{
    int fd = openat(folder, name,
                    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0) {
        return -1;
    }
    if (fstat(fd, st) != 0 || !S_ISREG(st->st_mode)) {
        close(fd);
        errno = EINVAL;
        return -1;
    }
    return fd;
}

/* Up to n bytes from an offset; fewer at the end of the file alone. */
static ssize_t
read_at(int fd, char *to, size_t n, size_t at)
{
    size_t done = 0;

    while (done < n) {
        ssize_t r = pread(fd, to + done, n - done, (off_t)(at + done));

        if (r < 0 && errno == EINTR) {
            continue;
        }
        if (r < 0) {
            return -1;
        }
        if (r == 0) {
            break;
        }
        done += (size_t)r;
    }
    return (ssize_t)done;
}

int
ce_io_read(ce_arena *arena, int fd, tlsf_str *bytes)
{
    struct stat st;

    if (fstat(fd, &st) != 0) {
        return -1;
    }
    char *to = ce_arena_alloc(arena, (size_t)st.st_size + 1);
    ssize_t n = read_at(fd, to, (size_t)st.st_size, 0);

    *bytes = (tlsf_str){to, n < 0 ? 0 : (size_t)n};
    return n < 0 ? -1 : 0;
}

int
ce_io_equals(int fd, tlsf_str bytes)
{
    char piece[PIECE];

    for (size_t at = 0;; at += sizeof(piece)) {
        ssize_t n = read_at(fd, piece, sizeof(piece), at);
        size_t left = bytes.len > at ? bytes.len - at : 0;
        size_t want = left < sizeof(piece) ? left : sizeof(piece);

        if (n < 0) {
            return -1;
        }
        if ((size_t)n != want ||
            (want > 0 && memcmp(piece, bytes.data + at, want) != 0)) {
            return 0;
        }
        if (want < sizeof(piece)) {
            return 1;
        }
    }
}

static void
need(int worked)
{
    if (worked != 1) {
        fputs("confedit: the OpenSSL library has no SHA-256\n", stderr);
        exit(71);
    }
}

static void
spell(const unsigned char *sum, ce_digest *digest)
{
    for (size_t i = 0; i < 32; i++) {
        snprintf(digest->hex + 2 * i, 3, "%02x", sum[i]);
    }
}

void
ce_digest_of(tlsf_str bytes, ce_digest *digest)
{
    unsigned char sum[EVP_MAX_MD_SIZE];

    need(EVP_Digest(bytes.data == NULL ? "" : bytes.data, bytes.len, sum, NULL,
                    EVP_sha256(), NULL));
    spell(sum, digest);
}

int
ce_digest_file(int fd, ce_digest *digest)
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    char piece[PIECE];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    ssize_t n = 0;

    need(context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL));
    for (size_t at = 0; (n = read_at(fd, piece, sizeof(piece), at)) > 0;
         at += (size_t)n) {
        need(EVP_DigestUpdate(context, piece, (size_t)n));
    }
    need(EVP_DigestFinal_ex(context, sum, NULL));
    EVP_MD_CTX_free(context);
    spell(sum, digest);
    return n < 0 ? -1 : 0;
}
