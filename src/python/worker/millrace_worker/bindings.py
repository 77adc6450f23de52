"""Which names a function has, and what each of them can stand for: what the proof of its body
rests on."""
from __future__ import annotations

import ast
import builtins

from .allowed import (
    ALLOWED_BUILTINS,
    FRESH_CALLS,
    FRESH_METHODS,
    FRESH_WITH_KEYWORDS,
    SESSION_CALLS,
    SESSION_PARTS,
)
from .proof import NotProven, arguments_of

TYPE_CHECKING = False  # saves the import where nobody checks
if TYPE_CHECKING:
    from typing import Any

    from .proof import Module
    from .proofs import Group


class Bindings:
    """The names of one function of a module, or of one method of a class."""

    def __init__(self, module: Module, group: Group, function: Any, owner: Any = None,
                 is_command: bool = False) -> None:
        self._module = module
        self._group = group
        self._owner = owner
        names = [one.arg for one in arguments_of(function)]
        is_static = bool(function.decorator_list)
        self._self = names[0] if owner is not None and names and not is_static else ''
        if owner is not None and not is_static and not names:
            raise NotProven(function, 'a method without self')
        # What execute() is given is made for the call.
        self._fresh = set(names[2:4]) if is_command and function.name == 'execute' else set()
        self._parameters = frozenset(names)
        self._bindings: dict[str, Any] = {name: [] for name in names}
        self._inner: set[str] = set()
        self._collect(function)
        self._settle(function)

    def _collect(self, function: Any) -> None:
        for line in function.body:
            for node in ast.walk(line):
                if isinstance(node, ast.Lambda):
                    self._inner.update(one.arg for one in arguments_of(node))
                    if node.args.defaults or node.args.kw_defaults:
                        raise NotProven(node, 'a lambda with default values')
                elif isinstance(node, ast.comprehension):
                    self._inner.update(self._names_of(node.target))
                elif isinstance(node, ast.Assign):
                    for target in node.targets:
                        self._bound(target, node.value)
                elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
                    if isinstance(node.target, ast.Name):
                        self._bound(node.target, node.value if isinstance(node, ast.AnnAssign)
                                    else ast.Constant(0))
                elif isinstance(node, ast.For):
                    for name in self._names_of(node.target):
                        self._bindings.setdefault(name, []).append(None)
                elif isinstance(node, (ast.With, ast.AsyncWith)):
                    for item in node.items:
                        self._bound_with(item)
                elif isinstance(node, ast.ExceptHandler) and node.name:
                    self._bindings.setdefault(node.name, []).append(None)

    def _names_of(self, target: Any) -> Any:
        if isinstance(target, ast.Name):
            return [target.id]
        if isinstance(target, ast.Starred):
            return self._names_of(target.value)
        if isinstance(target, (ast.Tuple, ast.List)):
            return [name for part in target.elts for name in self._names_of(part)]
        raise NotProven(target, 'something else than a name is assigned by a loop')

    def _bound(self, target: Any, value: Any) -> None:
        if isinstance(target, ast.Name):
            self._bindings.setdefault(target.id, []).append(value)
        elif isinstance(target, (ast.Tuple, ast.List, ast.Starred)):
            for name in self._names_of(target):
                self._bindings.setdefault(name, []).append(None)

    def _bound_with(self, item: Any) -> None:
        name = item.optional_vars
        if name is None:
            return
        if not isinstance(name, ast.Name):
            raise NotProven(item.context_expr, 'something else than a name stands behind as')
        is_session = self._is_session(item.context_expr)
        self._bindings.setdefault(name.id, []).append(item.context_expr if is_session else None)

    def _is_session(self, value: Any) -> Any:
        return isinstance(value, ast.Call) and self._module.path(value.func) in SESSION_CALLS

    def _is_session_s_name(self, node: Any) -> Any:
        """A name that stands for nothing but sessions that this call has made."""
        if not isinstance(node, ast.Name) or node.id in self._inner:
            return False
        values = self._bindings.get(node.id) or []
        return bool(values) and node.id not in self._parameters and all(
            value is not None and self._is_session(value) for value in values)

    def _is_session_s_part(self, node: Any) -> Any:
        return (isinstance(node, ast.Attribute) and node.attr in SESSION_PARTS
                and self._is_session_s_name(node.value))

    def _settle(self, function: Any) -> None:
        module = self._module
        tops = {*module.imports, *module.constants, *module.stateful, *module.functions,
                *module.classes}
        for name in self._inner | set(self._bindings):
            if name.startswith('__') or name in tops or (
                    name in vars(builtins) and name not in self._bindings):
                raise NotProven(function, "the name '{}' stands for two things".format(name))
        if self._self and (self._bindings[self._self] or self._self in self._inner):
            raise NotProven(function, 'self is bound again')
        fresh = {name for name in self._bindings if name not in self._inner
                 and (name not in self._parameters or name in self._fresh)}
        while True:
            self._fresh = fresh
            kept = {name for name in fresh
                    if all(value is not None and self._is_fresh(value)
                           for value in self._bindings[name])}
            if kept == fresh:
                return
            fresh = kept

    def _is_fresh(self, node: Any) -> Any:
        if isinstance(node, (ast.Constant, ast.JoinedStr, ast.List, ast.Dict, ast.Set, ast.Tuple,
                             ast.ListComp, ast.SetComp, ast.DictComp, ast.BinOp, ast.UnaryOp,
                             ast.Compare)):
            return True
        if isinstance(node, ast.Name):
            return node.id in self._fresh
        if isinstance(node, ast.BoolOp):
            return all(self._is_fresh(part) for part in node.values)
        if isinstance(node, ast.IfExp):
            return self._is_fresh(node.body) and self._is_fresh(node.orelse)
        if not isinstance(node, ast.Call):
            return False
        path = self._module.path(node.func)
        if path:
            return '.' in path and path in FRESH_CALLS and (
                not node.keywords or path.startswith(FRESH_WITH_KEYWORDS))
        if isinstance(node.func, ast.Name):
            return self._is_builtin(node.func.id) and node.func.id in FRESH_CALLS
        # A keyword may name a function that gives what is another's: json(object_hook=...).
        return (isinstance(node.func, ast.Attribute) and node.func.attr in FRESH_METHODS
                and not node.keywords and node.func.attr not in self._group.methods)

    def _is_local(self, name: str) -> Any:
        return name in self._bindings or name in self._inner

    def _is_builtin(self, name: str) -> Any:
        return name in ALLOWED_BUILTINS and not self._is_local(name)

    def _is_self(self, node: Any) -> Any:
        return isinstance(node, ast.Name) and node.id == self._self and self._self != ''
