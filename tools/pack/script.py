"""One small script of JavaScript modules. Comments, imports, exports and space go. A name that the
modules declare becomes a shorter one, the same everywhere, if it is nowhere something else: the
name of a property or a word of a text. It relies on how modules are written here: every statement
ends with a semicolon, and nobody declares a name that another place means as a global."""
import re
import string

_TOKEN = re.compile(r'''
    (?P<space>\s+|//[^\n]*|/\*.*?\*/)
  | (?P<word>\#?[A-Za-z_$][\w$]*)
  | (?P<number>\d[\w.]*)
  | (?P<text>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")
  | (?P<mark>=>|\?\?=?|\?\.|\.\.\.|[!=]==?|[<>+*/-]=|\*\*|\+\+|--|&&|\|\||<<|>>|[^\s\w])
''', re.X | re.S)
_REGEX = re.compile(r'/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*')
_IMPORT = re.compile(r'^import [^;]*;\n', re.M)
_EXPORT = re.compile(r'^export ', re.M)
_KEYWORDS = frozenset(
    'async await break case catch class const continue default delete do else extends false '
    'finally for function get if in instanceof let new null of return set static super switch '
    'this throw true try typeof undefined void while'.split())
_DECLARES = ('const', 'let', 'var', 'function', 'class')
_ASKS = ('if', 'while', 'for', 'switch')
# Behind one of these a slash divides; anything else lets a regular expression begin.
_VALUES = ('word', 'number', 'text', 'regex')


def tokens(source):
    """(kind, text); of a template, the texts between its expressions are of the kind 'part'."""
    out, at, depth = [], 0, []
    while at < len(source):
        is_back = source[at] == '}' and depth and depth[-1] == 0
        if source[at] == '`' or is_back:
            if is_back:
                depth.pop()
            end = re.compile(r'(?:\\.|[^`\\$]|\$(?!\{))*(`|\$\{)', re.S).match(source, at + 1)
            out.append(('part', source[at:end.end()]))
            at = end.end()
            if end.group(1) == '${':
                depth.append(0)
            continue
        last = out[-1] if out else ('mark', ';')
        divides = last[1] in (')', ']') or last[0] in _VALUES and last[1] != 'return'
        if source[at] == '/' and source[at + 1] not in '/*' and not divides:
            match, kind = _REGEX.match(source, at), 'regex'
        else:
            match = _TOKEN.match(source, at)
            kind = match.lastgroup
        if depth and match.group() in '{}' and kind == 'mark':
            depth[-1] += 1 if match.group() == '{' else -1
        if kind != 'space':
            out.append((kind, match.group()))
        at = match.end()
    return out


def _short_names(taken):
    letters = string.ascii_letters
    for name in [*letters, *(a + b for a in letters for b in letters)]:
        if name not in taken and name not in _KEYWORDS:
            yield name


def _kept_names(all_tokens):
    """Words that are the name of a property somewhere, or stand in a text."""
    kept, open_marks = set(), []
    for at, (kind, text) in enumerate(all_tokens):
        before = all_tokens[at - 1][1] if at else ';'
        behind = all_tokens[at + 1][1] if at + 1 < len(all_tokens) else ';'
        if kind == 'mark' and text in '({[' or kind == 'part' and text.endswith('${'):
            open_marks.append(text)
        elif kind == 'mark' and text in ')}]' and open_marks:
            open_marks.pop()
        if kind == 'part' and text.startswith('}') and not text.endswith('${'):
            open_marks and open_marks.pop()
        if kind in ('text', 'part'):
            kept.update(re.findall(r'[A-Za-z_$][\w$]*', text))
        if kind != 'word':
            continue
        is_member = before in ('{', '}', ';', 'get', 'set', 'async') and behind in ('(', '=', ';')
        is_key = bool(open_marks) and open_marks[-1] == '{' and \
            before in ('{', ',') and behind in (',', '}', ':', '=', '(')
        if not text.startswith('#') and (before in ('.', '?.') or is_member or is_key):
            kept.add(text)
    return kept


def _declared(all_tokens):
    names = set()
    for at, (kind, text) in enumerate(all_tokens):
        before = all_tokens[at - 1][1] if at else ';'
        behind = all_tokens[at + 1][1] if at + 1 < len(all_tokens) else ';'
        if kind == 'word' and (before in _DECLARES or behind == '=>' or text.startswith('#')):
            names.add(text)
        # What stands in the parentheses before "=>" and "{", and in the brackets behind "const".
        if text in ('(', '['):
            end = _closing(all_tokens, at)
            after = all_tokens[end + 1][1] if end + 1 < len(all_tokens) else ';'
            is_list = after in ('=>', '{') and before not in _ASKS
            if text == '(' and is_list or text == '[' and before in _DECLARES:
                inner = all_tokens[at + 1:end]
                names.update(one for number, (sort, one) in enumerate(inner) if sort == 'word'
                             and (inner[number - 1][1] if number else ',') in (',', '...'))
    return names


def _closing(all_tokens, at):
    depth = 0
    for end in range(at, len(all_tokens)):
        depth += all_tokens[end][1] in ('(', '[', '{')
        depth -= all_tokens[end][1] in (')', ']', '}')
        if depth == 0:
            return end
    return len(all_tokens) - 1


def packed(sources):
    joined = _EXPORT.sub('', _IMPORT.sub('', '\n'.join(sources)))
    all_tokens = tokens(f"(() => {{'use strict';\n{joined}\n}})();")
    words = {text for kind, text in all_tokens if kind == 'word'}
    counts = {}
    for _, text in all_tokens:
        counts[text] = counts.get(text, 0) + 1
    declared = _declared(all_tokens) - _kept_names(all_tokens) - _KEYWORDS
    short, short_private = _short_names(words), _short_names(set())
    names = {}
    for name in sorted(declared, key=lambda one: (-counts[one], one)):
        if name.startswith('#'):
            names[name] = '#' + next(short_private)
        elif len(name) > 1:
            names[name] = next(short)
    out = ''
    for at, (kind, text) in enumerate(all_tokens):
        if text == ',' and all_tokens[at + 1][1] in ('}', ')'):
            continue
        text = names.get(text, text) if kind == 'word' else text
        if text == 'const':
            text = 'let'
        if out and re.match(r'[\w$#]', text) and re.match(r'[\w$]', out[-1]) or \
                out[-1:] in ('+', '-') and text[0] == out[-1]:
            out += ' '
        out += text
    return re.sub(r';\}', '}', out) + '\n'
