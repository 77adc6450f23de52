"""The map of rooms: who may include whom, through which headers, and what each may touch."""
import re

from . import cpp

PURE = {'base', 'ask', 'flow', 'nlu', 'dialog', 'trial', 'delivery', 'audience', 'natives',
        'people'}
UNITS_MAX = 25
RINGS = ('core', 'ground', 'heart', 'edge', 'app')  # from the inside
_OUTSIDE = re.compile(
    r'#include <(fstream|iostream|filesystem|thread|mutex|condition_variable|future|random|'
    r'sys/[^>]*|unistd\.h|fcntl\.h|poll\.h|netdb\.h|curl/[^>]*|sqlite3\.h|boost/asio[^>]*|'
    r'boost/beast[^>]*)>|\b(system_clock|steady_clock|getenv|std::rand)\b')
# What the room `posix` does for everybody, once; threads get their names there.
_KERNEL = re.compile(
    r'(?<!\w)::(fork|flock|setrlimit|eventfd|pipe2|socketpair|waitpid|rename|umask|chmod)\(|'
    r'\bSYS_pidfd_open\b|\bpthread_setname_np\b|\bstd::j?thread(\s+\w+)?[({]')

_TESTING = re.compile(r'^#include (<g(?:test|mock)/|"tests/)', re.M)


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


def rings(tree):
    """No arrow of DEPS points to an outer ring of ARCHITECTURE.md, none from edge to edge, and none
    to a room that is declared later (so there is no circle)."""
    ring = {room: name for name, room in re.findall(r'^\|\s*(\w+)\s*\|\s*`(\w+)`\s*\|',
                                                    tree.text('ARCHITECTURE.md'), re.M)}
    declared = list(cpp.rooms(tree))
    for name, room in cpp.rooms(tree).items():
        for target in room.deps:
            if target in declared and declared.index(target) > declared.index(name):
                yield f"CMakeLists.txt: '{name}' depends on '{target}', which is declared later"
            pair = (ring.get(name), ring.get(target))
            if not set(pair) <= set(RINGS):
                continue  # another rule tells of rooms without a ring
            if RINGS.index(pair[1]) > RINGS.index(pair[0]) or pair == ('edge', 'edge'):
                yield (f"CMakeLists.txt: '{name}' ({pair[0]}) depends on '{target}' ({pair[1]}): "
                       f"arrows point inwards")


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


def test_helpers(tree):
    """No header of a room is for tests alone: what tests share stands below tests/."""
    for path in tree.paths('.hpp', under=('src/',)):
        if cpp.is_for_tests(path) or _TESTING.search(tree.text(path)):
            yield f'{path}: only tests can include this: it belongs below tests/support'


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
