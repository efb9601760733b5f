#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Includes point one way only (docs/architecture.md has the picture).
#
#   core      C11 headers, data/, and units of a lower rank or the same family;
#             tlsf_handshake* alone knows OpenSSL; headers form no circle
#   adapters  core's headers and their own server; never the other adapter
#   confedit  folders of a lower rank or its own; of core no more than
#             strings, errors, versions and the release
#   tests     public headers, never a .c
set -u
cd "$(dirname "$0")/../.." || exit 1
fail=0

complain()
{
    echo "$0: $*" >&2
    fail=1
}

# FILE KIND NAME for each include; KIND is < or ".
includes()
{
    for file in "$@"; do
        sed -n 's|^ *# *include *\([<"]\)\([^>"]*\)[>"].*|\1 \2|p' "$file" |
            sed "s|^|$file |"
    done
}

# A family is one concept in several files; each line is one rank higher.
rank()
{
    case $1 in
    str | err) echo 1 ;;
    cursor | out | version | group | message) echo 2 ;;
    time | accept | hello | hello_* | client | client_* | number) echo 3 ;;
    complain) echo 4 ;;
    settings | directive) echo 5 ;;
    policy) echo 6 ;;
    counters | page | page_*) echo 7 ;;
    metrics | metric | status_json) echo 8 ;;
    hosts | status | handshake | handshake_*) echo 9 ;;
    release) echo 1 ;;
    esac
}

family()
{
    case $1 in
    client_* | number) echo client ;;
    directive) echo settings ;;
    hello_*) echo hello ;;
    page_*) echo page ;;
    metric | status_json) echo metrics ;;
    handshake_*) echo handshake ;;
    *) echo "$1" ;;
    esac
}

unit()
{
    echo "$1" | sed 's|.*/||; s|^tlsf_||; s|\.[ch]$||'
}

core_include()
{
    from=$(unit "$1")
    case $2$3 in
    '<stddef.h' | '<stdint.h' | '<stdbool.h' | '<stdatomic.h' | '<string.h')
        return
        ;;
    '<openssl/'*)
        case $from in handshake*) return ;; esac
        complain "$1 includes <$3>: only tlsf_handshake* may know OpenSSL"
        ;;
    '<'*) complain "$1 includes <$3>: core has C11's headers only" ;;
    '"data/'*.def | '"data/'*.inc) ;;
    '"tlsf_'*)
        to=$(unit "$3")
        if [ -z "$(rank "$from")" ] || [ -z "$(rank "$to")" ]; then
            complain "$1 includes $3: give each a rank in $0"
        elif [ "$(family "$from")" != "$(family "$to")" ] &&
            [ "$(rank "$from")" -le "$(rank "$to")" ]; then
            complain "$1 (rank $(rank "$from")) includes $3 (rank" \
                "$(rank "$to")): arrows point to lower ranks"
        fi
        ;;
    *) complain "$1 includes \"$3\": core includes core only" ;;
    esac
}

adapter_include()
{
    case $1:$2$3 in
    *'"tlsf_'*.h | *'"adapter.h' | *'<time.h') ;;
    *'"'*/*) complain "$1 includes \"$3\": names only, no folders" ;;
    mod_tlsfloor/*ngx_*) complain "$1 includes \"$3\" of nginx" ;;
    mod_tlsfloor/adapter.h:* | ngx_tlsfloor/adapter.h:'<ngx_'*) ;;
    *) complain "$1 includes $3: the server's headers come by adapter.h" ;;
    esac
}

includes core/*.[ch] >"${TMPDIR:-/tmp}/arrows.$$"
while read -r file kind name; do
    core_include "$file" "$kind" "$name"
done <"${TMPDIR:-/tmp}/arrows.$$"

includes mod_tlsfloor/*.[ch] ngx_tlsfloor/*.[ch] >"${TMPDIR:-/tmp}/arrows.$$"
while read -r file kind name; do
    adapter_include "$file" "$kind" "$name"
done <"${TMPDIR:-/tmp}/arrows.$$"

# A folder of confedit is one stage; store and live do not know each other.
stage()
{
    case $1 in
    base) echo 1 ;;
    read) echo 2 ;;
    model) echo 3 ;;
    store | live) echo 4 ;;
    edit) echo 5 ;;
    report) echo 6 ;;
    command) echo 7 ;;
    esac
}

confedit_include()
{
    from=$(basename "$(dirname "$1")")
    case $2$3 in
    '<'* | '"data/'*.def) return ;;
    '"tlsf_str.h' | '"tlsf_err.h' | '"tlsf_version.h' | '"tlsf_release.h')
        return
        ;;
    esac
    to=$(basename "$(dirname "$(ls confedit/*/"$3" 2>/dev/null)")")
    if [ -z "$(stage "$from")" ] || [ -z "$(stage "$to")" ]; then
        complain "$1 includes $3: no stage of confedit"
    elif [ "$from" != "$to" ] && [ "$(stage "$from")" -le "$(stage "$to")" ]; then
        complain "$1 includes $3 of $to: arrows point to lower ranks"
    fi
}

includes confedit/*/*.[ch] >"${TMPDIR:-/tmp}/arrows.$$"
while read -r file kind name; do
    confedit_include "$file" "$kind" "$name"
done <"${TMPDIR:-/tmp}/arrows.$$"

includes tests/*/*.[ch] >"${TMPDIR:-/tmp}/arrows.$$"
while read -r file kind name; do
    case $name in
    *.c | *adapter.h | ngx_* | httpd.h | apr_*)
        complain "$file includes $name: tests see public headers only"
        ;;
    esac
done <"${TMPDIR:-/tmp}/arrows.$$"
rm -f "${TMPDIR:-/tmp}/arrows.$$"

if ! circle=$(includes core/*.h confedit/*/*.h |
    sed -n 's|^[^ ]*/\([^ /]*\) " \([a-z_]*\.h\)|\1 \2|p' |
    tsort 2>&1 >/dev/null); then
    complain "headers include each other in a circle: $circle"
fi
exit $fail
