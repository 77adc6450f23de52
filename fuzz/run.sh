#!/bin/sh
# Runs every fuzz target of a build folder for so many seconds each, from its seeds.
#   fuzz/run.sh build/fuzz 20
set -eu
build=$1
seconds=$2
for target in "$build"/fuzz/*_fuzz; do
  name=$(basename "$target")
  mkdir -p "$build/corpus/$name" "$build/artifacts"
  seeds="fuzz/seeds/$name"
  [ -d "$seeds" ] || seeds=
  echo "== $name, $seconds s"
  "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=0 -verbosity=0 \
    -artifact_prefix="$build/artifacts/$name-" "$build/corpus/$name" $seeds
done
echo "no findings"
