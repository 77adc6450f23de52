"""Checks the house: one line for each breach, and exit 1 when there is any.

    python3 tools/house                              every rule that needs no build
    python3 tools/house RULE...                      some of them
    python3 tools/house --build DIR                  and: every source compiled, every test run once
    python3 tools/house --binary FILE                and: options as in --help, samples run
    python3 tools/house list                         the rules
    python3 tools/house known                        what was over a limit from the beginning, anew
    python3 tools/house map                          docs/map.svg, anew"""
import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from house import build, documents, drawing, known, rules, samples  # noqa: E402
from house.tree import Tree  # noqa: E402


def _breaches(tree, options):
    chosen = options.rules or list(rules.RULES)
    for name in chosen:
        for breach in rules.RULES[name](tree):
            yield name, breach
    if options.build and not options.rules:
        for breach in build.check(tree, options.build):
            yield 'build', breach
    if options.binary and not options.rules:
        commands = documents.Commands.of_binary(options.binary)
        for breach in documents.commands_named(tree, commands):
            yield 'commands-named', breach
        for breach in samples.run(tree, options.binary):
            yield 'samples', breach


def _known_anew(tree):
    """Lists what is over a limit. A figure that has grown stays as it was, so that the rule
    finds it; what no list had is taken in only when there is no list yet."""
    before = known.parse(tree.text('tools/house/known.txt'))
    found = {key: figure for key, figure in before.items() if key[0] not in rules.FIGURES}
    for name, (find, _) in rules.FIGURES.items():
        for path, figure in find(tree):
            key = (name, path.split(':')[0])
            if not before or key in before:
                found[key] = min(max(figure, found.get(key, 0)), before.get(key, figure))
    head = '# Over a limit since before there was one. A figure may fall, never rise (known.py).\n'
    known.PLACE.write_text(head + known.show(found))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('rules', nargs='*', metavar='RULE')
    parser.add_argument('--build', type=pathlib.Path)
    parser.add_argument('--binary', type=lambda text: pathlib.Path(text).resolve())
    options = parser.parse_args()
    tree = Tree.here()
    if options.rules == ['list']:
        for name, rule in rules.RULES.items():
            print(f'{name}: {" ".join(rule.__doc__.split())}')
        return 0
    if options.rules == ['known']:
        return _known_anew(tree)
    if options.rules == ['map']:
        (tree.root / 'docs' / 'map.svg').write_text(drawing.svg(tree))
        return 0
    unknown = [name for name in options.rules if name not in rules.RULES]
    if unknown:
        parser.error(f'no such rule: {", ".join(unknown)} (see: list)')
    count = 0
    for name, breach in _breaches(tree, options):
        print(f'[{name}] {breach}')
        count += 1
    checked = len(options.rules or rules.RULES)
    print(f'{checked} rules, {len(tree.paths())} files, {count} breaches')
    return 1 if count else 0


if __name__ == '__main__':
    sys.exit(main())
