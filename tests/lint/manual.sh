#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# confedit's manual is well formed and has every command, option and exit
# status that the program has, and no other.
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
page=docs/confedit.1
fail=0

complain()
{
    echo "$0: $*" >&2
    fail=1
}

# same WHAT: $work/program and $work/manual have the same lines.
same()
{
    sort -u "$work/program" >"$work/a"
    sort -u "$work/manual" >"$work/b"
    if [ ! -s "$work/a" ] || ! diff "$work/a" "$work/b" >&2; then
        complain "$1: the program (<) and $page (>) differ"
    fi
}

mandoc -T lint "$page" >&2 || complain "mandoc finds fault with $page (above)"

sed -n 's/^CE_OPTION([A-Z_]*, *"\([a-z-]*\)".*/\1/p' confedit/data/options.def \
    >"$work/program"
sed -n '/^\.Sh OPTIONS/,/^\.Sh ANNOTATIONS/{
    s/^\.It Fl -\([a-z-]*\).*/\1/p
    s/^\.It Fl D .*Fl -\([a-z]*\).*/\1/p
}' "$page" >"$work/manual"
same options

sed -n 's/^ *\.name = "\([a-z]*\)",$/\1/p' confedit/command/cmd_*.c >"$work/program"
sed -n '/^\.Sh DESCRIPTION/,/^\.Sh OPTIONS/s/^\.It Cm \([a-z]*\)$/\1/p' "$page" \
    >"$work/manual"
same commands

sed -n 's/^ *CE_[A-Z_]* = \([0-9]*\),* *\/\*.*/\1/p' confedit/model/options.h \
    >"$work/program"
sed -n '/^\.Sh EXIT STATUS/,/^\.Sh EXAMPLES/s/^\.It \([0-9][0-9 ,]*\)$/\1/p' \
    "$page" | tr -d ' ' | tr ',' '\n' >"$work/manual"
same 'exit statuses'
exit $fail
