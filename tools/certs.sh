#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Make throw-away certificates for the tests and the demo, once:
#
#     tools/certs.sh FOLDER
#
# rsa.pem and ecdsa.pem (key and certificate in one file) are servers, for any
# name under .test; client.pem is a client; all three are signed by ca.pem.
# stranger.pem is a client that signed itself.
set -eu

to=${1:?usage: tools/certs.sh FOLDER}
mkdir -p "$to"
exec 9>"$to/lock"
flock 9
if [ -e "$to/made" ]; then
    exit 0
fi
cd "$to"

req()
{
    openssl req -batch -nodes -days 3650 "$@" 2>log || {
        cat log >&2
        exit 1
    }
}

# issue NAME KIND…: a key and a certificate signed by the authority
issue()
{
    name=$1
    shift
    req -new -newkey "$@" -subj "/CN=$name.test" -keyout "$name.key" \
        -out "$name.csr"
    openssl x509 -req -days 3650 -sha256 -in "$name.csr" -CA ca.crt \
        -CAkey ca.key -set_serial "$(date +%s%N)" -extfile names \
        -out "$name.crt" 2>log
    cat "$name.key" "$name.crt" >"$name.pem"
}

echo 'subjectAltName=DNS:*.test,DNS:localhost,IP:127.0.0.1' >names
req -x509 -newkey rsa:2048 -sha256 -subj "/CN=tlsfloor tests" \
    -keyout ca.key -out ca.crt
cp ca.crt ca.pem
issue rsa rsa:2048
issue ecdsa ec -pkeyopt ec_paramgen_curve:P-256
issue client rsa:2048
req -x509 -newkey rsa:2048 -sha256 -subj "/CN=stranger" \
    -keyout stranger.key -out stranger.crt
cat stranger.key stranger.crt >stranger.pem
rm -f ./*.csr ./*.key ./*.crt names log
chmod 644 ./*.pem
touch made
