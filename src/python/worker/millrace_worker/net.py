"""The network as a script sees it: names and TCP connections, all of which go through the proxy.

There is no interface inside the sandbox. A socket that asks for the internet is a Unix socket to
the proxy, which is told where to go; names get addresses that mean something in here only.
"""
from __future__ import annotations

import errno as error_numbers
import re
import socket
import time

from .common import sendable
from .names import (
    INTERNET,
    getaddrinfo,
    gethostbyaddr,
    gethostbyname,
    gethostbyname_ex,
    getnameinfo,
    host_text,
    names,
    port_number,
)

TYPE_CHECKING = False  # saves the import where nobody checks
if TYPE_CHECKING:
    from typing import Any

EXCHANGES_MAX = 100
REPLY_BYTES_MAX = 16_384
CONNECT_SECONDS_MAX = 60


class Current:
    """The call that is being run, and the channel to say something about it."""
    worker = 0
    nonce = ''  # of the call; empty between calls
    stays = False  # the call is one of those that leave nothing behind
    exchanges_left = 0
    channel: Any = None


current = Current()


def read_head(receive: Any) -> str:
    """The proxy's answer up to its empty line and not a byte more: what follows is the other's."""
    head = b''
    while not head.endswith(b'\r\n\r\n'):
        seen = receive(REPLY_BYTES_MAX, socket.MSG_PEEK)
        if not seen:
            raise ConnectionResetError(error_numbers.ECONNRESET, 'the proxy closed the connection')
        end = (head + seen).find(b'\r\n\r\n')
        take = len(seen) if end < 0 else end + 4 - len(head)
        head += receive(take)
        if len(head) > REPLY_BYTES_MAX:
            raise ConnectionAbortedError(error_numbers.ECONNABORTED, 'no answer of a proxy')
    return head.decode('latin-1')


def read_reason(receive: Any, head: str) -> str:
    """The text that comes with a refusal, as one line."""
    match = re.search(r'\r\ncontent-length:[ \t]*(\d{1,5})[ \t]*\r\n', head, re.IGNORECASE)
    left = min(int(match.group(1)), REPLY_BYTES_MAX) if match else 0
    reason = b''
    while left > 0:
        part = receive(left)
        if not part:
            break
        reason += part
        left -= len(part)
    return ' '.join(reason.decode('utf-8', 'replace').split())


def refusal(status: int, reason: str, host: str, port: int) -> Any:
    """The error that a script sees: its kind says what a client may do about it."""
    text = '{}:{}: {}'.format(host, port, reason or 'the proxy answered {}'.format(status))
    if status == 403:
        return PermissionError(error_numbers.EACCES, text)
    if status == 504:
        return TimeoutError(error_numbers.ETIMEDOUT, text)
    return ConnectionRefusedError(error_numbers.ECONNREFUSED, text)


class InternetSocket(socket.socket):
    """A socket.socket whose internet is the proxy. Other families are as ever."""

    proxy = None  # where it listens; None where there is no network at all

    def __init__(self, family: int = -1, type: int = -1, proto: int = -1,
                 fileno: int | None = None) -> None:
        self._pretended = None
        self._peer = None
        if fileno is None and family in (-1, *INTERNET):
            family = socket.AF_INET if family == -1 else family
            kind = socket.SOCK_STREAM if type == -1 else type
            if kind & 0xf != socket.SOCK_STREAM:
                raise PermissionError(error_numbers.EACCES,
                                      'scripts have TCP by the proxy only, no UDP and no raw IP')
            super().__init__(socket.AF_UNIX, kind, 0)
            self._pretended = family
        else:
            super().__init__(family, type, proto, fileno)
            if fileno is not None and family in INTERNET:
                self._pretended = family  # made over another's descriptor, as TLS does

    @property
    def family(self) -> Any:
        return super().family if self._pretended is None else socket.AddressFamily(self._pretended)

    @property
    def proto(self) -> Any:
        return super().proto if self._pretended is None else socket.IPPROTO_TCP

    def connect(self, address: Any) -> Any:
        if self._pretended is None:
            return super().connect(address)
        host = host_text(names.name_of(address[0]))
        port = port_number(address[1])
        if self.proxy is None:
            raise PermissionError(error_numbers.EACCES,
                                  '{}:{}: scripts have no network here'.format(host, port))
        timeout = self.gettimeout()
        # One that would rather not wait waits here all the same: the proxy answers or refuses soon.
        self.settimeout(CONNECT_SECONDS_MAX if timeout in (None, 0) else timeout)
        try:
            self._connect_by_proxy(host, port)
        finally:
            self.settimeout(timeout)
        self._peer = (address[0], port)

    def _connect_by_proxy(self, host: str, port: int) -> None:
        try:
            super().connect(self.proxy)
        except OSError as problem:
            raise ConnectionRefusedError(
                error_numbers.ECONNREFUSED, '{}:{}: the proxy cannot be reached ({})'.format(
                    host, port, problem.strerror)) from None
        place = '[{}]:{}'.format(host, port) if ':' in host else '{}:{}'.format(host, port)
        # A TLS socket's own would encrypt already.
        request = 'CONNECT {0} HTTP/1.1\r\nHost: {0}\r\nMillrace-Call: {1}:{2}\r\n\r\n'
        super().sendall(request.format(place, current.worker, current.nonce).encode('ascii'))
        head = read_head(super().recv)
        match = re.match(r'HTTP/1\.[01] (\d{3})[ \r]', head)
        status = int(match.group(1)) if match else 0
        if status // 100 != 2:
            raise refusal(status, read_reason(super().recv, head), host, port)

    def connect_ex(self, address: Any) -> Any:
        if self._pretended is None:
            return super().connect_ex(address)
        try:
            self.connect(address)
        except TimeoutError:
            return error_numbers.ETIMEDOUT
        except OSError as problem:
            return problem.errno or error_numbers.ECONNREFUSED
        return 0

    def bind(self, address: Any) -> Any:
        if self._pretended is not None:
            raise PermissionError(error_numbers.EACCES, 'scripts may not listen')
        return super().bind(address)

    def setsockopt(self, level: int, *rest: Any) -> None:
        # TCP's options, and IP's, say nothing to the socket of the proxy.
        if self._pretended is None or level == socket.SOL_SOCKET:
            super().setsockopt(level, *rest)

    def getsockopt(self, level: int, name: int, *rest: Any) -> Any:
        if self._pretended is None or level == socket.SOL_SOCKET:
            return super().getsockopt(level, name, *rest)
        return bytes(rest[0]) if rest else 0

    def getsockname(self) -> Any:
        if self._pretended is None:
            return super().getsockname()
        return ('127.0.0.1', 0)

    def getpeername(self) -> Any:
        if self._pretended is None:
            return super().getpeername()
        if self._peer is None:
            super().getpeername()  # the error of one that is not connected, where it is not
            return ('0.0.0.0', 0)
        return self._peer

    def sendmsg(self, buffers: Any, ancdata: Any = (), flags: int = 0, address: Any = None) -> Any:
        if address is not None and self._pretended is not None:
            raise OSError(error_numbers.EISCONN, 'connected already')
        return super().sendmsg(buffers, ancdata, flags, *([] if address is None else [address]))


def use_proxy(path: str | None) -> None:
    """From here on the internet is what the proxy lets through. Comes before `ssl` is imported,
    whose sockets are made from whatever socket.socket is by then."""
    InternetSocket.proxy = path
    socket.socket = InternetSocket
    for function in (getaddrinfo, gethostbyname, gethostbyname_ex, gethostbyaddr, getnameinfo):
        setattr(socket, function.__name__, function)


def use_no_network() -> None:
    use_proxy(None)


def tell_exchange(connection: Any, method: str, began: float, status: int) -> None:
    if not current.nonce or current.exchanges_left <= 0:
        return
    current.exchanges_left -= 1
    current.channel.send({'exchange': {
        'nonce': current.nonce, 'host': sendable(str(connection.host)[:253]),
        'port': port_number(connection.port), 'method': sendable(str(method)[:20]),
        'status': status, 'took_ms': int((time.monotonic() - began) * 1000)}})


def watch_requests() -> None:
    """Each request over http.client is told to the pool: where to, not what was said."""
    import http.client
    client = http.client.HTTPConnection
    put_request, get_response = client.putrequest, client.getresponse

    def putrequest(self, method: str, url: Any, *rest: Any, **named: Any) -> Any:
        self._millrace_request = (method, time.monotonic())
        return put_request(self, method, url, *rest, **named)

    def getresponse(self, *rest: Any, **named: Any) -> Any:
        method, began = getattr(self, '_millrace_request', ('', time.monotonic()))
        try:
            response = get_response(self, *rest, **named)
        except (OSError, http.client.HTTPException):
            tell_exchange(self, method, began, 0)
            raise
        tell_exchange(self, method, began, response.status)
        return response

    client.putrequest, client.getresponse = putrequest, getresponse
