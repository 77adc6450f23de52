"""The process of one version: it has imported everything and forks workers that begin warm.

Requests come as packets: `fork` with a slot and two descriptors, the worker's socket and its
output; `reap` with the slots whose workers have ended, and `tell` with those of which the pool
wants to know how. Answers are packets too: `failed` where there was no fork, `exited` with how a
worker ended.
"""
from __future__ import annotations

import array
import ctypes
import gc
import os
import socket
import sys
import threading

from .common import CONTROL, FORKS, SOURCE, Channel, encode_json, open_descriptors, scan_json
from .confine import PR_SET_DUMPABLE, install_asking_filter, prctl, prepare_process
from .contract import provide_module
from .net import use_no_network, use_proxy, watch_requests
from .serve import Server
from .slots import empty_slot, enter_slot, make_slots

TYPE_CHECKING = False  # saves the import where nobody checks
if TYPE_CHECKING:
    from typing import Any

PACKET_BYTES = 16_384
DESCRIPTOR_BYTES = 4


def receive_packet(forks: socket.socket) -> Any:
    """(packet, descriptors); None when the pool has gone."""
    room = socket.CMSG_SPACE(2 * DESCRIPTOR_BYTES)
    body, parts, _, _ = forks.recvmsg(PACKET_BYTES, room, socket.MSG_CMSG_CLOEXEC)
    if not body:
        return None, []
    descriptors = array.array('i')
    for level, kind, content in parts:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(content[:len(content) - len(content) % DESCRIPTOR_BYTES])
    return scan_json(body.decode(), 0)[0], descriptors


def send_packet(forks: socket.socket, packet: dict[str, Any],
                descriptors: list[int] | tuple[()] = ()) -> None:
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', descriptors))]
    forks.sendmsg([encode_json(packet).encode()], rights if descriptors else [])


class Forking:
    """fork() without what Python's own does about threads that are not there: that costs more than
    the fork. What modules want done in a child is done."""

    # Of locks, which nobody can hold where there is one thread, and of threads that do not exist.
    NEEDLESS = ('threading', 'logging', 'concurrent.futures.thread')

    def __init__(self) -> None:
        self._in_child: list[Any] = []
        self._plain = ctypes.PyDLL(None).fork
        self._register = os.register_at_fork
        self._is_plain = True
        os.register_at_fork = self._remember

    def _remember(self, *, before: Any = None, after_in_child: Any = None,
                  after_in_parent: Any = None) -> None:
        given = {'before': before, 'after_in_child': after_in_child,
                 'after_in_parent': after_in_parent}
        given = {name: what for name, what in given.items() if what is not None}
        self._register(**given)
        if getattr(next(iter(given.values()), None), '__module__', None) in self.NEEDLESS:
            return
        if set(given) == {'after_in_child'}:
            self._in_child.append(after_in_child)
        else:
            self._is_plain = False

    def imports_are_done(self) -> None:
        os.register_at_fork = self._register
        self._is_plain = self._is_plain and threading.active_count() == 1

    def fork(self) -> Any:
        if not self._is_plain:
            return os.fork()
        child = self._plain()
        if child < 0:
            raise BlockingIOError(0, 'no further process may be started')
        if child == 0:
            for hook in self._in_child:
                hook()
        return child


class Zygote:
    def __init__(self, channel: Channel, server: Server, forks: socket.socket, forking: Forking,
                 has_slots: bool) -> None:
        self._channel = channel
        self._server = server
        self._forks = forks
        self._forking = forking
        self._has_slots = has_slots
        # By slot: the process and its worker's name.
        self._children: dict[int, tuple[int, int]] = {}
        self._late: list[int] = []  # slots whose workers were killed and are not dead yet
        self._left_open = open_descriptors()
        self._dead = -1
        if self._left_open:
            ours, theirs = socket.socketpair()
            theirs.close()
            self._dead = ours.detach()

    def run(self) -> None:
        """Returns in every worker; the process that forks them ends with the pool."""
        while True:
            request, descriptors = receive_packet(self._forks)
            if request is None:
                os._exit(0)
            late, self._late = self._late, []
            for slot in (*late, *request.get('reap', ())):
                self._reap(slot, os.WNOHANG)
            for slot in request.get('tell', ()):
                self._tell(slot)
            if 'fork' in request and self._fork(request, descriptors):
                return

    def _fork(self, request: dict[str, Any], descriptors: list[int]) -> bool:
        """True in the worker."""
        name, slot = request['fork'], request['slot']
        try:
            self._reap(slot)
            child = self._forking.fork()
        except OSError as problem:
            send_packet(self._forks, {'failed': name, 'message': problem.strerror or str(problem)})
            child = -1
        if child == 0:
            self._become_worker(name, slot, *descriptors)
            return True
        for descriptor in descriptors:
            os.close(descriptor)
        if child > 0:
            self._children[slot] = (child, name)
        return False

    def _become_worker(self, name: int, slot: int, control: int, output: int) -> None:
        # What is not confined must not run a call, and what fails here has no other way to say so.
        try:
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.dup2(control, CONTROL, inheritable=False)
            for descriptor in self._left_open:
                os.dup2(self._dead, descriptor, inheritable=False)
            for descriptor in (control, output, FORKS, self._dead):
                if descriptor >= 0:
                    os.close(descriptor)
            self._forks.detach()
            if self._has_slots:
                enter_slot(slot)
            self._channel.adopt()
            self._server.begin(name)
        except BaseException as problem:
            os.write(2, 'cannot be a worker: {}\n'.format(problem).encode())
            os._exit(71)

    def _reap(self, slot: int, how: int = 0) -> Any:
        """Collects the slot's last worker, which the pool has killed, and empties its /tmp."""
        child, name = self._children.get(slot, (0, 0))
        if child == 0:
            return 0, 0
        status = 0
        try:
            ended, status = os.waitpid(child, how)
        except ChildProcessError:
            ended = child  # a script at import may have asked not to be told
        if ended == 0:
            self._late.append(slot)
            return 0, 0
        del self._children[slot]
        if self._has_slots:
            empty_slot(slot)
        return name, status

    def _tell(self, slot: int) -> None:
        name, status = self._reap(slot)
        if name:
            send_packet(self._forks, {'exited': name, 'status': status})


def main() -> None:
    os.close(SOURCE)
    forking = Forking()  # before anything is imported that wants to do something in a child
    channel = Channel()
    setup = channel.receive()['setup']
    forks = socket.socket(fileno=FORKS)
    forks.set_inheritable(False)
    if setup['slots']:
        make_slots(setup['slots'], setup['tmp_bytes'])
    prepare_process(setup)
    steps = bytes.fromhex(setup['filters']['zygote'])
    if steps:
        prctl(PR_SET_DUMPABLE, 0)
        listener = install_asking_filter(steps)
        send_packet(forks, {'asks': True}, [listener])
        os.close(listener)
    else:
        send_packet(forks, {'asks': False})
    if setup['proxy']:
        use_proxy(setup['proxy'])
    elif steps:
        use_no_network()
    watch_requests()
    provide_module()
    server = Server(channel, setup)
    server.load()
    sys.stdout.flush()
    gc.collect()
    gc.freeze()  # what was imported stays: no collection need look at it again
    forking.imports_are_done()
    Zygote(channel, server, forks, forking, setup['slots'] > 0).run()
    server.serve()
