"""The map of rooms: who may include whom, through which headers, and what each may touch."""
import re

from . import cpp

PURE = {'base', 'ask', 'flow', 'nlu', 'dialog', 'trial', 'delivery', 'audience', 'natives'}
UNITS_MAX = 25
_OUTSIDE = re.compile(
    r'#include <(fstream|iostream|filesystem|thread|mutex|condition_variable|future|random|'
    r'sys/[^>]*|unistd\.h|fcntl\.h|poll\.h|netdb\.h|curl/[^>]*|sqlite3\.h|boost/asio[^>]*|'
    r'boost/beast[^>]*)>|\b(system_clock|steady_clock|getenv|std::rand)\b')
# What the room `posix` does for everybody, once; threads get their names there.
_KERNEL = re.compile(
    r'(?<!\w)::(fork|flock|setrlimit|eventfd|pipe2|socketpair|waitpid|rename|umask|chmod)\(|'
    r'\bSYS_pidfd_open\b|\bpthread_setname_np\b|\bstd::j?thread(\s+\w+)?[({]')


def arrows(tree):
    """A room includes and names only rooms behind its DEPS; CMakeLists.txt knows every room."""
    rooms = cpp.rooms(tree)
    for path in cpp.sources(tree):
        room = cpp.room_of(path)
        if room not in rooms:
            yield f"{path}: the room '{room}' is not in CMakeLists.txt"
            continue
        for header in cpp.includes(tree.text(path)):
            target = header.split('/')[0]
            if target == room or target in rooms[room].deps:
                continue
            # Of the folders that are no room, `tests/` is the one that tests may include.
            if target in rooms or ('/' in header and not cpp.is_for_tests(path)):
                yield f"{path}: '{room}' must not include '{header}'"
        if not cpp.is_for_tests(path):
            for target in sorted(cpp.names_used(tree.text(path)) & set(rooms)):
                if target != room and target not in rooms[room].deps:
                    yield f"{path}: '{room}' names {target}:: and does not list it behind DEPS"


def least_arrows(tree):
    """Every room behind DEPS is used by that room's own code, not by its tests alone."""
    used = {name: set() for name in cpp.rooms(tree)}
    for path in cpp.sources(tree):
        if not cpp.is_for_tests(path) and cpp.room_of(path) in used:
            used[cpp.room_of(path)] |= cpp.rooms_used(tree.text(path), used)
    for name, room in cpp.rooms(tree).items():
        for target in room.deps:
            if target not in used[name]:
                yield (f"CMakeLists.txt: '{name}' lists '{target}' behind DEPS and uses nothing "
                       f"of it: strike it")


def public_headers(tree):
    """Rooms include each other's headers only where they stand behind PUBLIC, and what stands
    there is included from outside. Tests may include any."""
    rooms = cpp.rooms(tree)
    wanted = {name: set() for name in rooms}
    for path in cpp.sources(tree):
        room = cpp.room_of(path)
        if cpp.is_for_tests(path):
            continue
        for header in cpp.includes(tree.text(path)):
            target, _, inner = header.partition('/')
            if target == room or target not in rooms:
                continue
            wanted[target].add(inner)
            if inner not in rooms[target].public:
                yield f"{path}: '{header}' is not behind PUBLIC of '{target}' in CMakeLists.txt"
    for name, room in rooms.items():
        for header in room.public:
            if not tree.has(f'src/{name}/{header}'):
                yield f"CMakeLists.txt: '{name}' lists '{header}' behind PUBLIC: no such file"
            elif header not in wanted[name]:
                yield (f"CMakeLists.txt: '{name}' lists '{header}' behind PUBLIC and no other "
                       f"room includes it: strike it")


def purity(tree):
    """Core rooms do no I/O, know no clock, chance or thread, and include no room that may."""
    for path in cpp.sources(tree):
        if cpp.room_of(path) in PURE and not cpp.is_for_tests(path):
            for number, line in tree.lines(path):
                if _OUTSIDE.search(line):
                    yield f'{path}:{number}: a core room does no I/O: {line.strip()}'
    for name, room in cpp.rooms(tree).items():
        for target in sorted(set(room.deps) - PURE) if name in PURE else []:
            yield f"CMakeLists.txt: the core room '{name}' depends on '{target}'"


def kernel_in_one_place(tree):
    """What `posix` does for all (child processes, locks, named threads) stands nowhere else."""
    for path in cpp.sources(tree):
        if cpp.room_of(path) != 'posix' and not cpp.is_for_tests(path):
            for number, line in tree.lines(path):
                if _KERNEL.search(line):
                    yield f'{path}:{number}: this is for `posix`: {line.strip()}'


def crowd(tree):
    """(folder, units) of folders of a room with over 25 units, a header and its source being one;
    tests left out."""
    families = {}
    for path in cpp.sources(tree):
        if not cpp.is_for_tests(path):
            folder, _, name = path.rpartition('/')
            families.setdefault(folder, set()).add(name.rsplit('.', 1)[0])
    for folder, names in sorted(families.items()):
        if len(names) > UNITS_MAX:
            yield folder, len(names)
