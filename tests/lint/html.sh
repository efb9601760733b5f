#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Pages are HTML that an old browser's parser takes, and load nothing.
set -u
cd "$(dirname "$0")/../.." || exit 1

fail=0
if ! command -v xmllint > /dev/null; then
    tests/lint/skip.sh html 'xmllint is not installed (Debian: libxml2-utils)'
    exit
fi
for page in core/data/*.html; do
    errors=$(xmllint --html --noout "$page" 2>&1)
    if [ -n "$errors" ]; then
        printf '%s\n' "$errors" >&2
        fail=1
    fi
    if grep -niE '<(script|link|img|iframe|object|form)|@import|url\(|src=' \
        "$page"; then
        echo "$0: $page loads something or runs a script (above)" >&2
        fail=1
    fi
done
exit $fail
