"""What came of a sitting: plain values, for a table and for whoever keeps a learner's progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lab_env.course.exam.question import DOMAINS, Key, Question
from lab_env.views.table import Table


@dataclass(frozen=True, slots=True)
class Answered:
    """One question and what was chosen.

    Attributes:
        question: its id.
        domain: the exam it would stand in.
        chosen: letters; none: it was left open.
        key: letters that are right.
    """

    question: str
    domain: str
    chosen: Key
    key: Key

    @classmethod
    def to(cls, question: Question, chosen: Key) -> Answered:
        """An answer to a question."""
        return cls(question.id, question.domain, chosen, question.key)

    @property
    def right(self) -> bool:
        """Whether exactly the right options were chosen."""
        return self.chosen == self.key


@dataclass(frozen=True, slots=True)
class Score:
    """So many right of so many asked."""

    right: int
    asked: int

    def __str__(self) -> str:
        percent = f" ({round(100 * self.right / self.asked)} %)" if self.asked else ""
        return f"{self.right} of {self.asked}{percent}"


@dataclass(frozen=True, slots=True)
class ExamResult:
    """The result of a practice or of a mock exam.

    Attributes:
        kind: ``practice`` or ``exam``.
        seed: what the questions were drawn by.
        answered: the questions in the order in which they were asked.
    """

    kind: str
    seed: int
    answered: tuple[Answered, ...]

    @property
    def score(self) -> Score:
        """Over all questions."""
        return Score(sum(item.right for item in self.answered), len(self.answered))

    @property
    def by_domain(self) -> Mapping[str, Score]:
        """For each domain that was asked."""
        asked = {name: [item for item in self.answered if item.domain == name] for name in DOMAINS}
        return {name: Score(sum(one.right for one in own), len(own)) for name, own in asked.items() if own}

    @property
    def missed(self) -> tuple[str, ...]:
        """Ids of the questions that were not answered rightly."""
        return tuple(item.question for item in self.answered if not item.right)

    def table(self) -> Table:
        """The score by domain."""
        rows = [(DOMAINS[name], name, str(score)) for name, score in self.by_domain.items()]
        rows.append(("all", "", str(self.score)))
        notes = (f"To look at again: {', '.join(self.missed)}.",) if self.missed else ()
        title = "Mock exam" if self.kind == "exam" else "Practice"
        return Table(("domain", "", "right"), tuple(rows), f"{title}, seed {self.seed}", notes=notes)

    def __str__(self) -> str:
        return str(self.table())

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        del include, exclude  # both forms are always given: a front end takes the one it can show
        return {"text/plain": str(self), "text/html": self.table().html()}


Report = Callable[[ExamResult], object]
"""What is told of each result, once: where a store of progress is connected."""


def unheard(result: ExamResult) -> None:
    """Nobody keeps the result."""
    del result
