"""The questions that are asked before a chapter's cells run, from ``predictions.toml``.

The file holds questions, choices and the misconceptions behind wrong answers, and for each choice the name of a proof
(`lab_env.course.proofs`) that computes from the cloud whether it came true. No key is written anywhere.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from lab_env.errors import InvalidInput, NotFound
from lab_env.network import Network

FILE = "predictions.toml"
_QUESTION = {"id", "each", "question", "when", "choices"}
_CHOICE = {"text", "proof", "yes", "no"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice, or one statement that asks for a yes or a no.

    Attributes:
        text: what it says.
        proof: the name of the proof, and what it is given.
        yes: the misconception behind a wrong yes, or behind choosing it wrongly.
        no: the misconception behind a wrong no.
    """

    text: str
    proof: Mapping[str, Any]
    yes: str
    no: str = ""


@dataclass(frozen=True, slots=True)
class Prediction:
    """One question.

    Attributes:
        id: chapter and number, ``05.1``.
        question: what is asked.
        each: whether each choice asks for a yes or a no.
        when: what has to be run before the answer can be seen.
        choices: at least two.
    """

    id: str
    question: str
    each: bool
    when: str
    choices: tuple[Choice, ...]


@dataclass(slots=True)
class Guess:
    """What a learner predicted, and the network as it stood then.

    Attributes:
        before: the network when the question was asked.
        answers: by number of the choice, from 0.
    """

    before: Network
    answers: dict[int, bool] = field(default_factory=dict)


@cache
def predictions() -> Mapping[str, Prediction]:
    """Every question, by id.

    Raises:
        InvalidInput: the file is not as it has to be; the message says where.
    """
    text = files("lab_env.course").joinpath(FILE).read_text(encoding="utf-8")
    found = [_prediction(item) for item in tomllib.loads(text)["prediction"]]
    if len({item.id for item in found}) != len(found):
        raise InvalidInput("two predictions have one id.", where=FILE)
    return {item.id: item for item in found}


def prediction(id_: str) -> Prediction:
    """The question of this id.

    Raises:
        NotFound: there is none; the message lists those there are.
    """
    try:
        return predictions()[id_]
    except KeyError:
        raise NotFound(
            f"there is no prediction {id_!r}.", do=f"There are {', '.join(predictions())}."
        ) from None


def _prediction(item: Mapping[str, Any]) -> Prediction:
    where = f"{FILE}, prediction {item.get('id', '?')}"
    _check(item, _QUESTION - {"each"}, _QUESTION, where)
    each = bool(item.get("each", False))
    choices = tuple(_choice(one, each=each, where=where) for one in item["choices"])
    if len(choices) < 2:
        raise InvalidInput("it needs two choices or more.", where=where)
    return Prediction(item["id"], item["question"], each, item["when"], choices)


def _choice(item: Mapping[str, Any], *, each: bool, where: str) -> Choice:
    from lab_env.course.proofs import PROOFS

    wanted = _CHOICE if each else _CHOICE - {"no"}
    _check(item, wanted, wanted, where)
    if item["proof"].get("by") not in PROOFS:
        raise InvalidInput(f"there is no proof {item['proof'].get('by')!r}.", where=where)
    return Choice(**item)


def _check(item: Mapping[str, Any], needed: set[str], known: set[str], where: str) -> None:
    missing, strange = sorted(needed - item.keys()), sorted(item.keys() - known)
    if missing or strange:
        wrong = f"without {', '.join(missing)}" if missing else f"with {', '.join(strange)}, which it has not"
        raise InvalidInput(f"a prediction or a choice stands there {wrong}.", where=where)
