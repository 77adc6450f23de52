"""Mistakes that the text of a script gives away. Pure."""
from __future__ import annotations

import ast
import io
import tokenize

from .common import SECRET_NAME, SECRET_PLACE, sendable

TYPE_CHECKING = False  # saves the import where nobody checks
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

REPAIRS_MAX = 20
SOURCE_BYTES_MAX = 1 << 20
BODY_METHODS = ('post', 'put', 'patch')


def problem(severity: str, line: int, column: int, message: str, remedy: str = '') -> Any:
    return {'severity': severity, 'line': line or 0, 'column': column or 0,
            'message': sendable(message), 'remedy': sendable(remedy)}


def at_node(severity: str, node: Any, message: str, remedy: str) -> Any:
    return problem(severity, node.lineno, node.col_offset + 1, message, remedy)


def syntax_error(source: str, file: str) -> Any:
    try:
        compile(source, file, 'exec', dont_inherit=True)
    except SyntaxError as error:
        return error
    except ValueError as error:  # a NUL in the source
        return SyntaxError(str(error), (file, 0, 0, None))
    return None


def line_ends(source: str, first: int, last: Any) -> Any:
    """Where the entries on those lines end, inside brackets: (line, column) behind each."""
    ends = {}
    depth = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type in (tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT, tokenize.INDENT,
                              tokenize.DEDENT, tokenize.ENDMARKER):
                continue
            if token.type == tokenize.OP and token.string in '([{':
                depth += 1
            elif token.type == tokenize.OP and token.string in ')]}':
                depth -= 1
            if token.end[0] > last:
                break
            if depth > 0 and token.string not in ('(', '[', '{', ',', ':'):
                ends[token.end[0]] = token.end[1]
            else:
                ends.pop(token.end[0], None)
    except (tokenize.TokenError, SyntaxError):
        pass
    return [(line, ends[line]) for line in sorted(ends) if line >= first]


def with_comma(source: str, line: int, column: int) -> str:
    lines = source.splitlines(keepends=True)
    text = lines[line - 1]
    lines[line - 1] = text[:column] + ',' + text[column:]
    return ''.join(lines)


def missing_comma(source: str, error: SyntaxError, file: str) -> Any:
    """The place where one comma moves the first error on or away: (line, column, source)."""
    if not error.lineno or 'invalid syntax' not in error.msg:
        return None
    here = (error.lineno, error.offset or 0)
    for line, column in line_ends(source, error.lineno - 1, error.end_lineno or error.lineno):
        repaired = with_comma(source, line, column)
        after = syntax_error(repaired, file)
        if after is None or (after.lineno or 0, after.offset or 0) > here:
            if after is None or after.lineno > line:
                return line, column, repaired
    return None


def check_syntax(source: str, file: str) -> Any:
    """The syntax errors, and a tree when the source is sound or could be mended."""
    problems: list[dict[str, Any]] = []
    for _ in range(REPAIRS_MAX):
        error = syntax_error(source, file)
        if error is None:
            return problems, ast.parse(source, file)
        comma = missing_comma(source, error, file)
        if comma is None:
            problems.append(problem('error', error.lineno, error.offset, error.msg))
            return problems, None
        line, column, source = comma
        problems.append(problem('error', line, column + 1,
                                'comma missing after the previous entry',
                                'put a comma at the end of this line'))
    return problems, None


def reads_params(node: Any, names: dict[str, set[str]]) -> Any:
    """True when the expression is a plain look-up in PARAMS: app.PARAMS[e]['k'], params['k']."""
    if isinstance(node, ast.Name):
        return node.id in names['values']
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == 'get' and is_params(node.func.value, names)
    return isinstance(node, ast.Subscript) and is_params(node.value, names)


def is_params(node: Any, names: dict[str, set[str]]) -> Any:
    if isinstance(node, ast.Name):
        return node.id == 'PARAMS' or node.id in names['tables']
    if isinstance(node, ast.Attribute):
        return node.attr == 'PARAMS'
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == 'get' and is_params(node.func.value, names)
    return isinstance(node, ast.Subscript) and is_params(node.value, names)


def names_of_params(tree: ast.Module) -> dict[str, set[str]]:
    """Local names for an environment's table, and for single values out of one."""
    names: dict[str, set[str]] = {'tables': set(), 'values': set()}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if not isinstance(target, ast.Name):
                continue
            if isinstance(node.value, (ast.Attribute, ast.Subscript, ast.Call)):
                # PARAMS[environment] is a table; a look-up in a table is a value.
                inner = node.value
                if isinstance(inner, ast.Subscript) and is_table(inner.value, names):
                    names['values'].add(target.id)
                elif is_params(inner, names):
                    names['tables'].add(target.id)
    return names


def is_table(node: Any, names: dict[str, set[str]]) -> Any:
    """True for what holds an environment's keys, as opposed to PARAMS itself."""
    if isinstance(node, ast.Name):
        return node.id in names['tables']
    return isinstance(node, ast.Subscript) and is_params(node.value, names)


def request_names(tree: ast.Module) -> Any:
    """What the script calls the requests module, and its functions."""
    modules, functions = set(), {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == 'requests':
                    modules.add(alias.asname or alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module == 'requests':
            for alias in node.names:
                functions[alias.asname or alias.name] = alias.name
    return modules, functions


def body_method(call: ast.Call, modules: set[str], functions: dict[str, str]) -> Any:
    function = call.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return function.attr if function.value.id in modules else None
    return functions.get(function.id) if isinstance(function, ast.Name) else None


def check_bodies(tree: ast.Module) -> Iterator[Any]:
    modules, functions = request_names(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        method = body_method(node, modules, functions)
        given = {keyword.arg: keyword for keyword in node.keywords}
        # The second argument by place is the body already; None stands for **anything.
        if method not in BODY_METHODS or len(node.args) > 1 or None in given:
            continue
        if 'params' in given and 'json' not in given and 'data' not in given:
            yield at_node('warning', given['params'],
                          '{} sends everything in the address and an empty body'.format(method),
                          'send the body with json=, not params=')


def authorization_values(tree: ast.Module) -> Iterator[Any]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            pairs = list(zip(node.keys, node.values, strict=True))
        elif (isinstance(node, ast.Assign) and len(node.targets) == 1
              and isinstance(node.targets[0], ast.Subscript)):
            pairs = [(node.targets[0].slice, node.value)]
        else:
            continue
        for key, value in pairs:
            if isinstance(key, ast.Constant) and str(key.value).lower() == 'authorization':
                yield key, value


def check_authorization(tree: ast.Module) -> Iterator[Any]:
    names = names_of_params(tree)
    for key, value in authorization_values(tree):
        if reads_params(value, names):
            yield at_node('warning', key, 'the Authorization header is sent without a scheme',
                          "send 'Bearer ' + key")


def check_secrets(tree: ast.Module) -> Iterator[Any]:
    """Keys written into app.py itself."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Dict):
            continue
        for key, value in zip(node.keys, node.values, strict=True):
            if not (isinstance(key, ast.Constant) and isinstance(value, ast.Constant)):
                continue
            if not isinstance(value.value, str) or SECRET_PLACE.search(value.value):
                continue
            if value.value and SECRET_NAME.search(str(key.value)):
                yield at_node('warning', value, "'{}' is written in the file".format(key.value),
                              'take it from os.environ')


def class_of(tree: ast.Module, name: str) -> Any:
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return node
    return None


def says_repeatable(node: Any) -> bool:
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant):
            if any(isinstance(t, ast.Name) and t.id == 'repeatable' for t in line.targets):
                return line.value.value is True
    return False


def has_execute(node: Any) -> bool:
    return any(isinstance(line, (ast.FunctionDef, ast.AsyncFunctionDef)) and line.name == 'execute'
               for line in node.body)
