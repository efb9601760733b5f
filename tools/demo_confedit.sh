# shellcheck shell=sh disable=SC2154 # the variables are those of demo.sh
# SPDX-License-Identifier: Apache-2.0
#
# The demo's run of confedit on sample trees of both servers; read by demo.sh,
# whose variables it uses: dir, certs, nginx, httpd, MODULE_DIR, HTTPD_MODULES.

# A site in each of nginx's ways: a line of its own, the outer one, both.
write_nginx_tree()
{
    mkdir -p "$1/sites"
    cat >"$1/nginx.conf" <<END
# The main file.
pid $dir/sample-nginx.pid;
error_log $dir/sample-nginx.log;
events {}
http {
    access_log off;
    ssl_certificate $certs/rsa.pem;
    ssl_certificate_key $certs/rsa.pem;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2;   # as in 2014
    include sites/*.conf;
}
END
    cat >"$1/sites/shop.conf" <<END
server {
    listen 127.0.0.1:8443 ssl;
    server_name shop.example;
}
END
    cat >"$1/sites/wiki.conf" <<END
server {
    listen 127.0.0.1:8444 ssl; server_name wiki.example;
    ssl_protocols TLSv1.1 TLSv1.2 TLSv1.3;
}
END
}

# The two files and the line of an endpoint manager, and a main file.
write_apache_tree()
{
    mkdir -p "$1/ssl"
    {
        for module in mpm_event authz_core socache_shmcb ssl; do
            echo "LoadModule ${module}_module $HTTPD_MODULES/mod_$module.so"
        done
        printf '%s\n' "ServerRoot $1" "PidFile $dir/sample-apache.pid" \
            "ErrorLog $dir/sample-apache.log" "ServerName demo.test" \
            "Include ssl/ssl.conf" "Include ssl/sslforclients.conf"
    } >"$1/httpd.conf"
    for port in 8445 8446; do
        name=ssl
        test "$port" = 8445 || name=sslforclients
        cat >"$1/ssl/$name.conf" <<END
Listen 127.0.0.1:$port
<VirtualHost 127.0.0.1:$port>
    ServerName $name.example
    SSLEngine on
    SSLCertificateFile $certs/rsa.pem
    SSLProtocol all -SSLv2 -SSLv3
</VirtualHost>
END
    done
}

# run ARGUMENTS…: a command as one would type it, and its answer.
run_confedit()
{
    echo
    printf '  $ confedit %s\n' "$*" | sed "s|$dir/trees/||g"
    (
        cd "$dir/trees" || exit
        CONFEDIT_NGINX=$nginx CONFEDIT_HTTPD=$httpd \
            "$MODULE_DIR/confedit" "$@" 2>&1 || echo "(exit status $?)"
    ) | sed "s|$dir/trees/||g; s/^/    /"
}

# Show, raise with its difference, check, and everything back.
print_confedit()
{
    rm -rf "$dir/trees" "$dir/trees.before"
    write_nginx_tree "$dir/trees/nginx"
    write_apache_tree "$dir/trees/apache"
    cp -a "$dir/trees" "$dir/trees.before"
    set -- nginx/nginx.conf apache/httpd.conf
    sets=$dir/trees.sets

    echo
    echo "confedit, on a sample tree of each server:"
    run_confedit show "$@"
    run_confedit raise --floor TLSv1.2 --diff --backup-dir "$sets" "$@"
    run_confedit check --floor TLSv1.2 "$@"
    run_confedit undo --backup-dir "$sets"
    if diff -r "$dir/trees.before" "$dir/trees" >/dev/null; then
        echo "    (every byte is as it was)"
    else
        diff -r "$dir/trees.before" "$dir/trees" || true
        die "confedit did not give the first bytes back"
    fi
    rm -rf "$dir/trees" "$dir/trees.before" "$sets" "$dir"/sample-*
}
