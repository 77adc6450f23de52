"""Which codes there are, as the sources say: those of problems in a solution, and those of the
server with their HTTP status."""
import re

_SOURCES = ('src/flow/**/*.[ch]pp', 'src/trial/*.cpp', 'src/solutions/needs.cpp',
            'src/app/wire/python_inspector.cpp')
# What reports a problem. A code is an argument of it that stands before the message.
_REPORTS = re.compile(
    r'\b(?:(?:error|warning|warn|wrong|whole_file|file_problem|problem_in|push_back|at)\('
    r'|Finding\{)')
_CODE = re.compile(r'"([a-z]+(?:_[a-z]+)*)",\s*(?:"[^"\n]* |std::|[a-z_.]+ \+|[a-z_]+\(|"\'")')
_NAMED = re.compile(r'code = (?:is_error \? "([a-z_]+)" : )?"([a-z_]+)"')
# Stands in the same place and is none: an output of a built-in command.
_NO_CODES = frozenset({'success'})


def sources(root):
    """The text of every source that may report a problem."""
    for pattern in _SOURCES:
        for path in sorted(root.glob(pattern)):
            if not path.stem.endswith('_test'):
                yield path.read_text(encoding='utf-8')


def in_text(text):
    """The codes that one source gives problems."""
    reports = ''.join(_arguments(text, match.end()) + '\0' for match in _REPORTS.finditer(text))
    found = {code for code in _CODE.findall(text) if f'"{code}",' in reports}
    for pair in _NAMED.findall(text):
        found |= set(pair) - {''}
    return found - _NO_CODES


def _arguments(text, start):
    """What stands between the parenthesis before `start` and the one that closes it."""
    depth, end = 1, start
    while end < len(text) and depth:
        depth += (text[end] in '({[') - (text[end] in ')}]')
        end += 1
    return text[start:end]


def of_problems(root):
    return set().union(*(in_text(text) for text in sources(root)))


def of_server(root):
    """(code, HTTP status of the public APIs, and of the operator's), in the order of their enum."""
    enum = re.search(r'enum class Code \{(.*?)\};',
                     (root / 'src/base/result.hpp').read_text(encoding='utf-8'), re.S)
    public, operators = (_statuses((root / path).read_text(encoding='utf-8'))
                         for path in ('src/base/web/web.cpp', 'src/api/envelope.cpp'))
    return [(name, public.get(name, '500'), operators.get(name, '500'))
            for name in re.findall(r'^\s+(\w+),', enum.group(1), re.M)]


def _statuses(text):
    body = text[text.index('int status_of('):]
    status, waiting = {}, []
    for name, number in re.findall(r'case Code::(\w+):|return (\d+);', body[:body.index('\n}')]):
        waiting += [name] if name else []
        if number:
            status |= dict.fromkeys(waiting, number)
            waiting = []
    return status
