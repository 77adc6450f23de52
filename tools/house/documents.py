"""Commands and options that the documents name are those that the program has."""
import re
import subprocess

_CALL = re.compile(r'(?:^\s*|`(?:[\w./-]*/)?)millrace ([a-z][^`|]*)')
_INLINE = re.compile(r'`([^`]+)`')
_FLAG = re.compile(r'(?<![\w-])--[a-z][a-z-]*')
# Options of other programs stand beside their names.
_OTHERS = re.compile(r'\b(npm|node|cmake|ctest|curl|git|ninja|make|gtest|prettier|clang-format|wrk|'
                     r'apt-get|docker|systemctl|python3?|mypy|bwrap|sqlite3|openssl)\b|--gtest_')
# What was decided and what was measured, at its time; and what others publish.
_OF_THEIR_TIME = ('docs/adr/', 'docs/benchmarks.md', 'docs/contracts/')


class Commands:
    """The command line: the options of each command, by its words."""

    def __init__(self, options):
        self._options = options  # ('actions', 'list') -> {'--data', ...}; () has the program's own

    @classmethod
    def of_sources(cls, tree):
        """Without a build: which words and options there are, not which belong together."""
        words, flags = set(), {'--help', '--version'}
        for path in tree.paths('.cpp', under=('src/app/',)):
            text = tree.text(path)
            words |= set(re.findall(r'"([a-z][a-z-]*)"', text))
            flags |= set(re.findall(r'"(--[a-z][a-z-]*)', text))
        return cls({(word,): flags for word in words} | {(): flags})

    @classmethod
    def of_binary(cls, binary):
        """What `--help` of the program and of each of its commands says."""
        options, open_ = {('help',): set(), ('version',): set()}, [()]
        while open_:
            words = open_.pop()
            shown = subprocess.run([binary, *words, '--help'], capture_output=True, text=True)
            own, below = read_help(shown.stdout)
            options[words] = own
            open_ += [words + (name,) for name in below]
        return cls(options)

    def wrong(self, line):
        """What is wrong with 'actions list --data D' and the like, or None."""
        words = ()
        rest = re.split(r'\s#|[;&|>]', line)[0].split()
        if not rest or (rest[0],) not in self._options:
            return f"there is no command `millrace {rest[0] if rest else ''}`"
        while rest and words + (rest[0],) in self._options:
            words += (rest.pop(0),)
        for flag in _FLAG.findall(' '.join(rest)):
            if flag not in self._options[words] and flag != '--help':
                return f"`millrace {' '.join(words)}` has no option {flag}"
        return None

    def has_flag(self, flag):
        return any(flag in own for own in self._options.values())

    def names(self):
        return {words[0] for words in self._options if words}


def read_help(text):
    """(options, names of commands) of one page of help."""
    options = set(re.findall(r'^\s+(?:-\w,\s*)?(--[a-z][a-z-]*)', text, re.M))
    # Commands stand in groups of any name; options begin with a dash, arguments with a capital.
    names = re.findall(r'^  ([a-z][a-z-]*)(?=\s|$)', text.partition('\nUsage:')[2], re.M)
    return options, names


def _calls(text, names):
    """Calls of the program in one line of a page."""
    for match in _CALL.finditer(text):
        yield match.group(1)
    for inline in _INLINE.findall(text):
        words = inline.split()
        if len(words) > 1 and words[0] in names and any(word.startswith('--') for word in words):
            yield inline


def commands_named(tree, commands=None):
    """Every command and option that a page names is one of the program's."""
    commands = commands or Commands.of_sources(tree)
    for path in tree.paths('.md', under=('README.md', 'ARCHITECTURE.md', 'SECURITY.md', 'docs/')):
        if path.startswith(_OF_THEIR_TIME):
            continue
        for number, line in tree.lines(path):
            for call in _calls(line, commands.names()):
                wrong = commands.wrong(call)
                if wrong:
                    yield f'{path}:{number}: {wrong}'
            for inline in _INLINE.findall(line):
                for flag in _FLAG.findall(inline) if not _OTHERS.search(line) else []:
                    if not commands.has_flag(flag):
                        yield f'{path}:{number}: no command has the option {flag}'
