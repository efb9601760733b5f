# shellcheck shell=sh disable=SC2154 # live.sh has the variables
# SPDX-License-Identifier: Apache-2.0
#
# What probe says of running servers; part of live.sh.

# row HOST WORDS…: the line of the table
row()
{
    server=$1
    shift
    # shellcheck disable=SC2086 # one blank between words is enough
    grep -qx "$server $*" <<END ||
$(sed 's/  */ /g' "$work/out")
END
        fail "no row \"$server $*\""
}

case_probe_nginx()
{
    {
        nginx_head
        echo "http {"
        nginx_tls
        echo "server { listen 127.0.0.1:$p1 ssl; listen [::1]:$p1 ssl;" \
            "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; }"
        echo "server { listen 127.0.0.1:$p2 ssl; ssl_protocols TLSv1.3; }"
        echo "server { listen 127.0.0.1:$p3; }"
        echo "}"
    } >"$work/nginx.conf"
    start_nginx "$p1" || return 1
    confedit probe "127.0.0.1:$p1" "[::1]:$p1" "localhost:$p2"
    expect 0 && row "127.0.0.1:$p1" yes yes yes yes &&
        row "\[::1\]:$p1" yes yes yes yes &&
        row "localhost:$p2" no no no yes || return 1
    confedit probe "127.0.0.1:$p3" "127.0.0.1:$p4"
    expect 1 "127.0.0.1:$p3: the answer is not TLS" \
        "127.0.0.1:$p4: no connection" &&
        row "127.0.0.1:$p4" '?' '?' '?' '?'
}

case_probe_apache()
{
    {
        apache_head
        printf '%s\n' "Listen 127.0.0.1:$p1" \
            "<VirtualHost *:$p1>" "ServerName a.test" "SSLEngine on" \
            "SSLProtocol all" "</VirtualHost>" \
            "<VirtualHost *:$p1>" "ServerName b.test" "SSLEngine on" \
            "SSLProtocol TLSv1.2" "</VirtualHost>"
    } >"$work/apache.conf"
    start_apache "$p1" || return 1
    confedit probe --json "127.0.0.1:$p1"
    expect 0 || return 1
    test "$(jq -c '.servers[0] | [.protocols, .rescued, .untried]' "$work/out")" = \
        '[["TLSv1","TLSv1.1","TLSv1.2","TLSv1.3"],[],[]]' ||
        { fail "the JSON is otherwise"; return 1; }
    confedit probe --servername b.test "127.0.0.1:$p1"
    expect 0 && row "127.0.0.1:$p1" no no yes no
}

# Hosts with the stages block and refuse, on both servers.
tlsfloor_nginx()
{
    echo "load_module $MODULES/ngx_http_tlsfloor_module.so;"
    nginx_head
    echo "http {"
    nginx_tls
    for stage in block refuse; do
        echo "server { listen 127.0.0.1:$p1 ssl; server_name $stage.test;" \
            "ssl_protocols TLSv1.2 TLSv1.3; tlsfloor TLSv1.2;" \
            "tlsfloor_stage $stage; return 200 ok; }"
    done
    echo "}"
}

tlsfloor_apache()
{
    apache_head
    echo "LoadModule tlsfloor_module $MODULES/mod_tlsfloor.so"
    echo "Listen 127.0.0.1:$p2"
    for stage in block refuse; do
        printf '%s\n' "<VirtualHost *:$p2>" "ServerName $stage.test" \
            "SSLEngine on" "SSLProtocol TLSv1.2 +TLSv1.3" "TLSFloor TLSv1.2" \
            "TLSFloorStage $stage" "</VirtualHost>"
    done
}

case_probe_rescued()
{
    tlsfloor_nginx >"$work/nginx.conf"
    tlsfloor_apache >"$work/apache.conf"
    start_nginx "$p1" && start_apache "$p2" || return 1
    for port in "$p1" "$p2"; do
        speaks "$port" 1.0 block.test || fail "block does not rescue" ||
            return 1
        confedit probe --servername block.test "127.0.0.1:$port"
        expect 0 "rescued: granted by" &&
            row "127.0.0.1:$port" rescued rescued yes yes || return 1
        confedit probe --servername refuse.test "127.0.0.1:$port"
        expect 0 && row "127.0.0.1:$port" no no yes yes || return 1
    done
}

# nginx's mail module speaks STARTTLS without ever asking who is there.
case_probe_mail()
{
    module=$("$nginx" -V 2>&1 | sed -n 's/.*--modules-path=\([^ ]*\).*/\1/p')
    module=$module/ngx_mail_module.so
    load=
    if [ -e "$module" ]; then
        load="load_module $module;"
    elif ! "$nginx" -V 2>&1 | grep -q -- '--with-mail '; then
        skip mail "nginx has no mail module (Debian: libnginx-mod-mail)"
        return
    fi
    {
        echo "$load"
        nginx_head
        echo "mail { auth_http 127.0.0.1:$p6; server_name mail.test;" \
            "ssl_certificate $cert; ssl_certificate_key $cert;" \
            "ssl_ciphers ALL:@SECLEVEL=0;" \
            "ssl_protocols TLSv1 TLSv1.2 TLSv1.3;"
        port=$p1
        for protocol in smtp imap pop3; do
            echo "server { listen 127.0.0.1:$port; protocol $protocol;" \
                "starttls on; }"
            port=$((port + 1))
        done
        echo "server { listen 127.0.0.1:$p4 ssl; protocol smtp; }"
        echo "server { listen 127.0.0.1:$p5; protocol smtp; }"
        echo "}"
    } >"$work/nginx.conf"
    start_nginx "$p1" || return 1
    port=$p1
    for protocol in smtp imap pop3; do
        confedit probe --starttls "$protocol" "127.0.0.1:$port"
        expect 0 "127.0.0.1:$port: not vulnerable" &&
            row "127.0.0.1:$port" yes no yes yes || return 1
        port=$((port + 1))
    done
    confedit probe "127.0.0.1:$p4"
    expect 0 && row "127.0.0.1:$p4" yes no yes yes || return 1
    confedit probe --starttls smtp "127.0.0.1:$p5"
    expect 1 "does not offer STARTTLS"
}

# mail PROTOCOL HOW: start the test's own server; its port in $port
mail()
{
    background "$mail_server" "$1" "$2" "$cert"
    for _ in $(seq 100); do
        port=$(cat "$work/said")
        test -z "$port" || return 0
        sleep 0.05
    done
    fail "the mail server does not start"
}

case_probe_injection()
{
    for protocol in smtp imap pop3; do
        mail $protocol sound || return 1
        confedit probe --starttls $protocol "127.0.0.1:$port"
        expect 0 "127.0.0.1:$port: not vulnerable" &&
            row "127.0.0.1:$port" no no yes yes || return 1
        mail $protocol broken || return 1
        confedit probe --starttls $protocol "127.0.0.1:$port"
        expect 1 "127.0.0.1:$port: VULNERABLE" "CVE-2011-0411" || return 1
        confedit probe --json --starttls $protocol "127.0.0.1:$port"
        test "$(jq .servers[0].injection "$work/out")" = true ||
            { fail "the JSON is otherwise"; return 1; }
    done
    # What a server says does not reach the terminal as it is.
    mail smtp rude || return 1
    confedit probe --starttls smtp "127.0.0.1:$port"
    expect 1 'got the answer “554 ?[31mred?[0m ?”' || return 1
    ! grep -q "$(printf '\033')" "$work/out" "$work/err" ||
        { fail "it colours the terminal"; return 1; }
    mail smtp none || return 1
    confedit probe --starttls smtp "127.0.0.1:$port"
    expect 1 "does not offer STARTTLS"
}
