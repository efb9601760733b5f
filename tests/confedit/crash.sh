#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# confedit ended by kill -9, or refused by the system, at every call of the
# kinds by which it writes:
#
#     tests/confedit/crash.sh PROGRAM [CASE…]
#
# strace counts the calls: the first run dies before its first fsync, the next
# before its second, until a run has no more of them. After each the next run
# must find the tree either as it was or as it was to be, in all three files;
# no temporary name, journal or half set may be left; undo, or the same change
# again, must work.
# shellcheck disable=SC2317,SC2119,SC2154,SC2034 # cases are called by their names,
# with or without a folder; what files_lib.sh sets is set there
set -u
program=$(realpath "$1")
test -x "$program" || exit 1
shift
cd "$(dirname "$0")/../.." || exit 1
top=$PWD
# shellcheck source=tests/confedit/files_lib.sh disable=SC1091
. tests/confedit/files_lib.sh

if ! strace -o /dev/null true 2>/dev/null; then
    skipped crash 'strace cannot trace here'
    exit 0
fi
if [ "$(id -u)" = 0 ] && [ -z "${CRASH_NAMESPACE-}" ]; then
    CRASH_NAMESPACE=1 exec unshare -m --propagation private \
        "$top/tests/confedit/crash.sh" "$program" "$@"
fi
# In memory where that is to be had: nothing here is about a real disk.
work=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
own_store
points=0

# As files_lib.sh has it, but short, since it is called often; what temporary
# names are left is for no_litter.
facts()
{
    (
        cd "$1" || exit
        find . ! -type d ! -name '.confedit*' \
            -printf '%p %y %m %U:%G %s %T@ %n %l\n' | sort
        find . -type f ! -name '.confedit*' -exec cksum {} + | sort -k 3
    )
}

# inject SYSCALL N WHAT: what happens at the Nth call
inject()
{
    with="strace -f -o $work/trace -e trace=$1 -e inject=$1:$3:when=$2"
}

# Whether the call that was to be hit was made at all.
was_hit()
{
    grep -q -e INJECTED -e 'killed by SIGKILL' "$work/trace"
}

# The tree is all old or all new; says which.
whole()
{
    facts "$tree" >"$work/after"
    if cmp -s "$work/before" "$work/after"; then
        state_is=old
        return
    fi
    state_is=new
    n=$(cat "$tree"/sites/*.conf | grep -c "$old_word")
    test "$n" = 0 || {
        state_is=mixed
        fail "$where: $n files are old: $(cat "$work/err")"
    }
}

# Any run recovers; this one has nothing to do itself.
recover()
{
    with=
    run undo 20200101T000000Z-0000 "$tree/nginx.conf"
    test "$status" = 1 || fail "$where: recovery: $status: $(cat "$work/err")"
}

# What must hold after the recovery.
check_after()
{
    whole
    no_litter
    case $state_is in
    new)
        run undo
        expect 0
        ;;
    old)
        raise "$tree/nginx.conf"
        expect 0
        changed "$tree"/sites/?.conf
        run undo
        expect 0
        ;;
    esac
    unchanged
    no_litter
}

# each_point SYSCALL: the numbers of the calls once the lock is held, of
# openat every fourth, since most of them only read
each_point()
{
    run_traced "flock,$1"
    n=$(sed -n '/flock/q; /('"$1"'|.)/p' "$work/trace" | grep -c "$1(")
    all=$(grep -c "$1(" "$work/trace")
    step=1
    test "$1" != openat || step=4
    seq $((n + 1)) "$step" "$all"
}

# die_at WHAT SYSCALL: the case's run dies at every call of it
die_at()
{
    prepare
    # shellcheck disable=SC2046 # numbers
    set -- "$1" "$2" $(each_point "$2")
    what=$1
    call=$2
    shift 2
    for n in "$@"; do
        where="$what, $call $n"
        prepare
        inject "$call" "$n" signal=SIGKILL
        perform
        was_hit || continue
        points=$((points + 1))
        recover
        check_after
        test "$bad" = 0 || return
    done
}

run_traced()
{
    with="strace -f -o $work/trace -e trace=$1"
    perform
}

killed()
{
    raises
    for call in mkdirat openat write fchown fchmod fsync linkat renameat renameat2 unlinkat; do
        die_at raise "$call"
    done
    test "$points" -ge 20 || fail "only $points points"
}

killed_in_undo()
{
    prepare()
    {
        new_tree
        remember
        raise "$tree/nginx.conf"
        expect 0
    }
    perform()
    {
        run undo
    }
    for call in openat fsync linkat renameat renameat2 unlinkat utimensat; do
        die_at undo "$call"
    done
}

# A recovery that dies is recovered by the next.
killed_in_recovery()
{
    prepare()
    {
        new_tree
        remember
        # Dies when one of three files is new.
        inject renameat2 2 signal=SIGKILL
        raise "$tree/nginx.conf"
        with=
    }
    perform()
    {
        run undo 20200101T000000Z-0000 "$tree/nginx.conf"
    }
    for call in openat fsync renameat unlinkat; do
        die_at recovery "$call"
    done
}

# What is interrupted is seen by commands that only read.
told()
{
    inject renameat2 2 signal=SIGKILL
    raise "$tree/nginx.conf"
    with=
    run history
    says 'broke off'
    run show "$tree/nginx.conf"
    says 'broke off'
    remember
    raise --dry-run "$tree/nginx.conf"
    says 'broke off'
    unchanged
}

# --- the system refuses ---------------------------------------------------------

# refuse SYSCALL ERROR: at every call, once
refuse()
{
    prepare
    # shellcheck disable=SC2046 # numbers
    set -- "$1" "$2" $(each_point "$1")
    call=$1
    error=$2
    shift 2
    for n in "$@"; do
        where="$call $n $error"
        prepare
        inject "$call" "$n" "error=$error"
        perform
        was_hit || continue
        points=$((points + 1))
        first=$status
        if [ "$first" = 70 ]; then
            recover
        fi
        whole
        case $first:$state_is in
        0:new | 6[59]:old | 7[0-9]:old) ;;
        *) fail "$where: status $first, tree $state_is: $(cat "$work/err")" ;;
        esac
        # What could not be tidied up is by the next run.
        recover
        check_after
        test "$bad" = 0 || return
    done
}

# What die_at and refuse do: a fresh tree, and a raise.
raises()
{
    prepare()
    {
        new_tree
        remember
    }
    perform()
    {
        raise "$tree/nginx.conf"
    }
}

disk_errors()
{
    raises
    refuse fsync EIO
    refuse write EIO
}

no_space()
{
    raises
    refuse renameat ENOSPC
    refuse renameat2 ENOSPC
    refuse renameat2 ENOSYS
    refuse linkat ENOSPC
    refuse mkdirat ENOSPC
    refuse write ENOSPC
}

not_permitted()
{
    raises
    refuse renameat EACCES
    refuse renameat2 EACCES
    refuse fchown EPERM
    refuse fchmod EPERM
    refuse unlinkat EIO
    refuse flock ENOLCK
}

# Where names cannot be exchanged, the new file is renamed over the old one.
no_exchange()
{
    for n in 1 2 3 4 5; do
        where="renameat $n without exchange"
        new_tree
        remember
        with="strace -f -o $work/trace -e trace=renameat,renameat2 -e inject=renameat2:error=EINVAL -e inject=renameat:signal=SIGKILL:when=$n"
        raise "$tree/nginx.conf"
        was_hit || fail "$where: not hit"
        points=$((points + 1))
        recover
        check_after
        test "$bad" = 0 || return
    done
}

# Dead in the moment in which what somebody saved has come out: it is not lost.
saved_at_last()
{
    new_tree
    with="strace -D -f -o $work/trace -e trace=linkat,renameat2 -e inject=linkat:delay_exit=700000:when=2 -e inject=renameat2:signal=SIGKILL:when=3"
    # shellcheck disable=SC2086 # words are meant
    CONFEDIT_NGINX=/nonexistent \
        CONFEDIT_HTTPD=/nonexistent timeout 60 $with "$program" \
        raise --floor TLSv1.2 --no-annotate "$tree/nginx.conf" \
        >"$work/out" 2>"$work/err" </dev/null &
    sleep 0.4
    cp "$tree/sites/2.conf" "$tree/x"
    echo '# by hand' >>"$tree/x"
    mv "$tree/x" "$tree/sites/2.conf"
    wait $! 2>/dev/null
    was_hit || fail 'not hit'
    grep -q 'by hand' "$tree/sites/2.conf" && fail 'too early'
    with=
    run undo 20200101T000000Z-0000 "$tree/nginx.conf"
    grep -q 'by hand' "$tree/sites/2.conf" || fail 'what was saved is lost'
    grep -q "$old_word" "$tree/sites/2.conf" || fail '2.conf is new'
    grep -q "$old_word" "$tree/sites/1.conf" || fail '1.conf is new'
    no_litter
    points=$((points + 1))
}

# A file system without hard links: copies instead.
no_hard_links()
{
    raises
    inject linkat 1+ error=EPERM
    remember
    perform
    expect 0
    changed "$tree"/sites/?.conf
    no_litter
    with=
    run undo
    expect 0
    unchanged
    for at in renameat:1 renameat:3 renameat2:1 renameat2:2 renameat2:3; do
        where="$at without links"
        new_tree
        remember
        with="strace -f -o $work/trace -e trace=linkat,renameat,renameat2 -e inject=linkat:error=EPERM -e inject=${at%:*}:signal=SIGKILL:when=${at#*:}"
        perform
        was_hit || fail "$where: not hit"
        points=$((points + 1))
        recover
        check_after
        test "$bad" = 0 || return
    done
}

# Names are on the disk before what follows relies on them: a new folder before
# anything is in it, the removal of temporary files before the journal's.
durable()
{
    with="strace -y -f -o $work/trace -e trace=mkdirat,fsync,unlinkat"
    raise --backup-dir "$state/deep/er" "$tree/nginx.conf"
    with=
    expect 0
    awk '
        { line = $0; sub(/^[0-9]+ */, ""); call = $0; sub(/\(.*/, "", call)
          folder = $0; sub(/^[^<]*</, "", folder); sub(/>.*/, "", folder) }
        call == "fsync" { delete waits[folder] }
        call == "unlinkat" && /journal.json/ {
            for (f in waits) { print "journal before " f; bad = 1 } }
        call == "mkdirat" && /\.part/ { next }
        call == "mkdirat" {
            for (f in waits) { print "not synced: " f; bad = 1 } }
        / = 0$/ && (call == "mkdirat" || (call == "unlinkat" && /confedit-/)) {
            waits[folder] = 1; n++ }
        END { exit bad || n < 6 }' "$work/trace" >"$work/bad" ||
        fail "$(cat "$work/bad" "$work/trace")"
}

# Dead while it backs up, wherever that is: the next run removes what is there.
begun_elsewhere()
{
    for at in fsync:4 fsync:6 mkdirat:4 renameat:2; do
        where="elsewhere, $at"
        new_tree
        remember
        inject "${at%:*}" "${at#*:}" signal=SIGKILL
        raise --backup-dir "$work/t/else/where" "$tree/nginx.conf"
        with=
        was_hit || fail "$where: not hit"
        raise --no-validate "$tree/nginx.conf"
        expect 0
        no_litter
        run undo
        rm -rf "$tree/else"
        unchanged
        points=$((points + 1))
    done
}

# A temporary file that stays keeps the journal, and nothing new is begun.
stuck()
{
    remember
    inject unlinkat 1+ error=EIO
    raise "$tree/nginx.conf"
    changed "$tree"/sites/?.conf
    test -f "$state/journal.json" || fail 'the journal is gone'
    raise "$tree/nginx.conf"
    expect 70
    says 'cannot be removed'
    recover
    no_litter
    run undo
    expect 0
    unchanged
    no_litter
    # The same when it was taken back.
    inject renameat2 2 signal=SIGKILL
    raise "$tree/nginx.conf"
    inject unlinkat 1+ error=EIO
    raise "$tree/nginx.conf"
    expect 70
    test -f "$state/journal.json" || fail 'the journal is gone'
    recover
    unchanged
    no_litter
}

# Neither forth nor back: the journal stays, and the message says what to do.
broken()
{
    remember
    # The second file cannot be replaced, nor the first put back.
    with="strace -f -o $work/trace -e trace=renameat,renameat2 -e inject=renameat2:error=EIO:when=2 -e inject=renameat:error=EIO:when=3+"
    raise "$tree/nginx.conf"
    expect 70
    says 'run confedit again'
    test -f "$state/journal.json" || fail 'the journal is gone'
    # As long as it lasts, nothing else is begun.
    inject renameat 1+ error=EIO
    raise "$tree/nginx.conf"
    expect 70
    recover
    whole
    test "$state_is" = old || fail "the tree is $state_is"
    check_after
}

# many_files: a tree of so many that file systems are synced, not files
many_files()
{
    new_tree
    for i in 4 5 6 7 8 9; do
        for k in 0 1 2 3 4 5 6 7; do
            sed "s/844[0-9]/8$i$k/; s/h[0-9]/h$i$k/" \
                "$tree/sites/1.conf" >"$tree/sites/$i$k.conf"
        done
    done
    remember
}

many()
{
    prepare()
    {
        many_files
    }
    perform()
    {
        raise "$tree/nginx.conf"
    }
    changed()
    {
        ! grep -q "$old_word" "$tree"/sites/*.conf || fail 'a file is old'
    }
    for call in syncfs linkat renameat renameat2; do
        for n in 1 2 3 20 40; do
            where="many, $call $n"
            prepare
            inject "$call" "$n" signal=SIGKILL
            perform
            was_hit || continue
            points=$((points + 1))
            recover
            check_after
            test "$bad" = 0 || return
        done
    done
    refuse syncfs EIO
}

# What a crash of the machine leaves of files whose names came to the disk but
# not their bytes: nothing, a part, zeros. That is no edit of anybody.
unfinished()
{
    many_files
    # The set is synced, then the new files, before the first gets its name.
    with="strace -f -o $work/trace -e trace=syncfs,renameat,renameat2"
    raise "$tree/nginx.conf"
    with=
    expect 0
    awk '/syncfs/ { n++ } /[0-9]\.conf/ && n < 2 { bad = 1 } END { exit bad }' \
        "$work/trace" || fail 'renamed before it was synced'
    for what in nothing zeros; do
        many_files
        # Dies when the names are to be synced.
        inject syncfs 3 signal=SIGKILL
        raise "$tree/nginx.conf"
        with=
        was_hit || fail 'not hit'
        for file in "$tree"/sites/4?.conf; do
            case $what in
            zeros)
                size=$(stat -c %s "$file")
                : >"$file"
                truncate -s "$size" "$file"
                ;;
            *) : >"$file" ;;
            esac
        done
        recover
        unchanged
        no_litter
        points=$((points + 1))
    done
}

# But what somebody has really written stays.
edited_after()
{
    many_files
    inject syncfs 3 signal=SIGKILL
    raise "$tree/nginx.conf"
    with=
    echo '# by hand' >>"$tree/sites/42.conf"
    run undo 20200101T000000Z-0000 "$tree/nginx.conf"
    expect 70
    says '42.conf: cannot be put back'
    grep -q 'by hand' "$tree/sites/42.conf" || fail 'what was written is lost'
}

cases='killed killed_in_undo killed_in_recovery told disk_errors no_space
    not_permitted no_exchange saved_at_last no_hard_links broken durable begun_elsewhere stuck many unfinished edited_after'
test $# -gt 0 || {
    # shellcheck disable=SC2086 # words are meant
    set -- $cases
}
run_cases "$@"
failed=$?
echo "$points points"
exit $failed
