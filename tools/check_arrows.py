#!/usr/bin/env python3
"""Holds the sources to the map of rooms: what CMakeLists.txt lists behind DEPS is all that a room
may include of other rooms. Also refuses I/O, clocks, randomness and threads in the pure rooms, and
outside the room `posix` what that room does for all, threads without a name among it.

Prints one line per breach and exits 1 when there is any."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PURE = {"base", "ask", "flow", "nlu", "dialog", "trial", "delivery"}
FORBIDDEN_IN_PURE = re.compile(
    r"#include <(fstream|iostream|filesystem|thread|mutex|condition_variable|future|random|"
    r"sys/[^>]*|unistd\.h|fcntl\.h|poll\.h|netdb\.h|curl/[^>]*|sqlite3\.h|boost/asio[^>]*|"
    r"boost/beast[^>]*)>|\b(system_clock|steady_clock|getenv|std::rand)\b"
)
# What the room `posix` does for everybody, once; threads get their names there.
FORBIDDEN_BUT_IN_POSIX = re.compile(
    r"(?<!\w)::(fork|flock|setrlimit|eventfd|pipe2|socketpair|waitpid|rename|umask|chmod)\(|"
    r"\bSYS_pidfd_open\b|\bpthread_setname_np\b|\bstd::j?thread\("
)
ROOM = re.compile(r"^millrace_(?:room|app)\((\w+)([^)]*)\)", re.M | re.S)
INCLUDE = re.compile(r'^\s*#include "([a-z0-9_]+)/', re.M)


def rooms():
    """Room -> rooms it may include, itself among them."""
    allowed = {}
    for name, arguments in ROOM.findall((ROOT / "CMakeLists.txt").read_text()):
        name = "app" if name == "millrace" else name
        dependencies = re.search(r"\bDEPS\b(.*?)(?:\bLIBS\b|$)", arguments, re.S)
        allowed[name] = {name} | set(dependencies.group(1).split() if dependencies else [])
    return allowed


def main():
    allowed = rooms()
    breaches = []
    for path in sorted((ROOT / "src").rglob("*.[ch]pp")):
        room = path.relative_to(ROOT / "src").parts[0]
        shown = path.relative_to(ROOT)
        if room not in allowed:
            breaches.append(f"{shown}: the room '{room}' is not in CMakeLists.txt")
            continue
        text = path.read_text()
        is_test = path.name.endswith("_test.cpp") or path.name.startswith("testing")
        for target in INCLUDE.findall(text):
            # Of the other folders that can be meant, `tests/` is the one that tests may include.
            if target not in allowed[room] and (target in allowed or not is_test):
                breaches.append(f"{shown}: '{room}' must not include '{target}'")
        if room != "posix" and not is_test:
            for number, line in enumerate(text.splitlines(), 1):
                if FORBIDDEN_BUT_IN_POSIX.search(line):
                    breaches.append(f"{shown}:{number}: this is for `posix`: {line.strip()}")
        if room in PURE and not is_test:
            for number, line in enumerate(text.splitlines(), 1):
                if FORBIDDEN_IN_PURE.search(line):
                    breaches.append(f"{shown}:{number}: a pure room does no I/O: {line.strip()}")
    inner = [name for name in allowed if name in PURE]
    for name in inner:
        for target in allowed[name] - PURE:
            breaches.append(f"CMakeLists.txt: the pure room '{name}' depends on '{target}'")
    for breach in breaches:
        print(breach)
    print(f"{len(allowed)} rooms, {len(breaches)} arrows pointing outward")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
