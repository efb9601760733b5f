#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The commands that users and scripts rely on: make's targets, the sentence
# for a missing tool, the demo in the background. Needs both modules built.
set -u

cd "$(dirname "$0")/../.." || exit 1
dir=$(mktemp -d)
trap 'make --no-print-directory demo-stop >/dev/null 2>&1; rm -rf "$dir"' EXIT
# Not what make check was called with: each command here says its own.
unset MAKEFLAGS MFLAGS MAKELEVEL
passed=0
failed=0

# ok NAME COMMAND…: the command succeeds.
ok()
{
    name=$1
    shift
    if "$@" >"$dir/out" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "commands: failed: $name"
        tail -n 5 "$dir/out"
    fi
}

# refuses WORDS COMMAND…: the command fails and says these words.
refuses()
{
    words=$1
    shift
    ! "$@" >"$dir/refusal" 2>&1 && grep -qF "$words" "$dir/refusal"
}

says()
{
    grep -qF -- "$1" "$2"
}

port()
{
    sed -n "s/^$1=//p" "$dir/demo/ports"
}

# visit PORT HOST VERSION: status and first bytes of what an old client gets.
visit()
{
    curl -sk --max-time 10 --tlsv1.0 --tls-max "$3" \
        --ciphers DEFAULT@SECLEVEL=0 --resolve "$2:$1:127.0.0.1" \
        -w '%{http_code} %{exitcode}' "https://$2:$1/"
}

answers()
{
    visit "$2" "$3" "$4" >"$dir/answer" 2>/dev/null
    says "$1" "$dir/answer"
}

ok 'help names the targets' sh -c 'make help | grep -q "^demo-stop"'
ok 'V=1 shows commands' \
    sh -c 'make -B -n V=1 build/core/tlsf_out.o | grep -q "^gcc\|^cc\|^clang"'
ok 'no apxs: one sentence' \
    refuses 'mod_tlsfloor needs apxs' make -B mod_tlsfloor APXS=
ok 'no nginx source: one sentence' refuses 'needs an nginx source tree' \
    make ngx_tlsfloor BUILD="build/tmp/none" NGINX_SRC=/nonexistent
ok 'install with DESTDIR' make install DESTDIR="$dir/root"
ok 'Apache module is there' \
    sh -c "find '$dir/root' -name mod_tlsfloor.so | grep -q ."
ok 'nginx module is there' \
    sh -c "find '$dir/root' -name ngx_http_tlsfloor_module.so | grep -q ."

ok 'demo in the background' \
    make demo DEMO_DIR="$dir/demo" DEMO_KEEP=1
for server in apache nginx; do
    at=$(port $server)
    warn=$(port ${server}_warn)
    ok "$server: block.test gives TLS 1.0 the page" \
        answers '403 0' "$at" block.test 1.0
    ok "$server: block.test gives TLS 1.2 the site" \
        answers 'SITE block.test' "$at" block.test 1.2
    ok "$server: observe.test is left alone" \
        answers '000 35' "$at" observe.test 1.1
    ok "$server: refuse.test refuses" answers '000 35' "$at" refuse.test 1.1
    ok "$server: next.test gives TLS 1.2 the page" \
        answers '403 0' "$at" next.test 1.2
    ok "$server: plain.test is left alone" \
        answers 'SITE plain.test' "$at" plain.test 1.3
    ok "$server: warn.test serves TLS 1.0" \
        answers 'SITE warn.test' "$warn" warn.test 1.0
    ok "$server: unknown names land on observe.test" \
        answers 'SITE observe.test' "$at" unknown.test 1.3
    ok "$server: the status handler" sh -c \
        "curl -sk https://127.0.0.1:$at/tlsfloor/metrics | promtool check metrics"
done
ok 'demo-stop' make demo-stop
for server in apache nginx; do
    ok "$server is down" sh -c "! curl -sk https://127.0.0.1:$(port $server)/"
done
ok 'demo by itself ends with 0' sh -c "make demo >'$dir/demo.log' 2>&1"
ok 'the demo raises the floor of four files' \
    says '4 files changed' "$dir/demo.log"
ok 'the demo takes that back' says '(every byte is as it was)' "$dir/demo.log"

echo "commands: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
