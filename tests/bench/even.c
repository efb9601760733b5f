/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions of the C library for LD_PRELOAD under callgrind. Their cost does
 * not depend on where things lie in memory, so that the instructions of two
 * servers can be compared: glibc's malloc and its comparisons of strings (which
 * look at page ends) move by more than our module's cost with the layout of
 * the heap.
 *
 * Blocks are powers of two from a pool that is never given back, with one free
 * list for each power.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>

enum { SMALLEST = 5, LARGEST = 40, HEAD = 16 };

/* Before each block. */
typedef struct head {
    uint64_t power;    /* of its size; 0: an aligned piece of another block */
    struct head *next; /* the next free one; of a piece: the other block */
} head;

static head *free_lists[LARGEST];
static char *pool;
static size_t pool_left;
static atomic_flag lock = ATOMIC_FLAG_INIT;

static void *
from_pool(size_t n)
{
    if (n > pool_left) {
        size_t size = n > (size_t)1 << 26 ? n : (size_t)1 << 26;

        pool = mmap(NULL, size, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (pool == MAP_FAILED) {
            pool_left = 0;
            return NULL;
        }
        pool_left = size;
    }
    pool_left -= n;
    pool += n;
    return pool - n;
}

void *malloc(size_t n);
void free(void *p);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t n);
int posix_memalign(void **p, size_t alignment, size_t n);
void *memalign(size_t alignment, size_t n);
void *aligned_alloc(size_t alignment, size_t n);
size_t malloc_usable_size(void *p);

void *
malloc(size_t n)
{
    unsigned power =
        n + HEAD <= (size_t)1 << SMALLEST
            ? SMALLEST
            : 64 - (unsigned)__builtin_clzll((unsigned long long)n + HEAD - 1);
    head *h = NULL;

    if (power >= LARGEST) {
        errno = ENOMEM;
        return NULL;
    }
    while (atomic_flag_test_and_set(&lock)) {
    }
    h = free_lists[power];
    if (h != NULL) {
        free_lists[power] = h->next;
    } else {
        h = from_pool((size_t)1 << power);
    }
    atomic_flag_clear(&lock);
    if (h == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    h->power = power;
    return (char *)h + HEAD;
}

void
free(void *p)
{
    head *h = (head *)((char *)p - HEAD);

    if (p == NULL) {
        return;
    }
    if (h->power == 0) {
        h = h->next;
    }
    while (atomic_flag_test_and_set(&lock)) {
    }
    h->next = free_lists[h->power];
    free_lists[h->power] = h;
    atomic_flag_clear(&lock);
}

size_t
malloc_usable_size(void *p)
{
    const head *h = (head *)((char *)p - HEAD);

    if (p == NULL) {
        return 0;
    }
    return h->power != 0 ? ((size_t)1 << h->power) - HEAD
                         : (size_t)((char *)h->next +
                                    ((size_t)1 << h->next->power) - (char *)p);
}

void *
calloc(size_t n, size_t size)
{
    void *p = size != 0 && n > SIZE_MAX / size ? NULL : malloc(n * size);

    return p == NULL ? NULL : memset(p, 0, n * size);
}

void *
realloc(void *p, size_t n)
{
    size_t had = malloc_usable_size(p);
    void *other = NULL;

    if (p != NULL && n <= had) {
        return p;
    }
    other = malloc(n);
    if (other != NULL && p != NULL) {
        memcpy(other, p, had);
        free(p);
    }
    return other;
}

void *
memalign(size_t alignment, size_t n)
{
    char *p = malloc(alignment <= HEAD ? n : n + alignment + HEAD);
    head *piece = NULL;

    if (p == NULL || alignment <= HEAD) {
        return p;
    }
    piece = (head *)(((uintptr_t)p + HEAD + alignment - 1) / alignment *
                     alignment) -
            1;
    piece->power = 0;
    piece->next = (head *)(p - HEAD);
    return piece + 1;
}

void *
aligned_alloc(size_t alignment, size_t n)
{
    return memalign(alignment, n);
}

int
posix_memalign(void **p, size_t alignment, size_t n)
{
    *p = memalign(alignment, n);
    return *p == NULL ? ENOMEM : 0;
}

int
strcmp(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

int
strncmp(const char *a, const char *b, size_t n)
{
    while (n > 0 && *a != '\0' && *a == *b) {
        a++;
        b++;
        n--;
    }
    return n == 0 ? 0 : (unsigned char)*a - (unsigned char)*b;
}

static int
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : (unsigned char)c;
}

int
strcasecmp(const char *a, const char *b)
{
    while (*a != '\0' && (*a == *b || lower(*a) == lower(*b))) {
        a++;
        b++;
    }
    return lower(*a) - lower(*b);
}

int
strncasecmp(const char *a, const char *b, size_t n)
{
    while (n > 0 && *a != '\0' && (*a == *b || lower(*a) == lower(*b))) {
        a++;
        b++;
        n--;
    }
    return n == 0 ? 0 : lower(*a) - lower(*b);
}
