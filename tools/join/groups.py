"""Which sources can be compiled together."""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

_LOCAL_BEGIN = re.compile(r'^namespace \{')
_LOCAL_END = re.compile(r'^\}  // namespace$')
_ALIAS = re.compile(r'^(?:(?:using|namespace) (\w+) = |using [\w:]+::(\w+);)')
_DEFINE = re.compile(r'^#define (\w+)')
_TYPE = re.compile(
    r'^(?:template <.*> )?(?:struct|class|enum class|enum|union) (?:\[\[\w+\]\] )?(\w+)'
)
_CALLED = re.compile(r'([\w~]+)\s*[({=;\[]')
# What is no name that another source could take over: comments, texts, and names with their owner.
_APART = re.compile(r'//.*|R"(\w*)\((?s:.*?)\)\1"|"(?:\\.|[^"\\])*"|(?:\.|->|::)\s*\w+')
_WORD = re.compile(r'\b[A-Za-z_]\w*')


class Source(NamedTuple):
    """A source as others see it that are compiled with it."""

    path: Path
    own: frozenset[str]  # names that it gives a meaning for itself alone
    aliases: dict[str, str]  # and those that may stand twice, with what says so
    words: frozenset[str]  # all names in it

    def is_apart(self, other: 'Source') -> bool:
        """Whether a name of the one means nothing in the other, or the same."""
        return (
            self.own.isdisjoint(other.words)
            and other.own.isdisjoint(self.words)
            and all(other.aliases.get(name, line) == line for name, line in self.aliases.items())
        )


def source(path: Path, text: str) -> Source:
    """Reads what a source says; it is laid out as .clang-format has it."""
    own: set[str] = set()
    aliases: dict[str, str] = {}
    is_local = False
    for line in text.splitlines():
        if _LOCAL_BEGIN.match(line):
            is_local = True
        elif _LOCAL_END.match(line):
            is_local = False
        elif line[:1].isspace() or not line:
            continue
        elif alias := _ALIAS.match(line):
            aliases[alias[1] or alias[2]] = line
        elif line.startswith('using namespace'):
            aliases['using namespace'] = str(path)  # stands alone
        elif define := _DEFINE.match(line):
            own.add(define[1])
        elif is_local or line.startswith('static '):
            if kind := _TYPE.match(line):
                own.add(kind[1])
            else:
                own.update(name for name in _CALLED.findall(line)[:1] if not name.isupper())
    words = frozenset(_WORD.findall(_APART.sub(' ', text)))
    return Source(path, frozenset(own), aliases, words)


def groups(sources: Iterable[Source], size: int) -> list[list[Path]]:
    """The sources in groups of at most `size`: those of one folder first, then what these leave."""
    folders: list[list[Source]] = []
    for each in sorted(sources, key=lambda source: source.path):
        _add(folders, [each], size, lambda group, one=each: group[0].path.parent == one.path.parent)
    made: list[list[Source]] = []
    for group in folders:
        _add(made, group, size, lambda _: True)
    return [[source.path for source in group] for group in made]


def _add(
    made: list[list[Source]],
    group: Sequence[Source],
    size: int,
    may: Callable[[Sequence[Source]], bool],
) -> None:
    for there in made:
        has_room = len(there) + len(group) <= size and may(there)
        if has_room and all(one.is_apart(other) for one in group for other in there):
            there.extend(group)
            return
    made.append(list(group))
