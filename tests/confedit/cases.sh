#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Golden cases of confedit:
#
#     tests/confedit/cases.sh PROGRAM [CASE…]
#
# A case is a folder under tests/confedit/cases:
#
#     in/     the tree; the program runs in a copy of it
#     args    the arguments of each run, one run a line, as a shell would
#             split them
#     want/   stdout, stderr and status; the folder's name is told as @IN@,
#             ids of backup sets as @SET@, times and checksums of annotations
#             as @TIME@ and @CHECK@
#     want/tree   the tree afterwards; without it the tree is as it was
#
# The program runs without a server's program in reach, so that every machine
# has the same answers, and never as root, whose backups are the machine's.
# Where a tree was changed, the last run once more must change nothing, and all
# sets taken back must give the first tree: by the backups and, where every run
# wrote annotations and took none back, by these alone.
# UPDATE=1 writes want/ anew: read the difference before it is committed.
set -u
program=$(realpath "$1")
test -x "$program" || exit 1
shift
cd "$(dirname "$0")/cases" || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
number=0
user=
if [ "$(id -u)" -eq 0 ]; then
    user="setpriv --reuid=65534 --regid=65534 --clear-groups"
    cp "$program" "$work/confedit"
    program=$work/confedit
    chmod 755 "$work" "$program"
fi

# told FILE: what it says, without what differs from run to run
told()
{
    LC_ALL=C sed -E -e "s|$work/|@WORK@/|g" -e 's|@WORK@/in|@IN@|g' \
        -e 's/[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}/@SET@/g' \
        -e 's/(#:Overridden_by_confedit_[^ ]+) [^ ]+Z @SET@ ([0-9be]+\.[0-9]+\.)[0-9a-f]{8}#/\1 @TIME@ @SET@ \2@CHECK@#/' \
        -e 's/(#:Overridden_by_confedit_[^ ]+) [^ ]+Z @SET@ -#/\1 @TIME@ @SET@ -#/' \
        -e 's/^(@SET@ +)[0-9-]+T[0-9:]+Z/\1@TIME@/' \
        -e 's/("time": ")[^"]*/\1@TIME@/' -e 's/("host": ")[^"]*/\1@HOST@/' "$1"
}

# run ARGS: once; its status
run()
{
    (
        cd "$work/in" || exit 1
        # shellcheck disable=SC2086 # several arguments are meant
        env -i CONFEDIT_HTTPD=/nonexistent CONFEDIT_NGINX=/nonexistent LC_ALL=C \
            XDG_STATE_HOME="$work/state" PLACE=env $user "$program" $1 \
            >>"$work/stdout" 2>>"$work/stderr"
    )
}

# tree TO: the tree as it is now, told
tree()
{
    rm -rf "$1"
    cp -a "$work/in" "$1"
    # Under a root the backups lie in the image.
    rm -rf "$1/var/backups/confedit" "$1/run/lock"
    rmdir "$1/var/backups" "$1/var" "$1/run" 2>/dev/null
    find "$1" -type f | while IFS= read -r file; do
        told "$file" >"$work/file"
        cmp -s "$work/file" "$file" || cat "$work/file" >"$file"
    done
}

# take_back WITHOUT: each set, the newest first, as the last line of its run
# says it; the tree as it was first
take_back()
{
    while IFS= read -r set; do
        # Without its set undo needs to be told which files it was about.
        test -z "$1" || {
            rm -rf "$work/state/confedit" "$work/in/var/backups/confedit"
            set="$set $(echo "$last" | sed 's/^[a-z]*//
                s/--\(floor\|protocols\|style\|vhost\) [^ ]*//g
                s/--\(outbound\|detailed-exitcodes\|root .\)//g')"
        }
        run "undo $set" || {
            echo "undo $set: it fails"
            cat "$work/stderr"
            return 1
        }
    done <"$work/sets"
    tree "$work/again"
    diff -r --no-dereference "$work/first" "$work/again" && return 0
    echo "undo $1 does not give the first tree"
    return 1
}

run_case()
{
    name=$1
    rm -rf "$work/got" "$work/changed" "$work/in" "$work/state" "$work/stdout" "$work/stderr"
    mkdir -p "$work/got" "$work/state"
    cp -a "$name/in" "$work/in"
    test -z "$user" || chown -hR 65534:65534 "$work/in" "$work/state"
    tree "$work/first"
    while IFS= read -r args || [ -n "$args" ]; do
        run "$args"
        echo $? >>"$work/got/status"
        last=$args
    done <"$name/args"
    told "$work/stdout" >"$work/got/stdout"
    told "$work/stderr" >"$work/got/stderr"
    tree "$work/now"
    if ! diff -r --no-dereference "$name/in" "$work/now" >/dev/null; then
        cp -a "$work/now" "$work/got/tree"
        run "$last"
        tree "$work/again"
        diff -r --no-dereference "$work/now" "$work/again" || {
            echo "the last run once more has changed something"
            return 1
        }
        sed -n 's/.*“confedit undo \([^”]*\)”.*/\1/p' "$work/stdout" |
            sed '1!G;h;$!d' >"$work/sets"
        cp -a "$work/in" "$work/changed"
        test ! -s "$work/sets" || take_back "" || return 1
        if test -s "$work/sets" && ! grep -q no-annotate "$name/args" &&
            ! sed 1d "$name/args" | grep -q ^lower &&
            ! grep -rq '^#:Overridden_by_confedit.* -#' "$work/changed"; then
            rm -rf "$work/in"
            cp -a "$work/changed" "$work/in"
            take_back "without a backup" || return 1
        fi
    fi
    if [ -n "${UPDATE-}" ]; then
        rm -rf "$name/want"
        cp -a "$work/got" "$name/want"
        test -z "$user" || chown -hR 0:0 "$name/want"
    fi
    diff -r --no-dereference "$name/want" "$work/got"
}

test $# -gt 0 || set -- *
for name in "$@"; do
    number=$((number + 1))
    if ! run_case "$name" >"$work/log" 2>&1; then
        echo "case $name: args: $(cat "$name/args")"
        cat "$work/log"
        failed=$((failed + 1))
    fi
done
# As the unit suites say it.
echo "$(((number - failed) * 100 / number))%: Checks: $number, Failures: $failed, Errors: 0"
[ "$failed" -eq 0 ]
