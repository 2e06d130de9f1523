"""Nothing leaves this machine: Python refuses every connection and name look-up that is not loopback.

An audit hook (PEP 578) stays for the life of the process and costs nothing where no socket is used. It sees Python's
sockets only: ZeroMQ, with which Jupyter talks to its kernel, opens its own, on loopback.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any

from lab_env.errors import ConnectionRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_armed = False
_lifted: ContextVar[bool] = ContextVar("_lifted", default=False)
# Whether the getnameinfo that runs only writes an address down: its audit event does not tell.
_numeric: ContextVar[bool] = ContextVar("_numeric", default=False)
_LOCAL_NAMES = frozenset({"", "localhost", "ip6-localhost", "localhost.localdomain"})


def arm() -> None:
    """Refuse every connection that would leave this machine, from now on; a second call does nothing."""
    global _armed  # noqa: PLW0603 - a process has one audit hook, and no way to take it off
    if not _armed:
        _armed = True
        sys.addaudithook(_hook(_CHECKS, _lifted))
        _check_names_first()


@contextmanager
def lifted() -> Iterator[None]:
    """Let this block, in this thread, connect out: for the read-only audit of a real account, and nothing else."""
    token = _lifted.set(True)
    try:
        yield
    finally:
        _lifted.reset(token)


def is_local(host: str | bytes | None) -> bool:
    """Whether a host name or address stands for this machine's loopback."""
    if host is None:
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    return name in _LOCAL_NAMES or _is_loopback(name) is True


def _is_loopback(name: str) -> bool | None:
    """Whether an address is a loopback one; None for a name."""
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _check_address(args: tuple[Any, ...]) -> str | None:
    address = args[1]
    # AF_UNIX addresses are text or bytes, netlink's are numbers; None is a connected datagram socket's own peer.
    if not isinstance(address, tuple) or not address or not isinstance(address[0], str | bytes):
        return None
    if is_local(address[0]):
        return None
    return str(address[0])


def _check_name(args: tuple[Any, ...]) -> str | None:
    host = args[0][0] if isinstance(args[0], tuple) else args[0]
    # An address needs no look-up, so reading one tells nobody anything.
    if is_local(host) or _is_loopback(host.decode() if isinstance(host, bytes) else host) is not None:
        return None
    return str(host)


def _check_reverse(args: tuple[Any, ...]) -> str | None:
    # Finding the name of an address asks DNS, as finding the address of a name does.
    host = args[0][0] if isinstance(args[0], tuple) else args[0]
    return None if is_local(host) or _numeric.get() else str(host)


def _check_names_first() -> None:
    """Look at a host name before ``connect`` does: it resolves the name, by DNS, before it raises its audit event."""
    socket.getnameinfo = _telling_numeric(socket.getnameinfo)
    for method in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, method, _checked(getattr(socket.socket, method)))


def _telling_numeric(original: Callable[..., tuple[str, str]]) -> Callable[..., tuple[str, str]]:
    @wraps(original)
    def getnameinfo(sockaddr: Any, flags: int) -> tuple[str, str]:
        host = sockaddr[0] if isinstance(sockaddr, tuple) and sockaddr else None
        address = isinstance(host, str) and _is_loopback(host) is not None
        token = _numeric.set(address and bool(flags & socket.NI_NUMERICHOST))
        try:
            return original(sockaddr, flags)
        finally:
            _numeric.reset(token)

    return getnameinfo


def _checked(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def method(self: socket.socket, *args: Any) -> Any:
        if args and not _lifted.get() and (host := _check_address((self, args[-1]))) is not None:
            raise _refusal(host)
        return original(self, *args)

    return method


_CHECKS: dict[str, Callable[[tuple[Any, ...]], str | None]] = {
    "socket.connect": _check_address,
    "socket.sendto": _check_address,
    "socket.sendmsg": _check_address,
    "socket.getaddrinfo": _check_name,
    "socket.gethostbyname": _check_name,
    "socket.gethostbyaddr": _check_reverse,
    "socket.getnameinfo": _check_reverse,
}


def _hook(
    checks: dict[str, Callable[[tuple[Any, ...]], str | None]], lifted_here: ContextVar[bool]
) -> Callable[[str, tuple[Any, ...]], None]:
    # A closure, because module globals may be gone while the interpreter shuts down.
    find, refusal = checks.get, _refusal

    def hook(event: str, args: tuple[Any, ...]) -> None:
        check = find(event)
        if check is None or lifted_here.get():
            return
        if (host := check(args)) is not None:
            raise refusal(host)

    return hook


def _refusal(host: str) -> ConnectionRefused:
    return ConnectionRefused(
        f"a connection to {host} would have left this machine, and was refused.",
        do="Start the lab with Lab.start() and make clients after it: then the lab answers AWS's names.",
    )
