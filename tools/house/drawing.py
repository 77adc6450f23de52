"""docs/map.svg: the rooms by rings, and who includes whom, drawn from the sources."""
import re

from . import cpp

_RINGS = ('app', 'edge', 'heart', 'ground', 'core')
_TINTS = {'app': '#f4e3c1', 'edge': '#d7e8f7', 'ground': '#e7e4dd', 'heart': '#f7d7d7',
          'core': '#dcefd8'}
_WIDTH, _BOX, _TALL, _GAP, _BAND = 1100, 96, 34, 20, 108


def _rings(tree):
    """Ring -> rooms, in the order of ARCHITECTURE.md's table."""
    found = {ring: [] for ring in _RINGS}
    for ring, room in re.findall(r'^\|\s*(\w+)\s*\|\s*`(\w+)`\s*\|', tree.text('ARCHITECTURE.md'),
                                 re.M):
        found.setdefault(ring, []).append(room)
    return found


def arrows(tree):
    """(room, room it uses) -> in how many files, by the rooms' own code."""
    found = {}
    rooms = cpp.rooms(tree)
    for path in cpp.sources(tree):
        used = () if cpp.is_for_tests(path) else cpp.rooms_used(tree.text(path), rooms)
        for target in used:
            if target != cpp.room_of(path):
                pair = (cpp.room_of(path), target)
                found[pair] = found.get(pair, 0) + 1
    return found


def _places(rings):
    """(boxes, bands): room -> (x, y) of its box; (ring, y, height) of each ring."""
    boxes, bands, top = {}, [], 60
    per_row = (_WIDTH - 110) // (_BOX + _GAP)
    for ring in _RINGS:
        rooms = rings[ring]
        rows = [rooms[at:at + per_row] for at in range(0, len(rooms), per_row)] or [[]]
        height = _BAND + (len(rows) - 1) * (_TALL + 44)
        for index, row in enumerate(rows):
            left = 90 + (_WIDTH - 110 - len(row) * (_BOX + _GAP)) / 2
            for column, room in enumerate(row):
                boxes[room] = (left + column * (_BOX + _GAP), top + 36 + index * (_TALL + 44))
        bands.append((ring, top, height - 12))
        top += height
    return boxes, bands, top


def svg(tree):
    """The drawing. An arrow is as wide as many files stand for it; those to `base`, which everybody
    uses, are left out."""
    rings = _rings(tree)
    boxes, bands, height = _places(rings)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
           f'font-family="sans-serif" font-size="13">',
           '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="5" '
           'markerHeight="5" orient="auto"><path d="M0 0 8 4 0 8z" fill="#556"/></marker></defs>',
           f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
           '<text x="20" y="34" font-size="17">Rooms of src/ by ring, and who uses whom '
           '(arrows to base left out)</text>']
    for ring, top, tall in bands:
        out.append(f'<rect x="12" y="{top}" width="{_WIDTH - 24}" height="{tall}" rx="8" '
                   f'fill="{_TINTS[ring]}"/><text x="24" y="{top + 22}" fill="#444">{ring}</text>')
    for (source, target), count in sorted(arrows(tree).items()):
        if target == 'base' or source not in boxes or target not in boxes:
            continue
        (x1, y1), (x2, y2) = boxes[source], boxes[target]
        x1, x2 = x1 + _BOX / 2, x2 + _BOX / 2
        if y1 == y2:  # neighbours in one ring: a bow over them
            path = f'M{x1:.0f} {y1} Q{(x1 + x2) / 2:.0f} {y1 - 34} {x2:.0f} {y2}'
        else:
            down = y2 > y1
            y1, y2 = (y1 + _TALL, y2) if down else (y1, y2 + _TALL)
            middle = (y1 + y2) / 2
            path = f'M{x1:.0f} {y1} C{x1:.0f} {middle:.0f} {x2:.0f} {middle:.0f} {x2:.0f} {y2}'
        wide = min(1 + count / 12, 4)
        out.append(f'<path d="{path}" fill="none" stroke="#556" stroke-opacity=".5" '
                   f'stroke-width="{wide:.1f}" marker-end="url(#a)"><title>{source} uses '
                   f'{target} in {count} files</title></path>')
    for room, (x, y) in sorted(boxes.items()):
        out.append(f'<rect x="{x:.0f}" y="{y}" width="{_BOX}" height="{_TALL}" rx="5" fill="#fff" '
                   f'stroke="#333"/><text x="{x + _BOX / 2:.0f}" y="{y + 22}" '
                   f'text-anchor="middle">{room}</text>')
    return '\n'.join(out) + '\n</svg>\n'


def _pairs(drawing):
    return set(re.findall(r'<title>(\w+) uses (\w+)', drawing))


def is_current(tree):
    """docs/map.svg shows the arrows that there are (their numbers may differ)."""
    shown, wanted = tree.text('docs/map.svg'), svg(tree)
    for source, target in sorted(_pairs(shown) ^ _pairs(wanted)):
        yield f'docs/map.svg: the arrow {source} -> {target} has changed: `make map` draws it anew'
