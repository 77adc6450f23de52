#!/bin/sh
# Installs the Debian packages named in the given lists that are not installed yet.
#   tools/setup.sh tools/packages.txt [tools/packages-test.txt ...]
set -eu

missing=""
for package in $(cat "$@"); do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "Installing:$missing"
as_root=""
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || {
    echo "Please install these packages as root: apt-get install$missing" >&2
    exit 1
  }
  as_root="sudo"
fi
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
