"""Sources that are compiled together: `python3 tools/join SIZE FILE...`, for cmake/rooms.cmake.

Most of what a source costs is reading headers again that its neighbours read as well. This puts the
sources of one folder, and then of one room, into groups of at most SIZE, and prints one group on a
line, its files separated by ";". Sources of which one says a name for itself that the other says or
uses as well are left in different groups: joined, one would see the other's.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from join.groups import groups, source  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('size', type=int)
    parser.add_argument('file', type=Path, nargs='+')
    asked = parser.parse_args()
    sources = [source(path, path.read_text()) for path in asked.file]
    for files in groups(sources, asked.size):
        print(';'.join(map(str, files)))
    return 0


if __name__ == '__main__':
    sys.exit(main())
