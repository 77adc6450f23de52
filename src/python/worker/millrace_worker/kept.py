"""Connections that a worker which stays keeps from one call to the next, and nothing else of a
session: cookies, headers and what is known of a host are each call's own.

They lie beneath `requests` (every session of such a worker has one adapter) and beneath
http.client's own two classes, whose closed connections are kept instead. They belong to a host by
its name, never to an address that stands for one in a single call.
"""
from __future__ import annotations

import ipaddress
import os
import select
import socket
import ssl
import sys
import time

from .names import FIRST_ADDRESS
from .net import InternetSocket, current

TYPE_CHECKING = False  # saves the import where nobody checks
if TYPE_CHECKING:
    from typing import Any

KEPT_SECONDS_MAX = 2.0  # unused; shorter than servers usually keep one
KEPT_CONNECTIONS_MAX = 2  # for requests, and as many for http.client
# Of one connection: the proxy ends those that live long, or have carried much.
KEPT_REQUESTS_MAX = 50
KEPT_LIFE_SECONDS_MAX = 60.0
SENT_AGAIN = ('GET', 'HEAD', 'OPTIONS')


class Nobody:
    """A socket from which nothing comes."""

    def recv_into(self, room: Any) -> int:
        return 0


nobody = Nobody()


def left_unread(file: str) -> bool:
    """Whether bytes that were read from the connection lie here still, behind the answer's end."""
    raw = getattr(file, 'raw', None)
    connection = getattr(raw, '_sock', None)
    if connection is None:
        return True
    raw._sock = nobody  # what is not here already need not be waited for
    try:
        return bool(file.peek(1))
    finally:
        raw._sock = connection


class History:
    """What a connection has been used for."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.requests = 0
        self.is_soiled = False  # something came that nobody had asked for


def history_of(connection: Any) -> Any:
    if not hasattr(connection, 'millrace_history'):
        connection.millrace_history = History()
    return connection.millrace_history


def can_go_on(connection: Any) -> bool:
    """Answered so far, neither closed by the other side nor with bytes that nobody has read."""
    history = history_of(connection)
    if history.is_soiled or not 0 < history.requests < KEPT_REQUESTS_MAX:
        return False
    if time.monotonic() > history.began + KEPT_LIFE_SECONDS_MAX:
        return False
    if isinstance(connection, ssl.SSLSocket) and connection.pending():
        return False
    poll = select.poll()
    poll.register(connection, select.POLLIN | select.POLLPRI)
    return not poll.poll(0)


def may_be_kept(host: str) -> Any:
    """An address that only stands for a name means another one in the next call."""
    try:
        return int(ipaddress.ip_address(host)) < FIRST_ADDRESS or ':' in host
    except ValueError:
        return True


class KeptConnections:
    """Of http.client: closed by a call, open still, by where they lead."""

    def __init__(self) -> None:
        self._kept: dict[Any, Any] = {}  # by place: the socket, and until when

    def put(self, place: Any, connection: Any) -> None:
        if place in self._kept:
            self._kept.pop(place)[0].close()
        elif len(self._kept) >= KEPT_CONNECTIONS_MAX:
            self._kept.pop(next(iter(self._kept)))[0].close()
        self._kept[place] = (connection, time.monotonic() + KEPT_SECONDS_MAX)

    def take(self, place: Any) -> Any:
        connection, until = self._kept.pop(place, (None, 0))
        if connection is None:
            return None
        if time.monotonic() < until and can_go_on(connection):
            return connection
        connection.close()
        return None

    def close(self) -> None:
        while self._kept:
            self._kept.popitem()[1][0].close()

    def __len__(self) -> int:
        return len(self._kept)


class Kept:
    """All that a worker keeps, and what has been put beneath its libraries."""

    def __init__(self) -> None:
        self._connections = KeptConnections()
        self._adapter = None

    def is_empty(self) -> Any:
        return not len(self._connections) and (
            self._adapter is None or not len(self._adapter.poolmanager.pools))

    def close(self) -> None:
        self._connections.close()
        if self._adapter is not None:
            self._adapter.poolmanager.clear()

    def prepare(self) -> None:
        """Before anything of the solution's is imported, and after what calls will import."""
        if socket.socket is not InternetSocket:
            return  # there are no walls, and no sockets that could be told apart
        self._keep_for_http_client()
        if 'requests.sessions' in sys.modules:
            self._keep_for_requests()

    def _keep_for_http_client(self) -> None:
        import http.client
        plain, secure = http.client.HTTPConnection, http.client.HTTPSConnection
        connect, connect_secure, close = plain.connect, secure.connect, plain.close
        close_answer = http.client.HTTPResponse._close_conn

        def taken(self) -> bool:
            if not current.stays or type(self) not in (plain, secure) or self._tunnel_host:
                return False
            self.sock = kept._connections.take((type(self), self.host, self.port))
            if self.sock is None:
                return False
            wait = self.timeout
            self.sock.settimeout(
                socket.getdefaulttimeout() if wait is socket._GLOBAL_DEFAULT_TIMEOUT else wait)
            return True

        def close_or_keep(self) -> None:
            answer = self._HTTPConnection__response
            is_done = (current.stays and type(self) in (plain, secure) and self.sock is not None
                       and self._HTTPConnection__state == 'Idle' and not self._tunnel_host
                       and (answer is None or answer.isclosed())
                       and may_be_kept(self.host) and can_go_on(self.sock))
            if is_done:
                kept._connections.put((type(self), self.host, self.port), self.sock)
                self.sock = None
            close(self)

        def close_answer_and_look(self) -> None:
            if current.stays and self.fp is not None:
                connection = getattr(getattr(self.fp, 'raw', None), '_sock', None)
                if connection is not None:
                    history = history_of(connection)
                    history.requests += 1
                    if self.will_close is not False or left_unread(self.fp):
                        history.is_soiled = True
            close_answer(self)

        plain.connect = lambda self: taken(self) or connect(self)
        secure.connect = lambda self: taken(self) or connect_secure(self)
        plain.close = close_or_keep
        http.client.HTTPResponse._close_conn = close_answer_and_look

    def _keep_for_requests(self) -> None:
        import requests.sessions
        import urllib3.connectionpool
        adapter_class = requests.sessions.HTTPAdapter

        class Pool:
            """A host's connection between calls."""

            def _get_conn(self, *rest: Any, **named: Any) -> Any:
                connection = super()._get_conn(*rest, **named)
                if connection.sock is not None and not (
                        time.monotonic() < getattr(connection, 'millrace_until', 0)
                        and can_go_on(connection.sock)):
                    connection.close()
                return connection

            def _put_conn(self, connection: Any) -> None:
                if connection is not None:
                    connection.millrace_until = time.monotonic() + KEPT_SECONDS_MAX
                    if not may_be_kept(self.host):
                        connection.close()
                super()._put_conn(connection)

            def _make_request(self, connection: Any, method: str, *rest: Any, **named: Any) -> Any:
                was_kept = connection.sock is not None
                try:
                    return super()._make_request(connection, method, *rest, **named)
                except ConnectionError:
                    # It ended as it was used again: only who cannot have acted is asked again.
                    if not was_kept or method not in SENT_AGAIN or named.get('body') is not None:
                        raise
                    connection.close()
                return super()._make_request(connection, method, *rest, **named)

        class Plain(Pool, urllib3.connectionpool.HTTPConnectionPool):
            pass

        class Secure(Pool, urllib3.connectionpool.HTTPSConnectionPool):
            pass

        class Adapter(adapter_class):
            """One for all sessions of the worker; that one of them is closed says nothing to it."""

            def close(self) -> None:
                pass

        self._adapter = Adapter(pool_connections=KEPT_CONNECTIONS_MAX, pool_maxsize=1)
        self._adapter.poolmanager.pool_classes_by_scheme = {'http': Plain, 'https': Secure}
        requests.sessions.HTTPAdapter = (
            lambda *rest, **named: self._adapter if current.stays and not rest and not named
            else adapter_class(*rest, **named))
        self._look_once(requests.sessions)

    def _look_once(self, sessions: Any) -> None:
        """No proven call changes a variable or writes a file, so what these say stays true: there
        is no .netrc, and no variable names a proxy."""
        get_netrc_auth, get_environ_proxies = sessions.get_netrc_auth, sessions.get_environ_proxies
        found = {}

        def has_netrc() -> Any:
            if 'netrc' not in found:
                places = (os.environ.get('NETRC'), '~/.netrc', '~/_netrc')
                found['netrc'] = any(place and os.path.exists(os.path.expanduser(place))
                                     for place in places)
            return found['netrc']

        def names_proxies() -> Any:
            if 'proxies' not in found:
                found['proxies'] = any(name.lower().endswith('_proxy') for name in os.environ)
            return found['proxies']

        def netrc_auth(*rest: Any, **named: Any) -> Any:
            if current.stays and not has_netrc():
                return None
            return get_netrc_auth(*rest, **named)

        def environ_proxies(*rest: Any, **named: Any) -> Any:
            if current.stays and not names_proxies():
                return {}
            return get_environ_proxies(*rest, **named)

        sessions.get_netrc_auth, sessions.get_environ_proxies = netrc_auth, environ_proxies


kept = Kept()
