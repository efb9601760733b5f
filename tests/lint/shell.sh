#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every shell script passes shellcheck.
set -u
cd "$(dirname "$0")/../.." || exit 1

if ! command -v shellcheck >/dev/null; then
    tests/lint/skip.sh shell 'shellcheck is not installed'
    exit
fi
tools/sources.sh '*.sh' '.ci/run' | xargs shellcheck >&2
