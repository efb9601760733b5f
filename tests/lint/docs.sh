#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The documents name what the tables of core have, no more and no less:
# directives, metrics, reasons; every link leads to a file that is there.
# shellcheck disable=SC2016 # these backticks are Markdown's
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail=0

complain()
{
    echo "$0: $*" >&2
    fail=1
}

# same WHAT: $work/table and $work/doc have the same lines.
same()
{
    sort -u "$work/table" >"$work/a"
    sort -u "$work/doc" >"$work/b"
    if [ ! -s "$work/a" ] || ! diff "$work/a" "$work/b" >&2; then
        complain "$1: the table (<) and the document (>) differ"
    fi
}

# Directives, both spellings.
sed -n 's/^TLSF_DIRECTIVE(.*, *"\(.*\)", *"\(.*\)").*/\1 \2/p' \
    core/data/directives.def >"$work/table"
printf '%s\n' 'tlsfloor_zone TLSFloorZone' 'tlsfloor_status TLSFloorStatus' \
    >>"$work/table"
cp "$work/table" "$work/directives"
sed -n 's/^| \[`\(tlsfloor[a-z_]*\)`\](#[a-z_]*) | `\(TLSFloor[A-Za-z]*\)` |.*/\1 \2/p' \
    docs/directives.md >"$work/doc"
same 'docs/directives.md, first table'
cut -d ' ' -f 1 "$work/directives" >"$work/table"
sed -n 's/^## \(tlsfloor.*\)/\1/p' docs/directives.md >"$work/doc"
same 'docs/directives.md, sections'

# Metrics by the names of their samples.
sed -n 's/^TLSF_METRIC([A-Z_]*, *\([A-Z]*\), *"\([a-z_]*\)".*/\1 \2/p' \
    core/data/metrics.def |
    sed 's/^COUNTER \(.*\)/\1_total/; s/^INFO \(.*\)/\1_info/; s/^GAUGE //;
         s/^/tlsfloor_/' >"$work/table"
cp "$work/table" "$work/metrics"
sed -n 's/^| `\(tlsfloor_[a-z_]*\)` |.*/\1/p' docs/metrics.md >"$work/doc"
same 'docs/metrics.md, the list'

# Reasons.
sed -n 's/^TLSF_REASON([A-Z_]*, *"\([a-z_]*\)".*/\1/p' \
    core/data/reasons.def >"$work/table"
sed -n '/^| reason |/,/^$/s/^| `\([a-z_]*\)` |.*/\1/p' docs/metrics.md \
    >"$work/doc"
same 'docs/metrics.md, reasons'

# No document speaks of a directive, metric or variable that is not there.
# Families of OpenMetrics lack the sample's ending.
{
    tr ' ' '\n' <"$work/directives"
    cat "$work/metrics"
    sed 's/_total$//; s/_info$//' "$work/metrics"
    printf '%s\n' TLSFloor
    sed -n 's/.*ngx_string("\(tlsfloor_[a-z]*\)").*/\1/p' ngx_tlsfloor/variables.c
} | sort -u >"$work/known"
tools/sources.sh 'README.md' 'CHANGELOG.md' 'CONTRIBUTING.md' 'docs/*.md' \
    '*.conf' >"$work/pages"
tr '\n' '\0' <"$work/pages" |
    xargs -0 grep -ohE '\b(tlsfloor_[a-z_]*[a-z]|TLSFloor[A-Za-z]*)\b' |
    grep -vE '_test$|^tlsfloor_(module|gate_check|<)' |
    sort -u >"$work/said"
if unknown=$(comm -23 "$work/said" "$work/known") && [ -n "$unknown" ]; then
    printf '%s\n' "$unknown" >&2
    complain 'the documents speak of what is not there (above)'
fi

# Tests that docs/testing.md names: a file, then the tests in it.
sed -n 's/^|[^|]*|\(.*`[a-z]*\/[a-z0-9_]*\.[a-z]*`.*\)/\1/p' docs/testing.md |
    grep -oE '`[a-z0-9_/]+(\.c|\.sh)?`' | tr -d '`' |
    while read -r name; do
        case $name in
        unit/*.c | servers/*.c | lint/*.sh)
            file=tests/$name
            [ -e "$file" ] || echo "$file"
            ;;
        *.* | */*) ;;
        *_*)
            grep -qF "START_TEST($name)" "$file" 2>/dev/null ||
                echo "$file: $name"
            ;;
        esac
    done >"$work/missing"
if [ -s "$work/missing" ]; then
    cat "$work/missing" >&2
    complain 'docs/testing.md names tests that are not there (above)'
fi

# Links to files.
while read -r page; do
    grep -oE '\]\([^)#:]+(#[^)]*)?\)' "$page" | sed 's/^](//; s/[#)].*//' |
        while read -r link; do
            [ -e "$(dirname "$page")/$link" ] || echo "$page: $link"
        done
done <"$work/pages" >"$work/dead"
if [ -s "$work/dead" ]; then
    cat "$work/dead" >&2
    complain 'links that lead nowhere (above)'
fi
exit $fail
