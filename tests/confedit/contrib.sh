#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What contrib/ has for confedit, at work: Ansible's tasks, Puppet's define and
# bash's completion, on a tree of nginx.
#
#     tests/confedit/contrib.sh PROGRAM
set -u
program=$(realpath "$1")
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
here=$PWD
passed=0
failed=0

mkdir -p "$work/bin" "$work/home" "$work/state"
ln -s "$program" "$work/bin/confedit"
PATH=$work/bin:$PATH
HOME=$work/home
XDG_STATE_HOME=$work/state
CONFEDIT_NGINX=/nonexistent
CONFEDIT_HTTPD=/nonexistent
export PATH HOME XDG_STATE_HOME CONFEDIT_NGINX CONFEDIT_HTTPD

# ok NAME COMMAND…: the command succeeds.
ok()
{
    name=$1
    shift
    if "$@" >"$work/out" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "contrib: failed: $name"
        tail -n 30 "$work/out"
    fi
}

tree()
{
    cat >"$work/nginx.conf" <<'END'
events {}
http {
    server {
        listen 127.0.0.1:8443 ssl;
        server_name old.test;
        ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
    }
    server {
        listen 127.0.0.1:8444 ssl;
        server_name new.test;
        ssl_protocols TLSv1.2 TLSv1.3;
    }
}
END
    cp "$work/nginx.conf" "$work/before"
}

unchanged()
{
    cmp "$work/before" "$work/nginx.conf"
}

raised()
{
    confedit check --quiet --server-version 1.22.1 --floor TLSv1.2 \
        "$work/nginx.conf"
}

# play [ARGUMENTS…]: a run of the playbook over this tree
play()
{
    timeout 120 ansible-playbook -i localhost, -c local \
        -e ansible_become=false -e "{\"tls_floor_configs\":
            [\"$work/nginx.conf\"], \"tls_floor_options\":
            [\"--no-validate\", \"--backup-dir\", \"$work/sets\"]}" \
        "$@" contrib/ansible/tls_floor.yml
}

says()
{
    grep -q -- "$1" "$work/log"
}

# apply [ARGUMENTS…]: Puppet, with this tree
apply()
{
    sed '$d' "$here/contrib/puppet/tls_floor.pp" >"$work/site.pp"
    cat >>"$work/site.pp" <<END
tls_floor { 'web server':
  configs => ['$work/nginx.conf'],
  options => ['--no-validate', '--backup-dir', '$work/sets'],
}
Exec { path => ['$work/bin', '/usr/bin', '/bin'] }
END
    sed -i "s|path    => .*|path    => ['$work/bin', '/usr/bin', '/bin'],|
        /^Exec/d" "$work/site.pp"
    timeout 120 puppet apply --color=false "$@" "$work/site.pp"
}

# completes WANTED WORD…: the last word's completion has this
completes()
{
    wanted=$1
    shift
    # shellcheck disable=SC2016 # bash's variables
    bash -c '. contrib/completion/confedit.bash
        COMP_WORDS=("$@")
        COMP_CWORD=$(($# - 1))
        _confedit
        printf "%s\n" "${COMPREPLY[@]}"' bash "$@" | grep -qxF -- "$wanted"
}

ok 'the playbook is well formed' \
    ansible-playbook -i localhost, --syntax-check contrib/ansible/tls_floor.yml
tree
play --check --diff >"$work/log" 2>&1
ok 'Ansible --check: would change' says 'changed=1 '
ok 'Ansible --check: says which host' says 'old.test: 127.0.0.1:8443'
ok 'Ansible --check: shows the difference' says '+.*ssl_protocols TLSv1.2 TLSv1.3;'
ok 'Ansible --check: changes nothing' unchanged
play >"$work/log" 2>&1
ok 'Ansible: changed' says 'changed=1 .*failed=0'
ok 'Ansible: the floor is met' raised
play >"$work/log" 2>&1
ok 'Ansible again: nothing to do' says 'changed=0 .*failed=0'

ok 'the manifest is well formed' \
    puppet parser validate contrib/puppet/tls_floor.pp
tree
apply --noop >"$work/log" 2>&1
ok 'Puppet --noop: would run' says 'noop'
ok 'Puppet --noop: changes nothing' unchanged
apply >"$work/log" 2>&1
ok 'Puppet: runs' says 'executed successfully'
ok 'Puppet: the floor is met' raised
apply >"$work/log" 2>&1
ok 'Puppet again: nothing to do' sh -c "! grep -q executed '$work/log'"

ok 'completes commands' completes raise confedit ra
ok 'completes options' completes --floor confedit raise --fl
ok 'completes versions' completes TLSv1.2 confedit raise --floor TLS
ok 'completes sets' completes \
    "$(confedit history --backup-dir "$work/sets" --json |
        jq -r '.sets[0].id')" confedit undo --backup-dir "$work/sets" ''

echo "contrib: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
