#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What confedit does to files and file systems:
#
#     tests/confedit/files.sh PROGRAM [CASE…]
#
# Each case has a fresh tree on a real file system; mounts are made in a mount
# namespace of the test's own. Needs root, since owners, attributes and mounts
# are what it is about; user 65534 is the ordinary user.
# Environment: NGINX, HTTPD.
# shellcheck disable=SC2317,SC2119,SC2154,SC2034 # cases are called by their names,
# with or without a folder; what files_lib.sh sets is set there
set -u
program=$(realpath "$1")
test -x "$program" || exit 1
shift
cd "$(dirname "$0")/../.." || exit 1
top=$PWD
NGINX=${NGINX:-/usr/sbin/nginx}
HTTPD=${HTTPD:-/usr/sbin/apache2}
# shellcheck source=tests/confedit/files_lib.sh disable=SC1091
. tests/confedit/files_lib.sh

if [ "$(id -u)" != 0 ]; then
    skipped files 'needs root'
    exit 0
fi
if [ -z "${FILES_NAMESPACE-}" ]; then
    FILES_NAMESPACE=1 exec unshare -m --propagation private \
        "$top/tests/confedit/files.sh" "$program" "$@"
fi
work=$(mktemp -d)
chmod 755 "$work"
trap 'chattr -R -i -a "$work" 2>/dev/null; umount -q "$work"/m* 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
own_store

# --- attributes ---------------------------------------------------------------

# The metadata of the three files, without size and time.
metadata()
{
    (
        cd "$tree" || exit
        find . -type f -printf '%p %m %U:%G\n' | sort
        getfacl -R -n -p . 2>/dev/null
        getfattr -R -d -m - --absolute-names . 2>/dev/null
    )
}

keeps_metadata()
{
    metadata >"$work/m1"
    raise "$tree/nginx.conf"
    expect 0
    changed "$tree"/sites/*.conf
    metadata >"$work/m2"
    diff "$work/m1" "$work/m2" >"$work/diff" || fail "$(cat "$work/diff")"
    no_litter
    remember
    run undo
    expect 0
    metadata >"$work/m2"
    diff "$work/m1" "$work/m2" >"$work/diff" || fail "undo: $(cat "$work/diff")"
    no_litter
}

modes()
{
    chmod 600 "$tree/sites/1.conf"
    chmod 4751 "$tree/sites/2.conf"
    chmod 444 "$tree/sites/3.conf"
    keeps_metadata
}

owners()
{
    chown 65534:33 "$tree/sites/1.conf"
    chmod 640 "$tree/sites/1.conf"
    chown 0:33 "$tree/sites/2.conf"
    chmod 2640 "$tree/sites/2.conf"
    keeps_metadata
}

access_lists()
{
    setfacl -m u:33:rw,g:34:r,m:r "$tree/sites/1.conf"
    setfacl -m u:65534:r "$tree/sites/2.conf"
    # New files of the folder get a list that the old ones have not.
    setfacl -d -m u:33:rwx "$tree/sites"
    keeps_metadata
}

user_attributes()
{
    setfattr -n user.note -v 'a note' "$tree/sites/1.conf"
    setfattr -n user.empty "$tree/sites/1.conf"
    setfattr -n user.bytes -v 0x00ff0a "$tree/sites/2.conf"
    keeps_metadata
}

root_attributes()
{
    setfattr -n trusted.note -v secret "$tree/sites/1.conf"
    setfattr -n security.note -v label "$tree/sites/2.conf"
    keeps_metadata
}

signed_attributes()
{
    if ! setfattr -n security.ima -v 0x0400 "$tree/sites/2.conf" 2>/dev/null; then
        # Kernels with IMA take real signatures only: nothing to copy either.
        return
    fi
    remember
    raise "$tree/nginx.conf"
    expect 77
    says security.ima
    unchanged
}

times_back()
{
    remember
    raise "$tree/nginx.conf"
    expect 0
    test "$(find "$tree" -name '1.conf' -newermt 2021-01-01)" ||
        fail 'a changed file keeps its old time'
    run undo
    expect 0
    unchanged
    no_litter
}

dry_run()
{
    remember
    raise --dry-run "$tree/nginx.conf"
    expect 0
    unchanged
    test ! -e "$state" || fail "--dry-run made $state"
}

# --- links ----------------------------------------------------------------------

hard_link()
{
    ln "$tree/sites/2.conf" "$tree/second"
    remember
    raise "$tree/nginx.conf"
    expect 77
    says 'hard link'
    unchanged
    no_litter
    raise --dry-run "$tree/nginx.conf"
    expect 77
}

symbolic_links()
{
    mkdir "$tree/real"
    mv "$tree/sites/1.conf" "$tree/real/1.conf"
    ln -s ../real/1.conf "$tree/sites/1.conf"
    ln -s "$tree/sites/1.conf" "$tree/real/chain"
    mv "$tree/sites/2.conf" "$tree/real/2.conf"
    ln -s "$tree/real/chain2" "$tree/sites/2.conf"
    ln -s 2.conf "$tree/real/chain2"
    facts "$tree" | grep ' l ' >"$work/l1"
    remember
    raise "$tree/nginx.conf"
    expect 0
    changed "$tree"/real/?.conf "$tree/sites/3.conf"
    facts "$tree" | grep ' l ' >"$work/l2"
    cmp -s "$work/l1" "$work/l2" || fail 'a link changed'
    no_litter
    run undo
    expect 0
    unchanged
}

linked_folder()
{
    mv "$tree/sites" "$tree/available"
    ln -s available "$tree/sites"
    remember
    raise "$tree/nginx.conf"
    expect 0
    changed "$tree"/available/?.conf
    test -L "$tree/sites" || fail 'the link to the folder is gone'
    run undo
    expect 0
    unchanged
}

# One file by two names is edited once.
two_names()
{
    mkdir "$tree/real"
    mv "$tree/sites/1.conf" "$tree/real/one"
    ln -s ../real/one "$tree/sites/1.conf"
    ln -s ../real/one "$tree/sites/9.conf"
    raise "$tree/nginx.conf"
    expect 0
    changed "$tree/real/one"
    test "$(grep -c ssl_protocols "$tree/real/one")" = 1 ||
        fail 'the file was edited twice'
}

circle()
{
    ln -s b "$tree/a"
    ln -s a "$tree/b"
    sed -i 's/sites/a/' "$tree/nginx.conf"
    remember
    raise "$tree/a/nginx.conf"
    expect 65
    unchanged
}

# --- file systems ---------------------------------------------------------------

read_only_mount()
{
    mount --bind "$tree/sites" "$tree/sites"
    mount -o remount,bind,ro "$tree/sites"
    remember
    raise "$tree/nginx.conf"
    expect 73
    says 'Read-only'
    unchanged
    umount "$tree/sites"
    no_litter
}

read_only_store()
{
    mkdir "$state"
    mount -t tmpfs -o ro,mode=0700 none "$state"
    remember
    raise "$tree/nginx.conf"
    expect 73
    unchanged
    umount "$state"
}

# tiny FOLDER OPTIONS: a small file system with the folder's content
tiny()
{
    mv "$1" "$1.was"
    mkdir "$1"
    mount -t tmpfs -o "$2" none "$1"
    cp -a "$1.was/." "$1"
    rm -rf "$1.was"
}

no_space_for_backup()
{
    mkdir "$state"
    chmod 700 "$state"
    tiny "$state" size=16k,mode=0700
    remember
    # The fullest that still lets a lock be written.
    dd if=/dev/zero of="$state/fill" bs=4k count=2 2>/dev/null
    raise "$tree/nginx.conf"
    expect 74
    says 'No space'
    unchanged
    no_litter
    umount "$state"
}

no_space_for_files()
{
    # Bigger than what is free, so that the new file cannot be written whole.
    for i in 1 2 3; do
        yes '# a line that is long enough to fill a page soon' |
            head -n 400 >>"$tree/sites/$i.conf"
    done
    tiny "$tree/sites" size=100k
    dd if=/dev/zero of="$tree/sites/fill" bs=4k count=3 2>/dev/null
    remember
    raise "$tree/nginx.conf"
    expect 74
    says 'No space'
    unchanged
    no_litter
    umount "$tree/sites"
}

no_inodes()
{
    tiny "$tree/sites" size=1m,nr_inodes=6
    remember
    raise "$tree/nginx.conf"
    expect 74
    unchanged
    no_litter
    umount "$tree/sites"
}

immutable()
{
    chattr +i "$tree/sites/2.conf"
    remember
    raise "$tree/nginx.conf"
    expect 77
    says immutable
    unchanged
    chattr -i "$tree/sites/2.conf"
    chattr +a "$tree/sites/2.conf"
    raise "$tree/nginx.conf"
    expect 77
    chattr -a "$tree/sites/2.conf"
    chattr +i "$tree/sites"
    raise "$tree/nginx.conf"
    expect 77
    says immutable
    chattr -i "$tree/sites"
    unchanged
    no_litter
}

mounted_file()
{
    cp "$tree/sites/2.conf" "$work/other"
    mount --bind "$work/other" "$tree/sites/2.conf"
    remember
    raise "$tree/nginx.conf"
    expect 77
    says mounted
    unchanged
    umount "$tree/sites/2.conf"
    no_litter
}

# A folder that is a mount of its own is no obstacle.
mounted_folder()
{
    tiny "$tree/sites" size=1m
    remember
    raise "$tree/nginx.conf"
    expect 0
    changed "$tree"/sites/?.conf
    run undo
    expect 0
    unchanged
    umount "$tree/sites"
}

# A container's layers: files come from a lower one until they are changed.
overlay()
{
    mkdir "$work/t/upper" "$work/t/layers" "$work/t/merged"
    if ! mount -t overlay -o "lowerdir=$tree/sites,upperdir=$tree/upper,workdir=$tree/layers" \
        none "$tree/merged" 2>/dev/null; then
        # An overlay on an overlay is not always to be had.
        mount -t tmpfs none "$work/t/layers"
        mkdir "$work/t/layers/u" "$work/t/layers/w"
        mount -t overlay -o "lowerdir=$tree/sites,upperdir=$tree/layers/u,workdir=$tree/layers/w" \
            none "$tree/merged" || fail 'no overlay can be mounted'
    fi
    sed -i 's/sites/merged/' "$tree/nginx.conf"
    remember "$tree/merged"
    raise "$tree/nginx.conf"
    expect 0
    changed "$tree"/merged/?.conf
    no_litter
    run undo
    expect 0
    unchanged "$tree/merged"
    no_litter
    umount "$tree/merged"
    umount -q "$tree/layers"
}

# Where root's own backups and lock are; /run/lock is everybody's folder.
system_store()
{
    # What somebody else laid there is no lock, and no way to a root's file.
    echo keep >"$tree/victim"
    remember
    rm -f /run/lock/confedit.lock
    setpriv --reuid 65534 --clear-groups ln -s "$tree/victim" \
        /run/lock/confedit.lock
    raise "$tree/nginx.conf"
    expect 0
    test "$(cat "$tree/victim")" = keep || fail 'a link was followed'
    test "$(stat -c '%a %u %F' /run/lock/confedit.lock)" = \
        '600 0 regular file' || fail 'the lock is not ours'
    test "$(stat -c %a /var/backups/confedit)" = 700 || fail 'open backups'
    rm /run/lock/confedit.lock
    setpriv --reuid 65534 --clear-groups flock /run/lock/confedit.lock \
        sleep 2 &
    sleep 0.2
    run undo
    expect 0
    unchanged
    wait
    # A second name of a file of root's.
    touch /run/lock/other
    ln -f /run/lock/other /run/lock/confedit.lock
    raise "$tree/nginx.conf"
    expect 0
    test ! -s /run/lock/other || fail 'another file was written'
    rm /run/lock/other
}

# A lock that is removed while it is being taken would be nobody's lock.
lock_removed()
{
    slowly flock
    background "$tree/nginx.conf"
    wait_for "$work/trace" flock
    rm /run/lock/confedit.lock
    finish
    expect 0
    test "$(grep -c flock "$work/trace")" = 2 || fail 'locked no name'
    test -f /run/lock/confedit.lock || fail 'no lock'
}

# CONFEDIT_STATE_DIR moves the sets, but neither the lock nor the journal.
state_variable()
{
    remember
    export CONFEDIT_STATE_DIR="$work/t/sets"
    slowly 'renameat2:when=2'
    background "$tree/nginx.conf"
    wait_for "$work/trace" 'renameat2(.*2.conf'
    unset CONFEDIT_STATE_DIR
    with=
    run undo
    expect 75
    kill -9 "$started"
    finish 2>/dev/null
    run history
    says 'broke off'
    run undo
    expect 0
    says 'broke off before'
    rm -rf "$tree/sets"
    unchanged
    no_litter
    export CONFEDIT_STATE_DIR="$work/t/sets"
    raise "$tree/nginx.conf"
    expect 0
    test -n "$(find "$tree/sets" -name manifest.json)" || fail 'no set there'
    run undo
    expect 0
    run undo --backup-dir "$work/t/other"
    says 'Nothing to do'
    unset CONFEDIT_STATE_DIR
    rm -rf "$tree/sets"
    unchanged
}

# --- other users ----------------------------------------------------------------

as_user()
{
    with='setpriv --reuid 65534 --regid 65534 --clear-groups'
    mkdir -p "$work/home"
    chown 65534:65534 "$work/home"
    export HOME="$work/home"
}

user_own_tree()
{
    as_user
    chown -R 65534:65534 "$tree"
    remember
    raise "$tree/nginx.conf"
    expect 0
    changed "$tree"/sites/?.conf
    test -d "$work/home/.local/state/confedit" || fail 'no store in HOME'
    test "$(stat -c %a "$work/home/.local/state/confedit")" = 700 ||
        fail 'the store is open to others'
    run history
    says 'raise'
    run undo
    expect 0
    unchanged
    no_litter
    XDG_STATE_HOME=$work/home/x raise "$tree/nginx.conf"
    expect 0
    test -d "$work/home/x/confedit" || fail 'XDG_STATE_HOME is not heeded'
}

user_others_file()
{
    as_user
    chown 65534 "$tree" "$tree/sites" "$tree"/sites/[13].conf
    chmod 644 "$tree/sites/2.conf"
    remember
    raise "$tree/nginx.conf"
    expect 77
    says '2.conf'
    unchanged
    no_litter
    chown 65534:33 "$tree/sites/2.conf"
    remember
    raise "$tree/nginx.conf"
    expect 77
    says group
    unchanged
}

user_others_folder()
{
    as_user
    chown 65534:65534 "$tree"/sites/?.conf
    remember
    raise "$tree/nginx.conf"
    expect 77
    unchanged
    no_litter
}

user_sticky_folder()
{
    as_user
    chmod 1777 "$tree/sites"
    chown 65534:65534 "$tree"/sites/[13].conf
    remember
    raise "$tree/nginx.conf"
    expect 77
    unchanged
    chown 65534:65534 "$tree"/sites/2.conf
    raise "$tree/nginx.conf"
    expect 0
    changed "$tree"/sites/?.conf
}

root_open_folder()
{
    chmod 777 "$tree/sites"
    remember
    raise "$tree/nginx.conf"
    expect 77
    says 'trust-paths'
    unchanged
    no_litter
    chmod 775 "$tree/sites"
    raise "$tree/nginx.conf"
    expect 77
    raise --trust-paths "$tree/nginx.conf"
    expect 0
    changed "$tree"/sites/?.conf
}

root_others_folder()
{
    chown 65534 "$tree/sites"
    remember
    raise "$tree/nginx.conf"
    expect 77
    says 'does not belong to root'
    unchanged
    chown 0 "$tree/sites"
    mkdir "$tree/theirs"
    chown 65534 "$tree/theirs"
    mv "$tree/sites/1.conf" "$tree/real.conf"
    ln -s "$tree/real.conf" "$tree/theirs/link"
    ln -s "$tree/theirs/link" "$tree/sites/1.conf"
    remember
    raise "$tree/nginx.conf"
    expect 77
    says theirs
    unchanged
}

root_sticky_folder()
{
    chmod 1777 "$tree/sites"
    raise "$tree/nginx.conf"
    expect 0
    changed "$tree"/sites/?.conf
    new_tree
    chmod 1777 "$tree/sites"
    chown 65534 "$tree/sites/2.conf"
    remember
    raise "$tree/nginx.conf"
    expect 77
    unchanged
}

# A set that others could have written is no backup.
root_others_set()
{
    raise "$tree/nginx.conf"
    expect 0
    set=$(find "$state" -mindepth 1 -type d)
    remember
    chmod 770 "$set"
    run undo
    says 'cannot be used'
    unchanged
    chmod 700 "$set"
    chmod 666 "$set/manifest.json"
    run undo
    says 'cannot be used'
    unchanged
    chmod 600 "$set/manifest.json"
    chown 65534 "$set/manifest.json"
    run undo
    says 'cannot be used'
    unchanged
    chown 0 "$set/manifest.json"
    sed -i 's|"folder": "[^"]*"|"folder": "/tmp/../etc"|' "$set/manifest.json"
    run undo
    says 'outside the tree'
    unchanged
    chmod 777 "$state"
    run undo
    expect 77
    unchanged
}

damaged_backup()
{
    raise "$tree/nginx.conf"
    remember
    set=$(find "$state" -mindepth 1 -type d)
    echo x >>"$set/000001"
    run undo
    expect 74
    unchanged
    rm "$set/000001"
    run undo
    expect 73
    unchanged
    echo '{' >"$set/manifest.json"
    run undo
    says 'damaged'
    unchanged
    no_litter
}

# --- at the same time -------------------------------------------------------------

# slowly SYSCALL[:when=N]: the run waits a moment before that call, and is
# not deaf to INT as what a shell starts behind itself
slowly()
{
    with="env --default-signal=INT strace -D -f -o $work/trace -e trace=${1%%:*} -e inject=$1:delay_enter=700000"
}

# wait_for FILE PATTERN
wait_for()
{
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        if grep -q "$2" "$1" 2>/dev/null; then
            return
        fi
        sleep 0.05
    done
    fail "no $2 in time"
}

# background ARGS...: raise, its status for `finish`
background()
{
    rm -f "$work/trace"
    # shellcheck disable=SC2086 # words are meant
    CONFEDIT_NGINX=/nonexistent \
        CONFEDIT_HTTPD=/nonexistent $with "$program" raise --floor TLSv1.2 \
        --no-annotate "$@" >"$work/out" 2>"$work/err" </dev/null &
    started=$!
}

finish()
{
    wait "$started"
    status=$?
}

edited_meanwhile()
{
    for how in inside replaced; do
        new_tree
        mkdir -m 700 "$state"
        slowly mkdirat
        background "$tree/nginx.conf"
        sleep 0.4
        if [ $how = inside ]; then
            echo '# by hand' >>"$tree/sites/2.conf"
        else
            cp "$tree/sites/2.conf" "$tree/x"
            echo '# by hand' >>"$tree/x"
            mv "$tree/x" "$tree/sites/2.conf"
        fi
        remember
        finish
        expect 75
        says 'edited'
        unchanged
        no_litter
    done
}

# at_last CALL HOW: 2.conf is edited just before its call
at_last()
{
    new_tree
    slowly "$1:when=2"
    background "$tree/nginx.conf"
    wait_for "$work/trace" "$1.*2.conf"
    case $2 in
    inside) echo '# by hand' >>"$tree/sites/2.conf" ;;
    mode) chmod 600 "$tree/sites/2.conf" ;;
    owner) chown 65534 "$tree/sites/2.conf" ;;
    attribute) setfattr -n user.note -v x "$tree/sites/2.conf" ;;
    gone) rm "$tree/sites/2.conf" ;;
    saved | linked)
        cp -p "$tree/sites/2.conf" "$tree/x"
        echo '# by hand' >>"$tree/x"
        if [ "$2" = linked ]; then
            mv "$tree/x" "$tree/real"
            ln -s ../real "$tree/x"
        fi
        mv "$tree/x" "$tree/sites/2.conf"
        ;;
    esac
    facts "$tree" | grep -v -e confedit -e ' d ' >"$work/before"
    finish
    expect 75
    says edited
    no_litter
    # Temporary names made the original's second one.
    facts "$tree" | grep -v -e confedit -e ' d ' >"$work/after"
    grep 2.conf "$work/before" | sed 's/ [0-9] $/ 1 /' >"$work/b"
    grep 2.conf "$work/after" | sed 's/ [0-9] $/ 1 /' >"$work/a"
    test "$2" = gone || diff "$work/b" "$work/a" >"$work/diff" ||
        fail "$1 $2: what was done by hand is lost: $(cat "$work/diff")"
    grep -q "$old_word" "$tree/sites/1.conf" || fail '1.conf is new'
}

# Between the last look and the new file's name.
edited_at_last()
{
    for how in inside mode owner saved linked gone; do
        at_last linkat $how
        at_last renameat2 $how
    done
}

# The same where names cannot be exchanged: what was written inside stays.
edited_at_last_rename()
{
    for error in EINVAL ENOSYS; do
        new_tree
        slowly renameat:when=4
        with="$with -e trace=renameat,renameat2 -e inject=renameat2:error=$error"
        background "$tree/nginx.conf"
        wait_for "$work/trace" 'renameat(.*2.conf'
        echo '# by hand' >>"$tree/sites/2.conf"
        hand=$(sha256sum <"$tree/sites/2.conf")
        finish
        expect 75
        test "$(sha256sum <"$tree/sites/2.conf")" = "$hand" ||
            fail 'what was written by hand is lost'
        grep -q "$old_word" "$tree/sites/1.conf" || fail '1.conf is new'
        no_litter
    done
}

two_runs()
{
    slowly 'fsync:when=1'
    background "$tree/nginx.conf"
    sleep 0.4
    with=
    "$program" undo >"$work/out2" 2>"$work/err2"
    test $? = 75 || fail "the second run: $(cat "$work/err2")"
    grep -q 'process [0-9]*, since 20.*: raise' "$work/err2" ||
        fail "the second run says $(cat "$work/err2")"
    finish
    expect 0
    changed "$tree"/sites/?.conf
    # No stale lock: the next run goes through.
    run undo
    expect 0
}

signals()
{
    for signal in INT:2 TERM:15 HUP:1 PIPE:13; do
        for call in 'fsync:when=2' 'linkat:when=2' 'renameat2:when=2'; do
            new_tree
            remember
            slowly "$call"
            background "$tree/nginx.conf"
            wait_for "$work/trace" "${call%%:*}"
            sleep 0.4
            kill -s "${signal%:*}" "$started"
            finish
            expect $((128 + ${signal#*:}))
            unchanged
            no_litter
        done
    done
}

# --- images -----------------------------------------------------------------------

image()
{
    rm -rf "${work:?}/home"
    mkdir -p "$tree/root/etc/nginx"
    mv "$tree/nginx.conf" "$tree/sites" "$tree/root/etc/nginx"
    root=$tree/root
}

image_inside()
{
    image
    remember "$root/etc"
    raise --root "$root" /etc/nginx/nginx.conf
    expect 0
    changed "$root"/etc/nginx/sites/?.conf
    test -d "$root/var/backups/confedit" || fail 'the backup is not inside'
    test ! -e "$state" || fail 'something is outside'
    run undo --root "$root"
    expect 0
    unchanged "$root/etc"
    no_litter
}

image_links_out()
{
    image
    mkdir -p "$tree/outside" "$root$tree/outside"
    cp -p "$root/etc/nginx/sites/1.conf" "$tree/outside/1.conf"
    mv "$root/etc/nginx/sites/1.conf" "$root$tree/outside/1.conf"
    # Absolute links and ".." end inside.
    ln -s "$tree/outside/1.conf" "$root/etc/nginx/sites/1.conf"
    mv "$root/etc/nginx/sites/2.conf" "$root/2.conf"
    ln -s ../../../../../../../../../../2.conf "$root/etc/nginx/sites/2.conf"
    remember "$tree/outside"
    raise --root "$root" /etc/nginx/nginx.conf
    expect 0
    unchanged "$tree/outside"
    changed "$root$tree/outside/1.conf" "$root/2.conf"
    run undo --root "$root"
    expect 0
    unchanged "$tree/outside"
    grep -q "$old_word" "$root/2.conf" || fail 'undo left 2.conf'
}

# The store, too: a link at its place cannot lead out.
image_store_out()
{
    image
    mkdir -p "$root/var" "$tree/outside"
    ln -s "$tree/outside" "$root/var/backups"
    remember "$tree/outside"
    raise --root "$root" /etc/nginx/nginx.conf
    expect 0
    unchanged "$tree/outside"
    test -d "$root$tree/outside/confedit" || fail 'the store is not inside'
}

# --- includes -----------------------------------------------------------------------

store_in_include()
{
    sed -i 's|sites/\*.conf|sites/*|' "$tree/nginx.conf"
    remember
    raise --backup-dir "$tree/sites" "$tree/nginx.conf"
    expect 77
    says 'include'
    unchanged
    raise --backup-dir "$tree/sites/deep/er" "$tree/nginx.conf"
    expect 77
    unchanged
    raise --backup-dir "$tree/backup" "$tree/nginx.conf"
    expect 0
    changed "$tree"/sites/?.conf
    test -d "$tree/backup" || fail 'no backup there'
    run undo --backup-dir "$tree/backup"
    expect 0
}

apache_tree()
{
    rm -r "$tree/sites"
    mkdir -p "$tree/hosts/more"
    {
        echo 'ServerRoot '"$tree"
        echo 'LoadModule ssl_module modules/mod_ssl.so'
        echo 'Listen 8443'
        echo 'Include hosts'
    } >"$tree/httpd.conf"
    for file in hosts/1 hosts/more/.2; do
        {
            echo '<VirtualHost *:8443>'
            echo '  SSLEngine on'
            echo '  SSLProtocol all -SSLv3'
            echo '</VirtualHost>'
        } >"$tree/$file"
    done
}

# A folder that is included whole sees neither temporary files nor backups.
folder_include()
{
    apache_tree
    remember
    raise --backup-dir "$tree/hosts/more/backup" "$tree/httpd.conf"
    expect 77
    unchanged
    slowly 'renameat2:when=1'
    background "$tree/httpd.conf"
    wait_for "$work/trace" 'renameat2.*\.new'
    seen=$(find "$tree/hosts" -name '*confedit*')
    test -z "$seen" || fail "the server could read $seen"
    seen=$(find "$tree" -maxdepth 1 -name '.confedit*')
    test -n "$seen" || fail 'no temporary file in the folder above'
    finish
    expect 0
    no_litter
    with=
    run undo
    expect 0
    unchanged
}

# Nowhere to put a temporary file: the whole file system is included.
folder_include_all()
{
    apache_tree
    tiny "$tree/hosts" size=1m
    remember
    raise "$tree/httpd.conf"
    expect 73
    says 'temporary'
    unchanged
    no_litter
    umount "$tree/hosts"
}

# Many folders, each with a place of its own for temporary files; refused, since
# the server does not know a directive, and all is put back.
many_folders()
{
    for shape in 'D D D D D D D D' 'D N D N D N D N D N D N' \
        'N D D P N P D N P D D' 'P P P P P' 'P P P P P P' 'P P P P P P P' \
        'P P P P P P P P'; do
        new_tree
        rm -r "$tree/sites"
        {
            echo "ServerRoot $tree"
            echo "LoadModule mpm_event_module $modules/mod_mpm_event.so"
            echo "LoadModule ssl_module $modules/mod_ssl.so"
            echo 'Listen 8443'
        } >"$tree/httpd.conf"
        i=0
        for kind in $shape; do
            i=$((i + 1))
            case $kind in
            D) folder=d$i include=d$i ;;
            P) folder=p$i/d include=p$i/d ;;
            N) folder=n$i include="n$i/*.conf" ;;
            esac
            mkdir -p "$tree/$folder"
            {
                echo '<VirtualHost *:8443>'
                echo "  ServerName h$i"
                echo '  SSLEngine on'
                echo '  SSLProtocol all -SSLv3'
                echo '</VirtualHost>'
            } >"$tree/$folder/x.conf"
            echo "Include $include" >>"$tree/httpd.conf"
        done
        cp "$tree/httpd.conf" "$tree/good.conf"
        echo 'NoSuchDirective' >>"$tree/httpd.conf"
        remember
        with_httpd raise --floor TLSv1.2 --no-annotate --server apache "$tree/httpd.conf"
        expect 78
        says NoSuchDirective
        unchanged
        no_litter
        raise --server apache "$tree/good.conf"
        expect 0
        test "$(grep -rl -e '-TLSv1.1' "$tree" | wc -l)" = "$i" ||
            fail "not all is raised: $shape"
        no_litter
        run undo
        expect 0
        unchanged
        no_litter
    done
}

# --- sets ------------------------------------------------------------------------------

retention()
{
    for i in 1 2 3; do
        sed -i 's/ssl_protocols.*/ssl_protocols TLSv1 TLSv1.1 TLSv1.2;/' \
            "$tree"/sites/?.conf
        raise --keep 2 "$tree/nginx.conf"
        expect 0
        sets=$(find "$state" -mindepth 1 -maxdepth 1 -type d | wc -l)
        test "$sets" = $((i < 2 ? i : 2)) || fail "$sets sets after $i"
    done
    mkdir "$state/other" "$state/20200101T000000Z-abcd"
    sed -i 's/ssl_protocols.*/ssl_protocols TLSv1 TLSv1.1 TLSv1.2;/' \
        "$tree"/sites/?.conf
    raise --keep 1 "$tree/nginx.conf"
    expect 0
    test -d "$state/other" || fail 'a folder that is no set is gone'
    sets=$(find "$state" -mindepth 2 -name manifest.json | wc -l)
    test "$sets" = 1 || fail "$sets sets with --keep 1"
}

# The set of this run, and the one that it takes back, stay in any case.
retention_undo()
{
    run raise --floor TLSv1.1 --no-annotate "$tree/nginx.conf"
    expect 0
    raise "$tree/nginx.conf"
    expect 0
    set=$(newest_set)
    run undo --keep 1
    expect 0
    test -d "$state/$set" || fail 'the set that was undone is gone'
    test "$(find "$state" -name manifest.json | wc -l)" = 2 ||
        fail "not two sets: $(ls "$state")"
    run undo "$(newest_set)"
    expect 0
    changed "$tree"/sites/?.conf
}

newest_set()
{
    "$program" history | sed -n '2s/ .*//p'
}

# The clock went back: what comes later is newer all the same.
retention_clock()
{
    remember
    run raise --floor TLSv1.1 --no-annotate "$tree/nginx.conf"
    expect 0
    first=$(newest_set)
    mv "$state/$first" "$state/20990101T000000Z-abcd"
    sed -i -e "s/$first/20990101T000000Z-abcd/" -e 's/"time": .*/"time": 4070908800,/' \
        "$state/20990101T000000Z-abcd/manifest.json"
    run raise --floor TLSv1.2 "$tree/nginx.conf" --keep 1
    expect 0
    second=$(newest_set)
    case $second in 20990101T000001Z-*) ;; *) fail "newest: $second" ;; esac
    test ! -d "$state/20990101T000000Z-abcd" || fail 'the old set is there'
    grep -q "confedit_[^ ]* $(date -u +%Y)" "$tree/sites/1.conf" ||
        fail "another time: $(cat "$tree/sites/1.conf")"
    run undo
    expect 0
    grep -q 'TLSv1.1 TLSv1.2' "$tree/sites/1.conf" || fail 'not undone'
}

# A word that names no set undoes nothing, whatever there is to undo.
wrong_names()
{
    for store in empty full; do
        test $store = empty || raise "$tree/nginx.conf"
        remember
        for word in foo ../../etc /etc /dev/null . 20200101T000000Z \
            20200101T000000Z-0000.part; do
            run undo "$word"
            expect 64
            says 'neither a backup set'
            unchanged
        done
        run undo 20200101T000000Z-0000 "$tree/nginx.conf"
        expect 1
        unchanged
    done
    run undo "$tree/nginx.conf"
    expect 0
    no_litter
}

# Names of files reach a terminal without what could move its cursor.
hostile_names()
{
    hostile=$(printf 'x\033[2J\rconfedit: all is well')
    mv "$tree/sites/2.conf" "$tree/sites/$hostile.conf"
    ln "$tree/sites/$hostile.conf" "$tree/second"
    raise "$tree/nginx.conf"
    expect 77
    tame
    rm "$tree/second"
    inject_at_last
    tame
    raise "$tree/nginx.conf"
    expect 0
    tame
    echo '# by hand' >>"$tree/sites/$hostile.conf"
    run undo --quiet
    expect 1
    tame
    raise --backup-dir "$tree/sites/$hostile.conf/x" "$tree/nginx.conf"
    tame
    run history --backup-dir "$tree/$hostile"
    tame
    run undo "$hostile"
    expect 64
    tame
}

inject_at_last()
{
    with="strace -f -o $work/trace -e trace=renameat2,renameat -e inject=renameat2:error=EIO:when=2 -e inject=renameat:error=EIO:when=3+"
    raise "$tree/nginx.conf"
    expect 70
    with=
}

tame()
{
    test -s "$work/out" || test -s "$work/err" || fail 'nothing was said'
    if LC_ALL=C grep -q "$(printf '[\033\r]')" "$work/out" "$work/err"; then
        fail "commands to a terminal: $(cat -v "$work/out" "$work/err")"
    fi
}

# A manifest is that of its folder, to the last letter.
other_id()
{
    raise "$tree/nginx.conf"
    set=$(newest_set)
    remember
    for id in '' 2 "${set%?}" "${set}0" 20200101T000000Z-0000; do
        sed -i "s/\"id\": .*/\"id\": \"$id\",/" "$state/$set/manifest.json"
        run undo
        says 'belongs to another set'
        unchanged
    done
    sed -i "s/\"id\": .*/\"id\": \"$set\",/" "$state/$set/manifest.json"
    run undo
    expect 0
}

undo_by_hand()
{
    raise "$tree/nginx.conf"
    echo '# by hand' >>"$tree/sites/2.conf"
    remember
    run undo
    expect 1
    says '# by hand'
    says 'by hand or by another program'
    unchanged
    no_litter
    sed -i '$d' "$tree/sites/2.conf"
    chmod 600 "$tree/sites/2.conf"
    remember
    run undo
    expect 1
    says '0600'
    unchanged
}

undo_order()
{
    remember
    cp "$work/before" "$work/first"
    run raise --floor TLSv1.1 --no-annotate "$tree/nginx.conf"
    expect 0
    raise "$tree/nginx.conf"
    expect 0
    one=$("$program" history | sed -n '$s/ .*//p')
    two=$("$program" history | sed -n '2s/ .*//p')
    remember
    run undo "$one"
    expect 1
    says "in this order: $two, then $one"
    unchanged
    run undo "$two"
    expect 0
    run undo "$one"
    expect 0
    cp "$work/first" "$work/before"
    unchanged
    run undo
    expect 0
    says 'Nothing to do'
    unchanged
}

# --- a real server ----------------------------------------------------------------

# A tree that nginx takes.
nginx_tree()
{
    "$top/tools/certs.sh" "$work/certs" >/dev/null || fail 'no certificates'
    {
        echo "pid $tree/pid; error_log $tree/log;"
        echo 'events {}'
        echo 'http {'
        echo "    access_log off; ssl_certificate $work/certs/rsa.pem;"
        echo "    ssl_certificate_key $work/certs/rsa.pem;"
        echo '    ssl_ciphers ALL:@SECLEVEL=0;'
        echo '    include sites/*.conf;'
        echo '}'
    } >"$tree/nginx.conf"
    # A port of its own for each try; another program may have it.
    port=$((20000 + ($$ + ${try-0} * 331) % 12000))
    for i in 1 2 3; do
        sed -i "s/:[0-9]* ssl/:$((port + i)) ssl/" "$tree/sites/$i.conf"
    done
}

# Where Apache's modules are.
modules=${MODULES_DIR:-/usr/lib/apache2/modules}

# with_httpd ARGS...: run with Apache's program
with_httpd()
{
    CONFEDIT_HTTPD=$HTTPD timeout 60 "$program" \
        "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
}

# with_nginx ARGS...: run with the server's program
with_nginx()
{
    CONFEDIT_NGINX=$NGINX timeout 60 "$program" \
        "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
}

# What nginx refuses and confedit does not know: all is put back, inodes too.
refused_by_nginx()
{
    nginx_tree
    sed -i 's/server_name/no_such_directive x; &/' "$tree/sites/3.conf"
    inodes=$(stat -c %i "$tree"/sites/?.conf)
    remember
    with_nginx raise --floor TLSv1.2 --no-annotate "$tree/nginx.conf"
    expect 78
    says no_such_directive
    unchanged
    test "$(stat -c %i "$tree"/sites/?.conf)" = "$inodes" ||
        fail 'other inodes than before'
    no_litter
    with_nginx raise --floor TLSv1.2 --no-annotate --no-validate "$tree/nginx.conf"
    expect 0
    changed "$tree"/sites/?.conf
    # And undo asks the server as well.
    remember
    with_nginx undo
    expect 78
    says 'put back'
    unchanged
    no_litter
}

start_nginx()
{
    for try in 1 2 3 4 5; do
        nginx_tree
        "$NGINX" -c "$tree/nginx.conf" -g 'daemon off;' >"$work/nginx" 2>&1 </dev/null &
        server=$!
        for _ in 1 2 3 4 5 6 7 8 9 10; do
            test ! -s "$tree/pid" || return 0
            sleep 0.1
        done
        kill "$server" 2>/dev/null
        wait "$server" 2>/dev/null
    done
    fail "nginx does not start: $(cat "$work/nginx")"
    return 1
}

undo_reloads()
{
    start_nginx || return
    with_nginx raise --floor TLSv1.2 --reload "$tree/nginx.conf"
    expect 0
    old=$(pgrep -P "$server" | sort)
    with_nginx undo --reload --json
    expect 0
    says '"reloaded": "done"'
    says '"tested": "passed"'
    says '"changed": true'
    test "$(pgrep -P "$server" | sort)" != "$old" || fail 'no new workers'
    grep -q "$old_word" "$tree/sites/1.conf" || fail 'undo left 1.conf'
    # Each server is visited: TLS 1.0 and 1.1 are served again.
    with_nginx raise --floor TLSv1.2 --reload --verify "$tree/nginx.conf"
    expect 0
    with_nginx undo --reload --verify
    expect 0
    grep -q "$old_word" "$tree/sites/1.conf" || fail 'undo left 1.conf'
    kill "$server"
    wait "$server" 2>/dev/null
    with_nginx undo --reload
    expect 0
    no_litter
}

# Dead between reload and keep: the files are as before, the server is not.
reloaded_then_dead()
{
    start_nginx || return
    remember "$tree/sites"
    # The journal three times, then the set.
    CONFEDIT_NGINX=$NGINX timeout 60 strace -o "$work/trace" -e trace=renameat \
        -e inject=renameat:signal=SIGKILL:when=4 "$program" raise \
        --floor TLSv1.2 --reload "$tree/nginx.conf" >"$work/out" \
        2>"$work/err" </dev/null
    grep -q SIGKILL "$work/trace" || fail 'not hit'
    raise --dry-run "$tree/nginx.conf"
    says 'broke off'
    run undo
    expect 0
    says "$tree/nginx.conf: the server was being reloaded"
    unchanged "$tree/sites"
    # Without a reload nothing is said of it.
    CONFEDIT_NGINX=$NGINX timeout 60 strace -o "$work/trace" -e trace=renameat \
        -e inject=renameat:signal=SIGKILL:when=3 "$program" raise \
        --floor TLSv1.2 "$tree/nginx.conf" >"$work/out" 2>"$work/err" </dev/null
    run undo
    says 'broke off before'
    ! grep -q reloaded "$work/err" || fail 'speaks of a reload'
    unchanged "$tree/sites"
    kill "$server"
    wait "$server" 2>/dev/null
    no_litter
}

cases=$(sed -n 's/^\([a-z_]*\)()$/\1/p' tests/confedit/files.sh |
    grep -vx -e metadata -e keeps_metadata -e tiny -e as_user -e slowly \
        -e wait_for -e at_last -e background -e finish -e image -e apache_tree \
        -e nginx_tree -e with_nginx -e with_httpd -e start_nginx -e newest_set -e tame -e inject_at_last)
test $# -gt 0 || {
    # shellcheck disable=SC2086 # words are meant
    set -- $cases
}
run_cases "$@"
