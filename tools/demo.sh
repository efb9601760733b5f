#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Show the two modules and confedit at work on this machine (`make demo`):
#
#     tools/demo.sh start    start both servers, visit them, print what came
#     tools/demo.sh stop     end what an earlier start left running
#
# DEMO_DIR is the folder for configuration, logs and `ports` (a new one in /tmp
# otherwise). On a terminal the servers stay until Ctrl-C; with DEMO_KEEP=1
# they stay in the background until `make demo-stop`. NGINX, HTTPD, MODULE_DIR
# and HTTPD_MODULES name other builds.
set -eu

cd "$(dirname "$0")/.."

# To nginx itself a variable NGINX means sockets of its predecessor.
nginx=${NGINX:-/usr/sbin/nginx}
unset NGINX
httpd=${HTTPD:-/usr/sbin/apache2}
MODULE_DIR=$(realpath -m "${MODULE_DIR:-build}")
HTTPD_MODULES=${HTTPD_MODULES:-/usr/lib/apache2/modules}
REMEMBERED=build/demos

die()
{
    printf '%s\n' "demo: $*" >&2
    exit 1
}

# --- stopping ---------------------------------------------------------------

# A server is ours when its command line names our folder.
is_ours()
{
    tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -qF "$dir/"
}

stop_server()
{
    pid=$(cat "$dir/$1.pid" 2>/dev/null) || return 0
    if is_ours "$pid"; then
        kill "$pid"
        while is_ours "$pid"; do
            sleep 0.1
        done
    fi
    rm -f "$dir/$1.pid"
}

# Folders of demos that were left running, one per line.
forget()
{
    if [ -e "$REMEMBERED" ]; then
        grep -vxF "$dir" "$REMEMBERED" >"$REMEMBERED.new" || true
        mv "$REMEMBERED.new" "$REMEMBERED"
    fi
}

# Everything ends; the folder stays when it was given.
stop_all()
{
    stop_server nginx
    stop_server apache
    if [ -h "$dir/www" ]; then
        rm -rf "$(readlink "$dir/www")" "$dir/www"
    fi
    forget
    if [ -e "$dir/.temporary" ]; then
        rm -rf "$dir"
    fi
}

# shellcheck source=tools/demo_conf.sh
. tools/demo_conf.sh
# shellcheck source=tools/demo_confedit.sh
. tools/demo_confedit.sh

# --- starting ---------------------------------------------------------------

fail_start()
{
    cat "$dir/$1-start.log" >&2
    tail -n 20 "$dir/$1-error.log" >&2 2>/dev/null || true
    die "$1 did not start"
}

# Wait, at most ten seconds, until a server answers on its status port.
wait_for()
{
    for _ in $(seq 100); do
        if curl -qsS --noproxy '*' -o "$dir/answer" 2>/dev/null \
            "http://127.0.0.1:$(port "$1_status")/tlsfloor/metrics"; then
            return
        fi
        sleep 0.1
    done
    fail_start "$1"
}

start_servers()
{
    "$nginx" -c "$dir/nginx.conf" -p "$dir/" -e "$dir/nginx-error.log" \
        >"$dir/nginx-start.log" 2>&1 || fail_start nginx
    "$httpd" -f "$dir/apache.conf" >"$dir/apache-start.log" 2>&1 ||
        fail_start apache
    wait_for nginx
    wait_for apache
}

# --- visiting ---------------------------------------------------------------

# visit SERVER HOST VERSION [curl's arguments…]: exactly this TLS version,
# the answer with its headers in $dir/answer
visit()
{
    case $2 in
    warn) to=$(port "$1_warn") ;;
    *) to=$(port "$1") ;;
    esac
    name=$2.test
    version=$3
    shift 3
    curl -qsSik --noproxy '*' --max-time 10 --http1.1 --tlsv"$version" \
        --tls-max "$version" --ciphers DEFAULT@SECLEVEL=0 \
        --resolve "$name:$to:127.0.0.1" "$@" "https://$name:$to/" \
        >"$dir/answer" 2>"$dir/answer.err"
}

# One cell of the table.
outcome()
{
    if ! visit "$@"; then
        if grep -q 'alert protocol version' "$dir/answer.err"; then
            echo "alert 70"
        else
            echo "no answer"
        fi
    elif grep -q '^SITE' "$dir/answer"; then
        if grep -qi '^Deprecation:' "$dir/answer"; then
            echo "site, warned"
        else
            echo "site"
        fi
    elif head -n 1 "$dir/answer" | grep -q 403 &&
        grep -qi '^Cache-Control: no-store' "$dir/answer"; then
        echo "upgrade page"
    else
        head -n 1 "$dir/answer" | tr -d '\r'
    fi
}

print_table()
{
    printf '%-18s%-15s%-15s%-15s%s\n' "" "TLS 1.0" "TLS 1.1" "TLS 1.2" \
        "TLS 1.3"
    for server in apache nginx; do
        echo "$server"
        for host in $HOSTS unknown; do
            printf '  %-16s' "$host.test"
            for version in 1.0 1.1 1.2; do
                printf '%-15s' "$(outcome "$server" "$host" "$version")"
            done
            outcome "$server" "$host" 1.3
        done
    done
}

print_headers()
{
    visit nginx warn 1.0 || true
    sed -n 's/\r$//; /^Deprecation:/Ip; /^Sunset:/Ip; /^Link:/Ip' \
        "$dir/answer" | sed 's/^/  /'
}

print_page()
{
    visit nginx block 1.0 -H 'Accept: text/plain' -A \
        'Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)' ||
        true
    sed '1,/^\r$/d; s/\r$//' "$dir/answer" | sed 's/^/  | /'
}

# Counters that are not 0, both servers beside each other. A virtual host's
# label ends in its port, which differs.
print_counters()
{
    for server in apache nginx; do
        curl -qsS --noproxy '*' \
            "http://127.0.0.1:$(port "${server}_status")/tlsfloor/metrics" |
            sed -n 's/:[0-9]*",/",/; s/:[0-9]*"}/"}/
                /^tlsfloor_key_exchange/d
                s/^\(tlsfloor_[a-z_]*_total.*\) \([1-9][0-9]*\)$/\2 \1/p' \
                >"$dir/$server.counters"
    done
    awk '{ n = $1; sub(/^[0-9]+ /, "") }
        !($0 in seen) { seen[$0] = 1; order[++rows] = $0 }
        FILENAME ~ /apache/ { apache[$0] = n; next }
        { nginx[$0] = n }
        END {
            printf "%6s %6s\n", "apache", "nginx"
            for (i = 1; i <= rows; i++)
                printf "%6d %6d  %s\n", apache[order[i]], nginx[order[i]],
                    order[i]
        }' "$dir/apache.counters" "$dir/nginx.counters"
    rm -f "$dir"/*.counters
}

print_report()
{
    echo
    echo "What each client got (the servers themselves allow TLS 1.2 and 1.3;"
    echo "warn.test, on a port of its own, allows TLS 1.0 upwards):"
    echo
    print_table
    echo
    echo "Counters that moved:"
    echo
    print_counters
    echo
    echo "Headers that warn.test adds for a TLS 1.0 client:"
    echo
    print_headers
    echo
    echo "What block.test tells Internet Explorer 9 on Windows 7, as text:"
    echo
    print_page
}

print_urls()
{
    echo
    echo "Running, with logs in $dir:"
    for server in apache nginx; do
        echo "  $server  https://observe.test:$(port $server)/" \
            "(block, refuse, next, plain)" \
            "https://warn.test:$(port ${server}_warn)/"
        echo "          http://127.0.0.1:$(port ${server}_status)/tlsfloor/metrics"
    done
    echo "As an old client:"
    echo "  curl -k --tls-max 1.0 --tlsv1.0 --ciphers DEFAULT@SECLEVEL=0" \
        "--resolve block.test:$(port nginx):127.0.0.1" \
        "https://block.test:$(port nginx)/"
}

start()
{
    for program in "$nginx" "$httpd" curl openssl ss; do
        command -v "$program" >/dev/null || die "$program is missing"
    done
    if [ -n "${DEMO_DIR-}" ]; then
        mkdir -p "$DEMO_DIR"
        dir=$(realpath "$DEMO_DIR")
        stop_all
    else
        dir=$(mktemp -d "${TMPDIR:-/tmp}/tlsfloor-demo.XXXXXX")
        touch "$dir/.temporary"
    fi
    trap stop_all EXIT
    trap 'exit 130' HUP INT TERM PIPE

    certs=$(realpath -m build/certs)
    tools/certs.sh "$certs"
    mkdir -p "$dir/tmp"
    pick_ports
    write_pages
    write_nginx >"$dir/nginx.conf"
    write_apache >"$dir/apache.conf"
    start_servers
    print_report
    print_confedit
    rm -f "$dir/answer" "$dir/answer.err"

    if [ -n "${DEMO_KEEP-}" ] && [ "${DEMO_KEEP-}" != 0 ]; then
        trap - EXIT
        echo "$dir" >>"$REMEMBERED"
        print_urls
        echo "They stay until: make demo-stop"
    elif [ -t 1 ]; then
        print_urls
        echo "They stay until Ctrl-C."
        trap 'exit 0' INT
        while :; do
            sleep 3600 &
            wait $!
        done
    fi
}

stop()
{
    if [ -n "${DEMO_DIR-}" ]; then
        dir=$(realpath -m "$DEMO_DIR")
        stop_all
    elif [ -s "$REMEMBERED" ]; then
        while read -r dir; do
            stop_all
        done <"$REMEMBERED"
    else
        echo "demo: nothing was left running"
    fi
}

case ${1-} in
start) start ;;
stop) stop ;;
*) echo "usage: tools/demo.sh start|stop" >&2 && exit 64 ;;
esac
