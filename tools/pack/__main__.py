"""`python3 tools/pack OUT MODULE...` makes one small script of JavaScript modules, which are given
in the order in which they need each other. src/channels/room.cmake packs the page tag with it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pack.script import packed  # noqa: E402


def main() -> int:
    out, *modules = sys.argv[1:]
    sources = [Path(one).read_text(encoding='utf-8') for one in modules]
    Path(out).write_text(packed(sources), encoding='utf-8')
    return 0


if __name__ == '__main__':
    sys.exit(main())
