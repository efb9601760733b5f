#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every C file is as clang-format leaves it (make fmt).
set -u
cd "$(dirname "$0")/../.." || exit 1

if ! command -v clang-format >/dev/null; then
    tests/lint/skip.sh format 'clang-format is not installed'
    exit
fi
bad=$(tools/sources.sh '*.c' '*.h' | while read -r file; do
    clang-format "$file" | cmp -s - "$file" || echo "$file"
done)
if [ -n "$bad" ]; then
    printf '%s\n' "$bad" >&2
    echo "$0: not formatted (above); make fmt" >&2
    exit 1
fi
