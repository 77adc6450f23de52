"""Follows docs/tutorial.md to the letter in a fresh folder, as a reader would with copy and paste:

    ```yaml PATH, ```python PATH   the text of a file, which is written
    ```sh                          commands, typed in the reader's terminal
    ```sh in a second terminal     a command that keeps running: a server, until it prints `ready`
    ```text                        what came out; `…` stands for anything, and alone on its line
                                   for any lines
    ```text typed                  lines that the next command is told on its standard input

Where the page names ports of this machine, free ones are taken instead. A word in capitals that is
a member of the server's `ready` line, such as BRAZE_API_KEY, is replaced by its value."""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import textwrap
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / 'docs' / 'tutorial.md'
COMMANDS_MAX = 12
_BLOCK = re.compile(r'^```(\S+)[ \t]*([^\n]*)\n(.*?)^```$', re.M | re.S)
_PORT = re.compile(r'127\.0\.0\.1:(\d{4,5})')
_LIMIT_S = 50
_END = '--- end of the block ---'


def blocks_of(text):
    """(line, language, what stands behind it, text) of each block of the page."""
    for match in _BLOCK.finditer(text):
        yield text[:match.start()].count('\n') + 1, *match.groups()


def commands_in(script):
    """The commands of a block: its lines, but comments, and those that belong to another one."""
    lines = re.sub(r'\\\n', ' ', script).splitlines()
    return [line for line in lines if line.strip() and not re.match(r'#|\s|done\b', line)]


def agrees(wanted, came):
    """Whether what came out is what the page says; `…` is anything within a line, and any number
    of lines where it stands alone."""
    pattern = ''
    for line in wanted.rstrip('\n').splitlines():
        if line.strip() == '…':
            pattern += r'(?:.*\n)*?'
        else:
            pattern += '.*?'.join(map(re.escape, line.rstrip().split('…'))) + r'[ \t]*\n'
    return re.fullmatch(pattern, came.rstrip('\n') + '\n') is not None


def with_free_ports(text, taken):
    """The text with a free port for each that it names; the same for the same."""
    def free(match):
        if match.group(1) not in taken:
            with socket.socket() as made:
                made.bind(('127.0.0.1', 0))
                taken[match.group(1)] = str(made.getsockname()[1])
        return '127.0.0.1:' + taken[match.group(1)]
    return _PORT.sub(free, text)


class Reader:
    """Somebody with a terminal, in whose PATH the program is, and a second one."""

    def __init__(self, binary, folder):
        self._folder, self._servers, self._typed = pathlib.Path(folder), [], ''
        self._ready = {}
        programs = self._folder / 'bin'
        programs.mkdir()
        (programs / 'millrace').symlink_to(binary)
        (self._folder / 'home').mkdir()
        self._environment = {'PATH': f'{programs}:{os.environ["PATH"]}', 'LANG': 'C.UTF-8',
                             'HOME': str(self._folder / 'home')}
        self.place = self._folder / 'work'
        self.place.mkdir()
        self.came = ''

    def write(self, path, text):
        (self.place / path).parent.mkdir(parents=True, exist_ok=True)
        (self.place / path).write_text(text, encoding='utf-8')

    def type(self, text):
        self._typed = text

    def run(self, script):
        """Exit code of the block; whatever it changes (the folder, variables) stays changed."""
        for name, value in self._ready.items():
            script = re.sub(rf'\b{name.upper()}\b', str(value), script)
        whole = f'set -e\n{script}\nprintf "\\n{_END}\\n"; pwd; env -0'
        done = subprocess.run(['bash', '-c', whole], cwd=self.place, env=self._environment,
                              input=self._typed, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=_LIMIT_S)
        self._typed = ''
        self.came, _, rest = done.stdout.partition(f'\n{_END}\n')
        if done.returncode == 0:
            place, _, variables = rest.partition('\n')
            self.place = pathlib.Path(place)
            self._environment = dict(one.split('=', 1) for one in variables.split('\0') if one)
        return done.returncode

    def serve(self, script):
        """Starts what keeps running, and waits for its first line."""
        server = subprocess.Popen(['bash', '-c', 'exec ' + script], cwd=self.place,
                                  env=self._environment, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  start_new_session=True)
        self._servers.append(server)
        self.came = ''
        for line in server.stdout:
            self.came += line
            if line.startswith('ready '):
                self._ready = json.loads(line.removeprefix('ready '))
                return 0
        return server.wait() or 1

    def leave(self):
        """The exit codes of the servers, which are asked to stop."""
        codes = []
        for server in self._servers:
            os.killpg(server.pid, signal.SIGTERM)
            codes.append(server.wait(timeout=20))
        return codes


def first_sections(text, count):
    """The page up to the end of its numbered section `count`."""
    return re.split(rf'^## (?!\d)|^## {count + 1}\.', text, flags=re.M)[0]


def _follow(reader, text, tell):
    """What went otherwise than the page says, one line each; and how many commands were typed."""
    count, taken = 0, {}
    for line, language, about, block in blocks_of(text):
        block = with_free_ports(block, taken)
        where = f'docs/tutorial.md:{line}'
        if language == 'sh':
            count += len(commands_in(block))
            tell(block)
            code = (reader.serve if about == 'in a second terminal' else reader.run)(block)
            if code != 0:
                yield count, f'{where}: exit code {code}:\n{textwrap.indent(reader.came, "    ")}'
                return
        elif language == 'text' and about == 'typed':
            reader.type(block)
        elif language == 'text' and not agrees(block, reader.came):
            yield count, (f'{where}: the page says\n{textwrap.indent(block, "    ")}'
                          f'  and this came out:\n{textwrap.indent(reader.came, "    ")}')
        elif language in ('yaml', 'python', 'json') and about and about != 'fragment':
            reader.write(about, block)
    yield count, None


def follow(binary, is_told=False, sections=None):
    """0 where everything is as the page says. Told, each command is printed with its time."""
    began = time.monotonic()
    text = PAGE.read_text(encoding='utf-8')
    if sections:
        text = first_sections(text, sections)

    def tell(block):
        if is_told:
            for command in commands_in(block):
                print(f'{time.monotonic() - began:6.1f} s  {command}', flush=True)

    with tempfile.TemporaryDirectory(prefix='millrace-tutorial-') as folder:
        reader = Reader(binary, folder)
        try:
            found = list(_follow(reader, text, tell))
        finally:
            codes = reader.leave()
    wrong = [words for _, words in found if words]
    count = found[-1][0]
    if count > COMMANDS_MAX:
        wrong.append(f'docs/tutorial.md has {count} commands; {COMMANDS_MAX} are promised')
    wrong += [f'a server ended with {code}' for code in codes if code != 0]
    for words in wrong:
        print(words)
    print(f'docs/tutorial.md: {count} commands in {time.monotonic() - began:.1f} s, '
          f'{len(wrong)} differences')
    return 1 if wrong else 0
