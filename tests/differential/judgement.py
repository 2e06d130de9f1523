"""Compare two lists of verdicts under the file of judged disagreements."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("judged_disagreements.json")


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two evaluators compare.

    Attributes:
        agreed: on how many cases.
        judged: on how many they differ as the file says, with its reasons.
        unjudged: cases on which they differ and the file says nothing, or says something else.
        agreeing: cases that the file still lists and on which they agree now.
    """

    agreed: int
    judged: int
    unjudged: tuple[str, ...]
    agreeing: tuple[int, ...]

    @property
    def holds(self) -> bool:
        """Whether the file says of every case what is so."""
        return not self.unjudged and not self.agreeing


def judgements(text: str) -> dict[int, tuple[str, str]]:
    """By number of a case, our verdict and the other's, as the file knows them.

    Raises:
        ValueError: a judgement lacks its document or its reason, or a case stands twice.
    """
    found: dict[int, tuple[str, str]] = {}
    for one in json.loads(text):
        if not (one["document"] and one["reason"]):
            raise ValueError(f"a judgement needs a document and a reason: {one}")
        for told in one["cases"]:
            if told["case"] in found:
                raise ValueError(f"case {told['case']} stands twice")
            found[told["case"]] = (told["ours"], told["theirs"])
    return found


def compare(ours: list[str], theirs: list[str], known: dict[int, tuple[str, str]]) -> Comparison:
    """Two lists of verdicts, case by case, against what is known of them."""
    pairs = list(zip(ours, theirs, strict=True))
    differing = {number: pair for number, pair in enumerate(pairs) if pair[0] != pair[1]}
    unjudged = [
        f"case {number}: we say {own}, the other says {other}"
        for number, (own, other) in differing.items()
        if known.get(number) != (own, other)
    ]
    return Comparison(
        agreed=len(pairs) - len(differing),
        judged=len(differing) - len(unjudged),
        unjudged=tuple(unjudged),
        agreeing=tuple(number for number in sorted(known) if number not in differing),
    )
