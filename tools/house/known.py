"""What was over a limit when the limit began to be checked. A figure here may fall, never rise:
`python3 tools/house known` prints the list anew, and refuses one that has grown."""
import pathlib

PLACE = pathlib.Path(__file__).with_name('known.txt')


def parse(text):
    """(rule, path) -> figure."""
    found = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith('#'):
            rule, path, figure = line.split()
            found[rule, path] = int(figure)
    return found


def show(found):
    return ''.join(f'{rule} {path} {figure}\n' for (rule, path), figure in sorted(found.items()))


def over(rule, measured, known, word):
    """Breaches: what is measured and not known, or more than was known."""
    for path, figure in measured:
        place = path.split(':')[0]
        limit = known.get((rule, place))
        if limit is None:
            yield f'{path}: {figure} {word}'
        elif figure > limit:
            yield f'{path}: {figure} {word}; it had {limit}, and may not grow further'
