"""Metrics: one name, one prefix, one page."""
import re

_NAMED = re.compile(r'(?<![.\w])(?:\w+(?:\.|->))*meter_?(?:\.|->)(count|set|observe)\('
                    r'\s*"([a-z_]+)"')
_ANY = re.compile(r'\bset_figure\(\s*[\w.]+,\s*"([a-z_]+)"')
_PREFIXED = re.compile(r'"millrace_[a-z_]+[{"]')
_USED = re.compile(r'\bmillrace_([a-z_]+)')
_ENDS = ('_bucket', '_count', '_sum')
_ROW = re.compile(r'^\|\s*((?:`[a-z_]+`(?:,\s*)?)+)\s*\|')


def _sources(tree):
    return [path for path in tree.paths('.cpp', '.hpp', under=('src/',))
            if not path.endswith('_test.cpp') and 'testing' not in path]


def kept(tree):
    """name -> (path, how it is kept) of every figure that the program's own code keeps."""
    found = {}
    for path in _sources(tree):
        text = tree.text(path)
        for how, name in _NAMED.findall(text):
            found.setdefault(name, (path, how))
        for name in _ANY.findall(text):
            found.setdefault(name, (path, 'set'))
    return found


def names(tree):
    """The prefix `millrace_` is given in one place; counters, and they alone, end in _total."""
    for path in _sources(tree):
        if not path.endswith('app/metrics.cpp'):
            for number, line in tree.lines(path):
                if _PREFIXED.search(line):
                    yield f'{path}:{number}: app/metrics gives the prefix: {line.strip()}'
    for name, (path, how) in sorted(kept(tree).items()):
        if (how == 'count') != name.endswith('_total'):
            yield f'{path}: {name} is kept with {how}(): only counters end in _total, all of them'
        if how == 'observe' and not name.endswith('_seconds'):
            yield f'{path}: {name} is a histogram of seconds: its name ends in _seconds'


def documented(tree):
    """Every figure is in a table of docs/, and every row of `docs/metrics.md` is kept."""
    told = {}
    for page in tree.paths('.md', under=('docs/',)):
        for _, line in tree.lines(page):
            row = _ROW.match(line)
            for name in re.findall(r'[a-z_]+', row.group(1)) if row else []:
                told.setdefault(name, page)
    have = kept(tree)
    for name, (path, _) in sorted(have.items()):
        if name not in told:
            yield f'{path}: {name} is in no table of docs/ (docs/metrics.md)'
    for name, page in sorted(told.items()):
        if page == 'docs/metrics.md' and name not in have:
            yield f'{page}: {name} is kept by nobody'


def used(tree):
    """Every figure that a dashboard or an alert rule of docs/samples asks for is kept so."""
    have = {name: how for name, (_, how) in kept(tree).items()}
    for path in tree.paths('.json', '.yml', under=('docs/samples/operating/',)):
        for number, line in tree.lines(path):
            for name in _USED.findall(line):
                base = next((name.removesuffix(end) for end in _ENDS if name.endswith(end)), '')
                is_histogram = have.get(base) == 'observe'
                if not is_histogram and have.get(name, 'observe') == 'observe':
                    yield f'{path}:{number}: nobody keeps millrace_{name}'
