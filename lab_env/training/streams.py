"""FastFile, the agent's side: parts of S3 objects, read when the container asks for them.

The container has no keys to S3, and under network isolation no network: on SageMaker a file system that the agent
mounts stands between them. Here it is a server on the loopback interface.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from threading import Thread

from lab_env.training.storage import Item, Storage

OK, FAILED = b"+", b"-"


class Streams:
    """Hands out parts of the objects of FastFile channels.

    Args:
        storage: S3, as the execution role.
        files: the objects, each with its place in the container.
    """

    def __init__(self, storage: Storage, files: Sequence[Item]) -> None:
        self._storage, self._files = storage, list(files)
        self._key = secrets.token_bytes(16)
        self._listener = Listener(("127.0.0.1", 0), backlog=16, authkey=self._key)
        Thread(target=self._accept, name="fastfile", daemon=True).start()

    def lay_out(self, table: Path) -> None:
        """Put a file of the right size, which nobody may read, in each object's place, and write what leads here.

        Args:
            table: the file that tells the container (`lab_env.training.fastfile`).
        """
        for item in self._files:
            item.path.parent.mkdir(parents=True, exist_ok=True)
            with item.path.open("wb") as file:
                file.truncate(item.size)
            item.path.chmod(0)
        known = {str(item.path): [number, item.size] for number, item in enumerate(self._files)}
        told = {"address": self._listener.address, "key": self._key.hex(), "files": known}
        table.write_text(json.dumps(told))

    def _accept(self) -> None:
        while True:
            try:
                asking = self._listener.accept()
            except OSError:
                # A client that was killed while it was saying who it is.
                continue
            Thread(target=self._serve, args=(asking,), daemon=True).start()

    def _serve(self, asking: Connection) -> None:
        with asking:
            while True:
                try:
                    number, offset, size = json.loads(asking.recv_bytes())
                except (EOFError, OSError):
                    return
                asking.send_bytes(self._part(self._files[number], offset, size))

    def _part(self, item: Item, offset: int, size: int) -> bytes:
        try:
            return OK + self._storage.read_range(item.bucket, item.key, offset, size)
        except Exception as error:  # noqa: BLE001 - the container hears of it, as an error of its file system
            return FAILED + f"{item.uri}: {error}".encode()


def partial_prefix(uri: str, found: Sequence[Item]) -> bool:
    """Whether a FastFile prefix is only the beginning of a name: it must be a folder, or one object."""
    prefix = uri.rstrip("/")
    return any(item.uri != prefix and not item.uri.startswith(f"{prefix}/") for item in found)
