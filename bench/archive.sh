#!/bin/bash
# How long commands take that read a data folder of many turns beside a running server.
#
#   bench/archive.sh [turns=1000000]
#
# The journal and the traces are written by their own writers (bench/archive.cpp); then a server serves
# the folder, a person talks to it, and each command is timed five times: the median, in ms.
set -euo pipefail
cd "$(dirname "$0")/.."
turns=${1:-1000000}
millrace=${MILLRACE:-build/release/millrace}
work=$(mktemp -d)
server=
trap '[ -n "$server" ] && kill $server 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
data=$work/data
serve() {
  : >"$work/out"  # nothing of the server before it
  "$millrace" serve --solution examples/signup --data "$data" --listen 127.0.0.1:0 \
    --allow-unbounded --log-level error >"$work/out" 2>"$work/err" & server=$!
  for _ in $(seq 600); do grep -q '^ready' "$work/out" && return; sleep 0.1; done
  cat "$work/err" >&2; exit 1
}
ready() { python3 -c "import json,sys;print(json.loads(open('$work/out').read()[6:])['$1'])"; }
say() {
  curl -sf "$(ready base_url)/webhooks/rest/webhook" -H 'Content-Type: application/json' \
    -d "{\"sender\":\"ann\",\"message\":\"$1\"}" >/dev/null
}
serve; kill $server; wait $server || true
before=$(date +%s%3N)
chat=$(build/release/archive_bench "$data" "$turns")
echo "$turns turns written in $(($(date +%s%3N) - before)) ms; journal.db $(stat -c %s "$data/journal.db") bytes, traces.db $(stat -c %s "$data/traces.db")"
before=$(date +%s%3N); serve
echo "the server was ready after $(($(date +%s%3N) - before)) ms"
for text in hi Ada Lovelace ada@example.com 1990-12-10 London; do say "$text"; done
listed=$("$millrace" chats --data "$data" --solution SignUp --limit 1 2>/dev/null)
live=$(tail -n +2 <<<"$listed" | cut -d' ' -f1)
timed() {
  for _ in 1 2 3 4 5; do
    local from; from=$(date +%s%N)
    "$@" >/dev/null || { echo "failed: $*" >&2; exit 1; }
    echo $((($(date +%s%N) - from) / 1000))
  done | sort -n | sed -n 3p | awk '{printf "%.1f ms", $1 / 1000}'
}
measure() {
  local name=$1 took; shift
  took=$(timed "$@"); echo "$name: $took"
}
measure "replay" "$millrace" replay "$live" --data "$data"
"$millrace" replay "$live" --data "$data"
measure "trace" "$millrace" trace "$chat" --data "$data"
measure "chats" "$millrace" chats --data "$data" 2>/dev/null
measure "chats --phase waiting" "$millrace" chats --phase waiting --data "$data"
measure "export" "$millrace" export "$chat" --data "$data"
measure "actions unknown" "$millrace" actions unknown --data "$data"
measure "actions list, which reads every trace" "$millrace" actions list --data "$data"
measure "millrace --version, the program's own start" "$millrace" --version
