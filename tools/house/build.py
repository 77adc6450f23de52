"""What only a configured or built tree can tell: that every source is compiled, and that every test
is run by one entry of ctest. Given the build folder with `--build`."""
import fnmatch
import json
import re
import subprocess
from pathlib import Path

_JOINED = re.compile(r'^#include "(.*)"$', re.MULTILINE)


def _with_joined(file):
    """The file, and the sources that it joins (cmake/joined.cmake)."""
    yield file
    if '/joined/' in file:
        yield from _JOINED.findall(Path(file).read_text())


def compiled(tree, commands, only=('src/', 'tests/', 'bench/')):
    """Every .cpp is a source of some target. `commands` is compile_commands.json, parsed."""
    files = {file for entry in commands for file in _with_joined(entry['file'])}
    for path in tree.paths('.cpp', under=only):
        if not any(file == path or file.endswith('/' + path) for file in files):
            yield f'{path}: no target compiles it'


def _matches(pattern, name):
    """GoogleTest's --gtest_filter: positive patterns, then behind `-` the negative ones."""
    positive, _, negative = pattern.partition('-')
    wanted = positive.split(':') if positive else ['*']
    return (any(fnmatch.fnmatchcase(name, one) for one in wanted)
            and not any(fnmatch.fnmatchcase(name, one) for one in negative.split(':') if one))


def each_test_once(tests, entries):
    """Every test is run by exactly one filter. `tests` are full names, `entries` name ->
    filter; entries with the same filter are shares of one (each has its own seeds)."""
    filters = {}
    for name, pattern in entries.items():
        filters.setdefault(pattern, []).append(name)
    for test in tests:
        running = [names[0] for pattern, names in filters.items() if _matches(pattern, test)]
        if not running:
            yield f'{test}: no entry of ctest runs it'
        elif len(running) > 1:
            yield f"{test}: run by several entries of ctest: {', '.join(sorted(running))}"


def listed_tests(output):
    """What --gtest_list_tests prints, as full names."""
    suite = ''
    for line in output.splitlines():
        name = line.split('#')[0].rstrip()
        if name.endswith('.') and not name.startswith(' '):
            suite = name
        elif name.startswith('  ') and suite:
            yield suite + name.strip()


def entries_of(ctest):
    """Name -> filter of the entries in ctest's JSON (--show-only=json-v1)."""
    found = {}
    for test in ctest['tests']:
        for argument in test.get('command', []):
            if argument.startswith('--gtest_filter='):
                found[test['name']] = argument.partition('=')[2]
    return found


def check(tree, folder):
    """Both rules over a build folder in which the tests are built."""
    yield from compiled(tree, json.loads((folder / 'compile_commands.json').read_text()))
    binary = folder / 'tests' / 'millrace_tests'
    if not binary.exists():
        return
    listing = subprocess.run([binary, '--gtest_list_tests'], check=True, capture_output=True,
                             text=True).stdout
    shown = subprocess.run(['ctest', '--show-only=json-v1'], cwd=folder, check=True,
                           capture_output=True, text=True).stdout
    yield from each_test_once(listed_tests(listing), entries_of(json.loads(shown)))
