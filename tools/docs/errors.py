"""docs/errors.md: each code of `millrace check`, `test` and `convert` with an example and its cure.
What a code means is said in errors.txt. Most examples are cases of tests/check, which the unit
tests hold the checker to; the others stand in errors.txt, and what the program says of them is
kept in errors-said.txt, which `--binary` compares with the program."""
import pathlib
import re
import shutil
import subprocess
import tempfile

from house import samples

from . import codes
from .wrapping import wrapped

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PAGE = ROOT / 'docs' / 'errors.md'
SAID = HERE / 'errors-said.txt'
_BASE = {path: samples.BASE[path] for path in ('app.py', 'solution.yaml')}
_LANGUAGE = {'.yaml': 'yaml', '.py': 'python', '.csv': 'csv'}
_HEAD = ('`millrace check` prints each problem with its place, what is wrong, what you can do, and '
         'in square brackets a code. An error keeps the solution from being deployed; a warning '
         'does not. `millrace check --json` gives the same as JSON, with the code under `code`.')
_BELOW = ('This page has every code, with an example and its cure. In the examples, `app.py` and '
          'whatever else is needed are left out.')
_SERVER = ('Refused requests, the log and `--json` use these words. [api.md](api.md) shows the '
           "form of a refusal of the operator's API; the public APIs answer in the forms that "
           'their vendors publish ([compatibility.md](compatibility.md)).')


class Entry:
    """One code of errors.txt: its fields, and the files of its example."""

    def __init__(self, code, chapter):
        self.code, self.chapter, self.files, self.fields = code, chapter, {}, {}


def read_texts(text):
    """The entries in order; `# Chapter`, `=== code`, `field: words`, `--- file` and its lines."""
    entries, chapter, into = [], '', None
    for line in text.splitlines():
        if line.startswith('=== '):
            entries.append(Entry(line[4:], chapter))
            into = None
        elif line.startswith('# '):
            chapter, into = line[2:], None
        elif line.startswith('--- ') and entries:
            into = line[4:]
            entries[-1].files[into] = ''
        elif into:
            entries[-1].files[into] += line + '\n'
        elif line and entries:
            field, _, words = line.partition(': ')
            entries[-1].fields[field] = words
    for entry in entries:
        entry.files = {path: text.rstrip('\n') + '\n' for path, text in entry.files.items()}
    return entries


def cases_of(root=ROOT):
    """code -> (files, the problem as it is printed) of the simplest case of tests/check."""
    found = {}
    for path in sorted((root / 'tests' / 'check').glob('*.txt')):
        for block in path.read_text(encoding='utf-8').split('=== ')[1:]:
            head, _, body = block.partition('\n')
            code = head.partition(':')[0]
            parts = re.split(r'^--- (.*)\n', body, flags=re.M)[1:]
            files = dict(zip(parts[::2], parts[1::2], strict=True))
            said = _problem(files.pop('expect', ''), code)
            if said is None or 'facts' in files:
                continue
            is_csv = any(name.startswith('templates/') for name in files)
            rank = (is_csv, len(files), sum(map(len, files.values())))
            if code not in found or rank < found[code][0]:
                found[code] = (rank, files, said)
    return {code: (files, said) for code, (_, files, said) in found.items()}


def _problem(expected, code):
    """The problem with that code as `millrace check` prints it."""
    lines = expected.splitlines()
    for place, said in zip(lines[::2], lines[1::2], strict=True):
        if said.endswith(f'[{code}]'):
            file, line, position = place.split(' ')[0].split('+')[0].rsplit(':', 2)
            numbers = [] if line == '0' else [line] if position == '0' else [line, position]
            return ':'.join([file, *numbers]) + ': ' + said.strip()
    return None


def _sample(files):
    out = []
    for path, text in files.items():
        language = _LANGUAGE.get(pathlib.PurePosixPath(path).suffix, 'text')
        mark = ' fragment' if language in ('yaml', 'python') else ''
        fence = f'```{language}{mark}\n{text.rstrip()}\n```\n'
        out.append(f'In `{path}`:\n\n{fence}' if text.strip() else f'`{path}` is empty.\n')
    return '\n'.join(out)


def _entry(entry, case, said):
    files, words = (entry.files, said) if entry.files else case
    out = [f'### {entry.code}\n', wrapped(entry.fields['means']) + '\n']
    if files:
        out += [_sample(files), f'```text\n{words}\n```\n']
    elif 'says' in entry.fields:
        out.append(wrapped(f"The message: “{entry.fields['says']}”.") + '\n')
    return out + [wrapped('**Cure:** ' + entry.fields['cure']) + '\n']


def page(entries, cases, said, server, meanings):
    example = cases.get('target_missing', ({}, ''))[1]
    out = ['# Error catalogue\n', '<!-- Written by tools/docs: see errors.txt there. -->\n',
           wrapped(_HEAD) + '\n', f'```text\n{example}\n```\n', wrapped(_BELOW) + '\n']
    chapter = None
    for entry in entries:
        if entry.chapter != chapter:
            chapter = entry.chapter
            out.append(f'## {chapter}\n')
        out += _entry(entry, cases.get(entry.code, ({}, None)), said.get(entry.code))
    rows = [f'| `{code}` | {public} | {operators} | {" | ".join(meanings[code])} |'
            for code, public, operators in server if code in meanings]
    out += ['## Codes of the server\n', wrapped(_SERVER) + '\n',
            "| Code | HTTP status | of the operator's API | Means | What to do |\n"
            '|---|---|---|---|---|\n' + '\n'.join(rows) + '\n']
    return '\n'.join(out)


def said_by(binary, entry):
    """What the program prints about an example of errors.txt: the line with the code."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix='millrace-error-'))
    try:
        for path, text in (_BASE | entry.files).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding='utf-8')
        command, *options = entry.fields.get('command', 'check').split()
        done = subprocess.run([binary, command, folder, *options], capture_output=True, text=True,
                              timeout=60)
        shown = (done.stdout + done.stderr).replace(str(folder) + '/', '')
        lines = [line.strip() for line in shown.splitlines() if line.endswith(f'[{entry.code}]')]
        return lines[0] if lines else f'nothing with this code, but: {" / ".join(shown.split())}'
    finally:
        shutil.rmtree(folder)


def gaps(entries, cases, in_sources, texts):
    """What the catalogue lacks, or has too much, one line each."""
    known = [entry.code for entry in entries]
    for code in sorted({code for code in known if known.count(code) > 1}):
        yield f'errors.txt has {code} twice'
    in_use = in_sources | set(cases)
    for code in sorted(in_use - set(known)):
        yield f'errors.txt says nothing about the code {code}'
    for code in sorted(set(known) - in_use):
        yield f'errors.txt has {code}, which no source gives'
    for entry in entries:
        words = entry.fields.get('says')
        if not entry.files and entry.code not in cases and not words:
            yield f'{entry.code} has no example, neither in errors.txt nor in tests/check'
        for part in words.split('…') if words else ():
            if not any(part in text for text in texts):
                yield f'{entry.code}: no source says “{words}”'


class Catalogue:
    """Everything that the page is made of, as it is in the repository."""

    def __init__(self, root=ROOT):
        self.entries = read_texts((HERE / 'errors.txt').read_text(encoding='utf-8'))
        self.cases = cases_of(root)
        self.server = codes.of_server(root)
        rows = (HERE / 'server-codes.txt').read_text(encoding='utf-8').splitlines()
        self.meanings = {code: more for code, *more in (row.split(' | ') for row in rows)}
        text = SAID.read_text(encoding='utf-8') if SAID.exists() else ''
        self.said = dict(line.split(' ', 1) for line in text.splitlines())
        self._root = root

    def ask(self, binary):
        """What the program says of the examples of errors.txt now."""
        return {entry.code: said_by(binary, entry) for entry in self.entries if entry.files}

    def keep(self, said):
        self.said = said
        SAID.write_text(''.join(f'{code} {words}\n' for code, words in said.items()),
                        encoding='utf-8')

    def page(self):
        return page(self.entries, self.cases, self.said, self.server, self.meanings)

    def gaps(self):
        yield from gaps(self.entries, self.cases, codes.of_problems(self._root),
                        list(codes.sources(self._root)))
        for code in sorted({code for code, *_ in self.server} ^ set(self.meanings)):
            yield f'{code} is in one of server-codes.txt and src/base/result.hpp alone'
        for entry in self.entries:
            if entry.files and entry.code not in self.said:
                yield f'errors-said.txt lacks {entry.code}: run `make docs-pages`'
