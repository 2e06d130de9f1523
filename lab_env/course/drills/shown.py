"""What a drill shows, as text and as HTML: the symptom, a grade, a hint, the faults with their repair."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from textwrap import TextWrapper, wrap

from lab_env.course.drills.proof import Mended
from lab_env.course.drills.running import Run
from lab_env.course.drills.score import Effort
from lab_env.course.exercise import Status
from lab_env.views.table import WIDTH

_MARKS = {Status.DONE: "✓", Status.NOT_YET: "…", Status.NOT_ATTEMPTED: "○"}
_CALLS = TextWrapper(
    WIDTH, initial_indent="   ", subsequent_indent="     ", break_long_words=False, break_on_hyphens=False
)
_PRE = "margin:0.3em 0;white-space:pre-wrap"


class Shown:
    """A text that is shown as it is, in a notebook too."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return f'<pre role="status" style="{_PRE}">{escape(str(self))}</pre>'


@dataclass(frozen=True, slots=True, repr=False)
class Grade(Shown):
    """Whether a drill is repaired.

    Attributes:
        title: which drill.
        status: ``not attempted``, ``not yet`` or ``done``.
        saw: what was seen.
        hint: what to do next; empty when it is repaired.
        runs: the jobs that were run to see it.
        lost: ids of the controls that held before the cloud was broken, and do not now.
        opened: what is reachable or allowed now and was not, in words.
        effort: what it took so far.
    """

    title: str
    status: Status
    saw: str
    hint: str
    effort: Effort
    runs: tuple[Run, ...] = ()
    lost: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()

    def __str__(self) -> str:
        last = str(self.effort) if self.status is Status.DONE else self.hint
        lines = f"{_MARKS[self.status]} {self.title} {self.status}: {self.saw}".splitlines()
        wrapped = (wrap(line.strip(), WIDTH - 2) for line in (*lines, last))
        return "\n  ".join(part for parts in wrapped for part in parts)


@dataclass(frozen=True, slots=True, repr=False)
class Hint(Shown):
    """One hint: which of all there are, and what it says."""

    number: int
    of: int
    text: str

    def __str__(self) -> str:
        return "\n  ".join(wrap(f"Hint {self.number} of {self.of}: {self.text}", WIDTH - 2))


@dataclass(frozen=True, slots=True, repr=False)
class Answer(Shown):
    """The faults of a drill, and the calls that mend them."""

    title: str
    mended: tuple[Mended, ...]

    def __str__(self) -> str:
        lines = [f"{self.title} had {len(self.mended)} fault{'s' if len(self.mended) > 1 else ''}."]
        for number, step in enumerate(self.mended, 1):
            fault = step.fault
            lines += [f"{number}. {fault.title}", f"   To know: {fault.concept}."]
            lines += [line for call in step.calls for line in _CALLS.wrap(call)]
        return "\n".join(lines)
