"""What the rules need to know about C++ and about the map of rooms in CMakeLists.txt."""
import re

_ROOM = re.compile(r'^millrace_(?:room|app)\((\w+)([^)]*)\)', re.M)
_INCLUDE = re.compile(r'^\s*#include "([^"]+)"', re.M)
_KEYWORDS = ('PUBLIC', 'DEPS', 'LIBS')


class Room:
    def __init__(self, public, deps):
        self.public = public  # headers that other rooms may include, relative to the room
        self.deps = deps      # rooms whose headers this one may include


def rooms(tree):
    """Room's name -> Room, as CMakeLists.txt declares them."""
    found = {}
    for name, arguments in _ROOM.findall(tree.text('CMakeLists.txt')):
        lists = {keyword: [] for keyword in _KEYWORDS}
        keyword = None
        for word in re.sub(r'#.*', '', arguments).split():
            if word in lists:
                keyword = word
            elif keyword:
                lists[keyword].append(word)
        found['app' if name == 'millrace' else name] = Room(lists['PUBLIC'], lists['DEPS'])
    return found


def sources(tree):
    """The C++ files of all rooms."""
    return tree.paths('.cpp', '.hpp', under=('src/',))


def room_of(path):
    return path.split('/')[1]


def is_for_tests(path):
    name = path.rsplit('/', 1)[-1]
    return (not path.startswith('src/') or name.endswith('_test.cpp') or 'testing' in name
            or name.startswith('model_') or '/tests/' in path)


def includes(text):
    """What a file includes with quotation marks."""
    return _INCLUDE.findall(text)


def names_used(text):
    """The namespaces `x` that a file names as `x::`, outside comments and texts."""
    code = re.sub(r'"(?:\\.|[^"\\\n])*"|//.*', '', text)
    return set(re.findall(r'(?<![\w:>.])(?:millrace::)?(\w+)::', code))


def rooms_used(text, rooms):
    """The rooms that a file uses: it includes them, or names what is theirs (having it by way of
    another room's header hides the arrow, and does not undo it)."""
    return ({header.split('/')[0] for header in includes(text)} | names_used(text)) & set(rooms)


def comments(text):
    """(line number, what stands behind `//` there). Also of Python, CMake and shell: `#`."""
    for number, line in enumerate(text.splitlines(), 1):
        match = re.search(r'(?<!:)//(.*)|(?:^|\s)#(?!include|pragma|define|if|endif)(.*)', line)
        if match:
            yield number, match.group(1) or match.group(2) or ''
