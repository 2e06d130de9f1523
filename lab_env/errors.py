"""Every error the lab raises on purpose.

::

    LabError                    anything the lab itself refuses or cannot answer
    ├── InvalidInput            a value, file or argument that cannot be used; says which and what would do
    │   └── IncompleteSnapshot  an exported state lacks the part that this question needs
    ├── CannotWrite             a file could not be written: no such folder, no right, no room
    ├── NotFound                a name or id that stands nowhere in the lab
    ├── NotModelled             a part of AWS that the lab does not model; named, never passed over in silence
    ├── LabNotStarted           a verb was used before ``Lab.start()``
    ├── ConnectionRefused       the guard refused a connection that would have left this machine (also an ``OSError``)
    └── TimedOut                something the lab waited for did not end in time

Errors that AWS itself would give (``ClientError``, ``ConnectTimeoutError`` …) are botocore's own classes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike


class LabError(Exception):
    """What happened, where, and what to do next, each in one plain sentence.

    Args:
        what: what happened.
        where: the resource, file, line or argument it happened at; empty when ``what`` names it.
        do: the next step that mends it; empty when there is none.
    """

    def __init__(self, what: str, *, where: str = "", do: str = "") -> None:
        self.what, self.where, self.do = what, where, do
        located = f"{where}: {what}" if where else what
        super().__init__(f"{located} {do}".strip())


class InvalidInput(LabError):
    """A value, file or argument that cannot be used."""


class IncompleteSnapshot(InvalidInput):
    """An exported state lacks the part that this question needs."""


class CannotWrite(LabError):
    """A file could not be written: no such folder, no right to, no room left."""


@contextmanager
def writing(path: str | PathLike[str]) -> Iterator[None]:
    """Let a file be written in the block; what the disk refuses is told in the lab's words.

    Args:
        path: the file.

    Raises:
        CannotWrite: the disk, or the system, refused.
    """
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        told = str(path).replace("\0", "�")
        raise CannotWrite(
            f"cannot be written ({reason}).", where=told, do="Give another path, or make room."
        ) from None


class NotFound(LabError):
    """A name or id that stands nowhere in the lab."""


class NotModelled(LabError):
    """A part of AWS that the lab does not model (MODEL.md lists them)."""


class LabNotStarted(LabError):
    """A verb was used before ``Lab.start()``."""


class ConnectionRefused(LabError, OSError):
    """The guard refused a connection that would have left this machine."""


class TimedOut(LabError):
    """Something the lab waited for did not end in time."""
