"""Rooms tell what is in them, and what they never do."""
import fnmatch
import re

from . import cpp

LINES_MIN = 15


def _families(tree, folder):
    """Names of the files of a folder without their endings; tests left out."""
    found = set()
    for path in tree.paths('.cpp', '.hpp', '.py', under=(folder + '/',)):
        name = path[len(folder) + 1:]
        if '/' not in name and not cpp.is_for_tests(path):
            found.add(name.rsplit('.', 1)[0])
    return found


def rooms(tree):
    """Each room has a README of at least 15 lines that names every family of files (by name, or by
    a pattern such as `yaml_*`), each of its folders, and says what the room never does."""
    for room in cpp.rooms(tree):
        page = f'src/{room}/README.md'
        text = tree.text(page)
        if not text:
            yield f'{page}: there is none'
            continue
        count = len(text.splitlines())
        if count < LINES_MIN:
            yield f'{page}: {count} lines, of at least {LINES_MIN}'
        if not re.search(r'^#+ (What it )?[Nn]ever', text, re.M):
            yield f"{page}: has no section 'Never': what the room never does"
        folders = {path[len(f'src/{room}/'):].rpartition('/')[0]
                   for path in tree.paths('.cpp', '.hpp', '.py', under=(f'src/{room}/',))}
        for folder in sorted(folders):
            own = f'src/{room}/{folder}'.rstrip('/')
            told = text + tree.text(f'{own}/README.md')
            words = re.findall(r'[\w*./-]+', told)
            stems = {re.sub(r'\.(hpp|cpp|py|\*)$', '', word).rsplit('/', 1)[-1] for word in words}
            if folder and folder.split('/')[-1] not in re.split(r'\W+', text):
                yield f'{page}: does not name the folder {folder}/'
            for family in sorted(_families(tree, own)):
                if not any(fnmatch.fnmatchcase(family, stem) for stem in stems if stem != '*'):
                    yield f"{page}: does not name '{family}' of {own}/"


def map_of_rooms(tree):
    """ARCHITECTURE.md has one row for each room of CMakeLists.txt, and no other; so has src/."""
    rows = re.findall(r'^\|\s*\w+\s*\|\s*`(\w+)`\s*\|', tree.text('ARCHITECTURE.md'), re.M)
    rooms = set(cpp.rooms(tree))
    for name in sorted(rooms - set(rows)):
        yield f'ARCHITECTURE.md: has no row for the room `{name}`'
    for name in sorted(set(rows) - rooms):
        yield f'ARCHITECTURE.md: has a row for `{name}`, which is no room of CMakeLists.txt'
    for name in sorted({name for name in rows if rows.count(name) > 1}):
        yield f'ARCHITECTURE.md: has several rows for `{name}`'
    for name in sorted({path.split('/')[1] for path in tree.paths(under=('src/',))} - rooms):
        yield f'src/{name}: is no room of CMakeLists.txt'
