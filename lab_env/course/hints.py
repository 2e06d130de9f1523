"""The ladder of hints of an exercise, and its solution after an honest try."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from lab_env.course.exercise import Exercise
from lab_env.course.progress import Entry


@dataclass(frozen=True, slots=True)
class Ladder:
    """The hints seen so far, the newest last.

    Attributes:
        exercise: whose they are.
        seen: how many are shown.
    """

    exercise: Exercise
    seen: int

    @property
    def after(self) -> str:
        """What can be asked for next."""
        id_ = self.exercise.id
        if self.seen < len(self.exercise.hints):
            return f'The next one: lab.hint("{id_}").'
        return (
            f'That was the last one. lab.solution("{id_}") shows a way.' if self.seen else "It has no hints."
        )

    def __str__(self) -> str:
        shown = self.exercise.hints[: self.seen]
        lines = [
            f"Hint {n} of {len(self.exercise.hints)} to {self.exercise.id}: {text}"
            for n, text in enumerate(shown, 1)
        ]
        return "\n".join([*lines, self.after])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{escape(text)}</li>" for text in self.exercise.hints[: self.seen])
        head = f"{self.exercise.id} {self.exercise.title}: hints, {self.seen} of {len(self.exercise.hints)}"
        return f'<div role="status"><p><b>{escape(head)}</b></p><ol>{items}</ol><p>{escape(self.after)}</p></div>'


def next_hint(exercise: Exercise, known: Entry) -> Ladder:
    """One step further up the ladder than the learner has been.

    Args:
        exercise: the exercise.
        known: what was noted of it.
    """
    return Ladder(exercise, min(known.hints + 1, len(exercise.hints)))


@dataclass(frozen=True, slots=True)
class Solution:
    """One way to solve an exercise, as Python; or what to do before it is shown.

    Attributes:
        exercise: whose it is.
        code: the calls; empty when it is not shown yet.
    """

    exercise: Exercise
    code: str = ""

    @property
    def words(self) -> str:
        """What stands above the code, or in its place."""
        id_ = self.exercise.id
        if self.code:
            return f"{id_}, one way of several: the calls that lab.catch_up makes, recorded in a cloud of their own."
        return (
            f"First an honest try: make a change and run lab.check({id_!r}) until it says what is not yet right, "
            f"or read all {len(self.exercise.hints)} hints with lab.hint({id_!r})."
        )

    def __str__(self) -> str:
        return "\n\n".join(filter(None, (self.words, self.code)))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        code = f"<pre><code>{escape(self.code)}</code></pre>" if self.code else ""
        return f'<div role="status"><p>{escape(self.words)}</p>{code}</div>'


def tried(exercise: Exercise, known: Entry) -> bool:
    """Whether the learner has tried: a check that did not say "not attempted", or all hints read."""
    return known.done or known.tries > 0 or known.hints >= len(exercise.hints) > 0
