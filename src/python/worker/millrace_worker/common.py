"""What every process shares: frames on its socket, the solution as a package, what is secret."""
from __future__ import annotations

import fcntl
import importlib
import importlib.machinery
import json
import json.encoder
import os
import re
import select
import socket
import sys
import threading
import traceback
import types

TYPE_CHECKING = False  # saves the import where nobody checks
if TYPE_CHECKING:
    from typing import Any

CONTROL = 3
SOURCE = 4
FORKS = 5
PACKAGE = 'millrace_solution'
NODES = 'action_nodes'
SECRET_NAME = re.compile('key|secret|token|password|authorization', re.IGNORECASE)
SECRET_PLACE = re.compile(r'\$\{secret:([A-Za-z_][A-Za-z0-9_.-]{0,127})\}')
ENVIRONMENT_NAMES = {'live': ('live', 'prod', 'production'), 'sandbox': ('sandbox',)}
DEPTH_MAX = 24
SAID_CHARACTERS_MAX = 8_000
SECRETS_MAX = 1000
SCRIPTS_MAX = 1000
DESCRIPTORS_MAX = 256

encode_json = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(',', ':')).encode
scan_json = json.JSONDecoder().scan_once  # type: ignore[attr-defined]


class Channel:
    """Frames both ways: four bytes of little-endian length, then JSON. Sending is thread-safe."""

    def __init__(self, frame_bytes_max: int = 1 << 24) -> None:
        self._socket = socket.socket(fileno=CONTROL)
        self._socket.set_inheritable(False)
        self._lock = threading.Lock()
        self._buffer = bytearray(1 << 16)
        self._filled = 0
        self._owner = os.getpid()
        self._frame_bytes_max = frame_bytes_max

    def adopt(self) -> None:
        """In a worker: what the zygote had read or begun is none of its business."""
        self._owner = os.getpid()
        self._filled = 0
        self._lock = threading.Lock()

    def forget(self) -> None:
        """Nothing of what was received is left to be found."""
        self._buffer[:] = bytes(len(self._buffer))

    def is_asked_within(self, seconds: float) -> Any:
        """Whether a frame begins to come, or the pool goes, before so much time has passed."""
        return self._filled > 0 or bool(select.select([self._socket], [], [], seconds)[0])

    def fileno(self) -> Any:
        return self._socket.fileno()

    def receive(self) -> Any:
        """The next frame. Ends the process when the pool has gone."""
        filled = self._filled
        while True:
            if filled >= 4:
                end = 4 + int.from_bytes(self._buffer[:4], 'little')
                if end > 4 + self._frame_bytes_max:
                    os._exit(70)
                if filled >= end:
                    text = self._buffer[4:end].decode()
                    rest = filled - end
                    if rest:
                        self._buffer[:rest] = self._buffer[end:filled]
                    elif end > 1 << 20:
                        self._buffer = bytearray(1 << 16)
                    self._filled = rest
                    return scan_json(text, 0)[0]
                if end > len(self._buffer):
                    self._buffer.extend(bytes(end - len(self._buffer)))
            if filled == 0:
                count = self._socket.recv_into(self._buffer)
            else:
                with memoryview(self._buffer) as view:
                    count = self._socket.recv_into(view[filled:])
            if not count:
                os._exit(0)
            filled += count

    def send(self, frame: dict[str, Any]) -> None:
        self.send_text(encode_json(frame))

    def send_text(self, text: str) -> None:
        if os.getpid() != self._owner:
            os._exit(1)  # a script forked, and its child came here: it has no voice
        body = text.encode()
        with self._lock:
            self._socket.sendall(len(body).to_bytes(4, 'little') + body)


def sendable(text: str) -> str:
    """Text without the half characters that UTF-8 cannot carry."""
    return text.encode('utf-8', 'backslashreplace').decode()


def to_text(value: Any) -> Any:
    """A value inside a text, written as the platform writes variables."""
    if isinstance(value, str):
        return value
    return 'None' if value is None else encode_json(value)


class Incomplete(dict):  # type: ignore[type-arg]
    """Values some of which are missing, and what to say to who wants one."""

    def __init__(self, values: dict[Any, Any], missing: dict[str, str]) -> None:
        super().__init__(values)
        self.missing = missing

    def __missing__(self, key: str) -> None:
        raise KeyError(self.missing.get(key, key))


class SecretPlaces:
    """Puts secrets where PARAMS holds `${secret:NAME}`, alone or inside a text."""

    def __init__(self, secrets: dict[str, str]) -> None:
        self._secrets = secrets
        self.problems: list[str] = []

    def filled(self, value: Any, place: str, depth: int = DEPTH_MAX) -> Any:
        if depth == 0:
            return value
        if isinstance(value, str):
            return SECRET_PLACE.sub(self._secret, value) if '${secret:' in value else value
        if isinstance(value, dict):
            return self._filled_dict(value, place, depth)
        if isinstance(value, (list, tuple)):
            items = [self.filled(item, place, depth - 1) for item in value]
            return tuple(items) if isinstance(value, tuple) else items
        return value

    def _secret(self, match: re.Match[str]) -> Any:
        return self._secrets[match.group(1)]

    def _filled_dict(self, values: dict[Any, Any], place: str, depth: int) -> Any:
        found, missing = {}, {}
        for key, value in values.items():
            at = '{}[{!r}]'.format(place, key)
            try:
                found[key] = self.filled(value, at, depth - 1)
            except KeyError as error:
                name = error.args[0]
                missing[key] = "{} wants the secret '{}', which it was not given".format(at, name)
                self.problems.append(missing[key])
        return Incomplete(found, missing) if missing else found


def secrets_in(value: Any, label: str, is_secret: bool, found: list[dict[str, str]]) -> None:
    """Collects the strings that lie under secret names, at any depth."""
    if isinstance(value, dict):
        for key, member in value.items():
            secret = is_secret or bool(SECRET_NAME.search(str(key)))
            secrets_in(member, str(key), secret, found)
    elif isinstance(value, (list, tuple)):
        for item in value:
            secrets_in(item, label, is_secret, found)
    elif is_secret and isinstance(value, str) and value and len(found) < SECRETS_MAX:
        if SECRET_PLACE.fullmatch(value):
            return  # a place for a secret is none
        found.append({'label': sendable(label), 'value': sendable(value)})


def say(error: BaseException) -> str:
    """'ExceptionClass: message', whatever the exception does when asked."""
    name = type(error).__name__
    if isinstance(error, SyntaxError):
        return '{}: {}'.format(name, error.msg)
    try:
        text = str(error)[:SAID_CHARACTERS_MAX]
    except Exception:
        text = ''
    return sendable('{}: {}'.format(name, text) if text else name)


class Solution:
    """The scripts of one version, as a package, so that `from .. import app` works."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.app: types.ModuleType | None = None
        self.app_error: BaseException | None = None
        package = types.ModuleType(PACKAGE)
        package.__path__ = [folder]
        package.__package__ = PACKAGE
        package.__spec__ = importlib.machinery.ModuleSpec(PACKAGE, None, is_package=True)
        package.__spec__.submodule_search_locations = [folder]
        sys.modules[PACKAGE] = package

    def load_app(self) -> None:
        try:
            self.app = importlib.import_module(PACKAGE + '.app')
        except BaseException as error:
            self.app_error = error

    def load_node(self, name: str) -> Any:
        return importlib.import_module('{}.{}.{}'.format(PACKAGE, NODES, name))

    def node_names(self) -> Any:
        """The scripts that hold a command each; names that begin with '_' are helpers."""
        try:
            files = sorted(os.listdir(os.path.join(self.folder, NODES)))
        except OSError:
            return []
        names = [file[:-3] for file in files if file.endswith('.py') and file[0] not in '._']
        return names[:SCRIPTS_MAX]

    def fill_secrets(self, secrets: dict[str, str]) -> Any:
        """Puts the secrets into PARAMS; what is wrong with those of this environment's."""
        places = SecretPlaces(secrets)
        params = self.params()
        problems = {}
        for name in list(params):
            places.problems = []
            params[name] = places.filled(params[name], 'PARAMS[{!r}]'.format(name))
            problems[name] = places.problems
        return problems

    def params(self) -> Any:
        params = getattr(self.app, 'PARAMS', None)
        return params if isinstance(params, dict) else {}

    def environment_key(self, environment: str) -> Any:
        """The name under which PARAMS knows the environment: live, prod and production are one."""
        params = self.params()
        for name in ENVIRONMENT_NAMES.get(environment, (environment,)):
            if name in params:
                return name
        return environment

    def secrets(self) -> Any:
        """Those of every environment: a script can reach them all."""
        found: list[dict[str, str]] = []
        secrets_in(self.params(), 'PARAMS', False, found)
        return found

    def place(self, error: BaseException) -> Any:
        """'action_nodes/X.py line 3': the innermost line of the solution's that was running."""
        if isinstance(error, SyntaxError) and error.filename and error.lineno:
            if error.filename.startswith(self.folder):
                return self._place(error.filename, error.lineno)
        innermost = None
        for frame, line in traceback.walk_tb(error.__traceback__):
            if frame.f_code.co_filename.startswith(self.folder):
                innermost = (frame.f_code.co_filename, line)
        return self._place(*innermost) if innermost else ''

    def _place(self, file: str, line: int) -> str:
        return sendable('{} line {}'.format(os.path.relpath(file, self.folder), line))


def open_descriptors() -> Any:
    """Those that an import has opened."""
    found = []
    for descriptor in range(SOURCE, DESCRIPTORS_MAX):
        if descriptor == FORKS:
            continue
        try:
            fcntl.fcntl(descriptor, fcntl.F_GETFD)
        except OSError:
            continue
        found.append(descriptor)
    return found
