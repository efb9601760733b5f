#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# confedit and running servers: what it finds out about them, and what becomes
# of them when it changes their configuration.
#
#     tests/confedit/live.sh PROGRAM MAIL_SERVER [CASE…]
#
# A case is a function case_<name> of tests/confedit/live_*.sh. Each has its own
# folder and its own ports; what it starts is stopped behind it.
# Environment: NGINX, HTTPD, MODULES (the folder with tlsfloor's two modules),
# CERTS (where the certificates are kept).
set -u
program=$(realpath "$1")
mail_server=$(realpath "$2")
test -x "$program" && test -x "$mail_server" || exit 1
shift 2
cd "$(dirname "$0")/../.." || exit 1
NGINX=${NGINX:-/usr/sbin/nginx}
HTTPD=${HTTPD:-$(command -v apache2 || command -v httpd || echo /usr/sbin/apache2)}
MODULES=$(realpath "${MODULES:-build}")
CONFEDIT_NGINX=$NGINX
CONFEDIT_HTTPD=$HTTPD
export CONFEDIT_NGINX CONFEDIT_HTTPD
unset http_proxy https_proxy all_proxy
nginx=$NGINX
unset NGINX # to nginx itself it means sockets
httpd_modules=$(dirname "$HTTPD")/../lib/apache2/modules
top=$(mktemp -d)
chmod 755 "$top"
pids=
trap 'stop_all; rm -rf "$top"' EXIT
trap 'exit 1' HUP INT TERM
certs=$(realpath -m "${CERTS:-build/certs}")
tools/certs.sh "$certs" || exit 1
cert=$certs/rsa.pem

# --- processes ------------------------------------------------------------------

# A process of ours has our folder in its arguments.
is_ours()
{
    tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -qF "$top/"
}

stop_all()
{
    for file in "$top"/*/*.pid; do
        if [ -s "$file" ] && is_ours "$(cat "$file")"; then
            pids="$pids $(cat "$file")"
        fi
    done
    for pid in $pids; do
        kill "$pid" 2>/dev/null
        for _ in $(seq 100); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.05
        done
    done
    pids=
}

# background COMMAND…: run it, with its output in $work/said
background()
{
    : >"$work/said"
    setsid "$@" >"$work/said" 2>"$work/error" </dev/null &
    pids="$pids $!"
}

start_nginx()
{
    "$nginx" -c "$work/nginx.conf" -p "$work/" >"$work/start" 2>&1 </dev/null ||
        { cat "$work/start"; return 1; }
    wait_for "$1"
}

start_apache()
{
    "$HTTPD" -f "$work/apache.conf" >"$work/start" 2>&1 </dev/null ||
        { cat "$work/start" "$work/apache.log"; return 1; }
    wait_for "$1"
}

# wait_for PORT: until somebody listens there, at most ten seconds
wait_for()
{
    for _ in $(seq 100); do
        openssl s_client -connect "127.0.0.1:$1" </dev/null 2>&1 |
            grep -q '^CONNECTED' && return
        sleep 0.1
    done
    echo "nobody listens at port $1"
    return 1
}

# --- configurations ---------------------------------------------------------------

# Six ports that nobody has, as p1 to p6.
find_ports()
{
    while :; do
        base=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 10000))
        ss -ltnH "sport >= $base and sport <= $((base + 5))" | grep -q . ||
            break
    done
    # shellcheck disable=SC2034 # the cases have them
    p1=$base p2=$((base + 1)) p3=$((base + 2))
    # shellcheck disable=SC2034 # the cases have them
    p4=$((base + 3)) p5=$((base + 4)) p6=$((base + 5))
}

nginx_head()
{
    echo "pid $work/nginx.pid; error_log $work/nginx.log notice;"
    echo "worker_processes 2;"
    echo "events {}"
}

nginx_tls()
{
    echo "access_log off; ssl_certificate $cert; ssl_certificate_key $cert;"
    echo "ssl_ciphers ALL:@SECLEVEL=0;"
}

apache_head()
{
    for m in mpm_event authz_core socache_shmcb alias remoteip ssl; do
        echo "LoadModule ${m}_module $httpd_modules/mod_$m.so"
    done
    printf '%s\n' "PidFile $work/apache.pid" "ErrorLog $work/apache.log" \
        "ServerName main.test" "DefaultRuntimeDir $work" "Mutex pthread" \
        "SSLCertificateFile $cert" "SSLCipherSuite ALL:@SECLEVEL=0" \
        'StartServers 1'
}

# --- what is found out --------------------------------------------------------------

# speaks PORT 1.2 [NAME]: whether the handshake succeeds
speaks()
{
    name=-noservername
    test -z "${3-}" || name="-servername $3"
    # shellcheck disable=SC2086 # two words
    timeout 10 openssl s_client -connect "127.0.0.1:$1" \
        "-tls$(echo "$2" | sed 's/^1\.0$/1/; s/\./_/')" \
        -cipher ALL:@SECLEVEL=0 $name </dev/null >/dev/null 2>&1
}

# confedit ARGUMENTS…: status in $status, output in $work/out and $work/err;
# again when another run on this machine has the lock
confedit()
{
    for _ in $(seq 50); do
        timeout 120 "$program" "$@" >"$work/out" 2>"$work/err"
        status=$?
        test "$status" = 75 || break
        sleep 0.2
    done
}

fail()
{
    echo "$*"
    cat "$work/out" "$work/err" 2>/dev/null
    for log in nginx apache; do
        tail -n 5 "$work/$log.log" 2>/dev/null
    done
    return 1
}

# expect STATUS [WORDS…]: the last run's status, and what it said
expect()
{
    want=$1
    shift
    test "$status" = "$want" ||
        { fail "status is $status, not $want"; return 1; }
    for words in "$@"; do
        grep -qF -- "$words" "$work/out" "$work/err" ||
            { fail "it does not say \"$words\""; return 1; }
    done
}

# edit ARGUMENTS…: confedit with a store of its own
edit()
{
    confedit "$@" --backup-dir "$work/sets" --trust-paths
}

save()
{
    cp -p "$1" "$1.saved"
}

is_as_saved()
{
    cmp "$1" "$1.saved" || fail "$1 is not as it was"
}

# --- running ----------------------------------------------------------------------

for file in tests/confedit/live_*.sh; do
    # shellcheck source=/dev/null
    . "$file"
done

skip()
{
    mkdir -p build
    echo "SKIP confedit live $1: $2" | tee -a build/skips >&2
}

failed=0
number=0
if [ $# -eq 0 ]; then
    # shellcheck disable=SC2046 # several words
    set -- $(sed -n 's/^case_\([a-z0-9_]*\)()$/\1/p' tests/confedit/live_*.sh)
fi
for the_case in "$@"; do
    number=$((number + 1))
    work=$top/$the_case
    mkdir "$work"
    chmod 755 "$work"
    find_ports
    if ! "case_$the_case" >"$top/report" 2>&1; then
        echo "$the_case:"
        cat "$top/report"
        failed=$((failed + 1))
    fi
    stop_all
done
echo "$(((number - failed) * 100 / number))%: Checks: $number, Failures: $failed, Errors: 0"
[ "$failed" -eq 0 ]
