#!/bin/sh
# Makes node (18 or newer) and npm available, and installs the packages of tests/e2e.
set -eu
cd "$(dirname "$0")/.."

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  printf 'nodejs\nnpm\n' >build/packages-node.txt
  tools/setup.sh build/packages-node.txt
fi
lock=tests/e2e/package-lock.json
if ! cmp -s "$lock" tests/e2e/node_modules/.installed; then
  npm ci --prefix tests/e2e --no-audit --no-fund --silent
  cp "$lock" tests/e2e/node_modules/.installed
fi
