"""The sockets of a job's process: they resolve names and connect as the network of the job's place lets them.

Python's own ``socket`` module is changed, so whatever is built on it follows: ``http.client``, ``urllib``,
``requests``, ``asyncio``. The guard stays armed beneath. A connection that is made really leads to the lab's front on
the loopback interface; one that is lost fails at once, where on AWS it would wait for its timeout.
"""

from __future__ import annotations

import errno
import socket
from ipaddress import IPv4Address, ip_address
from typing import Any

from lab_env.cloud.guard import is_local
from lab_env.dataplane.job_network import LOOPBACK, NO_ADDRESS, NO_NAME, UNREACHABLE, Network

# SageMaker writes the container's own name into its hosts file.
OWN_NAME = "algo-1"

_Socket = socket.socket
_getaddrinfo, _getnameinfo = socket.getaddrinfo, socket.getnameinfo
_connect, _connect_ex, _sendto = _Socket.connect, _Socket.connect_ex, _Socket.sendto
_sendmsg = getattr(_Socket, "sendmsg", None)


def follow(network: Network) -> None:
    """Let every socket of this process follow a network from now on.

    Args:
        network: resolves names, and says where a connection leads to.
    """
    lookups = _Lookups(network)
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getnameinfo"):
        setattr(socket, name, getattr(lookups, name))

    def connect(own: _Socket, address: Any) -> None:
        if (here := _here(own, address)) is not None:
            _connect(own, here)
        else:
            _dial(network, own, _text(address[0]), address[1])

    def connect_ex(own: _Socket, address: Any) -> int:
        if (here := _here(own, address)) is not None:
            return _connect_ex(own, here)
        try:
            connect(own, address)
        except socket.gaierror:
            raise
        except OSError as error:
            return error.errno or errno.EAGAIN
        return 0

    methods = {"connect": connect, "connect_ex": connect_ex, "sendto": _send_here}
    if _sendmsg is not None:
        methods["sendmsg"] = _send_message_here
    for name, method in methods.items():
        setattr(_Socket, name, method)


def _send_here(own: _Socket, data: Any, *rest: Any) -> int:
    if rest and _here(own, rest[-1]) is None:
        raise OSError(*UNREACHABLE)
    return _sendto(own, data, *rest)


def _send_message_here(own: _Socket, *args: Any) -> int:
    if len(args) > 3 and _here(own, args[3]) is None:
        raise OSError(*UNREACHABLE)
    return int(_sendmsg(own, *args))  # type: ignore[misc]


def _here(own: _Socket, address: Any) -> Any:
    """The address to hand to the operating system when it stays on this machine (or is none at all); None otherwise."""
    if (
        own.family not in (socket.AF_INET, socket.AF_INET6)
        or not isinstance(address, tuple)
        or len(address) < 2
    ):
        return () if address is None else address
    if not isinstance(address[0], str | bytes):
        return address
    name = _local(_text(address[0]))
    return None if name is None else (name, *address[1:])


def _local(name: str) -> str | None:
    """A name of this machine's own, as the operating system knows it; None for any other host."""
    if name.lower() in {OWN_NAME, socket.gethostname().lower()}:
        return LOOPBACK
    return name if is_local(name) else None


def _dial(network: Network, own: _Socket, host: str, port: int) -> None:
    if own.type is not socket.SOCK_STREAM:
        # The lab's far ends speak TCP only.
        raise OSError(*UNREACHABLE)
    address = host if _is_address(host) else network.resolve(_ascii(host))[0]
    if own.family == socket.AF_INET6 or not isinstance(ip_address(address), IPv4Address):
        # A job's interface holds an IPv4 address only.
        raise OSError(*UNREACHABLE)
    timeout = own.gettimeout()
    try:
        front = network.connect(address, port, _own_port(own))
    except TimeoutError:
        if timeout:
            raise TimeoutError("timed out") from None
        raise
    # On the loopback interface it is a matter of microseconds, also for a socket that does not want to wait.
    own.settimeout(None)
    try:
        _connect(own, (LOOPBACK, front))
    finally:
        own.settimeout(timeout)


def _own_port(own: _Socket) -> int:
    """The port that a socket will connect from, by which the front knows it."""
    try:
        port = own.getsockname()[1]
    except OSError:
        # Windows has no name for a socket that is not bound.
        port = 0
    if not port:
        own.bind((LOOPBACK, 0))
        port = own.getsockname()[1]
    return int(port)


def _text(host: str | bytes) -> str:
    return host.decode("ascii") if isinstance(host, bytes) else host


def _ascii(host: str) -> str:
    return host.encode("idna").decode("ascii")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


class _Lookups:
    """The ``socket`` module's functions for names, each with its own signature."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def getaddrinfo(
        self,
        host: Any,
        port: Any,
        family: int = 0,
        type: int = 0,  # noqa: A002 - the module's own signature
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        own = host if host is None else _local(_text(host))
        if host is None or own is not None:
            return _getaddrinfo(own, port, family, type, proto, flags)
        name = _text(host)
        if _is_address(name):
            return _getaddrinfo(name, port, family, type, proto, flags)
        if flags & socket.AI_NUMERICHOST:
            raise socket.gaierror(*NO_NAME)
        addresses = self._network.resolve(_ascii(name))
        if family == socket.AF_INET6:
            raise socket.gaierror(*NO_ADDRESS)
        found: list[Any] = []
        for address in addresses:
            found += _getaddrinfo(address, port, family, type, proto, flags | socket.AI_NUMERICHOST)
        if flags & socket.AI_CANONNAME:
            found[0] = (*found[0][:3], name, found[0][4])
        return found

    def gethostbyname(self, hostname: Any) -> str:
        return str(self.getaddrinfo(hostname, None, socket.AF_INET, socket.SOCK_STREAM)[0][4][0])

    def gethostbyname_ex(self, hostname: Any) -> tuple[str, list[str], list[str]]:
        found = self.getaddrinfo(hostname, None, socket.AF_INET, socket.SOCK_STREAM)
        return _text(hostname), [], [item[4][0] for item in found]

    def gethostbyaddr(self, ip_address: Any) -> tuple[str, list[str], list[str]]:
        name = _text(ip_address)
        if _local(name) is None:
            # No reverse names are modelled.
            raise socket.herror(1, "Unknown host")
        return (OWN_NAME if _local(name) == LOOPBACK else name), [], [LOOPBACK]

    def getnameinfo(self, sockaddr: Any, flags: int) -> tuple[str, str]:
        if is_local(sockaddr[0]):
            return _getnameinfo(sockaddr, flags)
        if flags & socket.NI_NAMEREQD:
            raise socket.gaierror(*NO_NAME)
        return _getnameinfo(sockaddr, flags | socket.NI_NUMERICHOST)
