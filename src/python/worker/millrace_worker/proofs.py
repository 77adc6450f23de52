"""Puts the proof together for a version, and sees to it that what was looked at is what runs."""
from __future__ import annotations

import ast
import importlib
import os
import sys

from .bodies import Body
from .common import NODES, PACKAGE, say
from .proof import HELPERS, HELPERS_MAX, PROVEN_BYTES_MAX, Module, NotProven, parsed

TYPE_CHECKING = False  # saves the import where nobody checks
if TYPE_CHECKING:
    from typing import Any


class Group:
    """A command's script and the helpers that it uses: an object of one can be met in any other."""

    def __init__(self, module: Module, helpers: dict[str, Module], app_names: Any) -> None:
        self.app_names = app_names
        self.helpers: dict[str, Module] = {}
        wanted = list(module.helpers)
        while wanted:
            name = wanted.pop()
            if name not in self.helpers:
                self.helpers[name] = helpers[name]
                wanted.extend(helpers[name].helpers)
        self.methods = set().union(*(one.methods for one in (module, *self.helpers.values())))

    def is_helper_s(self, path: str) -> Any:
        """Whether the path is that of what a helper defines, and never changes."""
        if not path.startswith(HELPERS):
            return False
        helper, _, name = path[len(HELPERS):].partition('.')
        known = self.helpers.get(helper)
        return known is not None and (
            name in known.constants or name in known.functions or name in known.classes)


def command_proof(module: Module, name: str, helpers: dict[str, Module], app_names: Any) -> None:
    """Raises NotProven unless every function of the command's script, and of the helpers that it
    uses, leaves nothing behind."""
    group = Group(module, helpers, app_names)
    node = module.classes.get(name)
    if node is None or any(not (isinstance(base, ast.Name) and base.id == 'object')
                           for base in node.bases):
        raise NotProven(node, 'no plain class of that name')
    functions_proof(module, group, node)
    for file, helper in group.helpers.items():
        try:
            functions_proof(helper, group)
        except NotProven as error:
            raise NotProven(None, '{}.py: {}'.format(file, error)) from None


def functions_proof(module: Module, group: Group, command: str | None = None) -> None:
    for function in module.functions.values():
        Body(module, group, function)
    for one in module.classes.values():
        methods = {line.name for line in one.body if isinstance(line, ast.FunctionDef)}
        if one is command and 'execute' not in methods:
            raise NotProven(one, 'no execute that is not async')
        for line in one.body:
            if isinstance(line, ast.AsyncFunctionDef):
                raise NotProven(line, 'async')
            if isinstance(line, ast.FunctionDef):
                if line.name == 'execute' and line.decorator_list:
                    raise NotProven(line, 'a static execute')
                Body(module, group, line, methods, one is command)


def why(error: BaseException) -> Any:
    return str(error) if isinstance(error, NotProven) else say(error)


class LookedAt:
    """Finds the modules of a solution whose texts were looked at."""

    def __init__(self, trees: dict[str, Any], nodes_folder: str) -> None:
        self._trees = trees
        self._nodes_folder = nodes_folder

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name == PACKAGE + '.' + NODES:
            spec = importlib.machinery.ModuleSpec(
                name, self, is_package=True)  # type: ignore[arg-type]
            spec.submodule_search_locations = [self._nodes_folder]
            return spec
        if name not in self._trees:
            return None
        spec = importlib.machinery.ModuleSpec(
            name, self, origin=self._trees[name][1])  # type: ignore[arg-type]
        spec.has_location = True
        return spec

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: Any) -> None:
        tree, path = self._trees.get(module.__name__, (None, ''))
        if tree is not None:
            exec(compile(tree, path, 'exec', dont_inherit=True), vars(module))


class Proofs:
    """Of a whole version: what of it may be kept, and why not the rest.

    `trees` are those that were looked at: run these and nothing else, so that neither a file that
    changed meanwhile nor what lies compiled beside it takes their place."""

    def __init__(self, folder: str, names: Any) -> None:
        self.proven = []
        self.reasons = {}
        self.trees: dict[str, Any] = {}
        modules, helpers = {}, {}
        file = 'app.py'
        try:
            for name_of_packages in ('requirements.txt', 'wheels'):
                if os.path.lexists(os.path.join(folder, name_of_packages)):
                    raise NotProven(None, 'the solution brings packages')
            app = self._module(folder, '', file)
            if app.stateful or app.functions or app.classes or app.helpers:
                raise NotProven(None, 'more than constants')
            if os.path.exists(os.path.join(folder, NODES, '__init__.py')):
                raise NotProven(None, 'action_nodes has an __init__.py')
            for name in names:
                file = '{}.py'.format(name)
                modules[name] = self._module(folder, NODES, file)
            wanted = {helper for module in modules.values() for helper in module.helpers}
            while wanted:
                name = wanted.pop()
                file = '{}.py'.format(name)
                helpers[name] = self._module(folder, NODES, file)
                wanted |= helpers[name].helpers - helpers.keys()
                if len(helpers) > HELPERS_MAX:
                    raise NotProven(None, 'too many helpers')
        except (NotProven, OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
            # What one script does when it is imported can reach into every other.
            self.trees = {}
            self.reasons = dict.fromkeys(names, '{}: {}'.format(file, why(error)))
            return
        for name, module in modules.items():
            try:
                command_proof(module, name, helpers, app.constants)
                self.proven.append(name)
            except (NotProven, RecursionError) as error:
                self.reasons[name] = '{}.py: {}'.format(name, why(error))

    def load_instead_of_files(self, folder: str) -> None:
        """From here on what was looked at is what is imported."""
        if self.trees:
            sys.meta_path.insert(0, LookedAt(self.trees, os.path.join(folder, NODES)))

    def _module(self, folder: str, below: str, file: str) -> Any:
        path = os.path.join(folder, below, file)
        with open(path, 'rb') as script:
            tree = parsed(script.read(PROVEN_BYTES_MAX + 1))
        name = '.'.join(part for part in (PACKAGE, below, file[:-3]) if part)
        self.trees[name] = (tree, path)
        return Module(tree)
