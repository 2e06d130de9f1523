"""The job's process: what SageMaker does around the container, on the job's own network interface.

The kernel writes one job as a line of JSON to this process's standard input, and reads events as lines of JSON from its
standard output. When standard input ends, the kernel is gone, and so is the job.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from threading import Thread
from typing import Protocol

from lab_env.dataplane import remote
from lab_env.training.agent import Agent, JobFailed, JobStopped


class Work(Protocol):
    """A job of one kind."""

    def run(self) -> None:
        """Do it all; raises `JobFailed` or `JobStopped`."""


def work(agent: Agent) -> Work:
    """What an agent has to do, by the kind of its job."""
    # Each kind brings its own modules; a job's process needs one of them.
    if agent.spec["kind"] == "processing":
        from lab_env.training.agent_processing import ProcessingWork

        return ProcessingWork(agent)
    if agent.spec["kind"] == "transform":
        from lab_env.training.agent_transform import TransformWork

        return TransformWork(agent)
    from lab_env.training.agent_training import TrainingWork

    return TrainingWork(agent)


def _end_with_kernel(agent: Agent, folder: Path, told: bytes) -> None:
    while True:
        if told.startswith(b"stop"):
            # In a thread of its own: the container's grace must not keep the end of the kernel waiting.
            Thread(target=agent.stop, daemon=True).start()
        # Not sys.stdin: a thread that waits in its buffer would trip the interpreter as it ends.
        told = os.read(0, 64)
        if not told:
            break
    # The kernel is gone: nothing may be left.
    agent.kill()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def run(agent: Agent) -> None:
    """Do an agent's work, and say how it ended."""
    try:
        work(agent).run()
    except JobStopped as stopped:
        agent.say("stopped", why=str(stopped))
    except JobFailed as failure:
        agent.say("failed", reason=str(failure))
    else:
        agent.say("completed")


def main() -> None:
    """Run the one job that the first line of standard input names."""
    line, told = _first_line()
    spec = json.loads(line)
    # Whatever a library prints must not be taken for an event.
    events, sys.stdout = sys.stdout, sys.stderr
    remote.install(spec["port"], spec["agent_token"])
    with _work_folder() as name:
        folder = Path(name).resolve()
        agent = Agent(spec, folder, events)
        agent.say("began", folder=name)
        Thread(target=_end_with_kernel, args=(agent, folder, told), daemon=True).start()
        run(agent)


def _work_folder() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="private-path-")
    except OSError as error:
        sys.exit(
            f"This machine, not SageMaker: no folder for temporary files can be written ({error.strerror or error}). "
            "Set TMPDIR to one that can, and start the kernel again."
        )


def _first_line() -> tuple[bytes, bytes]:
    """The first line of standard input, and what came with it: a job may be stopped before it has begun."""
    read = b""
    while b"\n" not in read:
        read += os.read(0, 1 << 16)
    line, _, rest = read.partition(b"\n")
    return line, rest


if __name__ == "__main__":
    main()
