"""The proof of a question: each option is built, put to the stem's criteria, and the right set computed.

The key takes no part in the computation. It is compared with what came of it, so a key that was set wrong is found out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import combinations

from lab_env.course.exam.criteria import LEAST, Evidence, judge
from lab_env.course.exam.question import Key, Option, Question
from lab_env.course.exam.world import World, world
from lab_env.errors import LabError


class KeyNotProven(LabError):
    """The key of a question is not what its proof computes."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one option, or of several built together.

    Attributes:
        letters: which.
        evidence: what each criterion came to.
    """

    letters: Key
    evidence: tuple[Evidence, ...]

    @property
    def right(self) -> bool:
        """Whether every criterion holds."""
        return all(item.holds for item in self.evidence)

    @property
    def telling(self) -> tuple[Evidence, ...]:
        """The evidence that decided: of what is right all, of what is wrong what does not hold."""
        return self.evidence if self.right else tuple(item for item in self.evidence if not item.holds)


@dataclass(frozen=True, slots=True)
class Proof:
    """What the engines say of a question.

    Attributes:
        question: which.
        tried: each option, or each combination where options are right only together.
    """

    question: Question
    tried: tuple[Tried, ...]

    @property
    def found(self) -> frozenset[Key]:
        """The sets of options that answer the stem; a sound question has exactly one."""
        right = [item.letters for item in self.tried if item.right]
        if self.question.together:
            return frozenset(right)
        return frozenset([frozenset().union(*right)])

    @property
    def proven(self) -> bool:
        """Whether that set is the key."""
        return self.found == {self.question.key}

    def of(self, letter: str) -> Tried:
        """What came of one option; of a combination's option, beside the best company that it can have."""
        with_it = [item for item in self.tried if letter in item.letters]
        return min(with_it, key=lambda item: (len(self.question.key - item.letters), sorted(item.letters)))

    def wrong_reason(self, letter: str) -> str:
        """Why an option is not right, in the engines' words."""
        return " ".join(item.seen for item in self.of(letter).telling[:1])


@cache
def prove(question: Question) -> Proof:
    """Build every option and judge it.

    Raises:
        LabError: an option cannot be built, or a criterion not be asked.
    """
    try:
        stem = world(question.world).changed(question.change)
        tried = tuple(_try(question, stem, chosen) for chosen in _choices(question))
    except LabError as error:
        raise type(error)(error.what, where=f"question {question.id}, {error.where}", do=error.do) from None
    return Proof(question, tuple(_cheapest(tried)))


def checked(question: Question) -> Proof:
    """The proof of a question whose key is what it computes.

    Raises:
        KeyNotProven: it is not.
    """
    proof = prove(question)
    if proof.proven:
        return proof
    found = " or ".join(_said(key) for key in sorted(proof.found, key=sorted)) or "nothing"
    raise KeyNotProven(
        f"the key says {_said(question.key)}, and the proof {found}.",
        where=f"question {question.id}",
        do="Mend the options, the criteria or the key.",
    )


def _said(key: Key) -> str:
    return "+".join(sorted(key)) or "none"


def _choices(question: Question) -> Iterator[tuple[Option, ...]]:
    size = question.choose if question.together else 1
    yield from combinations(question.options, size)


def _try(question: Question, stem: World, chosen: Iterable[Option]) -> Tried:
    built = stem
    asked = list(question.criteria)
    for option in chosen:
        built = built.changed(option.change)
        asked += option.holds
    return Tried(frozenset(item.letter for item in chosen), tuple(judge(built, item) for item in asked))


def _cheapest(tried: tuple[Tried, ...]) -> Iterator[Tried]:
    """Of those that do what is asked, "least" holds for the cheapest alone; of the others it is not asked."""
    prices = [_price(item) for item in tried if item.right]
    least = min((price for price in prices if price is not None), default=Decimal(0))
    for item in tried:
        yield Tried(item.letters, tuple(_weighed(item, least)))


def _price(item: Tried) -> Decimal | None:
    return next((Decimal(one.usd) for one in item.evidence if _asks_least(one)), None)


def _asks_least(one: Evidence) -> bool:
    return bool(one.usd) and one.wanted.endswith(LEAST)


def _weighed(item: Tried, least: Decimal) -> Iterator[Evidence]:
    for one in item.evidence:
        if not _asks_least(one) or (item.right and Decimal(one.usd) == least):
            yield one
        elif item.right:
            seen = f"{one.seen} Another option does it for USD {least:f}."
            yield Evidence(one.wanted, False, seen, one.by, one.usd)
