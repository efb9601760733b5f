#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The adapters are twins: same files, same functions in the same order, same
# directives. What exists on one side by nature is in mirror.allow, a reason
# with each line; a line that excuses nothing fails too.
set -u
cd "$(dirname "$0")/../.." || exit 1
allow=tests/lint/mirror.allow
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail=0

complain()
{
    echo "$0: $*" >&2
    fail=1
}

# functions FILE PREFIX: names behind tlsfloor_<file>_, in their order.
functions()
{
    stem=$(basename "$1" .c)
    grep -oE "^$2_${stem}_[a-z0-9_]+\(" "$1" | sed "s/^$2_${stem}_//; s/(\$//"
    if odd=$(grep -oE '^[a-z][a-z0-9_]*\(' "$1" |
        grep -v "^$2_${stem}_"); then
        echo "$0: $1 defines $odd, which does not begin with $2_${stem}_" >&2
        return 1
    fi
}

# without SIDE FILE: standard input but what the list excuses.
without()
{
    awk -v side="$1" -v file="$2" '
        FNR == NR {
            if ($1 == side || $1 == "order")
                if ($2 == file)
                    excused[$3] = 1
            next
        }
        !($1 in excused)' "$allow" -
}

printf '%s\n' mod_tlsfloor/*.c | sed 's|.*/||' >"$work/apache"
printf '%s\n' ngx_tlsfloor/*.c | sed 's|.*/||' >"$work/nginx"
diff "$work/apache" "$work/nginx" >&2 ||
    complain "the adapters have different files (above)"

for path in mod_tlsfloor/*.c; do
    file=${path##*/}
    stem=${file%.c}
    functions "mod_tlsfloor/$file" tlsfloor >"$work/apache.all" || fail=1
    functions "ngx_tlsfloor/$file" ngx_http_tlsfloor >"$work/nginx.all" ||
        fail=1
    without apache "$stem" <"$work/apache.all" >"$work/apache.some"
    without nginx "$stem" <"$work/nginx.all" >"$work/nginx.some"
    diff "$work/apache.some" "$work/nginx.some" >&2 ||
        complain "$file: other functions or another order (< Apache, > nginx)"
    for side in apache nginx; do
        sed "s/^/$side $stem /" "$work/$side.all" >>"$work/there"
    done
done

grep -v '^#' "$allow" | while read -r side file name reason; do
    case $side in
    apache) other=nginx ;;
    nginx) other=apache ;;
    order) side=apache other=none ;;
    *) echo "$0: $allow: no side $side" >&2 && exit 1 ;;
    esac
    if [ -z "$reason" ]; then
        echo "$0: $allow: $file $name has no reason" >&2
        exit 1
    fi
    if ! grep -qx "$side $file $name" "$work/there" ||
        grep -qx "$other $file $name" "$work/there"; then
        echo "$0: $allow excuses $file $name, which needs no excuse" >&2
        exit 1
    fi
done || fail=1

# TLSFloorPageCode is tlsfloor_page_code.
sed -n '/command_rec tlsfloor_commands/,/^};/s/.*"\(TLSFloor[A-Za-z]*\)".*/\1/p' \
    mod_tlsfloor/config.c |
    sed 's/^TLSFloor/tlsfloor/; s/\([A-Z]\)/_\1/g' |
    tr '[:upper:]' '[:lower:]' >"$work/apache"
sed -n 's/.*{ ngx_string("\(tlsfloor[a-z_]*\)"),.*/\1/p' \
    ngx_tlsfloor/config.c >"$work/nginx"
if [ ! -s "$work/nginx" ] || ! diff "$work/apache" "$work/nginx" >&2; then
    complain "config.c: other directives or another order (< Apache, > nginx)"
fi
exit $fail
