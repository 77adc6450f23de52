"""The other half of the proof: what the functions of a script do when they are called."""
from __future__ import annotations

import ast

from .allowed import (
    ALLOWED_CALLS,
    ALLOWED_VALUES,
    CLOSED_CALLS,
    CONNECTION_ARGUMENTS_MAX,
    CONNECTION_METHODS,
    CONTEXT_CALLS,
    DATA_ATTRIBUTES,
    KNOWN_METHODS,
    MUTATORS,
    PRINT_KEYWORDS,
    PURE_METHODS,
    REQUEST_KEYWORDS,
    SESSION_ATTRIBUTES,
    SESSION_CALLS,
)
from .bindings import Bindings
from .proof import APP, NotProven, check_format

TYPE_CHECKING = False  # saves the import where nobody checks
if TYPE_CHECKING:
    from typing import Any

    from .proof import Module
    from .proofs import Group


class Body(Bindings):
    """One function of a module, or one method of a class. Raises NotProven."""

    def __init__(self, module: Module, group: Group, function: Any, owner: Any = None,
                 is_command: bool = False) -> None:
        super().__init__(module, group, function, owner, is_command)
        for line in function.body:
            self._statement(line)

    def _statement(self, node: Any) -> None:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._target(target)
            self._expression(node.value)
        elif isinstance(node, ast.AnnAssign):
            self._target(node.target)
            if node.value is not None:
                self._expression(node.value)
        elif isinstance(node, ast.AugAssign):
            self._add(node)
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                self._target(target)
        elif isinstance(node, ast.For):
            self._names_of(node.target)
            self._parts(node)
        elif isinstance(node, ast.With):
            for item in node.items:
                self._context(item.context_expr)
            for line in node.body:
                self._statement(line)
        elif isinstance(node, (ast.Expr, ast.Return, ast.If, ast.While, ast.Try, ast.Raise,
                               ast.Assert, ast.Pass, ast.Break, ast.Continue)):
            self._parts(node)
        else:
            raise NotProven(node, 'a statement that is not known to leave nothing: {}'.format(
                type(node).__name__))

    def _context(self, node: Any) -> Any:
        if not (isinstance(node, ast.Call) and self._module.path(node.func) in CONTEXT_CALLS):
            raise NotProven(node, 'with something that is not known to leave nothing')
        path = self._module.path(node.func)
        if not path.startswith('contextlib.'):
            return self._call(node)
        for part in node.args:
            self._expression(part)
            is_closed = path == 'contextlib.closing' and not (isinstance(
                part, ast.Call) and self._module.path(part.func) in CLOSED_CALLS)
            if is_closed or node.keywords or isinstance(part, ast.Starred):
                raise NotProven(part, "'{}' of something that is not known".format(path))
        return None

    def _parts(self, node: Any) -> None:
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.stmt):
                self._statement(part)
            elif isinstance(part, ast.ExceptHandler):
                self._parts(part)
            elif isinstance(part, ast.expr) and not isinstance(
                    getattr(part, 'ctx', None), (ast.Store, ast.Del)):
                self._expression(part)

    def _target(self, node: Any) -> None:
        if isinstance(node, (ast.Name, ast.Tuple, ast.List, ast.Starred)):
            self._names_of(node)
        elif isinstance(node, ast.Subscript):
            self._expression(node.slice)
            if not (isinstance(node.value, ast.Name) and node.value.id in self._fresh
                    or self._is_session_s_part(node.value)):
                raise NotProven(node, 'an item is set in what the call may not have made')
        elif isinstance(node, ast.Attribute) and self._is_session_s_name(node.value):
            if node.attr not in SESSION_ATTRIBUTES:
                raise NotProven(node, "'{}' of a session is set".format(node.attr))
        elif not (isinstance(node, ast.Attribute) and self._is_self(node.value)
                  and not node.attr.startswith('__') and node.attr not in KNOWN_METHODS
                  and node.attr not in self._group.methods):
            raise NotProven(node, 'an attribute is set')

    def _add(self, node: Any) -> None:
        self._expression(node.value)
        target = node.target
        if isinstance(target, ast.Name) and target.id in self._fresh:
            return
        # A number can be added to nothing that is changed by it.
        if not (isinstance(node.value, ast.Constant) and type(node.value.value) in (int, float)
                and isinstance(node.op, (ast.Add, ast.Sub))):
            raise NotProven(node, 'what the call may not have made is changed in its place')
        self._target(target)

    def _expression(self, node: Any) -> None:
        if isinstance(node, ast.Name):
            self._name(node)
        elif isinstance(node, ast.Attribute):
            self._attribute(node)
        elif isinstance(node, ast.Call):
            self._call(node)
        elif isinstance(node, ast.Lambda):
            self._expression(node.body)
        elif isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            self._comprehension(node)
        elif isinstance(node, (ast.Constant, ast.JoinedStr, ast.FormattedValue, ast.List, ast.Tuple,
                               ast.Dict, ast.Set, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare,
                               ast.IfExp, ast.Subscript, ast.Slice, ast.Starred)):
            for part in ast.iter_child_nodes(node):
                if isinstance(part, ast.expr):
                    self._expression(part)
        else:
            raise NotProven(node, 'an expression that is not known to leave nothing: {}'.format(
                type(node).__name__))

    def _comprehension(self, node: Any) -> None:
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.comprehension):
                self._names_of(part.target)
                if part.is_async:
                    raise NotProven(node, 'async')
                for inner in (part.iter, *part.ifs):
                    self._expression(inner)
            else:
                self._expression(part)

    def _name(self, node: Any) -> None:
        name = node.id
        module = self._module
        if self._is_local(name) or name in module.constants or name in module.functions:
            return
        if name in module.classes or self._is_builtin(name):
            return
        path = module.path(node)
        if '.' in path and path in ALLOWED_VALUES and not name.startswith('__'):
            return
        if self._group.is_helper_s(path):
            return
        raise NotProven(node, "'{}' is not known to leave nothing".format(name))

    def _attribute(self, node: Any) -> None:
        path = self._module.path(node)
        if path:
            names = path.split('.')
            is_app_s = path.startswith(APP + '.') and len(names) == 4
            is_known = path in ALLOWED_VALUES or self._group.is_helper_s(path) or (
                is_app_s and names[3] in self._group.app_names)
            if not is_known:
                raise NotProven(node, "'{}' is not known to leave nothing".format(path))
        elif node.attr == '__name__':
            self._name_of_type(node)
        elif self._is_self(node.value):
            if node.attr.startswith('__') or node.attr in self._group.methods:
                raise NotProven(node, "'{}' of an object is handed on".format(node.attr))
        elif node.attr in DATA_ATTRIBUTES:
            self._expression(node.value)
        else:
            raise NotProven(node, "the attribute '{}' is not known".format(node.attr))

    def _name_of_type(self, node: Any) -> None:
        """type(error).__name__, which is how an error is told of without its words."""
        call = node.value
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
                and call.func.id == 'type' and not self._is_local('type')
                and len(call.args) == 1 and not call.keywords):
            raise NotProven(node, "the attribute '__name__' is not known")
        self._expression(call.args[0])

    def _call(self, node: Any) -> None:
        for part in (*node.args, *(keyword.value for keyword in node.keywords)):
            self._expression(part)
        function = node.func
        path = self._module.path(function)
        names = {keyword.arg for keyword in node.keywords}
        if path in ALLOWED_CALLS:
            if path in SESSION_CALLS and (node.args or names):
                raise NotProven(node, 'a session with arguments')
            if path.startswith('requests.'):
                self._request(node)
            if path.startswith('http.client.') and (
                    not names <= {'host', 'port', 'timeout'} or len(node.args) > 2
                    or any(isinstance(part, ast.Starred) for part in node.args)):
                raise NotProven(node, 'a connection with more than host, port and timeout')
            if path.startswith('copy.') and (len(node.args) != 1 or names):
                raise NotProven(node, 'a copy with a memory')
        elif isinstance(function, ast.Name):
            self._name(function)
            if function.id == 'print' and not names <= PRINT_KEYWORDS:
                raise NotProven(node, 'print to somewhere else')
        elif self._group.is_helper_s(path):
            pass
        elif isinstance(function, ast.Attribute):
            is_own = self._is_self(function.value) and function.attr in self._group.methods
            if function.attr in (*CONNECTION_METHODS, 'get') and not is_own:
                self._request(node)
            self._method(function)
        else:
            raise NotProven(node, 'what is called has no name')

    def _request(self, node: Any) -> None:
        names = {keyword.arg for keyword in node.keywords}
        if not names <= REQUEST_KEYWORDS or len(node.args) > CONNECTION_ARGUMENTS_MAX or any(
                isinstance(part, ast.Starred) for part in node.args):
            raise NotProven(node, 'a request with more than plain arguments')

    def _method(self, function: Any) -> Any:
        name = function.attr
        if self._is_self(function.value) and self._owner is not None:
            if name in self._owner and name != 'execute' and not name.startswith('__'):
                return
        if name in PURE_METHODS or name in CONNECTION_METHODS:
            if name in self._group.methods and not self._is_self(function.value):
                raise NotProven(function, "'{}' is a method of the script's own".format(name))
            if name == 'format':
                check_format(function)
            return self._expression(function.value)
        if name in MUTATORS and isinstance(function.value, ast.Name):
            if function.value.id in self._fresh:
                return None
        if name in MUTATORS and self._is_session_s_part(function.value):
            return None
        raise NotProven(function, "the method '{}' may change what the call has not made".format(
            name))
