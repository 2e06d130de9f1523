"""The kernel's handle on a job's process: one job written in, events read out."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread
from typing import IO, Any, cast

from lab_env.training.container import aws_free


def kill_group(leader: int) -> None:
    """Kill what is left of a process group: whatever a process has started, and left behind.

    Args:
        leader: id of the process that the group began with.
    """
    # Windows knows no process groups of this kind.
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)


class JobProcess:
    """A process of its own for one job. It ends when the job does, when told to, or when this process is gone.

    Args:
        spec: the job, as `lab_env.training.runner` reads it.
    """

    def __init__(self, spec: dict[str, Any]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "lab_env.training.runner"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=aws_free(os.environ),
            # A kernel's interrupt is for the cell that waits; the job goes on, as on AWS.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        self._in = cast(IO[bytes], self._process.stdin)
        self._out = cast(IO[bytes], self._process.stdout)
        self._err = cast(IO[bytes], self._process.stderr)
        self._complaints: list[bytes] = []
        self._folder = ""
        self._groups = [self._process.pid]
        self._listener = Thread(target=self._complaints.extend, args=(self._err,), daemon=True)
        self._listener.start()
        self._tell(json.dumps(spec))

    @property
    def complaints(self) -> list[str]:
        """What the agent itself wrote to its standard error: nothing, unless the lab has a fault."""
        return [line.decode(errors="replace").rstrip() for line in self._complaints]

    def events(self) -> Iterator[dict[str, Any]]:
        """Each event as it comes; ends when the process has ended, and nothing of it is left."""
        for line in self._out:
            said = json.loads(line)
            match said["event"]:
                case "began":
                    self._folder = said["folder"]
                case "container":
                    self._groups.append(said["process"])
                case _:
                    yield said
        for group in self._groups:
            kill_group(group)
        self._process.wait()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._listener.join()
        for stream in (self._in, self._out, self._err):
            stream.close()

    def stop(self) -> None:
        """Ask the job to stop; it says so when it has. A process that has ended already is left in peace."""
        self._tell("stop")

    def end(self) -> None:
        """Let go of the process: its input ends, and so do the script and its files. A second call does nothing."""
        self._in.close()

    def _tell(self, line: str) -> None:
        try:
            self._in.write(line.encode() + b"\n")
            self._in.flush()
        except (BrokenPipeError, ValueError):
            # It ended in the meantime; its events say how.
            return
