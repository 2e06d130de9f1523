"""The bank: the questions of the data files, checked as they are read. A question without a proof does not load."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from random import Random
from typing import Any

from lab_env.course.exam.criteria import kind_of
from lab_env.course.exam.question import DOMAINS, LETTERS, Option, Question, Source
from lab_env.course.exam.world import Change
from lab_env.errors import InvalidInput, LabError, NotFound

_CHANGE = {"network", "policies", "settings", "usage"}
_NEEDED = {"id", "difficulty", "concepts", "stem", "rule", "sources", "world", "options"}
_FIELDS = _NEEDED | _CHANGE | {"criteria", "together", "ordered"}
_OPTION = _CHANGE | {"text", "right", "holds", "trap"}


@cache
def questions() -> tuple[Question, ...]:
    """All questions, by domain and in the order of the files.

    Raises:
        InvalidInput: a file holds what is no question; it names the file and the question.
    """
    found = tuple(item for domain in DOMAINS for item in _of_domain(domain))
    twice = {item.id for item in found if sum(other.id == item.id for other in found) > 1}
    if twice:
        raise InvalidInput("two questions are called so.", where=min(twice))
    return found


def question_named(id: str) -> Question:  # noqa: A002 - the word for it
    """The question of this id.

    Raises:
        NotFound: there is none.
    """
    for item in questions():
        if item.id == id:
            return item
    raise NotFound(f"there is no question {id!r}.", do="lab_env.course.exam.questions() lists them.")


def select(
    count: int | None = None,
    *,
    domain: str = "",
    concept: str = "",
    difficulty: int | None = None,
    seed: int = 0,
) -> tuple[Question, ...]:
    """Questions for a sitting: the same for the same seed.

    Args:
        count: how many; ``None``: all that there are. Without a domain, as even a mixture of all as it comes.
        domain: of this exam only.
        concept: about this only.
        difficulty: of this difficulty only, 1 to 3.
        seed: what they are drawn by.

    Raises:
        InvalidInput: there is no such domain or concept, or there are not so many.
    """
    if domain and domain not in DOMAINS:
        raise InvalidInput(f"there is no domain {domain!r}.", do=f"There are {', '.join(DOMAINS)}.")
    fitting = [
        item
        for item in questions()
        if domain in {"", item.domain}
        and (not concept or concept in item.concepts)
        and difficulty in {None, item.difficulty}
    ]
    if count is not None and not 0 < count <= len(fitting):
        raise InvalidInput(f"there are {len(fitting)} such questions, and {count} were asked for.")
    if not fitting:
        raise InvalidInput("there are no such questions.", do=f"Concepts are {', '.join(concepts())}.")
    return tuple(_mixed(fitting, Random(seed)))[:count]


def concepts() -> tuple[str, ...]:
    """What the questions are about, each once."""
    return tuple(sorted({name for item in questions() for name in item.concepts}))


def _mixed(items: Sequence[Question], random: Random) -> Iterator[Question]:
    """The questions shuffled, and the domains taking turns."""
    by_domain = [[item for item in items if item.domain == domain] for domain in DOMAINS]
    for own in by_domain:
        random.shuffle(own)
    random.shuffle(by_domain)
    for turn in range(max(map(len, by_domain))):
        yield from (own[turn] for own in by_domain if turn < len(own))


def _of_domain(domain: str) -> Iterator[Question]:
    name = f"{domain.lower()}.toml"
    text = files("lab_env.course.exam").joinpath("questions", name).read_text(encoding="utf-8")
    for number, value in enumerate(tomllib.loads(text)["questions"], 1):
        try:
            yield read_question(value, domain)
        except LabError as error:
            where = f"{name}, question {number} ({value.get('id', 'without an id')})"
            raise InvalidInput(
                f"{error.where}: {error.what}".lstrip(": "), where=where, do=error.do
            ) from None


def read_question(value: Mapping[str, Any], domain: str) -> Question:
    """The question that a table of a data file holds.

    Args:
        value: the table.
        domain: the exam it would stand in.

    Raises:
        InvalidInput: it is none, or nothing in it could prove a key.
    """
    _only(value, _FIELDS, _NEEDED, "a question")
    given = _in_order(value)
    options = tuple(_option(letter, item) for letter, item in zip(LETTERS, given, strict=False))
    key = frozenset(option.letter for option, item in zip(options, given, strict=True) if item.get("right"))
    criteria = tuple(value.get("criteria", ()))
    _check_proof(criteria, options, key)
    return Question(
        id=value["id"],
        domain=domain,
        difficulty=value["difficulty"],
        concepts=tuple(value["concepts"]),
        stem=" ".join(value["stem"].split()),
        options=options,
        key=key,
        together=value.get("together", False),
        world=value["world"],
        change=Change.read(value),
        criteria=criteria,
        rule=" ".join(value["rule"].split()),
        sources=tuple(_source(name) for name in value["sources"]),
    )


def _in_order(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The options as they are shown: in an order of no meaning, unless theirs has one."""
    if value.get("ordered"):
        return list(value["options"])
    return sorted(value["options"], key=lambda item: sha256((value["id"] + item["text"]).encode()).digest())


def _option(letter: str, item: Mapping[str, Any]) -> Option:
    _only(item, _OPTION, {"text"}, "an option")
    text = " ".join(item["text"].split())
    return Option(letter, text, Change.read(item), tuple(item.get("holds", ())), item.get("trap", ""))


def _check_proof(
    criteria: Sequence[Mapping[str, Any]], options: Sequence[Option], key: frozenset[str]
) -> None:
    for fields in (*criteria, *(one for option in options for one in option.holds)):
        kind_of(fields)
    if not key or len(key) == len(options):
        raise InvalidInput("some options are right, and some are not.", do="Mark them with right = true.")
    unproven = [option.letter for option in options if not criteria and not option.holds]
    if unproven:
        raise InvalidInput(
            "nothing could prove it.", where=f"option {unproven[0]}", do="Give it criteria, or a claim."
        )
    alike = [option.letter for option in options if option.change.empty and not option.holds]
    if len(alike) > 1:
        raise InvalidInput(
            "they build nothing and claim nothing, so nothing tells them apart.",
            where=f"options {', '.join(alike)}",
        )


def _only(value: Mapping[str, Any], known: set[str], needed: set[str], what: str) -> None:
    unknown, missing = value.keys() - known, needed - value.keys()
    if unknown:
        raise InvalidInput(f"{what} has no field {min(unknown)!r}.", do=f"It has {', '.join(sorted(known))}.")
    if missing:
        raise InvalidInput(f"{what} needs the field {min(missing)!r}.")


def _source(name: str) -> Source:
    known = _sources()
    if name not in known:
        raise InvalidInput("no source is called so.", where=name, do="Add it to sources.toml.")
    return Source(**known[name])


@cache
def _sources() -> Mapping[str, Mapping[str, str]]:
    text = files("lab_env.course.exam").joinpath("sources.toml").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, str]] = tomllib.loads(text)
    return found
