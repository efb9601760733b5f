#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Stands in for a server's binary: runs BENCH_SERVER under callgrind, which
# counts nothing until it is told to. Its files go to the server's folder.
set -eu

case $1 in
-p) prefix=$2 ;;
-f) prefix=${2%/server.conf} ;;
*) exit 64 ;;
esac
# httpd gives root up, and valgrind could not be reached then: it begins as
# the user that the harness names. It ends with the harness all the same.
as=
if [ "$1" = -f ] && [ "$(id -u)" = 0 ]; then
    chown -R www-data: "$prefix"
    as="setpriv --reuid=www-data --regid=www-data --clear-groups
        --pdeathsig=TERM"
fi
# shellcheck disable=SC2086 # words
exec $as env LD_PRELOAD="$PWD/build/bench/even.so" \
    valgrind --tool=callgrind --instr-atstart=no --quiet \
    --vgdb-prefix="$prefix/tmp/vgdb" \
    --callgrind-out-file="$prefix/tmp/counts" "$BENCH_SERVER" "$@"
