"""Puts the proof together for a version, and sees to it that what was looked at is what runs."""


def command_proof(module, name, app_names):
    """Raises NotProven unless every function of the command's script leaves nothing behind."""
    node = module.classes.get(name)
    if node is None or any(not (isinstance(base, ast.Name) and base.id == 'object')
                           for base in node.bases):
        raise NotProven(node, 'no plain class of that name')
    for function in module.functions.values():
        Body(module, app_names, function)
    for one in module.classes.values():
        methods = {line.name for line in one.body if isinstance(line, ast.FunctionDef)}
        if one is node and 'execute' not in methods:
            raise NotProven(node, 'no execute that is not async')
        for line in one.body:
            if isinstance(line, ast.AsyncFunctionDef):
                raise NotProven(line, 'async')
            if isinstance(line, ast.FunctionDef):
                if line.name == 'execute' and line.decorator_list:
                    raise NotProven(line, 'a static execute')
                Body(module, app_names, line, methods, one is node)


class LookedAt:
    """Finds the modules of a solution whose texts were looked at."""

    def __init__(self, trees, nodes_folder):
        self._trees = trees
        self._nodes_folder = nodes_folder

    def find_spec(self, name, path=None, target=None):
        if name == PACKAGE + '.' + NODES:
            spec = importlib.machinery.ModuleSpec(name, self, is_package=True)
            spec.submodule_search_locations = [self._nodes_folder]
            return spec
        if name not in self._trees:
            return None
        spec = importlib.machinery.ModuleSpec(name, self, origin=self._trees[name][1])
        spec.has_location = True
        return spec

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        tree, path = self._trees.get(module.__name__, (None, ''))
        if tree is not None:
            exec(compile(tree, path, 'exec', dont_inherit=True), vars(module))


class Proofs:
    """Of a whole version: what of it may be kept, and why not the rest.

    `trees` are those that were looked at: run these and nothing else, so that neither a file that
    changed meanwhile nor what lies compiled beside it takes their place."""

    def __init__(self, folder, names):
        self.proven = []
        self.reasons = {}
        self.trees = {}
        modules = {}
        file = 'app.py'
        try:
            for name_of_packages in ('requirements.txt', 'wheels'):
                if os.path.lexists(os.path.join(folder, name_of_packages)):
                    raise NotProven(None, 'the solution brings packages')
            app = self._module(folder, '', file)
            if app.stateful or app.functions or app.classes:
                raise NotProven(None, 'more than constants')
            if os.path.exists(os.path.join(folder, NODES, '__init__.py')):
                raise NotProven(None, 'action_nodes has an __init__.py')
            for name in names:
                file = '{}.py'.format(name)
                modules[name] = self._module(folder, NODES, file)
        except (NotProven, OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
            # What one script does when it is imported can reach into every other.
            self.trees = {}
            self.reasons = {name: '{}: {}'.format(file, say(error)) for name in names}
            return
        for name, module in modules.items():
            try:
                command_proof(module, name, app.constants)
                self.proven.append(name)
            except (NotProven, RecursionError) as error:
                self.reasons[name] = str(error)

    def load_instead_of_files(self, folder):
        """From here on what was looked at is what is imported."""
        if self.trees:
            sys.meta_path.insert(0, LookedAt(self.trees, os.path.join(folder, NODES)))

    def _module(self, folder, below, file):
        path = os.path.join(folder, below, file)
        with open(path, 'rb') as script:
            tree = parsed(script.read(PROVEN_BYTES_MAX + 1))
        name = '.'.join(part for part in (PACKAGE, below, file[:-3]) if part)
        self.trees[name] = (tree, path)
        return Module(tree)
