"""The first module to run: makes the others, whose sources came with it, importable."""
from __future__ import annotations

import importlib.machinery
import sys

TYPE_CHECKING = False  # saves the import where nobody checks
if TYPE_CHECKING:
    from typing import Any

PACKAGE = 'millrace_worker'


class Carried:
    """Finds and loads the modules of the package by their texts."""

    def __init__(self, sources: dict[str, str]) -> None:
        self._sources = sources  # by name within the package; '__init__' is the package itself

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        package, _, inner = name.partition('.')
        if package != PACKAGE or (inner or '__init__') not in self._sources:
            return None
        return importlib.machinery.ModuleSpec(
            name, self, is_package=not inner)  # type: ignore[arg-type]

    def create_module(self, spec: Any) -> None:
        return None  # an ordinary one

    def exec_module(self, module: Any) -> None:
        inner = module.__name__.partition('.')[2] or '__init__'
        place = f'{PACKAGE}/{inner}.py'
        # What is compiled once need not be kept as text, and no script finds it.
        exec(compile(self._sources.pop(inner), place, 'exec'), vars(module))


def start(sources: dict[str, str], program: str) -> None:
    """Runs main() of the module `program`."""
    sys.dont_write_bytecode = True
    sys.meta_path.insert(0, Carried(sources))
    importlib.import_module(f'{PACKAGE}.{program}').main()
