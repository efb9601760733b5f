#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What files.sh and crash.sh share: a fresh tree for each case, facts of its
# files, the program run with what it said kept, and what must hold
# afterwards. The program's own folder for backups is $state, which the machine
# never sees; no server's program is in reach.
#
# Of its caller: $program, $work (a folder of its own), $top (the project's).
# shellcheck disable=SC2154

# words FILE...: what a case must not leave behind
fail()
{
    echo "  $case: $*" >>"$work/log"
    bad=1
}

# own_store: root's backups, journal and lock in a mount namespace of the test's
# own, which its caller has begun; another user's below $work
own_store()
{
    if [ "$(id -u)" = 0 ]; then
        mkdir -p /var/backups /run/lock
        mount -t tmpfs -o mode=755 none /var/backups
        mount -t tmpfs -o mode=1777 none /run/lock
        state=/var/backups/confedit
    else
        export XDG_STATE_HOME="$work/xdg"
        state=$work/xdg/confedit
    fi
}

# A tree of three files and a main file in $tree, nothing written yet.
new_tree()
{
    rm -rf "${work:?}/t" "${state:?}" "${work:?}/home"
    tree=$work/t
    with=
    mkdir -p "$tree/sites"
    {
        echo 'events {}'
        echo 'http {'
        echo '    include sites/*.conf;'
        echo '}'
    } >"$tree/nginx.conf"
    for i in 1 2 3; do
        {
            echo "# host $i"
            echo 'server {'
            echo "    listen 127.0.0.1:844$i ssl;"
            echo "    server_name h$i.test;"
            echo '    ssl_protocols TLSv1 TLSv1.1 TLSv1.2;'
            echo '}'
        } >"$tree/sites/$i.conf"
    done
    touch -d '2020-01-02 03:04:05.678901234' "$tree"/sites/*.conf
}

# facts FOLDER: everything about the files that a change could touch
facts()
{
    (
        cd "$1" || exit
        find . ! -type d -printf '%p %y %m %U:%G %s %T@ %n %l\n' | sort
        find . -type d -printf '%p %y %m %U:%G\n' | sort
        find . -type f -exec sha256sum {} + | sort -k 2
        getfacl -R -n -p . 2>/dev/null
        getfattr -R -h -d -m - --absolute-names . 2>/dev/null
    )
}

remember()
{
    facts "${1-$tree}" >"$work/before"
}

# How a run is started: with another user, under strace ...
with=

run()
{
    # shellcheck disable=SC2086 # words are meant
    CONFEDIT_NGINX=/nonexistent \
        CONFEDIT_HTTPD=/nonexistent timeout 60 $with "$program" "$@" \
        >"$work/out" 2>"$work/err" </dev/null
    status=$?
}

raise()
{
    run raise --floor TLSv1.2 --no-annotate "$@"
}

expect()
{
    if [ "$status" != "$1" ]; then
        fail "status $status, not $1: $(cat "$work/err")"
    fi
}

says()
{
    grep -q -e "$1" "$work/out" "$work/err" ||
        fail "does not say '$1': $(cat "$work/out" "$work/err")"
}

# unchanged [FOLDER]: since remember
unchanged()
{
    facts "${1-$tree}" >"$work/after"
    diff "$work/before" "$work/after" >"$work/diff" ||
        fail "the tree changed: $(cat "$work/diff")"
}

old_word=' TLSv1 TLSv1.1'

# changed FILE...: the new bytes, and only where they belong
changed()
{
    for file in "$@"; do
        if grep -q "$old_word" "$file"; then
            fail "$file was not changed: $(cat "$work/err")"
        elif ! grep -q 'ssl_protocols TLSv1.2' "$file"; then
            fail "$file is damaged: $(cat "$file")"
        fi
    done
}

# No temporary name, journal or unfinished set.
no_litter()
{
    litter=$(find "$work/t" "$state" "$work/home" \
        \( -name '.confedit*' -o -name 'journal*' -o -name '*.part' \) \
        2>/dev/null)
    test -z "$litter" || fail "litter: $litter"
}

# skipped CASE REASON: not run, which is an error where everything should be
skipped()
{
    (
        cd "$top" || exit
        mkdir -p build
        echo "SKIP confedit $1: $2" | tee -a build/skips >&2
    )
}

# run_cases CASE...: each in a shell function of its name
run_cases()
{
    number=0
    failed=0
    for case in "$@"; do
        number=$((number + 1))
        bad=0
        with=
        : >"$work/log"
        new_tree
        "$case"
        if [ $bad != 0 ]; then
            cat "$work/log"
            failed=$((failed + 1))
        fi
    done
    # As the unit suites say it.
    echo "$(((number - failed) * 100 / number))%: Checks: $number, Failures: $failed, Errors: 0"
    [ "$failed" -eq 0 ]
}
