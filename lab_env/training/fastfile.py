"""FastFile, the container's side: files of the right names and sizes, whose bytes come from S3 when they are read.

SageMaker mounts such channels as a file system. The lab has no means for that which works on every machine, so it
stands in Python's ``open``: a file opens at once, reads ahead by four mebibytes, and seeks. What opens files in C
(``mmap``, HDF5, SQLite) cannot read these; on SageMaker it can.
"""

from __future__ import annotations

import errno
import io
import json
import os
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import Any

READ_AHEAD_BYTES = 4 << 20
# What read() without a size asks for at a time.
WHOLE_BYTES = 8 << 20


class FastFiles:
    """The files of a job's FastFile channels.

    Args:
        table: the file that `lab_env.training.streams` wrote.
    """

    def __init__(self, table: str) -> None:
        told = json.loads(Path(table).read_text())
        self._address, self._key = tuple(told["address"]), bytes.fromhex(told["key"])
        self._files: dict[str, list[int]] = told["files"]

    def __contains__(self, path: Any) -> bool:
        return isinstance(path, str | os.PathLike) and self._name(path) in self._files

    def open(
        self,
        file: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        **_: Any,
    ) -> Any:
        """What ``open`` gives for one of these files.

        Raises:
            OSError: it is to be written.
        """
        name = self._name(file)
        if set(mode) - set("rbt"):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), os.fspath(file))
        number, size = self._files[name]
        raw = _Stream(self._connect, number, size, os.fspath(file))
        if "b" in mode and buffering == 0:
            return raw
        buffered = io.BufferedReader(raw, READ_AHEAD_BYTES)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, errors, newline)

    def _connect(self) -> Connection:
        return Client(self._address, authkey=self._key)

    @staticmethod
    def _name(path: Any) -> str:
        return os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - symbolic links stay as they are


class _Stream(io.RawIOBase):
    """An S3 object as a raw file: each read is a ranged read."""

    def __init__(self, connect: Any, number: int, size: int, name: str) -> None:
        self._connect, self._number, self._size = connect, number, size
        self.name = name
        self._at = 0
        self._connection: Connection | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        begin = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if begin + offset < 0:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        self._at = begin + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        wanted = min(len(view), self._size - self._at)
        if wanted <= 0:
            return 0
        part = self._ask(wanted)
        view[: len(part)] = part
        self._at += len(part)
        return len(part)

    def readall(self) -> bytes:
        parts = []
        while part := self.read(WHOLE_BYTES):
            parts.append(part)
        return b"".join(parts)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        super().close()

    def _ask(self, size: int) -> bytes:
        if self._connection is None:
            self._connection = self._connect()
        self._connection.send_bytes(json.dumps([self._number, self._at, size]).encode())
        answer: bytes = self._connection.recv_bytes()
        if answer[:1] != b"+":
            raise OSError(errno.EIO, f"{os.strerror(errno.EIO)} ({answer[1:].decode()})", self.name)
        return answer[1:]
