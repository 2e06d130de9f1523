"""What SageMaker's agent does around every kind of container: say what happens, start it, and end it when asked to.

It stands in the job's process (`lab_env.training.runner`), on the job's own network interface.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event, Lock, Thread, Timer
from typing import IO, Any, TextIO, cast

from lab_env.training import container, paths
from lab_env.training.container import aws_free
from lab_env.training.failures import download_failure
from lab_env.training.process import kill_group
from lab_env.training.storage import Item, Storage, check_room, items
from lab_env.training.streams import Streams

# SageMaker waits 120 seconds between SIGTERM and SIGKILL; a lesson does not.
GRACE_SECONDS = 5.0
STOPPED, MAX_RUNTIME_EXCEEDED = "Stopped", "MaxRuntimeExceeded"
_OWN_GROUP: dict[str, Any] = {"process_group": 0} if hasattr(os, "setpgid") else {}
# A traceback through botocore is long.
_LAST_LINES = 200


class JobFailed(Exception):
    """The job ends here; the message is its ``FailureReason``."""


class JobStopped(Exception):
    """The job was stopped; the message is the secondary status it ends in."""


class Agent:
    """The agent of one job.

    Args:
        spec: what `lab_env.training.jobs` writes: the request, credentials, Region, port and tokens.
        folder: an empty folder of the job's own.
        events: where events are written.

    ``request`` is the job's request, ``layout`` its files, ``storage`` its way to S3, as the execution role,
    ``streams`` what serves its FastFile channels.
    """

    def __init__(self, spec: dict[str, Any], folder: Path, events: TextIO) -> None:
        self.spec, self.request = spec, spec["request"]
        self.layout = container.Layout(folder)
        self.layout.make()
        self.storage = Storage(spec["credentials"], spec["region"], self.go_on)
        self._events, self._saying = events, Lock()
        self._ending, self._why, self._stopping = Lock(), "", Event()
        self._container: subprocess.Popen[str] | None = None
        self._last: deque[str] = deque(maxlen=_LAST_LINES)
        self.killed = False
        self.streams: Streams | None = None

    def say(self, event: str, **facts: Any) -> None:
        """Tell the kernel what happens."""
        with self._saying:
            self._events.write(json.dumps({"event": event, **facts}) + "\n")
            self._events.flush()

    def stage(self, name: str) -> None:
        """Begin a stage of the job, unless it was stopped."""
        self.go_on()
        self.say("stage", stage=name)

    def limit(self, seconds: float) -> None:
        """Stop the job after so many real seconds (``MaxRuntimeInSeconds``)."""
        timer = Timer(seconds, self.stop, (MAX_RUNTIME_EXCEEDED,))
        timer.daemon = True
        timer.start()

    def stop(self, why: str = STOPPED) -> None:
        """Stop: SIGTERM to a container that runs, SIGKILL when it is still there after the grace. A second call waits.

        Args:
            why: the secondary status that the job ends in.
        """
        with self._ending:
            if not self._why:
                self._why = why
                self._stopping.set()
                if why == MAX_RUNTIME_EXCEEDED:
                    self.say("stopping")
        self._terminate()

    def kill(self) -> None:
        """End at once and without a word: the kernel is gone."""
        self._stopping.set()
        if self._container is not None:
            self._container.kill()
            kill_group(self._container.pid)

    def go_on(self) -> None:
        """Raises `JobStopped` when the job was stopped."""
        if self._stopping.is_set():
            raise JobStopped(self._why)

    @property
    def stopped(self) -> str:
        """Why the job was stopped; empty when it was not."""
        return self._why

    def find(self, source: Mapping[str, Any], folder: Path) -> list[Item]:
        """The objects that an S3 data source names, each with its place in a folder.

        Raises:
            JobFailed: they cannot be listed.
        """
        folder.mkdir(parents=True, exist_ok=True)
        try:
            return items(self.storage, source, folder)
        except Exception as error:
            raise JobFailed(download_failure(error, source["S3Uri"])) from error

    def fetch(self, wanted: list[Item], volume_gigabytes: int) -> None:
        """Download objects to their places.

        Args:
            wanted: what `find` has found.
            volume_gigabytes: the size of the job's volume.

        Raises:
            JobFailed: one cannot be read, or the volume is too small for them all.
            JobStopped: the job was stopped meanwhile.
        """
        uri = ""
        try:
            check_room(wanted, volume_gigabytes << 30)
            for number, item in enumerate(wanted, 1):
                self.go_on()
                uri = item.uri
                self.storage.fetch(item)
                self.say("downloaded", done=number, of=len(wanted))
        except JobStopped:
            raise
        except Exception as error:
            raise JobFailed(download_failure(error, uri)) from error

    def run(
        self, command: Sequence[str], variables: Mapping[str, str], folder: Path, module: str = "container"
    ) -> int:
        """Run the container until it ends, and hand on what it prints.

        Args:
            command: what the container's process runs, and its arguments.
            variables: its environment, as the container's contract has it.
            folder: its working directory.
            module: the module of this package that stands for its entry point.

        Returns:
            The exit code; 128 and the number of the signal when one ended it.
        """
        self._container = subprocess.Popen(
            [sys.executable, "-u", "-m", f"lab_env.training.{module}", *command],
            env={**aws_free(os.environ), **variables, **self._network()},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            **_OWN_GROUP,
        )
        self.say("container", process=self._container.pid)
        Thread(target=_bury, args=(self._container,), daemon=True).start()
        if self._stopping.is_set():
            self._terminate()
        root = str(self.layout.root)
        for line in cast(IO[str], self._container.stdout):
            # The container knows its folder as /opt/ml, and so do its logs.
            told = line.rstrip("\n").replace(root, paths.ROOT)
            self._last.append(told)
            self.say("log", line=told)
        code = self._container.wait()
        # As Docker tells it: 128 and the number of the signal.
        return code if code >= 0 else 128 - code

    def last_words(self) -> str:
        """The traceback that the container's log ends with; empty when it ends otherwise."""
        lines = list(self._last)
        # A syntax error has no header: nothing was called yet.
        starts = [
            n for n, line in enumerate(lines) if line.startswith("Traceback (most recent call last)")
        ] or [n for n, line in enumerate(lines) if line.startswith('  File "')]
        return "\n".join(lines[starts[-1] :]) if starts else ""

    def _terminate(self) -> None:
        running = self._container
        if running is None or running.poll() is not None:
            return
        running.terminate()
        try:
            running.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.killed = True
            running.kill()

    def _network(self) -> dict[str, str]:
        variables = {container.ROOT_VARIABLE: str(self.layout.root)}
        if self.streams is not None:
            table = self.layout.root / "streams.json"
            self.streams.lay_out(table)
            variables[container.STREAMS_VARIABLE] = str(table)
        if self.spec["isolated"]:
            return variables
        keys = self.spec["credentials"]
        self.layout.trusted.write_text(self.spec["certificates"])
        return {
            **variables,
            **dict.fromkeys(container.TRUST_VARIABLES, str(self.layout.trusted)),
            "AWS_ACCESS_KEY_ID": keys["access_key"],
            "AWS_SECRET_ACCESS_KEY": keys["secret_key"],
            "AWS_SESSION_TOKEN": keys["token"],
            "AWS_DEFAULT_REGION": self.spec["region"],
            "AWS_REGION": self.spec["region"],
            container.PORT_VARIABLE: str(self.spec["port"]),
            container.TOKEN_VARIABLE: self.spec["container_token"],
        }


def _bury(process: subprocess.Popen[str]) -> None:
    # A container ends with its first process; what that left behind would keep its log open.
    process.wait()
    kill_group(process.pid)
