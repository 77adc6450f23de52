"""Loads the scripts, and runs a call of one."""
from __future__ import annotations

import builtins
import copy
import os
import resource
import sys
import threading

from .common import (
    DEPTH_MAX,
    NODES,
    Solution,
    encode_json,
    open_descriptors,
    say,
    scan_json,
    sendable,
    to_text,
)
from .confine import limit, limit_further_cpu
from .contract import Log
from .kept import KEPT_SECONDS_MAX, kept
from .names import names
from .net import EXCHANGES_MAX, current
from .preload import preload
from .proofs import Proofs

TYPE_CHECKING = False  # saves the import where nobody checks
if TYPE_CHECKING:
    from typing import Any

    from .common import Channel

# A worker that has grown by so much does not stay.
GROWTH_KILOBYTES_MAX = 32 << 10


class Unusable(Exception):
    """A call that cannot be made, and why."""


def filled(payload: Any, env_values: Any, params: Any, key: str) -> Any:
    """The payload with the values that only this environment knows."""
    for slot in env_values:
        pieces = []
        for part in slot['parts']:
            if 'env' not in part:
                pieces.append(part['text'])
                continue
            name = part['env']
            if name not in params:
                missing = getattr(params, 'missing', {}).get(name)
                raise Unusable(missing or "PARAMS['{}'] has no key '{}'".format(key, name))
            pieces.append(to_text(params[name]))
        at = payload
        for step in slot['path'][:-1]:
            at = at[step]
        at[slot['path'][-1]] = ''.join(pieces)
    return payload


def check_depth(value: Any, left: int = DEPTH_MAX) -> None:
    if left == 0:
        raise Unusable('too deeply nested')
    items = value.values() if isinstance(value, dict) else value
    for item in items:
        if isinstance(item, (dict, list, tuple)):
            check_depth(item, left - 1)


def run_to_end(awaitable: Any) -> Any:
    """Waits for an `async def execute`."""
    import asyncio

    async def wait() -> Any:
        return await awaitable

    return asyncio.run(wait())


class Server:
    """Loads a version's scripts, before the fork, and runs one of their calls behind it."""

    def __init__(self, channel: Channel, setup: dict[str, Any]) -> None:
        self._channel = channel
        self._setup = setup
        self._environment = setup['environment']
        self._key = self._environment
        self._result_bytes_max = setup['result_bytes_max']
        self._line_characters_max = setup['line_characters_max']
        self._lines_max = setup['lines_max']
        self._solution = Solution(setup['folder'])
        self._classes: dict[str, type] = {}
        self._problems: dict[str, str] = {}
        self._app_problem = ''
        self._kilobytes = 0  # of memory, before the first call
        self._was: list[tuple[Any, Any]] = []  # what no call may change: (the thing, what it was)

    def load(self) -> None:
        solution = self._solution
        proofs = self._prove()
        preload(solution.folder)
        kept.prepare()
        proofs.load_instead_of_files(solution.folder)
        solution.load_app()
        missing = solution.fill_secrets(self._setup['secrets'])
        self._channel.send({'hello': {'secrets': solution.secrets()}})
        if solution.app_error is not None:
            self._app_problem = self._diagnosis(solution.app_error)
        self._key = solution.environment_key(self._environment)
        for name in solution.node_names():
            self._load_node(name)
        if proofs.proven:
            self._remember(proofs.trees)
        problems = [self._app_problem] if self._app_problem else []
        problems += missing.get(self._key, [])
        problems += ['{}: {}'.format(name, text) for name, text in self._problems.items()]
        if threading.active_count() > 1:
            problems.append('a thread was started by an import; it does not run in the workers')
        if open_descriptors():
            problems.append('an import left a file or a connection open; calls find it closed')
        self._channel.send({'ready': {'problems': [sendable(text) for text in problems]}})

    def _prove(self) -> Any:
        """Says which commands leave nothing behind, by their texts: nothing of the solution's has
        run here yet, so this can be believed, and nothing like it later."""
        names = [] if self._setup['packages'] else self._solution.node_names()
        proofs = Proofs(self._solution.folder, names)
        self._channel.send({'proof': {'proven': [sendable(name) for name in proofs.proven]}})
        return proofs

    def _remember(self, names: Any) -> None:
        for name in names:
            module = sys.modules.get(name)
            if module is not None:
                self._was.append((vars(module), dict(vars(module))))
        params = self._solution.params()
        self._was.append((params, copy.deepcopy(params)))
        self._was.append((vars(builtins), dict(vars(builtins))))

    def _is_as_it_was(self) -> bool:
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - self._kilobytes
        if grown > GROWTH_KILOBYTES_MAX or threading.active_count() > 1:
            return False
        return all(now == was for now, was in self._was)

    def _load_node(self, name: str) -> None:
        try:
            module = self._solution.load_node(name)
        except BaseException as error:
            self._problems[name] = self._diagnosis(error)
            return
        node = getattr(module, name, None)
        if isinstance(node, type) and callable(getattr(node, 'execute', None)):
            self._classes[name] = node
        else:
            self._problems[name] = '{}/{}.py has no class {} with an execute method'.format(
                NODES, name, name)

    def _diagnosis(self, error: BaseException) -> Any:
        place = self._solution.place(error)
        # What an app.py that broke off wanted to say may hold what it could not declare secret.
        broke_off = self._solution.app_error is not None and not isinstance(
            error, (SyntaxError, ImportError, NameError, KeyError))
        text = type(error).__name__ if broke_off else say(error)
        return '{}: {}'.format(place, text) if place else text

    def begin(self, worker: int) -> None:
        """In the new worker, whose own socket stands where the channel's was. What it says first
        shows the pool, by the kernel's word, which process it is."""
        current.worker = worker
        current.channel = self._channel
        self._rehearse()
        self._channel.send({'here': worker})

    def _rehearse(self) -> None:
        """What every call does once, so that the memory it writes to is this process's own before
        a call waits for it."""
        call = scan_json('{"nonce":"","cpu_seconds":1,"payload":{"x":[1,"y"]},"env_values":[],'
                         '"context":{"uncertain":false},"command":"","deadline_ms":1}', 0)[0]
        Log(self._channel, call['nonce'], self._line_characters_max, self._lines_max)
        self._measured('', self._payload(call))

    def serve(self) -> None:
        """Runs one call, or one after the other as long as each is of a command that is proven to
        leave nothing behind. Whatever else a call leaves is gone with this process."""
        self._kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        while True:
            if not kept.is_empty() and not self._channel.is_asked_within(KEPT_SECONDS_MAX):
                kept.close()
            call = self._channel.receive()['call']
            stays = call['stays']
            if stays:
                limit_further_cpu(call['cpu_seconds'])
            else:
                limit(resource.RLIMIT_CPU, call['cpu_seconds'])
            self._serve_one(call, stays)

    def _serve_one(self, call: dict[str, Any], stays: Any) -> None:
        nonce = call['nonce']
        current.nonce = nonce
        current.exchanges_left = EXCHANGES_MAX
        current.stays = stays
        try:
            answer = self._run(call)
        except Unusable as error:
            answer = {'kind': 'raised', 'message': sendable(str(error))}
        current.nonce = ''
        # Only who returned as usual stays, and has lost nothing on the way.
        stays = stays and isinstance(answer, str) and self._is_as_it_was()
        if stays:
            self._channel.forget()
            names.forget()
        if isinstance(answer, str):
            # The result is JSON already: it was measured.
            self._channel.send_text(
                '{"end":{"nonce":"%s","kind":"returned","stays":%s,"result":%s}}' % (
                    nonce, 'true' if stays else 'false', answer))
        else:
            answer['nonce'] = nonce
            self._channel.send({'end': answer})
        if not stays:
            os._exit(0)

    def _run(self, call: dict[str, Any]) -> Any:
        """The result as JSON, or an answer that says why there is none."""
        command = call['command']
        node = self._classes.get(command)
        if node is None:
            if command in self._problems:
                raise Unusable(self._problems[command])
            return {'kind': 'refused',
                    'message': "there is no action node '{}'".format(sendable(command))}
        context = call['context']
        context['deadline'] = call['deadline_ms'] / 1000
        context['env'] = self._key
        if context['uncertain'] and getattr(node, 'repeatable', False) is not True:
            return {'kind': 'unknown',
                    'message': 'an earlier attempt may have happened, and {} does not say '
                               'repeatable = True'.format(command)}
        payload = self._payload(call)
        log = Log(self._channel, call['nonce'], self._line_characters_max, self._lines_max)
        try:
            result = node().execute(log, payload, context)
            if hasattr(result, '__await__'):
                result = run_to_end(result)
        except BaseException as error:
            return {'kind': 'raised', 'message': say(error), 'place': self._solution.place(error)}
        return self._measured(command, result)

    def _payload(self, call: dict[str, Any]) -> Any:
        """The payload with what it wants of PARAMS."""
        if not call['env_values']:
            return call['payload']
        params = self._solution.params().get(self._key)
        if not isinstance(params, dict):
            raise Unusable(self._app_problem or "PARAMS has no environment '{}'".format(self._key))
        return filled(call['payload'], call['env_values'], params, self._key)

    def _measured(self, command: str, result: Any) -> Any:
        """The result as JSON, within the limits."""
        if not isinstance(result, dict):
            raise Unusable('{} returned {}, not a dict'.format(command, type(result).__name__))
        for key in result:
            if not isinstance(key, str):
                raise Unusable(
                    '{} returned a dict with a key that is not a string'.format(command))
        try:
            check_depth(result)
            text = encode_json(result)
            size = len(text) if text.isascii() else len(text.encode())
        except (TypeError, ValueError, RecursionError, Unusable) as error:
            raise Unusable('{} returned what JSON cannot carry: {}'.format(
                command, str(error).split('\n')[0])) from None
        if size > self._result_bytes_max:
            raise Unusable('{} returned {} bytes; the limit is {}'.format(
                command, size, self._result_bytes_max))
        return text
