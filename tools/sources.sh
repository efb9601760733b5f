#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The project's files that match any of the patterns: those that git knows or,
# without git, those that are there:
#
#     tools/sources.sh '*.c' '*.h'
set -u
cd "$(dirname "$0")/.." || exit 1

if git rev-parse --git-dir >/dev/null 2>&1; then
    git ls-files -- "$@" | while read -r file; do
        [ -e "$file" ] && printf '%s\n' "$file"
    done
    exit 0
fi
find . -type d \( -name .git -o -path ./build \) -prune -o -type f -print |
    sed 's|^\./||' | sort | while read -r file; do
    for pattern in "$@"; do
        # shellcheck disable=SC2254 # a pattern is meant
        case $file in
        $pattern)
            printf '%s\n' "$file"
            break
            ;;
        esac
    done
done
