"""The table of Millrace's own texts in docs/translating.md, from src/ask/stock_texts.cpp."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / 'docs' / 'translating.md'
SOURCE = ROOT / 'src' / 'ask' / 'stock_texts.cpp'
_BEGIN, _END = '<!-- system texts: written by tools/docs -->\n', '<!-- end of system texts -->'
_WHEN = {
    'apology': 'something failed that neither a branch nor a node -500 is for; the chat ends',
    'progress': 'an action takes longer than `actions.progress_after`',
    'retry': 'an answer to a question of this type was not understood, and the node has no `retry`',
    'range': 'an answer was understood, and lies outside of what the question allows',
    'which_one': 'an answer can mean several things',
    'back.none': 'somebody wants to go back, and there is nothing before',
    'changed': 'an earlier answer was corrected',
    'change.what': 'somebody wants to change something, without saying what',
    'change.unknown': 'somebody wants to change something that was never asked',
    'cancelled': 'somebody cancelled',
    'restarted': 'somebody starts over',
    'why': 'somebody asks why, and the question has no `why`',
    'human.none': 'somebody asks for a person, and nobody is there',
    'reminder': 'a reminder has no text of its own',
    'abandoned': 'nobody answered for `silence.abandon_after`',
    'yes': 'the button of a yes-or-no question',
    'no': 'the other button',
}


def stock(source):
    """(key, English text), in order."""
    table = source[source.index('kStock[]'):source.index('\n};', source.index('kStock[]'))]
    return re.findall(r'\{"([\w.]+)",\s*\{"((?:[^"\\]|\\.)*)"', table)


def table(source):
    rows = ['| Key | In English | Said when |', '|---|---|---|']
    for key, text in stock(source):
        when = _WHEN.get(key) or _WHEN.get(key.split('.')[0])
        if when is None:
            raise KeyError(f'tools/docs/texts.py does not say when the text {key} is used')
        rows.append(f'| `{key}` | {text} | {when} |')
    return '\n' + '\n'.join(rows) + '\n\n'


def written(page=None, source=None):
    """The page with the table as it is now."""
    page = page if page is not None else PAGE.read_text(encoding='utf-8')
    source = source if source is not None else SOURCE.read_text(encoding='utf-8')
    begin, end = page.index(_BEGIN) + len(_BEGIN), page.index(_END)
    return page[:begin] + table(source) + page[end:]
