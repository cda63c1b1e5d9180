#!/bin/sh
# Make sure each named program (or program:package, where Debian's package has another name) is installed: install it from Debian's packages as root, else say in one line what to run.
# RUNLEVEL=1 keeps a package from starting its service (invoke-rc.d(8)): the tests start their own.
set -eu
for wanted in "$@"; do
    program=${wanted%%:*}
    package=${wanted#*:}
    PATH="$PATH:/usr/sbin:/sbin"
    command -v "$program" >/dev/null 2>&1 && continue
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "installing $program ..."
        { apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$package"; } \
            >/dev/null 2>&1 || { echo "$program could not be installed: apt-get install $package"; exit 1; }
    else
        echo "$program is missing: sudo apt-get install $package"
        exit 1
    fi
done
