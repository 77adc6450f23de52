"""What every worker shares: frames on its socket, the solution as a package, what is secret.

The binary carries this file and its neighbours; a worker runs it joined with the ones it needs.
"""
import importlib
import importlib.machinery
import json
import os
import re
import socket
import struct
import sys
import threading
import traceback
import types

sys.dont_write_bytecode = True

CONTROL = 3
SOURCE = 4
PACKAGE = 'millrace_solution'
NODES = 'action_nodes'
SECRET_NAME = re.compile('key|secret|token|password|authorization', re.IGNORECASE)
ENVIRONMENT_NAMES = {'live': ('live', 'prod', 'production'), 'sandbox': ('sandbox',)}
DEPTH_MAX = 24
SECRETS_MAX = 1000
SCRIPTS_MAX = 1000

encode_json = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(',', ':')).encode
decode_json = json.JSONDecoder().decode


class Channel:
    """Frames both ways: four bytes of little-endian length, then JSON. Sending is thread-safe."""

    def __init__(self):
        os.close(SOURCE)
        self._socket = socket.socket(fileno=CONTROL)
        self._socket.set_inheritable(False)
        self._lock = threading.Lock()
        self._read = bytearray()
        self._is_forked = False
        self.frame_bytes_max = 1 << 24
        os.register_at_fork(after_in_child=self._fall_silent)

    def _fall_silent(self):
        self._is_forked = True

    def receive(self):
        """The next frame. Ends the process when the pool has gone."""
        while True:
            if len(self._read) >= 4:
                end = 4 + struct.unpack_from('<I', self._read)[0]
                if end > 4 + self.frame_bytes_max:
                    os._exit(70)
                if len(self._read) >= end:
                    frame = decode_json(self._read[4:end].decode())
                    del self._read[:end]
                    return frame
            chunk = self._socket.recv(1 << 16)
            if not chunk:
                os._exit(0)
            self._read += chunk

    def send(self, frame):
        self.send_text(encode_json(frame))

    def send_text(self, text):
        if self._is_forked:
            os._exit(1)  # a script forked, and its child came here: it has no voice
        body = text.encode()
        with self._lock:
            self._socket.sendall(struct.pack('<I', len(body)) + body)


def sendable(text):
    """Text without the half characters that UTF-8 cannot carry."""
    return text.encode('utf-8', 'backslashreplace').decode()


def to_text(value):
    """A value inside a text, written as the platform writes variables."""
    if isinstance(value, str):
        return value
    return 'None' if value is None else encode_json(value)


def secrets_in(value, label, is_secret, found):
    """Collects the strings that lie under secret names, at any depth."""
    if isinstance(value, dict):
        for key, member in value.items():
            secret = is_secret or bool(SECRET_NAME.search(str(key)))
            secrets_in(member, str(key), secret, found)
    elif isinstance(value, (list, tuple)):
        for item in value:
            secrets_in(item, label, is_secret, found)
    elif is_secret and isinstance(value, str) and value and len(found) < SECRETS_MAX:
        found.append({'label': sendable(label), 'value': sendable(value)})


def say(error):
    """'ExceptionClass: message', whatever the exception does when asked."""
    name = type(error).__name__
    if isinstance(error, SyntaxError):
        return '{}: {}'.format(name, error.msg)
    try:
        text = str(error)
    except Exception:
        text = ''
    return sendable('{}: {}'.format(name, text) if text else name)


class Solution:
    """The scripts of one version, as a package, so that `from .. import app` works."""

    def __init__(self, folder):
        self.folder = folder
        self.app = None
        self.app_error = None
        package = types.ModuleType(PACKAGE)
        package.__path__ = [folder]
        package.__package__ = PACKAGE
        package.__spec__ = importlib.machinery.ModuleSpec(PACKAGE, None, is_package=True)
        package.__spec__.submodule_search_locations = [folder]
        sys.modules[PACKAGE] = package

    def load_app(self):
        try:
            self.app = importlib.import_module(PACKAGE + '.app')
        except BaseException as error:
            self.app_error = error

    def load_node(self, name):
        return importlib.import_module('{}.{}.{}'.format(PACKAGE, NODES, name))

    def node_names(self):
        """The scripts that hold a command each; names that begin with '_' are helpers."""
        try:
            files = sorted(os.listdir(os.path.join(self.folder, NODES)))
        except OSError:
            return []
        names = [file[:-3] for file in files if file.endswith('.py') and file[0] not in '._']
        return names[:SCRIPTS_MAX]

    def params(self):
        params = getattr(self.app, 'PARAMS', None)
        return params if isinstance(params, dict) else {}

    def environment_key(self, environment):
        """The name under which PARAMS knows the environment: live, prod and production are one."""
        params = self.params()
        for name in ENVIRONMENT_NAMES.get(environment, (environment,)):
            if name in params:
                return name
        return environment

    def secrets(self):
        """Those of every environment: a script can reach them all."""
        found = []
        secrets_in(self.params(), 'PARAMS', False, found)
        return found

    def place(self, error):
        """'action_nodes/X.py line 3': the innermost line of the solution's that was running."""
        if isinstance(error, SyntaxError) and error.filename and error.lineno:
            if error.filename.startswith(self.folder):
                return self._place(error.filename, error.lineno)
        place = ''
        for frame, line in traceback.walk_tb(error.__traceback__):
            file = frame.f_code.co_filename
            if file.startswith(self.folder):
                place = self._place(file, line)
        return place

    def _place(self, file, line):
        return sendable('{} line {}'.format(os.path.relpath(file, self.folder), line))
