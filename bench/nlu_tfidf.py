"""Texts with labels as vectors for liblinear: words and their pairs, and three to five letters
inside words, weighed by tf-idf, each group of length one.

    python3 bench/nlu_tfidf.py TRAIN.tsv HELD.tsv TRAIN.svm HELD.svm
"""

import collections
import itertools
import math
import re
import sys


def features(text):
    words = re.findall(r'\w\w+|\w', text.lower())
    yield from (('w', word) for word in words)
    yield from (('w', pair) for pair in itertools.pairwise(words))
    for word in words:
        padded = f' {word} '
        for n in (3, 4, 5):
            yield from (('c', padded[i:i + n]) for i in range(max(1, len(padded) - n + 1)))


def rows(path):
    with open(path, encoding='utf-8') as lines:
        for line in lines:
            text, _, label = line.rstrip('\n').rpartition('\t')
            yield collections.Counter(features(text)), label


def write(path, examples, ids, idf, labels):
    with open(path, 'w', encoding='ascii') as out:
        for counts, label in examples:
            weights = {f: (1 + math.log(n)) * idf[f] for f, n in counts.items() if f in ids}
            squares = collections.Counter()
            for (group, _), weight in weights.items():
                squares[group] += weight * weight
            cells = sorted((ids[f], w / math.sqrt(squares[f[0]])) for f, w in weights.items())
            out.write(str(labels.get(label, 0)) + ''.join(f' {i}:{w:.6g}' for i, w in cells) + '\n')


def main():
    train, held, train_out, held_out = sys.argv[1:]
    learned = list(rows(train))
    seen = collections.Counter(f for counts, _ in learned for f in counts)
    idf = {f: 1 + math.log((1 + len(learned)) / (1 + n)) for f, n in seen.items()}
    ids = {f: i + 1 for i, f in enumerate(seen)}
    labels = {label: i + 1 for i, label in enumerate(sorted({label for _, label in learned}))}
    write(train_out, learned, ids, idf, labels)
    write(held_out, rows(held), ids, idf, labels)


if __name__ == '__main__':
    main()
