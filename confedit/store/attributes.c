/* SPDX-License-Identifier: Apache-2.0 */
/* Owner, mode and extended attributes; called by commit_check.c and
 * commit_file.c. */
#define _GNU_SOURCE /* statx */
#include "attributes.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#define MODE_BITS 07777

static int
read_value(ce_arena *arena, int fd, ce_xattr *attribute)
{
    for (;;) {
        ssize_t n = fgetxattr(fd, attribute->name, NULL, 0);

        if (n < 0) {
            return -1;
        }
        char *value = ce_arena_alloc(arena, (size_t)n + 1);
        ssize_t got = fgetxattr(fd, attribute->name, value, (size_t)n);

        if (got >= 0) {
            attribute->value = (tlsf_str){value, (size_t)got};
            return 0;
        }
        if (errno != ERANGE) {
            return -1;
        }
    }
}

static int
read_names(ce_arena *arena, int fd, char **names, size_t *n)
{
    ssize_t size = flistxattr(fd, NULL, 0);

    *n = 0;
    if (size <= 0) {
        return size == 0 || errno == ENOTSUP ? 0 : -1;
    }
    *names = ce_arena_alloc(arena, (size_t)size);
    size = flistxattr(fd, *names, (size_t)size);
    *n = size < 0 ? 0 : (size_t)size;
    return size < 0 ? -1 : 0;
}

int
ce_attributes_read(ce_arena *arena, int fd, ce_attributes *attributes)
{
    struct stat st;
    char *names = NULL;
    size_t size;
    size_t room = 0;

    if (fstat(fd, &st) != 0 || read_names(arena, fd, &names, &size) != 0) {
        return -1;
    }
    *attributes =
        (ce_attributes){st.st_mode & MODE_BITS, st.st_uid, st.st_gid, NULL, 0};
    for (size_t at = 0; at < size; at += strlen(names + at) + 1) {
        attributes->list = ce_arena_grow(arena, attributes->list, attributes->n,
                                         &room, sizeof(ce_xattr));
        attributes->list[attributes->n].name = names + at;
        if (read_value(arena, fd, &attributes->list[attributes->n]) != 0) {
            return -1;
        }
        attributes->n++;
    }
    return 0;
}

static const ce_xattr *
find(const ce_attributes *attributes, const char *name)
{
    for (size_t i = 0; i < attributes->n; i++) {
        if (strcmp(attributes->list[i].name, name) == 0) {
            return &attributes->list[i];
        }
    }
    return NULL;
}

/* Attributes that sign the bytes: a copy of them would be a lie. */
static bool
is_signature(const char *name)
{
    return strcmp(name, "security.ima") == 0 ||
           strcmp(name, "security.evm") == 0;
}

static bool
is_label(const char *name)
{
    return strcmp(name, "security.selinux") == 0 ||
           strncmp(name, "security.SMACK64", 16) == 0;
}

static bool
is_in_group(gid_t gid)
{
    gid_t groups[1024];
    int n = getgroups(1024, groups);

    if (gid == getegid()) {
        return true;
    }
    for (int i = 0; i < n; i++) {
        if (groups[i] == gid) {
            return true;
        }
    }
    return false;
}

const char *
ce_attributes_doubt(ce_arena *arena, const ce_attributes *attributes)
{
    bool is_root = geteuid() == 0;

    for (size_t i = 0; i < attributes->n; i++) {
        const char *name = attributes->list[i].name;

        if (is_signature(name)) {
            return ce_arena_format(arena,
                                   "its attribute %s signs its bytes, which "
                                   "only who signed it can do anew",
                                   name);
        }
        if (!is_root && !is_label(name) &&
            (strncmp(name, "security.", 9) == 0 ||
             strncmp(name, "trusted.", 8) == 0)) {
            return ce_arena_format(
                arena, "only root can give a file the attribute %s", name);
        }
    }
    if (!is_root && attributes->uid != geteuid()) {
        return "it belongs to another user, whom only root can give a file; "
               "run as that user or as root";
    }
    if (!is_root && !is_in_group(attributes->gid)) {
        return "it belongs to a group that you are not in, so the new file "
               "could not; run as root";
    }
    return NULL;
}

/* What the new file has and the old one had not: a folder's default ACL. */
static const char *
remove_others(ce_arena *arena, int fd, const ce_attributes *attributes)
{
    ce_attributes now;

    if (ce_attributes_read(arena, fd, &now) != 0) {
        return strerror(errno);
    }
    for (size_t i = 0; i < now.n; i++) {
        const char *name = now.list[i].name;

        if (find(attributes, name) == NULL && !is_label(name) &&
            fremovexattr(fd, name) != 0) {
            return ce_arena_format(arena, "%s cannot be taken away: %s", name,
                                   strerror(errno));
        }
    }
    return NULL;
}

static const char *
compare(ce_arena *arena, int fd, const ce_attributes *want)
{
    ce_attributes now;

    if (ce_attributes_read(arena, fd, &now) != 0) {
        return strerror(errno);
    }
    if (now.mode != want->mode || now.uid != want->uid ||
        now.gid != want->gid) {
        return "the file system does not keep owner and mode";
    }
    for (size_t i = 0; i < want->n; i++) {
        const ce_xattr *have = find(&now, want->list[i].name);

        if (have == NULL || !tlsf_str_eq(have->value, want->list[i].value)) {
            return ce_arena_format(arena, "the file system does not keep %s",
                                   want->list[i].name);
        }
    }
    return NULL;
}

const char *
ce_attributes_apply(ce_arena *arena, int fd, const ce_attributes *attributes)
{
    const char *why = remove_others(arena, fd, attributes);

    if (why != NULL) {
        return why;
    }
    /* The owner first: a change of it may take bits of the mode away. */
    if (fchown(fd, attributes->uid, attributes->gid) != 0) {
        return ce_arena_format(arena, "owner %u:%u: %s", attributes->uid,
                               attributes->gid, strerror(errno));
    }
    for (size_t i = 0; i < attributes->n; i++) {
        const ce_xattr *a = &attributes->list[i];

        if (fsetxattr(fd, a->name, a->value.data, a->value.len, 0) != 0) {
            return ce_arena_format(arena, "%s: %s", a->name, strerror(errno));
        }
    }
    if (fchmod(fd, attributes->mode) != 0) {
        return ce_arena_format(arena, "mode %04o: %s", attributes->mode,
                               strerror(errno));
    }
    return compare(arena, fd, attributes);
}

int
ce_facts_read(int fd, ce_facts *facts)
{
    struct statx x;

    if (statx(fd, "", AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW,
              STATX_BASIC_STATS | STATX_MNT_ID, &x) != 0) {
        return -1;
    }
    facts->is_mount = (x.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
    facts->is_immutable =
        (x.stx_attributes & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND)) != 0;
    facts->mount = (x.stx_mask & STATX_MNT_ID) != 0
                       ? x.stx_mnt_id
                       : (uint64_t)x.stx_dev_major << 32 | x.stx_dev_minor;
    return 0;
}
