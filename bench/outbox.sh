#!/bin/sh
# Deliveries from durable row to acknowledged in the Braze sandbox, one core each; beside it, in the
# same run, what the Python of the first listing does: one post after the other. Then the memory that
# a million waiting rows take. ROWS and WAITING say how many.
#   bench/outbox.sh build/release
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
build=${1:-$here/build/release}
rows=${ROWS:-300000}
waiting=${WAITING:-1000000}
folder=$(mktemp -d)
server=
clean() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$folder"
}
trap clean EXIT

taskset -c 1 "$build/millrace" serve --solution "$here/examples/braze-profile" --data "$folder/data" \
  --listen 127.0.0.1:0 --braze-sandbox 127.0.0.1:0 --threads 1 --log-level error >"$folder/ready" &
server=$!
until grep -qs '^ready' "$folder/ready"; do sleep 0.1; done
value() { sed -E "s/.*\"$1\":\"([^\"]*)\".*/\\1/" "$folder/ready"; }
url=$(value braze_sandbox_url)
key=$(value braze_api_key)

echo "one by one, from Python"
taskset -c 0 python3 "$here/bench/outbox_one_by_one.py" "$url" "$key" 2000
mkdir "$folder/outbox"
"$build/outbox_bench" fill "$folder/outbox" "$rows"
echo "the outbox, $rows rows"
taskset -c 0 "$build/outbox_bench" send "$folder/outbox" "$url" "$key"
for count in 10000 "$waiting"; do
  mkdir "$folder/hold$count"
  "$build/outbox_bench" fill "$folder/hold$count" "$count"
  echo "nobody there, $count rows waiting"
  taskset -c 0 "$build/outbox_bench" hold "$folder/hold$count" 10 2>/dev/null
done
