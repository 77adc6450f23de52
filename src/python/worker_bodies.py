"""The other half of the proof: what the functions of a script do when they are called."""


class Body:
    """One function of a module, or one method of a class. Raises NotProven."""

    def __init__(self, module, app_names, function, owner=None, is_command=False):
        self._module = module
        self._app_names = app_names
        self._owner = owner
        names = [one.arg for one in arguments_of(function)]
        is_static = bool(function.decorator_list)
        self._self = names[0] if owner is not None and names and not is_static else ''
        if owner is not None and not is_static and not names:
            raise NotProven(function, 'a method without self')
        # What execute() is given is made for the call.
        self._fresh = set(names[2:4]) if is_command and function.name == 'execute' else set()
        self._bindings = {name: [] for name in names}
        self._inner = set()
        self._collect(function)
        self._settle(function)
        for line in function.body:
            self._statement(line)

    # Which names there are, and what they can stand for.

    def _collect(self, function):
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
                elif isinstance(node, ast.ExceptHandler) and node.name:
                    self._bindings.setdefault(node.name, []).append(None)

    def _names_of(self, target):
        if isinstance(target, ast.Name):
            return [target.id]
        if isinstance(target, ast.Starred):
            return self._names_of(target.value)
        if isinstance(target, (ast.Tuple, ast.List)):
            return [name for part in target.elts for name in self._names_of(part)]
        raise NotProven(target, 'something else than a name is assigned by a loop')

    def _bound(self, target, value):
        if isinstance(target, ast.Name):
            self._bindings.setdefault(target.id, []).append(value)
        elif isinstance(target, (ast.Tuple, ast.List, ast.Starred)):
            for name in self._names_of(target):
                self._bindings.setdefault(name, []).append(None)

    def _settle(self, function):
        module = self._module
        tops = {*module.imports, *module.constants, *module.stateful, *module.functions,
                *module.classes}
        for name in self._inner | set(self._bindings):
            if name.startswith('__') or name in tops or (
                    name in vars(builtins) and name not in self._bindings):
                raise NotProven(function, "the name '{}' stands for two things".format(name))
        if self._self and (self._bindings[self._self] or self._self in self._inner):
            raise NotProven(function, 'self is bound again')
        parameters = set(one.arg for one in arguments_of(function))
        fresh = {name for name in self._bindings if name not in self._inner
                 and (name not in parameters or name in self._fresh)}
        while True:
            self._fresh = fresh
            kept = {name for name in fresh
                    if all(value is not None and self._is_fresh(value)
                           for value in self._bindings[name])}
            if kept == fresh:
                return
            fresh = kept

    def _is_fresh(self, node):
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
                and not node.keywords and node.func.attr not in self._module.methods)

    def _is_local(self, name):
        return name in self._bindings or name in self._inner

    def _is_builtin(self, name):
        return name in ALLOWED_BUILTINS and not self._is_local(name)

    def _is_self(self, node):
        return isinstance(node, ast.Name) and node.id == self._self and self._self != ''

    # What is done.

    def _statement(self, node):
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
        elif isinstance(node, (ast.Expr, ast.Return, ast.If, ast.While, ast.Try, ast.Raise,
                               ast.Assert, ast.Pass, ast.Break, ast.Continue)):
            self._parts(node)
        else:
            raise NotProven(node, 'a statement that is not known to leave nothing: {}'.format(
                type(node).__name__))

    def _parts(self, node):
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.stmt):
                self._statement(part)
            elif isinstance(part, ast.ExceptHandler):
                self._parts(part)
            elif isinstance(part, ast.expr) and not isinstance(
                    getattr(part, 'ctx', None), (ast.Store, ast.Del)):
                self._expression(part)

    def _target(self, node):
        if isinstance(node, (ast.Name, ast.Tuple, ast.List, ast.Starred)):
            self._names_of(node)
        elif isinstance(node, ast.Subscript):
            self._expression(node.slice)
            if not (isinstance(node.value, ast.Name) and node.value.id in self._fresh):
                raise NotProven(node, 'an item is set in what the call may not have made')
        elif not (isinstance(node, ast.Attribute) and self._is_self(node.value)
                  and not node.attr.startswith('__') and node.attr not in KNOWN_METHODS
                  and node.attr not in self._module.methods):
            raise NotProven(node, 'an attribute is set')

    def _add(self, node):
        self._expression(node.value)
        target = node.target
        if isinstance(target, ast.Name) and target.id in self._fresh:
            return
        # A number can be added to nothing that is changed by it.
        if not (isinstance(node.value, ast.Constant) and type(node.value.value) in (int, float)
                and isinstance(node.op, (ast.Add, ast.Sub))):
            raise NotProven(node, 'what the call may not have made is changed in its place')
        self._target(target)

    def _expression(self, node):
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

    def _comprehension(self, node):
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.comprehension):
                self._names_of(part.target)
                if part.is_async:
                    raise NotProven(node, 'async')
                for inner in (part.iter, *part.ifs):
                    self._expression(inner)
            else:
                self._expression(part)

    def _name(self, node):
        name = node.id
        module = self._module
        if self._is_local(name) or name in module.constants or name in module.functions:
            return
        if name in module.classes or self._is_builtin(name):
            return
        path = module.path(node)
        if '.' in path and path in ALLOWED_VALUES and not name.startswith('__'):
            return
        raise NotProven(node, "'{}' is not known to leave nothing".format(name))

    def _attribute(self, node):
        path = self._module.path(node)
        if path:
            names = path.split('.')
            is_app_s = path.startswith(APP + '.') and len(names) == 4
            if not (is_app_s and names[3] in self._app_names) and path not in ALLOWED_VALUES:
                raise NotProven(node, "'{}' is not known to leave nothing".format(path))
        elif node.attr == '__name__':
            self._name_of_type(node)
        elif self._is_self(node.value):
            if node.attr.startswith('__') or node.attr in self._module.methods:
                raise NotProven(node, "'{}' of an object is handed on".format(node.attr))
        elif node.attr in DATA_ATTRIBUTES:
            self._expression(node.value)
        else:
            raise NotProven(node, "the attribute '{}' is not known".format(node.attr))

    def _name_of_type(self, node):
        """type(error).__name__, which is how an error is told of without its words."""
        call = node.value
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
                and call.func.id == 'type' and not self._is_local('type')
                and len(call.args) == 1 and not call.keywords):
            raise NotProven(node, "the attribute '__name__' is not known")
        self._expression(call.args[0])

    def _call(self, node):
        for part in (*node.args, *(keyword.value for keyword in node.keywords)):
            self._expression(part)
        function = node.func
        path = self._module.path(function)
        names = {keyword.arg for keyword in node.keywords}
        if path in ALLOWED_CALLS:
            if path.startswith('requests.') and (
                    not names <= REQUEST_KEYWORDS
                    or any(isinstance(part, ast.Starred) for part in node.args)):
                raise NotProven(node, 'a request with more than plain arguments')
            if path.startswith('copy.') and (len(node.args) != 1 or names):
                raise NotProven(node, 'a copy with a memory')
        elif isinstance(function, ast.Name):
            self._name(function)
            if function.id == 'print' and not names <= PRINT_KEYWORDS:
                raise NotProven(node, 'print to somewhere else')
        elif isinstance(function, ast.Attribute):
            self._method(function)
        else:
            raise NotProven(node, 'what is called has no name')

    def _method(self, function):
        name = function.attr
        if self._is_self(function.value) and self._owner is not None:
            if name in self._owner and name != 'execute' and not name.startswith('__'):
                return
        if name in PURE_METHODS:
            if name in self._module.methods and not self._is_self(function.value):
                raise NotProven(function, "'{}' is a method of the script's own".format(name))
            if name == 'format':
                check_format(function)
            return self._expression(function.value)
        if name in MUTATORS and isinstance(function.value, ast.Name):
            if function.value.id in self._fresh:
                return None
        raise NotProven(function, "the method '{}' may change what the call has not made".format(
            name))
