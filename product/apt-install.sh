#!/bin/bash
# Installs Debian packages, and starts none of their services: programs are wanted (invoke-rc.d(8)). As root.
# usage: apt-install.sh PACKAGE...
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy
fi
apt_install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"; }
if ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; then apt-get update -q; fi
# Lists that are old name versions that are there no more.
apt_install "$@" || { apt-get update -q && apt_install "$@"; }
