#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What core, without its OpenSSL unit, needs from outside: no memory from a
# heap, no files, no clock, no locale. Reads build/libtlsf.a.
set -u
cd "$(dirname "$0")/../.." || exit 1
library=${1:-build/libtlsf.a}

# Plain memory and strings; what compilers add for hardening and for -fPIC.
allowed='memcpy|memcmp|memchr|memset|memmove|strlen'
allowed="$allowed|__(memcpy|memset|memmove)_chk|__stack_chk_fail"
allowed="$allowed|_GLOBAL_OFFSET_TABLE_|tlsf_[a-z0-9_]*"

if [ ! -e "$library" ]; then
    echo "$0: $library is not there; make it first" >&2
    exit 1
fi
needs=$(nm -u "$library" | awk -v allowed="^($allowed)\$" '
    /:$/ { object = $1; sub(/:$/, "", object) }
    object ~ /^tlsf_handshake/ { next }
    $1 == "U" && $2 !~ allowed { print object " needs " $2 }')
if [ -n "$needs" ]; then
    printf '%s\n' "$needs" >&2
    echo "$0: core may call $allowed only" >&2
    exit 1
fi
