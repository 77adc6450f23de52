"""Proves from a script's text alone that its calls leave nothing behind. Nothing of it is run.

What reaches a script is harmless to call, and nothing is changed but what the call itself has made:
a name is `fresh` where every value it can have was made in this call. All that is not known here is
refused, with the line and the reason.
"""
from __future__ import annotations

import ast
import builtins
import string
import sys

from .allowed import (
    ALLOWED_BUILTINS,
    ALLOWED_VALUES,
    CONSTANT_CALLS,
    CONSTANT_METHODS,
    INERT_CALLS,
    KNOWN_METHODS,
    OWN_METHODS,
)

TYPE_CHECKING = False  # saves the import where nobody checks
if TYPE_CHECKING:
    from typing import Any

PROVEN_BYTES_MAX = 256 << 10
PROVEN_NODES_MAX = 20_000
UNINERT_MODULES = {'antigravity', 'this', 'idlelib', 'tkinter', 'turtle', 'turtledemo', '__main__',
                   '__hello__', '__phello__'}
IMMUTABLE = (str, bytes, int, float, complex, bool, type(None), type(...))
PLAIN_NAMES = ('__name__', '__file__')
APP = '..app'
HELPERS = '.nodes.'  # in a path, what stands for a helper: a script that is no command
HELPERS_MAX = 100


class NotProven(Exception):
    def __init__(self, node: Any, reason: str) -> None:
        super().__init__('line {}: {}'.format(getattr(node, 'lineno', 0), reason))


def parsed(source: str | bytes) -> Any:
    """The tree of a script that is short enough to be looked at."""
    if len(source) > PROVEN_BYTES_MAX:
        raise NotProven(None, 'longer than 256 KiB')
    tree = ast.parse(source)
    if sum(1 for _ in ast.walk(tree)) > PROVEN_NODES_MAX:
        raise NotProven(None, 'too much text')
    return tree


def dotted(node: Any) -> Any:
    """['a', 'b'] for a.b; None for anything else."""
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return [node.id] + names[::-1] if isinstance(node, ast.Name) else None


def arguments_of(function: Any) -> Any:
    given = function.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    return [one for one in every if one is not None]


class Module:
    """One script's top: what it imports, and what it defines. Raises NotProven where running it
    could do more than to define things that stay as they are."""

    def __init__(self, tree: ast.Module) -> None:
        self.imports: dict[str, str] = {}     # name: the dotted path that it stands for
        self.constants: set[str] = set()
        self.stateful: set[str] = set()  # names of what must not be used by who is to be proven
        self.functions: dict[str, Any] = {}
        self.classes: dict[str, Any] = {}
        self.methods: set[str] = set()
        self.helpers: set[str] = set()
        for node in tree.body:
            self._top(node)

    def _bind(self, node: Any, name: str) -> None:
        names = (self.imports, self.constants, self.stateful, self.functions, self.classes)
        if any(name in known for known in names) or name.startswith('__'):
            raise NotProven(node, "'{}' is bound twice, or is Python's own".format(name))
        if name in vars(builtins):
            raise NotProven(node, "'{}' takes a built-in's name".format(name))

    def _top(self, node: Any) -> None:
        if isinstance(node, ast.Import):
            self._import(node)
        elif isinstance(node, ast.ImportFrom):
            self._import_from(node)
        elif isinstance(node, ast.FunctionDef):
            self._bind(node, node.name)
            self._signature(node, ())
            self.functions[node.name] = node
        elif isinstance(node, ast.AsyncFunctionDef):
            self._bind(node, node.name)
            self._signature(node, ())
            self.stateful.add(node.name)
        elif isinstance(node, ast.ClassDef):
            self._class(node)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            self._assign(node)
        elif not (isinstance(node, ast.Pass)
                  or isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            raise NotProven(node, 'something is done when the script is imported')

    def _imported(self, node: Any, module: str) -> None:
        top = module.partition('.')[0]
        if top in UNINERT_MODULES or top not in (*sys.stdlib_module_names, 'requests', 'millrace'):
            raise NotProven(node, "the module '{}' is not known to be harmless".format(module))

    def _import(self, node: Any) -> None:
        for alias in node.names:
            self._imported(node, alias.name)
            name = alias.asname or alias.name.partition('.')[0]
            path = alias.name if alias.asname else name
            if self.imports.get(name) != path:  # `import os` and `import os.path` are one
                self._bind(node, name)
            self.imports[name] = path

    def _import_from(self, node: Any) -> Any:
        if node.level == 0 and node.module == '__future__':
            return
        if node.level == 0:
            self._imported(node, node.module)
        elif node.level == 1:
            return self._import_helper(node)
        elif node.level != 2 or node.module or [one.name for one in node.names] != ['app']:
            raise NotProven(node, 'another script is imported')
        for alias in node.names:
            if alias.name == '*':
                raise NotProven(node, 'everything is imported')
            name = alias.asname or alias.name
            self._bind(node, name)
            self.imports[name] = APP if node.level else '{}.{}'.format(node.module, alias.name)

    def _import_helper(self, node: Any) -> None:
        """`from . import _helper`, or `from ._helper import name`."""
        for alias in node.names:
            helper = node.module or alias.name
            if not helper.startswith('_') or helper.startswith('__') or not helper.isidentifier():
                raise NotProven(node, "another command's script is imported")
            if alias.name == '*':
                raise NotProven(node, 'everything is imported')
            name = alias.asname or alias.name
            self._bind(node, name)
            self.imports[name] = HELPERS + helper + ('.' + alias.name if node.module else '')
            self.helpers.add(helper)
        return None

    def _assign(self, node: Any) -> Any:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if isinstance(node, ast.AnnAssign):
            self._annotation(node.annotation)
        target = targets[0]
        if len(targets) == 1 and isinstance(target, ast.Attribute):
            # session.trust_env = False, of a session that nobody proven uses
            if isinstance(target.value, ast.Name) and target.value.id in self.stateful:
                return self.constant(node.value)
        if len(targets) != 1 or not isinstance(target, ast.Name):
            raise NotProven(node, 'more than a name is assigned at the top')
        self._bind(node, target.id)
        if isinstance(node.value, ast.Call) and self.path(node.value.func) in INERT_CALLS:
            if node.value.args or node.value.keywords:
                raise NotProven(node, 'a session with arguments')
            self.stateful.add(target.id)
            return None
        if node.value is not None:
            self.constant(node.value)
        self.constants.add(target.id)
        return None

    def _annotation(self, node: Any) -> None:
        for part in ast.walk(node):
            if not isinstance(part, (ast.Name, ast.Attribute, ast.Constant, ast.Subscript,
                                     ast.Tuple, ast.List, ast.BinOp, ast.BitOr, ast.Load)):
                raise NotProven(node, 'an annotation that does something')
            if isinstance(part, ast.Attribute) and part.attr.startswith('_'):
                raise NotProven(node, 'an annotation that does something')

    def _signature(self, node: Any, decorators: Any) -> None:
        for decorator in node.decorator_list:
            if not (isinstance(decorator, ast.Name) and decorator.id in decorators):
                raise NotProven(decorator, 'a decorator')
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.constant(default)
                if not isinstance(default, (ast.Constant, ast.UnaryOp, ast.Name, ast.Attribute)):
                    raise NotProven(default, 'a default value that calls share')
        for part in (node.returns, *(one.annotation for one in arguments_of(node))):
            if part is not None:
                self._annotation(part)

    def _class(self, node: Any) -> None:
        self._bind(node, node.name)
        if node.decorator_list or node.keywords:
            raise NotProven(node, 'a class with a decorator or a metaclass')
        for base in node.bases:
            name = base.id if isinstance(base, ast.Name) else ''
            built_in = getattr(builtins, name, None) if name in ALLOWED_BUILTINS else None
            known = name == 'object' or name in self.classes or (
                isinstance(built_in, type) and issubclass(built_in, Exception))
            if not known:
                raise NotProven(base, 'a base class that is not known')
        names = set()
        for line in node.body:
            if isinstance(line, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self._signature(line, ('staticmethod', ))
                name = line.name
                self.methods.add(name)
            elif isinstance(line, ast.Assign) and len(line.targets) == 1 and isinstance(
                    line.targets[0], ast.Name):
                self.constant(line.value)
                name = line.targets[0].id
                if name in KNOWN_METHODS:
                    raise NotProven(line, "'{}' is given another meaning".format(name))
            elif isinstance(line, ast.Pass) or (
                    isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)):
                continue
            else:
                raise NotProven(line, 'something is done when the class is made')
            if name in names or (name.startswith('__') and name not in OWN_METHODS):
                raise NotProven(line, "'{}' is bound twice, or is Python's own".format(name))
            names.add(name)
        self.classes[node.name] = node

    def path(self, node: Any) -> str:
        """What a dotted name stands for, from the module on; '' when it is no import's."""
        names = dotted(node)
        if not names or names[0] not in self.imports:
            return ''
        return '.'.join([self.imports[names[0]]] + names[1:])

    def constant(self, node: Any) -> Any:
        """A value that nothing changes, made of nothing that could."""
        if isinstance(node, ast.Constant) and isinstance(node.value, IMMUTABLE):
            return
        if isinstance(node, ast.Name):
            if node.id in self.constants or node.id in ALLOWED_BUILTINS or node.id in PLAIN_NAMES:
                return
            if self.path(node) in ALLOWED_VALUES:
                return
        elif isinstance(node, ast.Attribute):
            if self.path(node) in ALLOWED_VALUES:
                return
        elif isinstance(node, ast.Call):
            return self._constant_call(node)
        elif isinstance(node, ast.Subscript) and self.path(node.value) == 'os.environ':
            return self.constant(node.slice)
        elif isinstance(node, (ast.Tuple, ast.List, ast.Set, ast.Dict, ast.BinOp, ast.UnaryOp,
                               ast.BoolOp, ast.IfExp, ast.Compare, ast.Subscript, ast.JoinedStr,
                               ast.FormattedValue, ast.Starred, ast.Slice)):
            for part in ast.iter_child_nodes(node):
                if isinstance(part, ast.expr):
                    self.constant(part)
            return
        raise NotProven(node, 'a value at the top that is not known to stay as it is')

    def _constant_call(self, node: Any) -> None:
        function = node.func
        name = function.id if isinstance(function, ast.Name) else ''
        path = self.path(function)
        if path in CONSTANT_CALLS and '.' in path or name in CONSTANT_CALLS and not path:
            pass
        elif isinstance(function, ast.Attribute) and function.attr in CONSTANT_METHODS and not path:
            self.constant(function.value)
            if function.attr == 'format':
                check_format(function)
        else:
            raise NotProven(node, 'something is called when the script is imported')
        for part in (*node.args, *(keyword.value for keyword in node.keywords)):
            self.constant(part)


def check_format(function: Any) -> None:
    """A format that only fills in: a field's attributes would reach what scripts must not see."""
    text = function.value
    if not (isinstance(text, ast.Constant) and isinstance(text.value, str)):
        raise NotProven(function, 'a format that is not written in the script')
    try:
        texts = [text.value]
        while texts:
            for _, field, form, _ in string.Formatter().parse(texts.pop()):
                if field and not (field.isidentifier() or field.isdigit()):
                    raise NotProven(function, 'a format that looks into its values')
                if form:
                    texts.append(form)
    except ValueError:
        raise NotProven(function, 'a format that is none') from None
