"""Paragraphs as prettier wraps them, so that a page that is written here is laid out already."""
import re
import textwrap

_WIDTH = 120
_BLANK = '\N{WORD JOINER}'  # stands for a blank within code, at which no line ends


def wrapped(text):
    held = re.sub(r'`[^`]+`', lambda code: code.group().replace(' ', _BLANK), text)
    lines = textwrap.fill(held, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return lines.replace(_BLANK, ' ')
