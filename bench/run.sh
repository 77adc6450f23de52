#!/bin/bash
# The six-question conversation against Millrace and its peers, side by side in one run: the server
# on one CPU, the load generator and the back-end stub on another. Prints a Markdown table.
#
#   bench/run.sh [seconds=6] [repetitions=3]
#   PEERS=../shared/bench   where the peers and the load generator are
#   WHICH="millrace millrace-lean millrace-native node-raw botbuilder-memory botbuilder-fsync"
#
# Turns per CPU-second count user and system time of the server and of all its child processes (the
# Python workers among them) over the measured seconds; "server alone" leaves the children out.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-6}
repetitions=${2:-3}
peers=$(cd "${PEERS:-../shared/bench}" 2>/dev/null && pwd) || {
  echo "bench: no peers at ${PEERS:-../shared/bench}; set PEERS" >&2
  exit 1
}
work=build/bench
mkdir -p "$work/results"
: >"$work/results/all.tsv"

for tool in convload stub; do
  [ "$work/$tool" -nt "$peers/tools/$tool.cpp" ] || c++ -O2 -std=c++17 -w -o "$work/$tool" "$peers/tools/$tool.cpp"
done
prepare_botbuilder() {
  [ -d "$work/peer-botbuilder/node_modules/botbuilder-dialogs" ] && return
  mkdir -p "$work/peer-botbuilder"
  cp "$peers"/peer-botbuilder/*.js "$peers"/peer-botbuilder/package.json "$work/peer-botbuilder/"
  chmod -R u+w "$work/peer-botbuilder"
  (cd "$work/peer-botbuilder" && npm install --silent --no-audit --no-fund --ignore-scripts botbuilder botbuilder-dialogs)
}

port=19780
stub_port=19790
taskset -c 1 "$work/stub" $stub_port & stub=$!
server=
trap 'kill $stub $server 2>/dev/null || true' EXIT

# User and system time, in clock ticks, of a process and of its descendants: "own all".
cpu_ticks() {
  # Processes come and go meanwhile: one that has gone is left out.
  cat /proc/[0-9]*/stat 2>/dev/null | awk -v root="$1" '
    /^[0-9]+ \(/ {
      line = $0; pid = $1; sub(/^[0-9]+ \(.*\) /, "", line); split(line, f, " ")
      parent[pid] = f[2]; own[pid] = f[12] + f[13]; reaped[pid] = f[14] + f[15]
    }
    END {
      for (pid in parent) {
        at = pid
        while (at != root && (at in parent) && at > 1) at = parent[at]
        if (at == root) all += own[pid] + (pid == root ? 0 : reaped[pid])
      }
      print own[root], all + reaped[root]
    }' || true
}

memory_kb() {  # resident memory of the server alone
  awk '/VmRSS/ {print $2}' "/proc/$1/status"
}

start() {  # name -> sets server, template, path, scenario
  rm -rf "$work/data" "$work/peer-botbuilder/state"
  path=/ template=rest.tmpl scenario=$peers/tools/scenario_ok.tsv
  case $1 in
    millrace | millrace-lean | millrace-native)
      local solution=examples/braze-profile
      if [ "$1" = millrace-native ]; then
        solution=examples/signup scenario=$work/scenario_signup.tsv
        # What this example says instead; an answer that lacks it counts as an error.
        sed 's/\temail$/\te-mail/; s/\tvalid email$/\te-mail/; s/\tThanks$/\tThank you/' "$peers/tools/scenario_ok.tsv" >"$scenario"
      fi
      [ "$1" = millrace-lean ] && solution=bench/solution
      path=/webhooks/rest/webhook
      BRAZE_URL=http://127.0.0.1:$stub_port BRAZE_API_KEY=stub-key taskset -c 0 build/release/millrace serve \
        --solution $solution --data "$work/data" --listen 127.0.0.1:$port --log-level ${LOG_LEVEL:-error} \
        --allow-internal 127.0.0.1:$stub_port \
        >"$work/server.out" 2>"$work/server.log" &
      ;;
    node-raw)
      STUB=http://127.0.0.1:$stub_port/users/track PORT=$port taskset -c 0 node "$peers/peer-botbuilder/raw.js" >"$work/server.log" 2>&1 &
      ;;
    botbuilder-memory | botbuilder-fsync)
      prepare_botbuilder
      local storage=memory
      [ "$1" = botbuilder-fsync ] && storage=filesync
      path=/api/messages template=activity.tmpl
      (cd "$work/peer-botbuilder" && exec env STUB=http://127.0.0.1:$stub_port/users/track ADAPTER=cloud STORAGE=$storage DOB=text PORT=$port \
        taskset -c 0 node bot.js >server.log 2>&1) &
      ;;
  esac
  server=$!
  for _ in $(seq 200); do
    (echo >"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    sleep 0.05
  done
  idle_kb=$(memory_kb $server)
}

load() {  # connections seconds -> one JSON line
  taskset -c 1 "$work/convload" --port $port --path $path --template "$peers/tools/$template" \
    --scenario "$scenario" --conns "$1" --secs "$2" --warm 0 --json --prefix "b$RANDOM" 2>>"$work/load.log" || true
}

measure() {  # name connections
  local before after out
  load "$2" 2 >/dev/null
  before=$(cpu_ticks $server)
  out=$(load "$2" "$seconds")
  after=$(cpu_ticks $server)
  python3 - "$1" "$2" "$before" "$after" "$idle_kb" "$(memory_kb $server)" "$out" <<'PY' | tee -a "$work/results/all.tsv"
import json, os, sys
name, conns, before, after, idle_kb, busy_kb, out = sys.argv[1:]
run = json.loads(out)
hertz = os.sysconf("SC_CLK_TCK")
own, whole = [(int(b) - int(a)) / hertz for a, b in zip(before.split(), after.split())]
print("\t".join(str(x) for x in (name, conns, run["turns_per_s"], run["turns"] / max(own, 0.01), run["turns"] / max(whole, 0.01),
      run["p50_ms"], run["p99_ms"], int(idle_kb) / 1024, int(busy_kb) / 1024, run["errors"])))
PY
}

for name in ${WHICH:-millrace millrace-lean millrace-native node-raw botbuilder-memory botbuilder-fsync}; do
  for _ in $(seq "$repetitions"); do
    start "$name"
    for connections in 1 16 64; do measure "$name" $connections >/dev/null; done
    kill $server 2>/dev/null
    wait $server 2>/dev/null || true
    echo "  $name: done" >&2
  done
done

python3 - "$work/results/all.tsv" <<'PY'
import statistics, sys
rows = {}
for line in open(sys.argv[1]):
    name, conns, *figures = line.rstrip("\n").split("\t")
    rows.setdefault(name, {}).setdefault(int(conns), []).append([float(x) for x in figures])
median = lambda runs, i: statistics.median(run[i] for run in runs)
print("| server | turns per CPU-second, 16 users (server alone) | 64 users (server alone) | turns/s, 16 users | p50 ms, 1 user | p50 / p99 ms, 64 users | memory MB, idle / after | errors |")
print("|---|---|---|---|---|---|---|---|")
for name, by in rows.items():
    errors = sum(run[7] for runs in by.values() for run in runs)
    print("| %s | %.0f (%.0f) | %.0f (%.0f) | %.0f | %.2f | %.1f / %.1f | %.0f / %.0f | %d |" % (
        name, median(by[16], 2), median(by[16], 1), median(by[64], 2), median(by[64], 1), median(by[16], 0),
        median(by[1], 3), median(by[64], 3), median(by[64], 4), median(by[1], 5), median(by[64], 6), errors))
PY
