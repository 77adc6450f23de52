#!/bin/sh
# Makes node (18 or newer) and npm available, and installs the packages of a folder (tests/e2e).
#   tools/setup-node.sh [site]
set -eu
cd "$(dirname "$0")/.."

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  printf 'nodejs\nnpm\n' >build/packages-node.txt
  tools/setup.sh build/packages-node.txt
fi
folder=${1:-tests/e2e}
lock=$folder/package-lock.json
if ! cmp -s "$lock" "$folder/node_modules/.installed"; then
  npm ci --prefix "$folder" --no-audit --no-fund --silent
  cp "$lock" "$folder/node_modules/.installed"
fi
