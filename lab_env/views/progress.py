"""How a training job goes: a bar while it runs, where there is a front end, and one line of text in the end."""

from __future__ import annotations

import os
import re
import sys
from html import escape
from itertools import chain
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from lab_env.training.failures import INTERNAL
from lab_env.views.table import WIDTH

if TYPE_CHECKING:
    from lab_env.training.jobs import TrainingJob

_ENDS = frozenset({"Completed", "Failed", "Stopped", "MaxRuntimeExceeded"})
_STAGES = ("Starting", "Downloading", "Training", "Uploading", "Completed")
_STEP = re.compile(r"\b(epoch|file) (\d+)/(\d+)", re.IGNORECASE)


def front_end() -> bool:
    """Whether somebody looks: a notebook that a person opened, in JupyterLab or VS Code, not one that a test runs.

    Jupyter's server names the notebook to its kernel (``JPY_SESSION_NAME``); nbclient and nbval, which show nothing to
    anybody, start kernels of their own and do not.
    """
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    shell = get_ipython()
    return getattr(shell, "kernel", None) is not None and bool(
        {"JPY_SESSION_NAME", "VSCODE_PID"} & os.environ.keys()
    )


class JobProgress:
    """How far one training job is.

    Args:
        name: the job's name.
        shown: whether to draw a bar while it runs; by default where there is a front end.
    """

    def __init__(self, name: str, *, shown: bool | None = None) -> None:
        self._name = name
        self._shown = front_end() if shown is None else shown
        self._stages: list[str] = []
        self._reason = self._last_line = ""
        self._share = 0.0
        self._bar: Any = None

    def update(self, job: TrainingJob) -> None:
        """Note what a job says of itself, and show it."""
        step = next((found for line in reversed(job.log) if (found := _STEP.search(line))), None)
        done, of = job.downloaded
        words = {
            "Downloading": f"Downloading {of} object{'s' if of > 1 else ''}" if of else "Downloading",
            "Training": f"Training {step[1].lower()} {step[2]}/{step[3]}" if step else "Training",
        }
        self._stages = [words.get(stage, stage) for stage in job.stages]
        self._last_line = job.log[-1] if job.log else ""
        self._reason = job.record.failure_reason
        inside = {
            "Downloading": done / of if of else 0.0,
            "Training": int(step[2]) / int(step[3]) if step else 0.0,
        }
        stage = job.stages[-1]
        self._share = _STAGES.index(stage) + inside.get(stage, 0.0) if stage in _STAGES else self._share
        if self._shown:
            self._show(over=stage in _ENDS)

    def __str__(self) -> str:
        lines = wrap(
            f"{self._name}: {' · '.join(self._stages) or 'not started'}", WIDTH, subsequent_indent="  "
        )
        # What SageMaker would call an internal error is the lab's own, or its machine's: the log says which.
        told = [self._reason, self._last_line if self._reason == INTERNAL else ""]
        more = (wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ") for text in told)
        return "\n".join([*lines, *chain.from_iterable(more)])

    __repr__ = __str__

    def _show(self, *, over: bool) -> None:
        if over:
            if self._bar is not None:
                self._bar.close()
            return
        from ipywidgets import HTML, FloatProgress, VBox

        if self._bar is None:
            from IPython.display import display

            bar = FloatProgress(min=0, max=len(_STAGES) - 1, description="", layout={"width": "100%"})
            self._bar = VBox([bar, HTML()])
            display(self._bar)  # type: ignore[no-untyped-call]
        bar, words = self._bar.children
        bar.value = self._share
        now = " · ".join(self._stages)
        words.value = f"<b>{escape(now)}</b><br><code>{escape(self._last_line)}</code>"
