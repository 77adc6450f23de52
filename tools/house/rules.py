"""All rules by name. A rule is a function of a Tree; what it promises is its docstring."""
import collections

from . import (
    commits,
    documents,
    drawing,
    known,
    metrics,
    readmes,
    rooms,
    samples,
    sizes,
    twins,
    words,
)


def _figures(name, find, word):
    def rule(tree):
        listed = known.parse(tree.text('tools/house/known.txt'))
        yield from known.over(name, find(tree), listed, word)
    rule.__doc__ = find.__doc__
    return rule


def _excused(name, rule):
    """The rule, less the breaches of pages that are known to have as many, or had more."""
    def with_excuses(tree):
        listed = known.parse(tree.text('tools/house/known.txt'))
        breaches = list(rule(tree))
        counts = collections.Counter(breach.split(':')[0] for breach in breaches)
        for breach in breaches:
            place = breach.split(':')[0]
            if counts[place] > listed.get((name, place), 0):
                yield breach
    with_excuses.__doc__ = rule.__doc__
    return with_excuses


FIGURES = {
    'file-length': (sizes.files, f'lines, of {sizes.FILE_MAX}'),
    'function-length': (sizes.functions, f'lines in one function, of {sizes.FUNCTION_MAX}'),
    'crowd': (rooms.crowd, f'units in one folder, of {rooms.UNITS_MAX}: give the room folders'),
    'line-length': (sizes.lines, 'lines that are too long'),
}
RULES = {
    'arrows': rooms.arrows,
    'rings': rooms.rings,
    'least-arrows': rooms.least_arrows,
    'public-headers': rooms.public_headers,
    'purity': rooms.purity,
    'kernel': rooms.kernel_in_one_place,
    'test-helpers': _excused('test-helpers', rooms.test_helpers),
    'paths-named': _excused('paths-named', words.paths_named),
    'links': words.links,
    'sections-cited': words.sections_cited,
    'strays': words.strays,
    'commands-named': documents.commands_named,
    'samples-marked': samples.marked,
    'metric-names': metrics.names,
    'metrics-documented': metrics.documented,
    'metrics-used': metrics.used,
    'readmes': _excused('readmes', readmes.rooms),
    'map-of-rooms': readmes.map_of_rooms,
    'map-drawn': drawing.is_current,
    'commits': _excused('commits', commits.since),
    'twins': twins.twins,
    **{name: _figures(name, find, word) for name, (find, word) in FIGURES.items()},
}
