#!/bin/bash
# Intents on public sets, beside Debian's fastText where it is installed.
#   bench/nlu.sh build/release ../shared/data/nlu
# MILLRACE_NLU_TEST names a folder of the same shape with test splits, to be judged on instead.
set -eu
build=$1
data=$2
tests=${MILLRACE_NLU_TEST:-}
"$build/nlu_bench" "$data" ${tests:+"$tests"}
command -v fasttext >/dev/null || { echo "fastText is not installed: no figures of it"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
labelled() { awk -F '\t' '{ print "__label__" $2 " " tolower($1) }' "$1"; }
echo
echo "| set | fastText (word and letter n-grams, 50 rounds) | training, CPU s |"
echo "|---|---|---|"
massive="massive_en-US massive_pt-PT massive_es-ES massive_fr-FR massive_de-DE"
for set in banking77 clinc150 hwu64 snips $massive; do
  held=$data/$set/valid.tsv
  if [ -n "$tests" ]; then
    held=$tests/$set/test.tsv
    [ -f "$held" ] || held=$tests/$set/valid.tsv
  fi
  labelled "$data/$set/train.tsv" >"$work/train"
  labelled "$held" >"$work/held"
  options="-lr 0.5 -epoch 50 -wordNgrams 2 -minn 3 -maxn 5 -dim 100 -thread 1 -verbose 0"
  { time -p fasttext supervised -input "$work/train" -output "$work/model" $options \
    >/dev/null 2>&1; } 2>"$work/time"
  right=$(fasttext test "$work/model.bin" "$work/held" | awk '/^P@1/ { printf "%.2f", 100 * $2 }')
  cpu=$(awk '/^user|^sys/ { s += $2 } END { printf "%.1f", s }' "$work/time")
  echo "| $set | $right | $cpu |"
done
