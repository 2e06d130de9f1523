"""The container's own paths: what a script finds under ``/opt/ml``, in whatever folder that stands on this machine.

Python's own file functions are changed (``open``, and those of ``os``, on which ``pathlib``, ``shutil`` and ``glob``
stand). Libraries that open files in C, and other programs, know only this machine's own folders, which the variables
``SM_…`` name.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import tarfile
from collections.abc import Callable
from typing import Any

from lab_env.training.fastfile import FastFiles

ROOT = "/opt/ml"
# Those that this machine has: Windows knows fewer.
_ONE = (
    "access",
    "chdir",
    "chmod",
    "chown",
    "getxattr",
    "listdir",
    "listxattr",
    "lstat",
    "mkdir",
    "open",
    "readlink",
    "remove",
    "rmdir",
    "scandir",
    "setxattr",
    "stat",
    "statvfs",
    "truncate",
    "unlink",
    "utime",
)
_TWO = ("link", "rename", "replace", "symlink")


class Paths:
    """Where ``/opt/ml`` stands.

    Args:
        root: the folder on this machine.
        streamed: the files whose bytes stay in S3 until they are read.
    """

    def __init__(self, root: str, streamed: FastFiles | None = None) -> None:
        self._root, self._streamed = root, streamed

    def local(self, path: Any) -> Any:
        """The path on this machine; whatever is not under ``/opt/ml`` as it is."""
        if not isinstance(path, str | os.PathLike):
            return path
        text = os.fspath(path)
        if not isinstance(text, str):
            return path
        given = text.replace(os.sep, "/")
        if given != ROOT and not given.startswith(ROOT + "/"):
            return path
        return self._root + text[len(ROOT) :]

    def follow(self) -> None:
        """Let this process's file functions find ``/opt/ml`` from now on."""
        opened = self._opening(builtins.open, self._streamed.open if self._streamed else None)
        for module in (builtins, io):
            setattr(module, "open", opened)  # noqa: B010 - each module has its own
        tarfile.bltn_open = opened  # type: ignore[attr-defined]
        for name in filter(os.__dict__.__contains__, _ONE):
            refused = _refuse if name == "open" and self._streamed else None
            setattr(os, name, self._opening(getattr(os, name), refused))
        for name in _TWO:
            setattr(os, name, self._moving(getattr(os, name)))

    def _opening(
        self, original: Callable[..., Any], streamed: Callable[..., Any] | None = None
    ) -> Callable[..., Any]:
        def function(*args: Any, **kwargs: Any) -> Any:
            for name in ("path", "file"):
                if name in kwargs:
                    kwargs[name] = self.local(kwargs[name])
            if args:
                args = (self.local(args[0]), *args[1:])
            if streamed is not None and (args[0] if args else kwargs.get("file")) in (self._streamed or ()):
                return streamed(*args, **kwargs)
            return original(*args, **kwargs)

        return _like(function, original)

    def _moving(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def function(src: Any, dst: Any, **kwargs: Any) -> Any:
            return original(self.local(src), self.local(dst), **kwargs)

        return _like(function, original)


def _refuse(path: Any, *_: Any, **__: Any) -> None:
    raise OSError(errno.ENOTSUP, "A FastFile channel's files are opened with open()", os.fspath(path))


def _like(function: Callable[..., Any], original: Callable[..., Any]) -> Callable[..., Any]:
    # What asks os whether a function takes file descriptors (shutil does) is to hear the same as before.
    for known in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
        if original in known:
            known.add(function)
    return function
