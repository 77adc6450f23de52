"""What is said twice: the same lines of code in two places of the rooms."""
import collections
import itertools

LINES = 6
_NOT_CODE = ('//', '#', 'using ', 'namespace', '}', '"""')


def _code(tree, path):
    """(number, line) of what says something: no comment, include or closing brace."""
    for number, line in tree.lines(path):
        text = line.strip()
        if len(text) >= 4 and not text.startswith(_NOT_CODE):
            yield number, text


def _is_program(window):
    """Rows of a table may look like others; statements may not."""
    return sum(text.endswith((';', ':')) or '(' in text for text in window) * 2 >= len(window)


def twins(tree):
    """No six lines of code of a room stand in two places: what both need has one place."""
    places = collections.defaultdict(list)
    for path in tree.paths('.cpp', '.hpp', '.py', under=('src/',)):
        if path.endswith('_test.cpp'):
            continue
        rows = list(_code(tree, path))
        for at in range(len(rows) - LINES + 1):
            window = tuple(text for _, text in rows[at:at + LINES])
            if _is_program(window):
                places[window].append((path, rows[at][0]))
    told = set()
    for found in places.values():
        for (path, line), (other, other_line) in itertools.pairwise(found):
            if (path, other) in told:
                continue
            told.add((path, other))
            yield f'{other}:{other_line}: the same {LINES} lines as {path}:{line}'
