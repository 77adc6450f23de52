#!/bin/bash
# Goal: the simulation over many seeds. Method: the seeds are cut into shares of 5,000, which as many
# processes as asked for take one after the other; the first failing share ends all. Each share says
# how far it has come.
#   soak.sh BINARY SEEDS JOBS
set -euo pipefail
binary=$1 seeds=$2 jobs=$3
share=5000
begin=$SECONDS
play() {
  local first=$1 count=$2
  if ! out=$(MILLRACE_SEED=$first MILLRACE_SEEDS=$count "$binary" --gtest_filter='Simulation.*' \
             --gtest_brief=1 2>&1); then
    printf '%s\n' "$out"
    exit 255
  fi
  echo "seeds $first to $((first + count - 1)): no promise broken"
}
export -f play
export binary
for ((first = 1; first <= seeds; first += share)); do
  left=$((seeds - first + 1))
  echo "$first $((left < share ? left : share))"
done | xargs -P "$jobs" -L 1 bash -c 'play "$0" "$1"'
echo "$seeds seeds in $((SECONDS - begin)) s: no promise broken"
