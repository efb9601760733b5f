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
#     args    the arguments, one line, as a shell would split them
#     want/   stdout, stderr and status; the folder's name is told as @IN@
#
# The program runs without a server's program in reach, so that every machine
# has the same answers; afterwards the tree must be as it was.
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

# told FILE: what was said, without the folder's own name
told()
{
    sed "s|$work/in|@IN@|g" "$1"
}

run_case()
{
    name=$1
    mkdir -p "$work/got"
    rm -rf "$work/in"
    cp -a "$name/in" "$work/in"
    args=$(cat "$name/args")
    (
        cd "$work/in" || exit 1
        # shellcheck disable=SC2086 # several arguments are meant
        env -i CONFEDIT_HTTPD=/nonexistent CONFEDIT_NGINX=/nonexistent LC_ALL=C \
            PLACE=env "$program" $args >"$work/stdout" 2>"$work/stderr"
    )
    echo $? >"$work/got/status"
    told "$work/stdout" >"$work/got/stdout"
    told "$work/stderr" >"$work/got/stderr"
    if [ -n "${UPDATE-}" ]; then
        mkdir -p "$name/want"
        cp "$work/got/"* "$name/want/"
    fi
    diff -r "$name/want" "$work/got" && diff -r --no-dereference "$name/in" "$work/in"
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
