"""The short-lived process that says what a solution is, and what is wrong with its scripts."""
from __future__ import annotations

import io
import os
import tokenize

from .checks import (
    SOURCE_BYTES_MAX,
    check_authorization,
    check_bodies,
    check_secrets,
    check_syntax,
    class_of,
    has_execute,
    problem,
    says_repeatable,
)
from .common import FORKS, NODES, SOURCE, Channel, Solution, say, sendable
from .confine import confine_alone, prepare_process
from .contract import provide_module
from .net import use_no_network
from .proofs import Proofs

TYPE_CHECKING = False  # saves the import where nobody checks
if TYPE_CHECKING:
    from typing import Any


class Describer:
    """Reads a solution's scripts and says what they are and what is wrong with them."""

    def __init__(self, folder: str, import_scripts: bool) -> None:
        self._solution = Solution(folder)
        self._imports = import_scripts

    def read(self, file: str) -> Any:
        """(problems, tree) of one script."""
        try:
            with open(os.path.join(self._solution.folder, file), 'rb') as script:
                source = script.read(SOURCE_BYTES_MAX + 1)
        except OSError as error:
            return [problem('error', 0, 0, error.strerror or 'cannot be read')], None
        if len(source) > SOURCE_BYTES_MAX:
            return [problem('error', 0, 0, 'longer than 1 MiB')], None
        try:
            encoding = tokenize.detect_encoding(io.BytesIO(source).readline)[0]
            text = io.IncrementalNewlineDecoder(None, True).decode(source.decode(encoding))
        except (SyntaxError, UnicodeDecodeError, LookupError):
            return [problem('error', 0, 0, 'not UTF-8', 'save the file as UTF-8')], None
        try:
            return check_syntax(text, file)
        except (RecursionError, MemoryError):
            return [problem('error', 0, 0, 'too deeply nested to be read')], None

    def import_problem(self, error: BaseException, file: str) -> Any:
        place = self._solution.place(error)
        line = int(place.rsplit(' ', 1)[1]) if place.startswith(file + ' line ') else 0
        remedy = ''
        if isinstance(error, KeyError) and file == 'app.py':
            remedy = 'set the environment variable {}'.format(error)
        return problem('error', line, 0, say(error), remedy)

    def app(self) -> Any:
        problems, tree = self.read('app.py')
        facts = {'name': '', 'bots': [], 'csv_bots': [], 'environments': {}, 'problems': problems}
        if tree is not None:
            problems.extend(check_secrets(tree))
        if tree is None or any(p['severity'] == 'error' for p in problems):
            self._imports = False
        if not self._imports:
            return facts
        self._solution.load_app()
        if self._solution.app_error is not None:
            problems.append(self.import_problem(self._solution.app_error, 'app.py'))
            self._imports = False
            return facts
        self._fill(facts, problems)
        return facts

    def _fill(self, facts: dict[str, Any], problems: list[dict[str, Any]]) -> None:
        app = self._solution.app
        for name, key in (('BOTS', 'bots'), ('CSV_BOTS', 'csv_bots')):
            value = getattr(app, name, [])
            if isinstance(value, (list, tuple)) and all(isinstance(bot, str) for bot in value):
                facts[key] = [sendable(bot) for bot in value]
            else:
                problems.append(problem('error', 0, 0, name + ' must be a list of names'))
        name = getattr(app, 'NAME', '')
        facts['name'] = sendable(name) if isinstance(name, str) else ''
        if not facts['name']:
            problems.append(problem('error', 0, 0, 'NAME must be a text'))
        params = getattr(app, 'PARAMS', None)
        if not isinstance(params, dict):
            problems.append(problem('error', 0, 0, 'PARAMS must be a dict of environments'))
            return
        for environment, values in params.items():
            if isinstance(environment, str) and isinstance(values, dict):
                facts['environments'][sendable(environment)] = sorted(
                    sendable(str(key)) for key in values)
            else:
                problems.append(problem('error', 0, 0, 'PARAMS must hold a dict per environment'))

    def script(self, name: str) -> Any:
        file = '{}/{}.py'.format(NODES, name)
        problems, tree = self.read(file)
        facts = {'name': sendable(name), 'file': sendable(file), 'has_class': False,
                 'repeatable': False, 'problems': problems}
        broken = bool(problems)
        if tree is not None:
            node = class_of(tree, name)
            if node is not None:
                facts['has_class'] = has_execute(node)
                facts['repeatable'] = says_repeatable(node)
            problems.extend(check_bodies(tree))
            problems.extend(check_authorization(tree))
        if self._imports and not broken:
            self._import(name, facts)
        if not facts['has_class'] and not any(p['severity'] == 'error' for p in problems):
            problems.append(problem('warning', 0, 0,
                                    'no class {} with an execute method'.format(name),
                                    'name the class like its file'))
        problems.sort(key=lambda p: (p['line'], p['column']))
        return facts

    def _import(self, name: str, facts: dict[str, Any]) -> None:
        """What the loaded class says counts for more than what its text looks like."""
        try:
            node = getattr(self._solution.load_node(name), name, None)
        except BaseException as error:
            facts['problems'].append(self.import_problem(error, facts['file']))
            return
        facts['has_class'] = isinstance(node, type) and callable(getattr(node, 'execute', None))
        facts['repeatable'] = getattr(node, 'repeatable', False) is True

    def describe(self) -> Any:
        names = self._solution.node_names()
        proofs = Proofs(self._solution.folder, names)  # before anything of the solution's runs
        facts = self.app()
        facts['scripts'] = [self.script(name) for name in names]
        for script, name in zip(facts['scripts'], names, strict=True):
            script['keeps_worker'] = name in proofs.proven
            script['why_not'] = sendable(proofs.reasons.get(name, ''))
        return facts

    def secrets(self) -> Any:
        return self._solution.secrets()


def main() -> None:
    os.close(SOURCE)
    os.close(FORKS)
    channel = Channel()
    setup = channel.receive()['setup']
    prepare_process(setup)
    confine_alone(bytes.fromhex(setup['filters']['worker']))
    if setup['limits'] is not None:
        use_no_network()
    provide_module()
    describer = Describer(setup['folder'], setup['import'])
    facts = describer.describe()
    channel.send({'facts': facts, 'secrets': describer.secrets()})
