#!/bin/bash
# Intents on public sets, beside fastText, liblinear and npm's node-nlp where they are there.
#   bench/nlu.sh build/release ../shared/data/nlu
# MILLRACE_NLU_TEST names a folder of the same shape with test splits, to be judged on instead.
# MILLRACE_NODE_NLP names a folder in which `npm install node-nlp` was run.
set -eu
build=$1
data=$2
tests=${MILLRACE_NLU_TEST:-}
node_nlp=${MILLRACE_NODE_NLP:-}
here=$(cd "$(dirname "$0")" && pwd)
[ -z "${MILLRACE_NLU_RIVALS_ONLY:-}" ] && "$build/nlu_bench" "$data" ${tests:+"$tests"}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
labelled() { awk -F '\t' '{ print "__label__" $2 " " tolower($1) }' "$1"; }
cpu_of() { awk '/^user|^sys/ { s += $2 } END { printf "%.1f", s }' "$1"; }

# Each prints: the share that is right, and the CPU seconds of training.
fasttext_on() {
  labelled "$1" >"$work/train"
  labelled "$2" >"$work/held"
  options="-lr 0.5 -epoch 50 -wordNgrams 2 -minn 3 -maxn 5 -dim 100 -thread 1 -verbose 0"
  { time -p fasttext supervised -input "$work/train" -output "$work/model" $options \
    >/dev/null 2>&1; } 2>"$work/time"
  right=$(fasttext test "$work/model.bin" "$work/held" | awk '/^P@1/ { printf "%.2f", 100 * $2 }')
  echo "$right | $(cpu_of "$work/time")"
}
liblinear_on() {
  python3 "$here/nlu_tfidf.py" "$1" "$2" "$work/train.svm" "$work/held.svm"
  { time -p liblinear-train -q -s 4 -c 0.5 "$work/train.svm" "$work/linear" \
    >/dev/null; } 2>"$work/time"
  right=$(liblinear-predict "$work/held.svm" "$work/linear" "$work/said" |
    sed -n 's/^Accuracy = \([0-9.]*\)%.*/\1/p')
  echo "$right | $(cpu_of "$work/time")"
}
node_nlp_on() {
  (cd "$node_nlp" && node "$here/nlu_node.mjs" "$3" "$1" "$2" 2>/dev/null) |
    awk '{ print $1 " | " $2 }'
}
nothing="– | –"
has() { command -v "$1" >/dev/null; }
has fasttext || echo "no figures of fastText: apt install fasttext"
has liblinear-train || echo "no figures of liblinear: apt install liblinear-tools"
[ -n "$node_nlp" ] || echo "no figures of node-nlp: MILLRACE_NODE_NLP is not set"
echo
echo "| set | fastText | CPU s | liblinear on tf-idf (Crammer-Singer) | CPU s | node-nlp | CPU s |"
echo "|---|---|---|---|---|---|---|"
massive="massive_en-US massive_pt-PT massive_es-ES massive_fr-FR massive_de-DE"
for set in ${MILLRACE_NLU_SETS:-banking77 clinc150 hwu64 snips $massive}; do
  held=$data/$set/valid.tsv
  if [ -n "$tests" ]; then
    held=$tests/$set/test.tsv
    [ -f "$held" ] || held=$tests/$set/valid.tsv
  fi
  train=$data/$set/train.tsv
  language=en
  case $set in massive_*) language=${set#massive_} && language=${language%-*} ;; esac
  fast=$nothing linear=$nothing node=$nothing
  has fasttext && fast=$(fasttext_on "$train" "$held")
  has liblinear-train && linear=$(liblinear_on "$train" "$held")
  [ -n "$node_nlp" ] && node=$(node_nlp_on "$(realpath "$train")" "$(realpath "$held")" "$language")
  echo "| $set | $fast | $linear | $node |"
done
