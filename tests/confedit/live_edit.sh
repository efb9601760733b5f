# shellcheck shell=sh disable=SC2154 # live.sh has the variables
# SPDX-License-Identifier: Apache-2.0
#
# Changes of running servers: reload, verify, back again; metrics that forbid
# a change. Part of live.sh.

# Two hosts at each of two ports that serve TLS 1.0 upwards.
old_nginx()
{
    nginx_head
    echo "http {"
    nginx_tls
    for name in a.test '*.b.test'; do
        for port in "$p1" "$p2"; do
            echo "server { listen 127.0.0.1:$port ssl; server_name $name;"
            echo "    ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; }"
        done
    done
    echo "}"
}

old_apache()
{
    apache_head
    for port in "$p1" "$p2"; do
        echo "Listen $port"
        for name in a.test b.test; do
            printf '%s\n' "<VirtualHost *:$port>" "ServerName $name" \
                "ServerAlias *.$name" "SSLEngine on" \
                "    SSLProtocol all -SSLv3" "</VirtualHost>"
        done
    done
}

# serves VERSION yes|no: what both ports do now, for a client by name
serves()
{
    for port in "$p1" "$p2"; do
        is=no
        speaks "$port" "$1" a.test && is=yes
        test "$is" = "$2" || fail "TLS $1 at port $port: $is" || return 1
    done
}

# round KIND: raise, with reload and visits, and back again
round()
{
    file=$work/$1.conf
    save "$file"
    serves 1.0 yes && serves 1.3 yes || return 1
    edit raise --floor TLSv1.2 --reload --verify --detailed-exitcodes "$file"
    expect 2 && serves 1.0 no && serves 1.1 no && serves 1.2 yes &&
        serves 1.3 yes || return 1
    edit raise --floor TLSv1.2 --reload --verify --detailed-exitcodes "$file"
    expect 0 || return 1
    edit undo --reload --verify "$file"
    expect 0 && is_as_saved "$file" && serves 1.0 yes && serves 1.3 yes
}

case_raise_nginx()
{
    old_nginx >"$work/nginx.conf"
    start_nginx "$p1" && round nginx
}

case_raise_apache()
{
    old_apache >"$work/apache.conf"
    start_apache "$p1" && round apache
}

# What the server's own test refuses is put back; the server never hears of it.
case_refused()
{
    { old_nginx; echo 'nonsense on;'; } >"$work/nginx.conf"
    { old_apache; echo 'Nonsense on'; } >"$work/apache.conf"
    for kind in nginx apache; do
        save "$work/$kind.conf"
        edit raise --floor TLSv1.2 --reload "$work/$kind.conf"
        expect 78 "onsense" && is_as_saved "$work/$kind.conf" || return 1
    done
}

# testing SIGNAL WHOM: nginx, but for its test, which gets a signal with WHOM
testing()
{
    {
        echo '#!/bin/sh'
        # shellcheck disable=SC2016 # of the script
        echo 'case " $* " in *" -t "*)'
        echo "    echo begun; kill -$1 $2; sleep 9;;"
        echo 'esac'
        echo "exec $nginx \"\$@\""
    } >"$work/sbin/nginx"
    chmod 755 "$work/sbin/nginx"
}

# A test that is interrupted says nothing of the configuration; one that is
# killed alone has not passed.
case_test_stopped()
{
    old_nginx >"$work/nginx.conf"
    mkdir "$work/sbin"
    save "$work/nginx.conf"
    usual=$CONFEDIT_NGINX
    CONFEDIT_NGINX=$work/sbin/nginx
    # shellcheck disable=SC2016 # of the script
    testing INT '$PPID $$'
    edit raise --floor TLSv1.2 "$work/nginx.conf"
    expect 130 "not tested: a signal came" && is_as_saved "$work/nginx.conf" &&
        ! grep -q refuses "$work/err" || fail "status $status" || return 1
    # shellcheck disable=SC2016 # of the script
    testing SEGV '$$'
    edit raise --floor TLSv1.2 "$work/nginx.conf"
    CONFEDIT_NGINX=$usual
    expect 78 "refuses the result" "the test was ended: Segmentation fault" &&
        is_as_saved "$work/nginx.conf"
}

# Another server has this machine's own address for itself, and nobody raised
# its floor: whoever visits the wildcard meets that one.
case_verify_fails()
{
    {
        nginx_head
        echo "http {"
        nginx_tls
        echo "server { listen $p1 ssl reuseport; listen $p2 ssl;"
        echo "    ssl_protocols TLSv1 TLSv1.2 TLSv1.3; }"
        echo "}"
    } >"$work/nginx.conf"
    mkdir "$work-other"
    sed "s|$work/|$work-other/|g; s/listen $p1/listen 127.0.0.1:$p1/
        s/listen $p2 ssl;//" "$work/nginx.conf" >"$work-other/nginx.conf"
    start_nginx "$p1" || return 1
    "$nginx" -c "$work-other/nginx.conf" || return 1
    save "$work/nginx.conf"
    edit raise --floor TLSv1.2 --reload --verify "$work/nginx.conf"
    expect 69 "127.0.0.1:$p1: TLSv1 TLSv1.2 TLSv1.3: still serves TLSv1" \
        "put back" && is_as_saved "$work/nginx.conf" &&
        ! grep -q "127.0.0.1:$p2" "$work/err" && serves 1.0 yes
}

# An address of IPv6 that takes IPv4 too is visited by both: here another
# server, whose floor nobody raised, has this machine's own one.
case_verify_dual()
{
    {
        nginx_head
        echo "http {"
        nginx_tls
        echo "server { listen [::]:$p1 ssl reuseport ipv6only=off;"
        echo "    ssl_protocols TLSv1 TLSv1.2 TLSv1.3; }"
        echo "}"
    } >"$work/nginx.conf"
    mkdir "$work-other"
    sed "s|$work/|$work-other/|g; s/listen .*/listen 127.0.0.1:$p1 ssl reuseport;/" \
        "$work/nginx.conf" >"$work-other/nginx.conf"
    start_nginx "$p1" || return 1
    edit raise --floor TLSv1.2 --reload --verify "$work/nginx.conf"
    expect 0 || return 1
    edit undo --reload "$work/nginx.conf"
    expect 0 || return 1
    "$nginx" -c "$work-other/nginx.conf" || return 1
    save "$work/nginx.conf"
    edit raise --floor TLSv1.2 --reload --verify "$work/nginx.conf"
    expect 69 "127.0.0.1:$p1: TLSv1 TLSv1.2 TLSv1.3: still serves TLSv1" &&
        is_as_saved "$work/nginx.conf"
}

# TLS 1.3 has a cipher suite here that no client asks for: with a floor of 1.3
# nobody would be served. All is back, in the running server too.
case_verify_nothing_left()
{
    {
        nginx_head
        echo "http {"
        nginx_tls
        echo "ssl_conf_command Ciphersuites TLS_AES_128_CCM_8_SHA256;"
        for port in "$p1" "$p2"; do
            echo "server { listen 127.0.0.1:$port ssl; server_name a.test;"
            echo "    ssl_protocols TLSv1.2 TLSv1.3; }"
        done
        echo "}"
    } >"$work/nginx.conf"
    start_nginx "$p1" || return 1
    serves 1.2 yes && serves 1.3 no || return 1
    save "$work/nginx.conf"
    edit raise --floor TLSv1.3 --reload --verify "$work/nginx.conf"
    expect 69 "does not serve TLSv1.3" "put back" &&
        is_as_saved "$work/nginx.conf" && serves 1.2 yes
}

# The test passes, the reload does not: an address has another owner.
# A run without --reload, and later one that has nothing to write.
case_verify_unchanged()
{
    old_nginx >"$work/nginx.conf"
    start_nginx "$p1" || return 1
    edit raise --floor TLSv1.2 "$work/nginx.conf"
    expect 0 "Clients see no change" && serves 1.0 yes || return 1
    edit raise --floor TLSv1.2 --reload --verify "$work/nginx.conf"
    expect 0 "still serves" "they are reloaded" "Nothing to write" &&
        serves 1.0 no && serves 1.3 yes || return 1
    edit raise --floor TLSv1.2 --reload --verify "$work/nginx.conf"
    expect 0 "Nothing to write"
}

# A test that refuses the tree as it was says nothing against the edit.
case_refused_before()
{
    old_nginx >"$work/nginx.conf"
    echo "no_such_directive;" >>"$work/nginx.conf"
    save "$work/nginx.conf"
    edit raise --floor TLSv1.2 "$work/nginx.conf"
    expect 78 "everything was put back" "as they were, too" &&
        is_as_saved "$work/nginx.conf"
}

case_reload_fails_nginx()
{
    old_nginx >"$work/nginx.conf"
    start_nginx "$p1" && mail smtp sound || return 1
    sed -i "s/^http {/&\nserver { listen 127.0.0.1:$port; }/" "$work/nginx.conf"
    save "$work/nginx.conf"
    edit raise --floor TLSv1.2 --reload "$work/nginx.conf"
    # Nor with the files as they were: that is for people to mend.
    expect 70 "bind() to 127.0.0.1:$port failed" "the old workers go on" \
        "do it by hand: " && is_as_saved "$work/nginx.conf" && serves 1.0 yes
}

# Apache ends over this. Once the address is free it runs again, as before.
case_reload_fails_apache()
{
    old_apache >"$work/apache.conf"
    start_apache "$p1" && mail smtp sound || return 1
    occupier=$!
    echo "Listen 127.0.0.1:$port" >>"$work/apache.conf"
    save "$work/apache.conf"
    (
        for _ in $(seq 500); do
            grep -q 'could not bind' "$work/apache.log" && break
            sleep 0.02
        done
        kill "$occupier"
    ) &
    edit raise --floor TLSv1.2 --reload "$work/apache.conf"
    expect 69 "could not bind to address 127.0.0.1:$port" "the server ended" &&
        is_as_saved "$work/apache.conf" && wait_for "$p1" && serves 1.0 yes
}

case_not_running()
{
    old_nginx >"$work/nginx.conf"
    edit raise --floor TLSv1.2 --reload "$work/nginx.conf"
    expect 0 "no server runs with it" || return 1
    edit undo "$work/nginx.conf"
    expect 0 || return 1
    # Nobody is there to be visited: that is told, and nothing taken back.
    edit raise --floor TLSv1.2 --reload --verify "$work/nginx.conf"
    expect 1 "not visited" && grep -q '^#.*TLSv1 TLSv1.1' "$work/nginx.conf"
}

# Listeners behind a balancer are visited with its line in front.
case_verify_proxied()
{
    {
        nginx_head
        echo "http {"
        nginx_tls
        echo "server { listen 127.0.0.1:$p1 ssl proxy_protocol;" \
            "server_name a.test; ssl_protocols TLSv1 TLSv1.2; }"
        echo "}"
    } >"$work/nginx.conf"
    {
        apache_head
        printf '%s\n' "Listen 127.0.0.1:$p2" "<VirtualHost *:$p2>" \
            "RemoteIPProxyProtocol On" "SSLEngine on" \
            "SSLProtocol TLSv1 +TLSv1.1 +TLSv1.2" "</VirtualHost>"
    } >"$work/apache.conf"
    start_nginx "$p1" && start_apache "$p2" || return 1
    for kind in nginx apache; do
        edit raise --floor TLSv1.2 --reload --verify "$work/$kind.conf"
        expect 0 || return 1
    done
}

# Unix sockets and regular expressions cannot be visited: told, status 1.
case_verify_partly()
{
    {
        nginx_head
        echo "http {"
        nginx_tls
        echo "server { listen 127.0.0.1:$p1 ssl; server_name a.test;" \
            "ssl_protocols TLSv1 TLSv1.2; }"
        echo "server { listen unix:$work/socket ssl; ssl_protocols TLSv1 TLSv1.2; }"
        echo "}"
    } >"$work/nginx.conf"
    start_nginx "$p1" || return 1
    edit raise --floor TLSv1.2 --reload --verify "$work/nginx.conf"
    expect 1 "not visited: it is a unix socket" &&
        ! speaks "$p1" 1.0 && speaks "$p1" 1.2
}

case_verify_mail()
{
    module=$("$nginx" -V 2>&1 | sed -n 's/.*--modules-path=\([^ ]*\).*/\1/p')
    module=$module/ngx_mail_module.so
    if [ ! -e "$module" ]; then
        skip mail "nginx has no mail module (Debian: libnginx-mod-mail)"
        return
    fi
    {
        echo "load_module $module;"
        nginx_head
        echo "mail { auth_http 127.0.0.1:$p6; server_name mail.test;" \
            "ssl_certificate $cert; ssl_certificate_key $cert;" \
            "ssl_ciphers ALL:@SECLEVEL=0;"
        echo "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;"
        echo "server { listen 127.0.0.1:$p1; protocol smtp; starttls on; }"
        echo "server { listen 127.0.0.1:$p2; protocol imap; starttls only; }"
        echo "server { listen 127.0.0.1:$p3; protocol pop3; starttls on; }"
        echo "server { listen 127.0.0.1:$p4 ssl; protocol smtp; }"
        echo "}"
    } >"$work/nginx.conf"
    start_nginx "$p1" || return 1
    edit raise --floor TLSv1.2 --reload --verify "$work/nginx.conf"
    expect 0 || return 1
    confedit probe --starttls pop3 "127.0.0.1:$p3"
    expect 0 && row "127.0.0.1:$p3" no no yes yes
}

# What the modules rescue is no failure of the floor.
case_verify_rescued()
{
    tlsfloor_nginx | sed 's/TLSv1.2 TLSv1.3;/TLSv1.1 &/' >"$work/nginx.conf"
    tlsfloor_apache | sed 's/^SSLProtocol .*/SSLProtocol all -TLSv1/' \
        >"$work/apache.conf"
    start_nginx "$p1" && start_apache "$p2" || return 1
    speaks "$p1" 1.0 block.test || fail "nothing is rescued" || return 1
    for kind in nginx apache; do
        edit raise --floor TLSv1.2 --reload --verify "$work/$kind.conf"
        expect 0 || return 1
    done
    speaks "$p1" 1.0 block.test && speaks "$p2" 1.0 block.test
}

# --- metrics ------------------------------------------------------------------------

# Hosts that observe, with their reports at a port of their own.
observing_nginx()
{
    echo "load_module $MODULES/ngx_http_tlsfloor_module.so;"
    nginx_head
    echo "http {"
    nginx_tls
    echo "tlsfloor TLSv1.2; keepalive_requests 10000;"
    for name in a b; do
        echo "server { listen 127.0.0.1:$p1 ssl; server_name $name.test;"
        echo "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; return 200 ok; }"
    done
    echo "server { listen 127.0.0.1:$p3; location /m/ { tlsfloor_status; } }"
    echo "}"
}

observing_apache()
{
    apache_head
    printf '%s\n' "LoadModule tlsfloor_module $MODULES/mod_tlsfloor.so" \
        "TLSFloor TLSv1.2" "MaxKeepAliveRequests 0" "Listen 127.0.0.1:$p2" \
        "Listen 127.0.0.1:$p4" "<Location /m/>" \
        "SetHandler tlsfloor-status" "</Location>"
    for name in a b; do
        printf '%s\n' "<VirtualHost *:$p2>" "ServerName $name.test" \
            "SSLEngine on" "SSLProtocol all" "Redirect 404 /" "</VirtualHost>"
    done
    echo "<VirtualHost *:$p4>"
    echo "</VirtualHost>"
}

# requests PORT NAME VERSION N: with one connection
requests()
{
    curl -qsk --noproxy '*' -o /dev/null --http1.1 --tlsv"$3" --tls-max "$3" \
        --ciphers DEFAULT@SECLEVEL=0 --resolve "$2:$1:127.0.0.1" \
        "https://$2:$1/[1-$4]"
}

# judge STATUS CONFIG URL ARGUMENTS…: a raise that is not made
judge()
{
    want=$1
    file=$2
    metrics=$3
    shift 3
    edit raise --floor TLSv1.2 --metrics "$metrics" --dry-run "$@" "$file"
    expect "$want"
}

# look KIND PORT REPORTS: both of a server's hosts, by what came to them
look()
{
    file=$work/$1.conf
    url=http://127.0.0.1:$3/m/metrics
    judge 69 "$file" "$url" --max-impact 1% && expect 69 "too few" || return 1
    # 1.2 for a.test and 0 for b.test, of 1,000
    requests "$2" a.test 1.2 990 && requests "$2" b.test 1.3 1000 &&
        requests "$2" a.test 1.0 10 || fail "no requests" || return 1
    judge 1 "$file" "$url" --max-impact 0.1% &&
        expect 1 "a.test:$2: 10 of 1000 requests (1%)" || return 1
    judge 0 "$file" "$url" --max-impact 1% || return 1
    # In nginx one line decides for both, so that b.test cannot be raised alone.
    if [ "$1" = apache ]; then
        judge 0 "$file" "$url" --max-impact 0 --vhost b.test || return 1
        # Nobody was seen at b.test, but nobody has looked for long either.
        judge 1 "$file" "$url" --unseen-for 14d --vhost b.test &&
            expect 1 "b.test:$2: its module has looked" || return 1
        sleep 1
        judge 0 "$file" "$url" --unseen-for 1s --vhost b.test || return 1
    fi
    judge 1 "$file" "$url" --unseen-for 14d &&
        expect 1 "a.test:$2: a client below TLSv1.2 came" || return 1
    judge 69 "$file" "http://127.0.0.1:$p6/" --max-impact 1% || return 1
    judge 64 "$file" "ftp://127.0.0.1:$p6/" --max-impact 1% || return 1
    save "$file"
    edit raise --floor TLSv1.2 --metrics "$url" --max-impact 0.1% --reload \
        "$file"
    expect 1 && is_as_saved "$file" && speaks "$2" 1.0 a.test
}

case_impact_nginx()
{
    observing_nginx >"$work/nginx.conf"
    start_nginx "$p1" && look nginx "$p1" "$p3"
}

case_impact_apache()
{
    observing_apache >"$work/apache.conf"
    start_apache "$p2" && look apache "$p2" "$p4"
}
