"""docs/cli.md: every command with its arguments and options, made of what `--help` prints."""
import pathlib
import re
import subprocess

from .wrapping import wrapped

PAGE = pathlib.Path(__file__).resolve().parent.parent.parent / 'docs' / 'cli.md'
_SECTION = re.compile(r'^(?=\S)(.+):$')
_ROW = re.compile(r'^ {1,4}(?=\S)(.+?)(?: {2,}(\S.*))?$')
_MORE = re.compile(r'^ {8,}(\S.*)$')
_HEAD = """# Command line

<!-- Written by tools/docs from what --help prints: `make docs-pages`. -->

`millrace COMMAND --help` prints the same as this page. It leaves out `--help` itself.
"""


class Help:
    """One page of help: what the command does, how it is called, and its named sections of rows."""

    def __init__(self, text):
        self.about, self.usage, self.sections, self.below = '', '', [], ''
        rows, words = None, []
        for line in text.splitlines():
            if line.startswith('Usage:'):
                self.about, words = ' '.join(words).strip(), []
                self.usage = line.removeprefix('Usage:').strip()
            elif _SECTION.match(line) and self.usage:
                rows = []
                self.sections.append((line.rstrip(':'), rows))
                words = []
            elif rows is not None and _MORE.match(line) and rows:
                rows[-1][1].append(_MORE.match(line).group(1))
            elif rows is not None and not words and _ROW.match(line):
                name, said = _ROW.match(line).groups()
                rows.append((name.strip(), [said] if said else []))
            elif line.strip() or words:
                words.append(line.strip())
        if self.usage:
            self.below = '\n'.join(words).strip()
        else:
            self.about = ' '.join(words).strip()

    def commands(self):
        """[(name, what it does)] of the commands below this one."""
        return [(name, ' '.join(said)) for _, rows in self.sections for name, said in rows
                if re.fullmatch(r'[a-z][a-z-]*', name)]

    def parameters(self):
        """[(name, what it says)] of arguments and options, without those that every command has."""
        return [(name, ' '.join(said)) for _, rows in self.sections for name, said in rows
                if not re.fullmatch(r'[a-z][a-z-]*', name) and not name.startswith('-h,')]


def help_of(binary, words=()):
    done = subprocess.run([binary, *words, '--help'], capture_output=True, text=True, timeout=20)
    return Help(done.stdout)


def all_commands(ask, words=()):
    """(words, help) of the program and of each command, depth first, in the program's order."""
    shown = ask(words)
    yield words, shown
    for name, _ in shown.commands():
        yield from all_commands(ask, (*words, name))


def _cell(text):
    return text.replace('|', '\\|').replace('<', '&lt;').replace('*', '\\*')


def _value(kind):
    """The word for the value of an option, from what CLI11 writes: `TEXT:DIR`, `UINT:INT in …`."""
    for mark, word in ((':DIR', 'DIR'), (':FILE', 'FILE'), (':PATH', 'PATH'), ('INT', 'NUMBER'),
                       ('FLOAT', 'NUMBER')):
        if mark in kind:
            return ' ' + word
    return ' VALUE' if kind else ''


def _taken(pattern, kind):
    """(what the pattern finds or None, the rest of the text)."""
    found = re.search(pattern, kind)
    return (found.group(1), kind[:found.start()] + kind[found.end():]) if found else (None, kind)


def _parameter(name):
    """(what is typed, what else is known of it)."""
    names, kind = re.match(r'([^ =]+)(.*)', name).groups()
    needed, kind = _taken(r' Needs: (\S+)', kind)
    _, kind = _taken(r' Excludes: ((?:\S+ ?)+)', kind)
    variable, kind = _taken(r' \(Env:(\w+)\)', kind)
    required, kind = _taken(r'( REQUIRED)', kind)
    _, kind = _taken(r'( \.\.\.)', kind)
    between, kind = _taken(r' in \[(.*?)\]', kind)
    _, kind = _taken(r'(:SIZE \[.*?\])', kind)
    choices, kind = _taken(r':\{(.*?)\}', kind)
    kind, _, otherwise = kind.strip().partition('=')
    notes = ['required'] if required else []
    notes += ['one of ' + ', '.join(f'`{word}`' for word in choices.split(','))] if choices else []
    notes += [between.replace(' - ', ' to ')] if between else []
    notes += [f'default `{otherwise}`'] if otherwise else []
    notes += [f'or the variable `{variable}`'] if variable else []
    notes += [f'needs `{needed}`'] if needed else []
    typed = names + (_value(kind or otherwise) if names.startswith('-') else '')
    return typed.replace(',-', ', -'), '; '.join(notes)


def _section(words, shown):
    depth = '##' if len(words) < 2 else '###'
    out = [f"{depth} millrace {' '.join(words)}\n"]
    if shown.about:
        out.append(wrapped(_cell(shown.about)) + '\n')
    out.append(f'```text\n{shown.usage}\n```\n')
    rows = []
    for name, said in shown.parameters():
        typed, notes = _parameter(name)
        rows.append(f'| `{typed}` | {_cell(said)}{f" ({notes})" if notes else ""} |')
    if rows:
        out.append('| Option | Says |\n|---|---|\n' + '\n'.join(rows) + '\n')
    if '\n' in shown.below:
        out.append(f'```text\n{shown.below}\n```\n')
    elif shown.below:
        out.append(wrapped(_cell(shown.below)) + '\n')
    return out


def _overview(shown):
    """The commands by their groups."""
    out = []
    for title, rows in shown.sections:
        named = [(name, ' '.join(said)) for name, said in rows
                 if re.fullmatch(r'[a-z][a-z-]*', name)]
        if named:
            table = [f'| [`{name}`](#millrace-{name}) | {_cell(said)} |' for name, said in named]
            out.append(f"| {title.rstrip(':')} | |\n|---|---|\n" + '\n'.join(table) + '\n')
    if shown.below:
        out.append(wrapped(_cell(' '.join(shown.below.split()))) + '\n')
    return out


def page(binary=None, ask=None):
    ask = ask or (lambda words: help_of(binary, words))
    commands = list(all_commands(ask))
    out = [_HEAD]
    for words, shown in commands:
        if words and shown.below == commands[0][1].below:
            shown.below = ''  # what the program says below each of its pages
        out += _section(words, shown) if words else _overview(shown)
    return '\n'.join(out)
