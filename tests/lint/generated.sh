#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every generated string list is what its page gives today.
set -u
cd "$(dirname "$0")/../.." || exit 1

fail=0
for page in core/data/*.html; do
    if ! awk -f tools/embed.awk "$page" | cmp -s - "$page.inc"; then
        echo "$0: $page.inc is stale: awk -f tools/embed.awk $page > $page.inc" >&2
        fail=1
    fi
done
exit $fail
