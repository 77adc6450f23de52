"""web/chat/contract.d.ts: the types of what the Engagement API takes and gives, from the schemas
that the server serves (src/engage/contract/schemas.json)."""
import json
import pathlib
import textwrap

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / 'web' / 'chat' / 'contract.d.ts'
SOURCE = ROOT / 'src' / 'engage' / 'contract' / 'schemas.json'
_HEAD = """\
// What the Engagement API takes and gives, by name. Written by tools/docs from the schemas that the
// server serves (src/engage/contract/schemas.json): change those, then `make docs-pages`.
"""
_PLAIN = {'string': 'string', 'integer': 'number', 'number': 'number', 'boolean': 'boolean',
          'null': 'null'}
_REFERENCE = '#/components/schemas/'
_WIDTH = 100


def _about(schema, margin):
    if 'description' not in schema:
        return ''
    line = f'{margin}/** {schema["description"]} */\n'
    if len(line) <= _WIDTH:
        return line
    lines = textwrap.wrap(schema['description'], _WIDTH - len(margin) - 3)
    return f'{margin}/**\n' + ''.join(f'{margin} * {each}\n' for each in lines) + f'{margin} */\n'


def _member(name, member, is_needed, margin):
    begin = f'{margin}{name}{"" if is_needed else "?"}:'
    of_type = type_of(member, margin)
    if len(begin) + len(of_type) >= _WIDTH - 1 and '\n' not in of_type:
        of_type = ''.join(f'\n{margin}  | {each}' for each in of_type.split(' | '))
        return f'{_about(member, margin)}{begin}{of_type};\n'
    return f'{_about(member, margin)}{begin} {of_type};\n'


def _members(schema, margin):
    needed = schema.get('required', [])
    lines = [_member(name, member, name in needed, margin + '  ')
             for name, member in schema['properties'].items()]
    return '{\n' + ''.join(lines) + f'{margin}}}'


def _one(kind, schema, margin):
    if kind == 'array':
        item = type_of(schema.get('items', {}), margin)
        return f'({item})[]' if ' | ' in item else f'{item}[]'
    if kind == 'object':
        return _members(schema, margin) if 'properties' in schema else 'Record<string, unknown>'
    return _PLAIN[kind]


def type_of(schema, margin=''):
    """A schema as a type. What this does not know is an error, so that nothing is lost unseen."""
    reference = schema.get('$ref')
    if reference is not None:
        return reference.removeprefix(_REFERENCE)
    if 'enum' in schema:
        return ' | '.join(f"'{word}'" for word in schema['enum'])
    kinds = schema.get('type')
    if kinds is None:
        return 'unknown'
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return ' | '.join(_one(kind, schema, margin) for kind in kinds)


def written(source=None):
    schemas = json.loads(source if source is not None else SOURCE.read_text(encoding='utf-8'))
    parts = [_HEAD]
    for name, schema in schemas.items():
        about = _about(schema, '')
        if schema.get('type') == 'object' and 'properties' in schema:
            parts.append(f'{about}export interface {name} {_members(schema, "")}\n')
        else:
            parts.append(f'{about}export type {name} = {type_of(schema)};\n')
    return '\n'.join(parts)
