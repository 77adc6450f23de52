#!/bin/sh
# The Braze sandbox alone under wrk: users/track with 75 objects a request, durable. Prints objects
# per second, per CPU-second of the server's own (utime and stime of /proc), and the latencies.
#   bench/braze_sandbox.sh [build/release/millrace] [SECONDS] [USERS] [CONNECTIONS]
# USERS is how many different profiles the requests are spread over.
set -eu
binary=${1:-build/release/millrace}
seconds=${2:-20}
users=${3:-10000}
connections=${4:-64}
here=$(dirname "$0")
command -v wrk >/dev/null || { echo "bench: install wrk" >&2; exit 1; }

data=$(mktemp -d)
"$binary" braze-sandbox --data "$data/data" --listen 127.0.0.1:0 --key BENCH --unlimited \
  --log-level warning >"$data/ready" &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$data"' EXIT INT TERM
until grep -q '^ready ' "$data/ready"; do sleep 0.1; done
url=$(sed -n 's/.*"braze_sandbox_url":"\([^"]*\)".*/\1/p' "$data/ready")

# Ticks of user and system time so far.
ticks() { awk '{print $14 + $15}' "/proc/$server/stat"; }

export BRAZE_USERS="$users"
wrk -t1 -c"$connections" -d3s -s "$here/braze_track.lua" "$url/users/track" >/dev/null  # warm up
before=$(ticks)
wrk -t1 -c"$connections" -d"${seconds}s" --latency -s "$here/braze_track.lua" \
  "$url/users/track" >"$data/wrk"
after=$(ticks)
cat "$data/wrk"
awk -v ticks="$((after - before))" -v hz="$(getconf CLK_TCK)" -v users="$users" '
  /requests in/ { requests = $1; took = $4; sub(/s,?$/, "", took) }
  /Non-2xx/ { bad = $NF }
  / 99%/ { p99 = $2 }
  END {
    cpu = ticks / hz
    printf "users %d: %d objects/s, %.0f objects per CPU-second of the server, p99 %s, %d refused\n",
           users, requests * 75 / took, requests * 75 / cpu, p99, bad
  }' "$data/wrk"
grep -E 'VmRSS|VmHWM' "/proc/$server/status"
du -sh "$data/data" | cut -f1
