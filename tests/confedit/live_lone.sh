# shellcheck shell=sh disable=SC2154 # live.sh has the variables
# SPDX-License-Identifier: Apache-2.0
#
# Lone files on a machine that has the servers' programs: what the programs
# tell of themselves must not be taken for what the files stand in. Part of
# live.sh.

lone_host()
{
    printf '%s\n' "<VirtualHost *:$p1>" 'ServerName a.test' 'SSLEngine on' \
        'SSLProtocol all -SSLv3' '</VirtualHost>'
}

# The program has mod_ssl as a module, and the file that loads it is not read.
case_lone_apache()
{
    lone_host >"$work/bare.conf"
    { echo '<IfModule mod_ssl.c>'; lone_host; echo '</IfModule>'; } \
        >"$work/in.conf"
    { echo '<IfModule !ssl_module>'; lone_host; echo '</IfModule>'; } \
        >"$work/not.conf"
    { echo '<IfModule mod_gnutls.c>'; lone_host; echo '</IfModule>'; } \
        >"$work/other.conf"
    for file in bare in; do
        confedit check --floor TLSv1.2 "$work/$file.conf"
        expect 1 '! a.test' 'TLSv1 TLSv1.1' || return 1
        save "$work/$file.conf"
        edit raise --floor TLSv1.2 "$work/$file.conf"
        expect 0 '1 file changed' || return 1
        confedit check --floor TLSv1.2 "$work/$file.conf"
        expect 0 || return 1
        edit undo "$work/$file.conf"
        expect 0 && is_as_saved "$work/$file.conf" || return 1
    done
    confedit show "$work/in.conf"
    expect 0 'read as for a server with mod_ssl' || return 1
    confedit check --floor TLSv1.2 "$work/not.conf"
    expect 0 'no virtual host' || return 1
    confedit check --floor TLSv1.2 "$work/other.conf"
    expect 1 '! a.test' undecided
}

# Lines for whoever includes them: no host, and no block to write into.
case_lone_level()
{
    echo 'ssl_protocols TLSv1.2;' >"$work/nginx.conf"
    echo 'SSLProtocol -all +TLSv1.2' >"$work/apache.conf"
    for kind in nginx apache; do
        confedit show "$work/$kind.conf"
        expect 0 '(this file)' || return 1
        edit lower --floor TLSv1 "$work/$kind.conf"
        expect 1 '1 file changed' 'security level' "to $work/$kind.conf" ||
            return 1
        confedit check --floor TLSv1.2 "$work/$kind.conf"
        expect 1 '! (this file)' || return 1
        edit raise --floor TLSv1.2 --reload --verify "$work/$kind.conf"
        expect 1 'not visited: which servers include the file is not known' ||
            return 1
        confedit check --floor TLSv1.2 "$work/$kind.conf"
        expect 0 || return 1
    done
}
