"""Imports what scripts import only when they are called, so that no call pays for it again."""
from __future__ import annotations

import ast
import importlib
import os
import sys

TYPE_CHECKING = False  # saves the import where nobody checks
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

# Of the standard library, those that do something when they are imported, or want a display.
NOT_PRELOADED = {'antigravity', 'this', 'idlelib', 'tkinter', 'turtle', 'turtledemo'}
FILES_MAX = 2_000
FILE_BYTES_MAX = 1 << 20


def script_texts(folder: str) -> Iterator[Any]:
    left = FILES_MAX
    for place, _, names in os.walk(folder):
        for name in sorted(names):
            if not name.endswith('.py'):
                continue
            left -= 1
            if left < 0:
                return
            try:
                with open(os.path.join(place, name), encoding='utf-8') as file:
                    yield file.read(FILE_BYTES_MAX)
            except (OSError, UnicodeDecodeError):
                continue


def imported_names(text: str) -> Any:
    """What the text imports anywhere, by absolute names."""
    names: set[str] = set()
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return names
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module)
        elif isinstance(node, ast.AsyncFunctionDef):
            names.add('asyncio')
    return names


def preload(folder: str) -> None:
    names = set()
    for text in script_texts(folder):
        names |= imported_names(text)
    if 'requests' in names:
        names.add('requests.adapters')
    for name in sorted(names):
        top = name.partition('.')[0]
        if top in NOT_PRELOADED or top not in (*sys.stdlib_module_names, 'requests'):
            continue
        try:
            importlib.import_module(name)
        except Exception:
            pass  # whoever imports it will be told why
