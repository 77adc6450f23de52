"""How long a file, a function and a line may be."""
import ast
import re

FILE_MAX = 300
FUNCTION_MAX = 70
LINE_MAX = 100
MARKDOWN_LINE_MAX = 120
CODE = ('.cpp', '.hpp', '.py', '.mjs', '.js', '.sh', '.cmake')
_NO_FUNCTION = re.compile(
    r'^\s*(//|[#}\]]|(if|for|while|switch|else|do|try|catch|namespace|class|struct|enum|union|extern|'
    r'using|static_assert|public|private|protected)\b)')


def files(tree):
    """(path, lines) of code files over FILE_MAX."""
    for path in tree.paths(*CODE):
        count = len(tree.text(path).splitlines())
        if count > FILE_MAX:
            yield path, count


def lines(tree):
    """(path, how many lines are too long): code over LINE_MAX, Markdown over MARKDOWN_LINE_MAX.
    Tables, fenced blocks and words that nothing can divide have to be as long as they are."""
    for path in tree.paths(*CODE, 'CMakeLists.txt'):
        count = sum(len(line) > LINE_MAX for _, line in tree.lines(path))
        if count:
            yield path, count
    for path in tree.paths('.md'):
        count, is_fenced = 0, False
        for _, line in tree.lines(path):
            if line.lstrip().startswith('```'):
                is_fenced = not is_fenced
            is_free = is_fenced or line.lstrip().startswith('|') or ' ' not in line.strip()
            count += len(line) > MARKDOWN_LINE_MAX and not is_free
        if count:
            yield path, count


def _python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno - node.lineno + 1


def _cpp_functions(text):
    """(line, length): what opens a brace behind a signature that begins at the margin, or one step
    in within a class. The formatter puts its end at the same depth. One that only returns a table
    is as long as the table."""
    rows = text.splitlines()
    at = 0
    while at < len(rows):
        row, begins = rows[at], at
        depth = len(row) - len(row.lstrip())
        at += 1
        if depth not in (0, 2) or '(' not in row or _NO_FUNCTION.match(row):
            continue
        opens = begins  # the last line of the signature
        while not rows[opens].endswith(('{', ';', '}')) and opens + 1 < len(rows):
            opens += 1
        if not rows[opens].endswith('{') or re.search(r'[=(,]\s*{$', rows[opens]):
            continue
        end = opens + 1
        while end < len(rows) and not rows[end].startswith(' ' * depth + '}'):
            end += 1
        at = end
        is_table = rows[opens + 1:opens + 2] == [' ' * (depth + 2) + 'return {']
        if not is_table or rows[end - 1] != ' ' * (depth + 2) + '};':
            yield begins + 1, end - begins + 1


def functions(tree):
    """('path:line', length) of functions over FUNCTION_MAX, C++ and Python."""
    for path in tree.paths('.cpp', '.hpp', '.py'):
        find = _python_functions if path.endswith('.py') else _cpp_functions
        for line, length in find(tree.text(path)):
            if length > FUNCTION_MAX:
                yield f'{path}:{line}', length
