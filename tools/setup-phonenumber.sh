#!/bin/sh
# Makes libphonenumber usable from build/deps/phonenumber: its headers and the name to link with.
# The package libphonenumber-dev itself cannot be installed, because it depends on another boost
# than ours; so only these of its files are unpacked. What it needs at run time and in its headers
# (libphonenumber8, libprotobuf-dev, libabsl-dev) is in tools/packages.txt.
set -eu
cd "$(dirname "$0")/.."

deps=build/deps/phonenumber
version=$(dpkg-query -W -f='${Version}' libphonenumber8 2>/dev/null) || {
  echo "setup-phonenumber: libphonenumber8 is not installed; run tools/setup.sh tools/packages.txt" >&2
  exit 1
}
[ "$(cat "$deps/.installed" 2>/dev/null)" = "$version" ] && exit 0

echo "Unpacking the headers of libphonenumber-dev $version"
rm -rf "$deps" "$deps.new"
mkdir -p "$deps.new/download" "$deps.new/lib"
fetch() { (cd "$deps.new/download" && apt-get download -qq "libphonenumber-dev=$version" >../log 2>&1); }
fetch || {
  as_root=""
  [ "$(id -u)" = 0 ] || as_root="sudo"
  $as_root apt-get update -qq >/dev/null 2>&1 || true
  fetch
} || {
  echo "setup-phonenumber: cannot download libphonenumber-dev $version:" >&2
  cat "$deps.new/log" >&2
  exit 1
}
dpkg-deb -x "$deps.new"/download/libphonenumber-dev_*.deb "$deps.new/download/files"
mv "$deps.new/download/files/usr/include" "$deps.new/include"
library=$(dpkg-query -L libphonenumber8 | grep '/libphonenumber\.so\.8$') || {
  echo "setup-phonenumber: the package libphonenumber8 has no libphonenumber.so.8" >&2
  exit 1
}
ln -s "$library" "$deps.new/lib/libphonenumber.so"
rm -rf "$deps.new/download" "$deps.new/log"
echo "$version" >"$deps.new/.installed"
mv "$deps.new" "$deps"
