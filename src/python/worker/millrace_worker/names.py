"""Names and addresses as a script sees them: every name has an address, which means something in
here only and is turned back into the name when a connection is asked for.
"""
from __future__ import annotations

import ipaddress
import re
import socket
import threading

TYPE_CHECKING = False  # saves the import where nobody checks
if TYPE_CHECKING:
    from typing import Any

NAMES_MAX = 65_536
INTERNET = (socket.AF_INET, socket.AF_INET6)
SERVICES = {'http': 80, 'https': 443}
# Of no use anywhere (RFC 1112, class E), so nobody takes one for an address of their own.
FIRST_ADDRESS = int(ipaddress.IPv4Address('240.0.0.1'))


class Names:
    """Host names and the addresses that stand for them."""

    def __init__(self) -> None:
        self._addresses: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._lock = threading.Lock()

    def forget(self) -> None:
        self._addresses = {}
        self._names = {}

    def address_of(self, name: str) -> Any:
        name = name.rstrip('.').lower()
        with self._lock:
            if name not in self._addresses:
                if len(self._addresses) >= NAMES_MAX:
                    raise socket.gaierror(socket.EAI_MEMORY, 'too many names')
                address = str(ipaddress.IPv4Address(FIRST_ADDRESS + len(self._addresses)))
                self._addresses[name] = address
                self._names[address] = name
            return self._addresses[name]

    def name_of(self, address: Any) -> Any:
        return self._names.get(address, address)


names = Names()


def host_text(host: Any) -> Any:
    """A host as it may stand in a request's line, or an error."""
    if isinstance(host, (bytes, bytearray)):
        host = bytes(host).decode('ascii')
    if not host.isascii():
        host = host.encode('idna').decode('ascii')
    if not host or len(host) > 253 or re.search(r'[^A-Za-z0-9._:%-]', host):
        raise socket.gaierror(socket.EAI_NONAME, 'not a host name')
    return host


def is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.split('%')[0])
    except ValueError:
        return False
    return True


def port_number(port: Any) -> Any:
    if port is None or port == '':
        return 0
    if isinstance(port, (bytes, str)):
        text = port.decode() if isinstance(port, bytes) else port
        if text in SERVICES:
            return SERVICES[text]
        if not text.isdigit():
            raise socket.gaierror(socket.EAI_SERVICE, 'not a port')
        port = int(text)
    return int(port)


def getaddrinfo(host: Any, port: Any, family: int = 0, type: int = 0, proto: int = 0,
                flags: int = 0) -> Any:
    number = port_number(port)
    if type not in (0, socket.SOCK_STREAM) or family not in (0, *INTERNET):
        raise socket.gaierror(socket.EAI_FAMILY, 'scripts have TCP only')
    if host is None or host in ('', b''):
        address = '0.0.0.0' if flags & socket.AI_PASSIVE else '127.0.0.1'
    else:
        host = host_text(host)
        if is_address(host):
            address = host
        elif flags & socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME, 'not an address')
        else:
            address = names.address_of(host)
    is_six = ':' in address
    found = socket.AF_INET6 if is_six else socket.AF_INET
    if family not in (0, found):
        raise socket.gaierror(socket.EAI_NONAME, 'no address of that family')
    place = (address, number, 0, 0) if is_six else (address, number)
    canonical = host if flags & socket.AI_CANONNAME and isinstance(host, str) else ''
    return [(found, socket.SOCK_STREAM, socket.IPPROTO_TCP, canonical, place)]


def gethostbyname(host: str) -> Any:
    return getaddrinfo(host, 0, socket.AF_INET)[0][4][0]


def gethostbyname_ex(host: str) -> Any:
    return (host, [], [gethostbyname(host)])


def gethostbyaddr(address: Any) -> Any:
    return (names.name_of(address), [], [address])


def getnameinfo(place: str, flags: int) -> Any:
    return (names.name_of(place[0]), str(place[1]))
