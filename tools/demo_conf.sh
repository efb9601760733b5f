# shellcheck shell=sh disable=SC2154 # the variables are those of demo.sh
# SPDX-License-Identifier: Apache-2.0
#
# The demo's ports, virtual hosts and configuration files; read by demo.sh,
# whose variables it uses: dir, pages, certs, MODULE_DIR, HTTPD_MODULES.

CONTACT=https://help.example/old-browsers

MAIN_HOSTS="observe block refuse next plain"
HOSTS="observe warn block refuse next plain"

# Some ports that nobody listens on; $$ keeps two demos apart.
pick_ports()
{
    used=" $(ss -Htln | awk '{sub(/.*:/, "", $4); print $4}' | tr '\n' ' ')"
    next=$((20000 + $$ * 7 % 9000))
    for name in apache nginx apache_warn nginx_warn apache_status \
        nginx_status; do
        while case $used in *" $next "*) true ;; *) false ;; esac do
            next=$((next + 1))
        done
        echo "$name=$next"
        next=$((next + 1))
    done >"$dir/ports"
}

port()
{
    sed -n "s/^$1=//p" "$dir/ports"
}

day()
{
    date -d "$1 days" +%F
}

# The directives of a host, one per line, in nginx's spelling.
directives()
{
    case $1 in
    plain) return ;;
    next) printf '%s\n' "tlsfloor TLSv1.3" "tlsfloor_stage block" ;;
    warn)
        printf '%s\n' "tlsfloor TLSv1.2" "tlsfloor_stage warn $(day -30)" \
            "tlsfloor_stage block $(day +60)" \
            "tlsfloor_stage refuse $(day +90)"
        ;;
    *) printf '%s\n' "tlsfloor TLSv1.2" "tlsfloor_stage $1" ;;
    esac
    echo "tlsfloor_contact $CONTACT"
}

nginx_host()
{
    cat <<END
    server {
        listen 127.0.0.1:$2 ssl${3:+ $3};
        server_name $1.test;
        root $pages/$1;
        $4
        $(directives "$1" | sed 's/$/;/')
        location /tlsfloor/ { tlsfloor_status; }
    }
END
}

write_nginx()
{
    if [ "$(id -u)" = 0 ]; then
        echo "user root;"
    fi
    cat <<END
load_module $MODULE_DIR/ngx_http_tlsfloor_module.so;
worker_processes 2;
pid $dir/nginx.pid;
error_log $dir/nginx-error.log notice;
events { worker_connections 512; }
http {
    access_log $dir/nginx-access.log;
    client_body_temp_path $dir/tmp; proxy_temp_path $dir/tmp;
    fastcgi_temp_path $dir/tmp; uwsgi_temp_path $dir/tmp;
    scgi_temp_path $dir/tmp;
    default_type text/html;
    ssl_certificate $certs/rsa.pem;
    ssl_certificate_key $certs/rsa.pem;
    ssl_certificate $certs/ecdsa.pem;
    ssl_certificate_key $certs/ecdsa.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
END
    default=default_server
    for host in $MAIN_HOSTS; do
        nginx_host "$host" "$(port nginx)" "$default" ""
        default=
    done
    nginx_host warn "$(port nginx_warn)" "" \
        "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
        ssl_ciphers DEFAULT:@SECLEVEL=0;"
    cat <<END
    server {
        listen 127.0.0.1:$(port nginx_status);
        location /tlsfloor/ { tlsfloor_status; }
    }
}
END
}

# tlsfloor_stage -> TLSFloorStage
to_apache()
{
    sed 's/^tlsfloor_contact/TLSFloorContact/; s/^tlsfloor_stage/TLSFloorStage/
        s/^tlsfloor /TLSFloor /'
}

apache_host()
{
    cat <<END
<VirtualHost 127.0.0.1:$2>
    ServerName $1.test
    DocumentRoot $pages/$1
    SSLEngine on
    SSLCertificateFile $certs/rsa.pem
    SSLCertificateFile $certs/ecdsa.pem
    $3
    $(directives "$1" | to_apache)
</VirtualHost>
END
}

write_apache()
{
    for module in mpm_event authz_core dir headers ssl; do
        if [ -e "$HTTPD_MODULES/mod_$module.so" ]; then
            echo "LoadModule ${module}_module" \
                "$HTTPD_MODULES/mod_$module.so"
        fi
    done
    if [ "$(id -u)" = 0 ]; then
        printf '%s\n' "User www-data" "Group www-data"
    fi
    cat <<END
LoadModule tlsfloor_module $MODULE_DIR/mod_tlsfloor.so
ServerRoot $dir
DefaultRuntimeDir $dir
PidFile $dir/apache.pid
ErrorLog $dir/apache-error.log
ServerName localhost
DirectoryIndex index.html
SSLProtocol -all +TLSv1.2 +TLSv1.3
Listen 127.0.0.1:$(port apache) https
Listen 127.0.0.1:$(port apache_warn) https
Listen 127.0.0.1:$(port apache_status) http
<Directory $pages>
    Require all granted
</Directory>
<Location /tlsfloor/>
    SetHandler tlsfloor-status
</Location>
END
    for host in $MAIN_HOSTS; do
        apache_host "$host" "$(port apache)" ""
    done
    apache_host warn "$(port apache_warn)" "SSLProtocol all -SSLv3
    SSLCipherSuite DEFAULT:@SECLEVEL=0"
    cat <<END
<VirtualHost 127.0.0.1:$(port apache_status)>
    ServerName localhost
</VirtualHost>
END
}

# Apache's workers are not root and must be able to read the pages, whatever
# the mode of DEMO_DIR is.
write_pages()
{
    pages=$(mktemp -d "${TMPDIR:-/tmp}/tlsfloor-pages.XXXXXX")
    chmod 755 "$pages"
    ln -sfn "$pages" "$dir/www"
    for host in $HOSTS; do
        mkdir "$pages/$host"
        echo "SITE $host.test" >"$pages/$host/index.html"
    done
}
