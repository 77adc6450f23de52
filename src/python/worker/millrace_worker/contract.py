"""What a script is given: its log, and the module `millrace` with outcomes that have a name."""
from __future__ import annotations

import json
import re
import sys
import types

from .common import encode_json, say, sendable

TYPE_CHECKING = False  # saves the import where nobody checks
if TYPE_CHECKING:
    from typing import Any

    from .common import Channel


def field_text(value: Any) -> Any:
    """A field's value as one word, or as JSON where it is none."""
    if isinstance(value, str):
        return value if value and not re.search(r'[\s="]', value) else json.dumps(
            value, ensure_ascii=False)
    try:
        return encode_json(value)
    except (TypeError, ValueError, RecursionError):
        return json.dumps(str(value), ensure_ascii=False)


class Log:
    """What execute() gets as `log`: call it with a text, or use a level's name. What is given by
    name is written behind the text: log.info('sent', order=12) says "sent order=12"."""

    __slots__ = ('_channel', '_nonce', '_characters_max', '_lines_left')

    def __init__(self, channel: Channel, nonce: str, characters_max: int, lines_max: int) -> None:
        self._channel = channel
        self._nonce = nonce
        self._characters_max = characters_max
        self._lines_left = lines_max

    def __call__(self, text: str = '', /, *values: Any, **fields: Any) -> None:
        self._line('info', text, values, fields)

    def debug(self, text: str = '', /, *values: Any, **fields: Any) -> None:
        self._line('debug', text, values, fields)

    def info(self, text: str = '', /, *values: Any, **fields: Any) -> None:
        self._line('info', text, values, fields)

    def warning(self, text: str = '', /, *values: Any, **fields: Any) -> None:
        self._line('warning', text, values, fields)

    def error(self, text: str = '', /, *values: Any, **fields: Any) -> None:
        self._line('error', text, values, fields)

    def exception(self, text: str = '', /, *values: Any, **fields: Any) -> None:
        """Names the exception that is being handled, too."""
        error = sys.exc_info()[1]
        if error is not None:
            fields.setdefault('exception', say(error))
        self._line('error', text, values, fields)

    warn = warning
    critical = error

    def _line(self, level: str, text: str, values: tuple[Any, ...], fields: dict[str, Any]) -> None:
        # One more than the pool shows, so that it knows that lines are missing.
        if self._lines_left < 0:
            return
        self._lines_left -= 1
        text = str(text) % values if values else str(text)
        for name, value in fields.items():
            text += ' {}={}'.format(name, field_text(value))
        text = sendable(text)
        kept = text[:self._characters_max]
        self._channel.send({'log': {'nonce': self._nonce, 'level': level, 'text': kept,
                                    'cut': len(kept) < len(text)}})


def ok_outcome(**values: Any) -> Any:
    """It worked: {'success': 'true', 'outcome': 'ok'} and the values given."""
    return {'success': 'true', 'outcome': 'ok', **values}


def error_outcome(reason: str = '', **values: Any) -> Any:
    """It did not work and will not by being repeated."""
    return {'success': 'error', 'outcome': 'error', 'reason': reason, **values}


def retry_later_outcome(after: Any = None, reason: str = '', **values: Any) -> Any:
    """It did not work and was not done: worth another attempt, after so many seconds."""
    result = {'success': 'error', 'outcome': 'retry_later', 'reason': reason, **values}
    if after is not None:
        result['retry_after_s'] = after
    return result


def pending_outcome(context: dict[str, Any], **values: Any) -> Any:
    """It goes on elsewhere and ends by a completion that carries the context's token."""
    return {'pending': context.get('completion_token', True), **values}


def provide_module() -> None:
    module = types.ModuleType('millrace')
    vars(module).update(ok=ok_outcome, error=error_outcome, retry_later=retry_later_outcome,
                        pending=pending_outcome)
    sys.modules['millrace'] = module
