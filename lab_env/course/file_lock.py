"""One writer at a time, over several processes. The system drops the lock of a process that dies."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

PATIENCE_SECONDS = 2.0
_PAUSE_SECONDS = 0.01

if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _unlock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock at ``path``, a file that stays there and stays empty.

    Raises:
        OSError: the file cannot be opened, or another process has held the lock for two seconds.
    """
    with path.open("ab") as file:
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                _try_lock(file)
                break
            except OSError:
                if time.monotonic() > give_up:
                    raise TimeoutError(f"another notebook holds {path.name}") from None
                time.sleep(_PAUSE_SECONDS)
        try:
            yield
        finally:
            _unlock(file)
