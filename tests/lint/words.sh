#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Words that do not belong into the project: marks of unfinished work, paths of
# one person's machine, code that is commented out.
set -u
cd "$(dirname "$0")/../.." || exit 1
fail=0

never()
{
    if tools/sources.sh '*' | grep -v '\.hex$' |
        tr '\n' '\0' | xargs -0 grep -nIE -e "$1" | grep -vE "${3-^$}"; then
        echo "$0: $2 (above)" >&2
        fail=1
    fi
}

never '\b(TO''DO|FIX''ME|X''XX)\b' 'unfinished work; finish it or open an issue' \
    '\((TO''DO),|\{\{TO''DO\}\}'
never '(^|[^[:alnum:]_])/(wo''rk|ho''me|ro''ot|Us''ers)/' \
    'a path of one machine'
never '^[[:space:]]*//[[:space:]]*[a-z_]+.*;[[:space:]]*$' \
    'code that is commented out'
exit $fail
