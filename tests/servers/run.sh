#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Run one suite and print what it said in one piece, since several run at a
# time:  tests/servers/run.sh PROGRAM
if out=$("$1" 2>&1); then
    printf '%s\n' "$out"
else
    printf '%s\n' "$out"
    exit 1
fi
