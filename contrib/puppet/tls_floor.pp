# SPDX-License-Identifier: Apache-2.0
#
# Raise the TLS floor of a machine's web servers with confedit, as a plain
# exec: it runs only while a virtual host is below the floor, so a second run
# changes nothing, and `puppet apply --noop` says what it would do.
#
#     puppet apply contrib/puppet/tls_floor.pp
define tls_floor (
  String        $floor   = 'TLSv1.2',
  Array[String] $configs = [],
  Array[String] $options = ['--reload', '--verify'],
) {
  # `check` has 0 for nothing to do and 1 for a host below. A configuration
  # that cannot be read (65) lets `raise` run, which then says what is wrong.
  $check = ['confedit', 'check', '--quiet', '--floor', $floor] + $configs

  exec { "raise the TLS floor: ${title}":
    command => ['confedit', 'raise', '--floor', $floor] + $options + $configs,
    unless  => [$check],
    path    => ['/usr/local/bin', '/usr/bin', '/usr/sbin', '/bin', '/sbin'],
  }
}

tls_floor { 'web server': }
