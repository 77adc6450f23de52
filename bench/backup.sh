#!/bin/bash
# `millrace backup` of a server under load, and `millrace restore`: how much the server slows down
# meanwhile, how long both take, and whether the copy is right: it is verified, chats of it are
# replayed, and a server goes on with it.
#
#   bench/backup.sh [seconds=20] [connections=64] [chats to replay=100]
#   PEERS=../shared/bench   where the load generator is
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-20} connections=${2:-64} replays=${3:-100}
millrace=${MILLRACE:-build/release/millrace}
peers=$(cd "${PEERS:-../shared/bench}" 2>/dev/null && pwd) || {
  echo "bench: no load generator at ${PEERS:-../shared/bench}; set PEERS" >&2
  exit 1
}
work=$(mktemp -d) tools=build/bench server= stub=
trap '[ -z "$server" ] || kill $server $stub 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
mkdir -p "$tools"
for tool in convload stub; do
  source=$peers/tools/$tool.cpp
  [ "$tools/$tool" -nt "$source" ] || c++ -O2 -std=c++17 -w -o "$tools/$tool" "$source"
done
# What this example says instead.
sed 's/\temail$/\te-mail/; s/\tvalid email$/\te-mail/; s/\tThanks$/\tThank you/' \
  "$peers/tools/scenario_ok.tsv" >"$work/scenario.tsv"
stub_port=$((20000 + RANDOM % 10000))
taskset -c 1 "$tools/stub" $stub_port & stub=$!

serve() {  # data
  : >"$work/out"
  BRAZE_URL=http://127.0.0.1:$stub_port BRAZE_API_KEY=stub-key "$millrace" serve \
    --solution examples/signup --data "$1" --listen 127.0.0.1:0 --log-level error \
    --allow-internal 127.0.0.1:$stub_port --allow-unbounded >"$work/out" 2>"$work/err" & server=$!
  for _ in $(seq 600); do grep -q '^ready' "$work/out" && break; sleep 0.1; done
  url=$(python3 -c "import json;print(json.loads(open('$work/out').read()[6:])['base_url'])") ||
    { cat "$work/err" >&2; exit 1; }
}
load() {  # seconds -> turns a second
  taskset -c 1 "$tools/convload" --port "${url##*:}" --path /webhooks/rest/webhook \
    --template "$peers/tools/rest.tmpl" --scenario "$work/scenario.tsv" --conns "$connections" \
    --secs "$1" --warm 0 --json --prefix "b$RANDOM" 2>/dev/null |
    python3 -c 'import json, sys
run = json.load(sys.stdin)
print("{turns_per_s:.0f} turns/s, p99 {p99_ms:.1f} ms, {errors} errors".format(**run))'
}
now() { date +%s%3N; }

serve "$work/data"
echo "alone: $(load "$seconds")"
load "$seconds" >"$work/beside" & loading=$!
sleep 1  # the backup begins in the middle of the load
began=$(now)
"$millrace" backup --data "$work/data" --to "$work/copy"
echo "backup: $(($(now) - began)) ms, $(du -sm "$work/copy" | cut -f1) MB"
kill -0 $loading 2>/dev/null || echo "the load ended before the backup did: give more seconds" >&2
wait $loading
echo "beside the backup: $(cat "$work/beside")"
kill $server; wait $server 2>/dev/null || true; server=

began=$(now)
"$millrace" restore --from "$work/copy" --data "$work/restored"
echo "restore: $(($(now) - began)) ms"
"$millrace" verify --data "$work/restored"
same=0
listed=$("$millrace" chats --data "$work/restored" --limit "$replays" 2>/dev/null)
chats=$(tail -n +2 <<<"$listed" | cut -d" " -f1)
for chat in $chats; do
  "$millrace" replay "$chat" --data "$work/restored" >/dev/null ||
    { echo "chat $chat does not replay" >&2; exit 1; }
  same=$((same + 1))
done
echo "replayed byte for byte: $same chats of the copy"
[ "$same" -gt 0 ]
serve "$work/restored"
echo "a server on the copy: $(load 3)"
