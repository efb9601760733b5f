#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What confedit says, compared with what real servers do:
#
#     tests/confedit/reality.sh PROGRAM [CASE…]
#
# A case is one file, tests/confedit/reality/<name>.nginx or .apache. Lines
# before the first `--- name` say how to run it:
#
#     args: …       arguments for confedit and, as -D, httpd
#     env: N=V …    environment of both
#     starttls: P   how the client begins TLS where confedit says "starttls",
#                   and tries to where it says that there is no TLS
#     any: ADDRESS  where listeners on all addresses are visited (127.0.0.1)
#     since: V      not run with a server before this version …
#     until: V      … nor from this one on
#     left          a raise leaves something there, or refuses: its status is 1
#     refused       the server must refuse the tree, by its test or its start,
#                   and confedit must say so; nothing else is compared
#
# Then come the files of the tree, the first is the main file. These words are
# replaced: @head@ what the server needs to run, @bare@ that without mod_ssl,
# @cert@ an RSA and @ecdsa@ an EC certificate, @tls@ the first and a cipher list
# that forbids no version, @mail@ and @stream@ nginx's modules of that name, @p1@
# to @p4@ ports, @in@ the tree.
#
# Each endpoint of the JSON is visited with each version, by each name of its
# server (for *.x one below it) and, when it is the default of its address,
# also with a name that nobody has and with none.
# With EDIT="raise --floor TLSv1.2" every tree is edited so before it is run,
# and check must agree; the floor comes last.
# Environment: NGINX, HTTPD, JOBS (cases at a time), KEEP=1 keeps the files.
set -u

# --- the run: certificates and heads once, then each case by itself -----------

if [ "${1-}" != --one ]; then
    program=$(realpath "$1")
    test -x "$program" || exit 1
    shift
    cd "$(dirname "$0")/../.." || exit 1
    NGINX=${NGINX:-/usr/sbin/nginx}
    HTTPD=${HTTPD:-$(command -v apache2 || command -v httpd ||
        echo /usr/sbin/apache2)}
    export NGINX HTTPD
    all=$(mktemp -d)
    trap 'test -n "${KEEP-}" || rm -rf "$all"' EXIT
    trap 'exit 1' HUP INT TERM
    tools/certs.sh "$all/certs" || exit 1
    # shellcheck disable=SC2046 # several flags are meant
    "${CC:-cc}" -O1 -o "$all/visit" tests/confedit/visit.c \
        $(pkg-config --cflags --libs openssl) || exit 1
    test $# -gt 0 ||
        set -- tests/confedit/reality/*.nginx tests/confedit/reality/*.apache
    base=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 9000))
    number=0
    for file in "$@"; do
        echo "$file $((base + number * 4))"
        number=$((number + 1))
    done >"$all/cases"
    xargs -P "${JOBS:-4}" -n 2 tests/confedit/reality.sh --one "$program" \
        "$all" <"$all/cases"
    number=$((number - $(find "$all" -name other | wc -l)))
    failed=$((number - $(find "$all" -name passed | wc -l)))
    if [ -n "${KEEP-}" ]; then
        echo "the files are in $all"
    fi
    # As the unit suites say it.
    test "$number" -gt 0 || exit 0
    echo "$(((number - failed) * 100 / number))%: Checks: $number, Failures: $failed, Errors: 0"
    [ "$failed" -eq 0 ]
    exit
fi

# --- one case ------------------------------------------------------------------

program=$2
all=$3
file=$4
first_port=$5
kind=${file##*.}
work=$all/$(basename "$file")
in=$work/in
mkdir -p "$work/logs" # an nginx from its own source writes there
CONFEDIT_NGINX=$NGINX
CONFEDIT_HTTPD=$HTTPD
export CONFEDIT_NGINX CONFEDIT_HTTPD
server=
stop()
{
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null
        wait "$server" 2>/dev/null
        server=
    fi
}
trap stop EXIT
trap 'exit 1' HUP INT TERM

# setting NAME: a line before the tree
setting()
{
    sed -n "/^--- /q; s/^$1: *//p" "$file"
}
args=$(setting args)
starttls=$(setting starttls)
any=$(setting any)

# module NAME: the lines that load a module which nginx does not have built in
module()
{
    so=/usr/lib/nginx/modules/ngx_$1_module.so
    case $("$NGINX" -V 2>&1) in
    *"--with-$1=dynamic"*) echo "load_module $so;" ;;
    esac
}

# The texts behind @head@ and its like.
cert=$all/certs/rsa.pem
case $kind in
nginx)
    printf '%s\n' "daemon off; pid $work/pid; error_log $work/log;" \
        'events {}' >"$work/head"
    echo "ssl_certificate $cert; ssl_certificate_key $cert;" >"$work/cert"
    echo 'ssl_ciphers ALL:@SECLEVEL=0;' | cat "$work/cert" - >"$work/tls"
    module mail >"$work/mail"
    module stream >"$work/stream"
    ;;
apache)
    modules=$(dirname "$HTTPD")/../lib/apache2/modules
    {
        for m in mpm_event authz_core socache_shmcb ssl macro; do
            echo "LoadModule ${m}_module $modules/mod_$m.so"
        done
        printf '%s\n' "PidFile $work/pid" "ErrorLog $work/log" \
            "ServerName main.test" "DefaultRuntimeDir $work" 'Mutex pthread'
    } >"$work/head"
    sed '/mod_ssl/d' "$work/head" >"$work/bare"
    echo "SSLCertificateFile $cert" >"$work/cert"
    echo 'SSLCipherSuite ALL:@SECLEVEL=0' | cat "$work/cert" - >"$work/tls"
    ;;
esac

sed 's/rsa\.pem/ecdsa.pem/g' "$work/cert" >"$work/ecdsa"

# unpack BASE: the tree, on ports from BASE on
unpack()
{
    rm -rf "$in"
    mkdir -p "$in"
    awk -v to="$in" '/^--- / {
            file = to "/" $2
            folder = file
            sub("/[^/]*$", "", folder)
            system("mkdir -p " folder)
            if (main == "") { main = $2; print main }
            if ($3 == "->") { system("ln -s " $4 " " file); file = "" }
            if ($3 == "crlf") { end = "\r" } else { end = "" }
            next
        }
        file != "" { print $0 end > file }' "$file" >"$work/main"
    find "$in" -type f -exec sed -i \
        -e "/@head@/{r $work/head
            d}" -e "/@tls@/{r $work/tls
            d}" -e "/@bare@/{r $work/bare
            d}" -e "/@cert@/{r $work/cert
            d}" -e "/@ecdsa@/{r $work/ecdsa
            d}" -e "/@mail@/{r $work/mail
            d}" -e "/@stream@/{r $work/stream
            d}" \
        -e "s|@p1@|$1|g; s|@p2@|$(($1 + 1))|g; s|@p3@|$(($1 + 2))|g" \
        -e "s|@p4@|$(($1 + 3))|g; s|@in@|$in|g" {} +
    main=$in/$(cat "$work/main")
}

# in_env PROGRAM…: with the case's own environment. In a subshell with as=exec
# the program takes its place, so that the subshell's number is the program's.
as=
in_env()
{
    # shellcheck disable=SC2046 # several assignments are meant
    $as env -u NGINX $(setting env | sed "s|@in@|$in|g") "$@"
}

# serve [-t]: the server in the foreground, or its own test
serve()
{
    case $kind in
    nginx) in_env "$NGINX" -c "$main" -p "$work" "$@" ;;
    apache)
        # shellcheck disable=SC2086 # several arguments are meant
        in_env "$HTTPD" -f "$main" -DFOREGROUND $args "$@"
        ;;
    esac
}

# start: 0 when it serves, 1 when it ended by itself
start()
{
    : >"$work/log"
    rm -f "$work/pid"
    (as='exec' && serve) >"$work/said" 2>&1 </dev/null &
    server=$!
    for _ in $(seq 100); do
        kill -0 "$server" 2>/dev/null || break
        if [ -s "$work/pid" ]; then
            sleep 0.05
            kill -0 "$server" 2>/dev/null && return 0
            break
        fi
        sleep 0.05
    done
    stop
    return 1
}

# say: what confedit makes of the tree; its status
say()
{
    # shellcheck disable=SC2086 # several arguments are meant
    in_env "$program" show --json --server "$kind" $args "$main" \
        >"$work/json" 2>"$work/remarks"
}

# What confedit says, as visit.c tells it: address, name, how TLS is begun,
# versions. A name at an address belongs to the first server that has it.
expected()
{
    jq -r --arg any "${any:-127.0.0.1}" --arg starttls "${starttls:-no}" '
        .configurations[0].servers[] | .names as $names
        | .endpoints[] | . as $e
        | ([$names[] | select(startswith("~") | not)
            | sub("^\\*?\\."; "made.") | sub("\\.\\*$"; ".made")]
            | map(select(. != "" and . != "_")))
          + (if .default then ["nobody.invalid", "-"] else [] end)
        | .[] | [($e.address | sub("^\\*:"; $any + ":")
            | sub("^\\[::\\]:"; "[::1]:")), .,
            (if $e.starttls or ($e.tls | not) then $starttls else "no" end),
            (if $e.rejected or ($e.tls | not) then []
             else ($e.protocols // ["undecided"]) - ($e.unreachable // [])
                - ["SSLv3"] end
             | join(",") | if . == "" then "-" else . end)]
        | join(" ")' "$work/json" | awk '!seen[$1, tolower($2)]++'
}

compare()
{
    expected >"$work/expected"
    test -s "$work/expected" || { echo 'no endpoint'; return 1; }
    cut -d ' ' -f 1-3 "$work/expected" | "$all/visit" >"$work/found"
    cmp -s "$work/expected" "$work/found" && return 0
    echo 'what confedit says (<), what the server does (>):'
    diff "$work/expected" "$work/found"
    return 1
}

# Refused by the server, and by confedit's word.
is_refused()
{
    unpack "$first_port"
    if serve -t >"$work/said" 2>&1 </dev/null && start; then
        echo 'the server starts'
        stop
        return 1
    fi
    say || return 0
    grep -q 'its start does not' "$work/json" && return 0
    echo 'the server refuses this, confedit does not:'
    cat "$work/said" "$work/log"
    return 1
}

# Whether the server's version is one that the case is for.
is_for_version()
{
    # shellcheck disable=SC2016 # a program of awk's
    "$(test "$kind" = nginx && echo "$NGINX" || echo "$HTTPD")" -v 2>&1 |
        awk -v since="$(setting since)" -v until="$(setting until)" '
            function number(text, part) {
                split(text, part, ".")
                return part[1] * 1000000 + part[2] * 1000 + part[3]
            }
            match($0, /\/[0-9.]+/) {
                is = number(substr($0, RSTART + 1, RLENGTH - 1))
                wrong = since != "" && is < number(since) ||
                    until != "" && is >= number(until)
                exit
            }
            END { exit wrong }'
}

# edit: as EDIT says, with annotations and the server's own test; other
# programs on this machine may hold the lock for a while
edit()
{
    test -n "${EDIT-}" || return 0
    for _ in $(seq 100); do
        # shellcheck disable=SC2086 # several arguments are meant
        in_env "$program" $EDIT --server "$kind" --trust-paths \
            --backup-dir "$work/sets" $args "$main" >"$work/edited" 2>&1
        edited=$?
        test "$edited" -eq 75 || break
        sleep 0.1
    done
    # shellcheck disable=SC2086 # several arguments are meant
    case $EDIT:$edited:$(sed -n '/^--- /q; /^left/p' "$file") in
    raise*:0:)
        in_env "$program" check --${EDIT##*--} --server "$kind" $args \
            "$main" >>"$work/edited" 2>&1 && return 0
        ;;
    raise*:1:left | lower*:[01]:* | set*:[01]:*) return 0 ;;
    esac
    echo "$EDIT: status $edited"
    cat "$work/edited"
    return 1
}

run_case()
{
    if sed '/^--- /q' "$file" | grep -q '^refused'; then
        is_refused
        return
    fi
    for try in 0 1 2; do
        unpack $((first_port + try * 1000))
        edit || return 1
        start && break
    done
    if [ -z "$server" ]; then
        echo 'the server does not start'
        cat "$work/said" "$work/log"
        return 1
    fi
    say || { cat "$work/remarks" "$work/json"; return 1; }
    compare
}

if ! is_for_version; then
    echo "$file: not for this version of the server"
    touch "$work/other"
elif run_case >"$work/report"; then
    touch "$work/passed"
else
    { echo "$file:"; cat "$work/report"; } >"$work/told"
    cat "$work/told"
fi
exit 0
