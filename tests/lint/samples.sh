#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The sample configurations and every configuration in the documents are taken
# by the real servers with the built modules (nginx -t, httpd -t).
# shellcheck disable=SC2016 # these backticks are Markdown's
set -u
cd "$(dirname "$0")/../.." || exit 1
nginx=${NGINX:-/usr/sbin/nginx}
httpd=${HTTPD:-/usr/sbin/apache2}
httpd_modules=${HTTPD_MODULES:-/usr/lib/apache2/modules}
modules=$(realpath "${MODULE_DIR:-build}")
certs=$modules/certs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail=0

complain()
{
    echo "$0: $*" >&2
    fail=1
}

for program in "$nginx" "$httpd"; do
    if ! command -v "$program" >/dev/null; then
        tests/lint/skip.sh samples "$program is not installed"
        exit
    fi
done
tools/certs.sh "$certs"

# blocks LANGUAGE FILE: each block of that language into $work/<n>.LANGUAGE
blocks()
{
    awk -v language="$1" -v work="$work" -v page="$2" '
        /^```$/ { if (out) close(out); out = "" }
        out { print > out }
        $0 == "```" language {
            out = sprintf("%s/%03d.%s", work, ++n, language)
            print "# " page " line " FNR > out
        }' "$2"
}

# Ports of a site in the documents, and the certificates that they leave out.
for_this_machine()
{
    sed -e 's/listen 443/listen 127.0.0.1:20443/' \
        -e 's/listen 80/listen 127.0.0.1:20080/' \
        -e '/ssl_certificate/d' -e '/SSLCertificate/d' \
        -e '/^ *load_module/d' -e '/^ *LoadModule/d' \
        -e "s|^ *SSLEngine on|&\nSSLCertificateFile $certs/rsa.pem|" "$1"
}

# What a block is part of can be seen in it.
test_nginx()
{
    {
        echo "load_module $modules/ngx_http_tlsfloor_module.so;"
        echo "pid $work/nginx.pid; error_log stderr; events { }"
        case $(cat "$1") in
        *'http {'*) for_this_machine "$1" ;;
        *'server {'* | *tlsfloor_zone*)
            echo 'http {'
            for_this_machine "$1"
            echo '}'
            ;;
        *)
            echo 'http {'
            echo 'server {'
            for_this_machine "$1"
            echo '} }'
            ;;
        esac
    } | awk -v certs="$certs" -v work="$work" '
        { print }
        /http \{/ && !seen++ {
            print "access_log off; ssl_certificate " certs "/rsa.pem;"
            print "ssl_certificate_key " certs "/rsa.pem;"
            n = split("client_body proxy fastcgi uwsgi scgi", kinds, " ")
            for (i = 1; i <= n; i++)
                print kinds[i] "_temp_path " work "/t;"
        }' >"$work/nginx.conf"
    if ! "$nginx" -t -p "$work/" -c "$work/nginx.conf" >"$work/said" 2>&1; then
        cat "$work/said" >&2
        complain "nginx does not take $2"
    fi
}

test_apache()
{
    {
        for module in mpm_event authn_core authz_core authz_host dir env \
            headers log_config socache_shmcb ssl; do
            if [ -e "$httpd_modules/mod_$module.so" ]; then
                echo "LoadModule ${module}_module" \
                    "$httpd_modules/mod_$module.so"
            fi
        done
        echo "LoadModule tlsfloor_module $modules/mod_tlsfloor.so"
        printf '%s\n' "ServerRoot $work" "ServerName localhost" \
            "DefaultRuntimeDir $work" "Listen 127.0.0.1:20443" \
            "ErrorLog /dev/stderr"
        for_this_machine "$1"
    } >"$work/apache.conf"
    if ! "$httpd" -t -f "$work/apache.conf" >"$work/said" 2>&1; then
        cat "$work/said" >&2
        complain "httpd does not take $2"
    fi
}

test_nginx ngx_tlsfloor/tlsfloor.conf ngx_tlsfloor/tlsfloor.conf
sed 's/^#\([tT]\)/\1/' ngx_tlsfloor/tlsfloor.conf >"$work/all"
test_nginx "$work/all" 'ngx_tlsfloor/tlsfloor.conf with all its lines'
test_apache mod_tlsfloor/tlsfloor.conf mod_tlsfloor/tlsfloor.conf
sed 's/^#\([T<]\|    [ST]\)/\1/' mod_tlsfloor/tlsfloor.conf >"$work/all"
test_apache "$work/all" 'mod_tlsfloor/tlsfloor.conf with all its lines'

n=0
for page in README.md docs/*.md; do
    rm -f "$work"/*.nginx "$work"/*.apache
    blocks nginx "$page"
    blocks apache "$page"
    for block in "$work"/*.nginx; do
        [ -e "$block" ] || continue
        n=$((n + 1))
        test_nginx "$block" "$(head -n 1 "$block" | sed 's/^# //')"
    done
    for block in "$work"/*.apache; do
        [ -e "$block" ] || continue
        n=$((n + 1))
        test_apache "$block" "$(head -n 1 "$block" | sed 's/^# //')"
    done
done
if [ "$n" -eq 0 ]; then
    complain 'the documents have no configuration, or it is not found'
fi
exit $fail
