"""Work that needs clouds of its own, done in another process, with a bar that moves while somebody looks."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from tempfile import TemporaryFile
from threading import Timer
from typing import Any, Self

from lab_env.errors import LabError
from lab_env.views.progress import front_end

SECONDS = 120


def answers(module: str, *arguments: str, steps: int, doing: str) -> list[Any]:
    """What a module prints when Python runs it: a JSON document a line.

    Args:
        module: its full name.
        arguments: its command line.
        steps: how many lines it prints; the bar is full then.
        doing: what the bar says, such as ``building the options``.

    Raises:
        LabError: the process failed, or took longer than two minutes.
    """
    found: list[Any] = []
    with _Bar(steps, doing) as bar:
        for line in _lines((sys.executable, "-m", module, *arguments), doing):
            found.append(json.loads(line))
            bar.move(len(found))
    return found


def tell(answer: object) -> None:
    """Print one answer, in the process that was asked."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _lines(command: tuple[str, ...], doing: str) -> Iterator[str]:
    with TemporaryFile() as complaints:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, text=True)
        # A process that says nothing would be read for ever.
        limit = Timer(SECONDS, process.kill)
        limit.start()
        try:
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            yield from process.stdout
            code = process.wait()
        finally:
            limit.cancel()
            process.kill()
            process.communicate()
        complaints.seek(0)
        said = complaints.read().decode(errors="replace").strip().splitlines()[-1:]
    if code:
        raise LabError(f"{doing} failed.", do=" ".join(said) or f"It took longer than {SECONDS} seconds.")


class _Bar:
    """A bar where there is a front end, and nothing elsewhere."""

    def __init__(self, steps: int, doing: str) -> None:
        self._steps, self._doing = steps, doing
        self._shown: Any = None

    def __enter__(self) -> Self:
        if front_end():
            from IPython.display import display
            from ipywidgets import IntProgress

            style, wide = {"description_width": "auto"}, {"width": "100%"}
            bar = IntProgress(max=self._steps, description=f"{self._doing} …", style=style, layout=wide)
            self._shown = bar
            display(bar)  # type: ignore[no-untyped-call]
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown is not None:
            self._shown.close()

    def move(self, step: int) -> None:
        """So many steps are done."""
        if self._shown is not None:
            self._shown.value = step
