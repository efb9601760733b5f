#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What confedit says, compared with what real servers do:
#
#     tests/confedit/reality.sh PROGRAM [CASE…]
#
# A case is one file, tests/confedit/reality/<name>.nginx or .apache, with the
# files of a tree behind lines `--- name`; the first is the main file. These
# words are replaced: @head@ what the server needs to run, @cert@ a certificate,
# @tls@ that and a cipher list that forbids no version, @p1@ to @p4@ ports, @in@
# the tree.
# A first line `args: …` has arguments for both confedit and, as -D, httpd.
#
# Each endpoint of the JSON is visited with each version, by its first name
# and, when it is the default of its address, without one.
# Environment: NGINX, HTTPD.
set -u
program=$(realpath "$1")
test -x "$program" || exit 1
shift
cd "$(dirname "$0")/../.." || exit 1
NGINX=${NGINX:-/usr/sbin/nginx}
HTTPD=${HTTPD:-$(command -v apache2 || command -v httpd || echo /usr/sbin/apache2)}
CONFEDIT_NGINX=$NGINX
CONFEDIT_HTTPD=$HTTPD
export CONFEDIT_NGINX CONFEDIT_HTTPD
work=$(mktemp -d)
server=
stop()
{
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null
        wait "$server" 2>/dev/null
        server=
    fi
}
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
tools/certs.sh "$work/certs" || exit 1

cat >"$work/nginx.head" <<END
daemon off; pid $work/pid; error_log $work/log; events {}
END
cat >"$work/nginx.tls" <<END
ssl_certificate $work/certs/rsa.pem; ssl_certificate_key $work/certs/rsa.pem;
ssl_ciphers ALL:@SECLEVEL=0;
END
head -n 1 "$work/nginx.tls" >"$work/nginx.cert"
{
    modules=$(dirname "$HTTPD")/../lib/apache2/modules
    for m in mpm_event authz_core socache_shmcb ssl macro; do
        echo "LoadModule ${m}_module $modules/mod_$m.so"
    done
    printf '%s\n' "PidFile $work/pid" "ErrorLog $work/log" \
        "ServerName main.test" "DefaultRuntimeDir $work" "Mutex pthread"
} >"$work/apache.head"
printf '%s\n' "SSLCertificateFile $work/certs/rsa.pem" \
    'SSLCipherSuite ALL:@SECLEVEL=0' >"$work/apache.tls"

head -n 1 "$work/apache.tls" >"$work/apache.cert"

# unpack FILE KIND BASE: the tree of a case, on ports from BASE on
unpack()
{
    rm -rf "$work/in"
    mkdir -p "$work/in"
    awk -v to="$work/in" '/^--- / {
            file = to "/" $2
            folder = file
            sub("/[^/]*$", "", folder)
            system("mkdir -p " folder)
            if (main == "") { main = $2; print main }
            next
        }
        file != "" { print > file }' "$1" >"$work/main"
    find "$work/in" -type f -exec sed -i \
        -e "/@head@/{r $work/$2.head
            d}" -e "/@tls@/{r $work/$2.tls
            d}" -e "/@cert@/{r $work/$2.cert
            d}" \
        -e "s|@p1@|$3|g; s|@p2@|$(($3 + 1))|g; s|@p3@|$(($3 + 2))|g" \
        -e "s|@p4@|$(($3 + 3))|g; s|@in@|$work/in|g" {} +
}

# visit PORT-AND-ADDRESS VERSION NAME: whether the handshake succeeds
visit()
{
    name="-noservername"
    if [ -n "$3" ]; then
        name="-servername $3"
    fi
    # shellcheck disable=SC2086 # two words
    openssl s_client -connect "$1" "$2" -cipher ALL:@SECLEVEL=0 $name \
        </dev/null >/dev/null 2>&1
}

start()
{
    : >"$work/log"
    case $1 in
    nginx) env -u NGINX "$NGINX" -c "$work/in/$(cat "$work/main")" -p "$work" ;;
    apache)
        # shellcheck disable=SC2046 # several arguments are meant
        "$HTTPD" -f "$work/in/$(cat "$work/main")" -DFOREGROUND \
            $(sed -n 's/^args: *//p' "$2")
        ;;
    esac >"$work/said" 2>&1 &
    server=$!
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        kill -0 "$server" 2>/dev/null || break
        if [ -s "$work/pid" ] && nc_open "$3"; then
            return 0
        fi
        sleep 0.1
    done
    stop
    cat "$work/said" "$work/log"
    return 1
}

# Whether anybody listens: a TLS client says so without a handshake.
nc_open()
{
    openssl s_client -connect "127.0.0.1:$1" </dev/null 2>&1 |
        grep -q '^CONNECTED'
}

compare()
{
    bad=0
    jq -r '.configurations[0].servers[] | (.names[0] // "") as $name
        | .endpoints[] | [.address, $name, .default,
        (if .rejected or (.tls | not) then "" else ((.protocols // ["undecided"]) - (.unreachable // [])
         | join(","))
         end)] | join("|")' "$work/json" >"$work/endpoints"
    while IFS='|' read -r address name is_default protocols; do
        names=$name
        if [ "$is_default" = true ]; then
            names="$name -"
        fi
        for sni in $names; do
            for v in TLSv1:-tls1 TLSv1.1:-tls1_1 TLSv1.2:-tls1_2 \
                TLSv1.3:-tls1_3; do
                said=no
                case ",$protocols," in *",${v%:*},"*) said=yes ;; esac
                is=no
                visit "$address" "${v#*:}" "${sni#-}" && is=yes
                if [ "$said" != "$is" ]; then
                    echo "$address $sni ${v%:*}: confedit says $said," \
                        "the server $is"
                    bad=1
                fi
            done
        done
    done <"$work/endpoints"
    test -s "$work/endpoints" || { echo 'no endpoint'; bad=1; }
    return $bad
}

run_case()
{
    kind=${1##*.}
    for _ in 1 2 3; do
        base=$((21000 + $(od -An -N2 -tu2 /dev/urandom) % 9000))
        unpack "$1" "$kind" "$base"
        start "$kind" "$1" "$base" && break
    done
    test -n "$server" || return 1
    # shellcheck disable=SC2046 # several arguments are meant
    "$program" show --json --server "$kind" $(sed -n 's/^args: *//p' "$1") \
        "$work/in/$(cat "$work/main")" >"$work/json" 2>"$work/said" ||
        { cat "$work/said" "$work/json"; return 1; }
    compare
}

failed=0
number=0
test $# -gt 0 || set -- tests/confedit/reality/*.nginx tests/confedit/reality/*.apache
for file in "$@"; do
    number=$((number + 1))
    if ! run_case "$file" >"$work/report"; then
        echo "$file:"
        cat "$work/report"
        failed=$((failed + 1))
    fi
    stop
done
echo "$(((number - failed) * 100 / number))%: Checks: $number, Failures: $failed, Errors: 0"
[ "$failed" -eq 0 ]
