"""What the lab's verbs take: a wrong argument is refused in a sentence, before anything is touched."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from types import FunctionType, MappingProxyType
from typing import Any, TypeVar

from lab_env.dataplane.places import Keys, PlacedSession
from lab_env.errors import InvalidInput

Value = TypeVar("Value", bound=type)
#: Says what is wanted in place of a value, or nothing when the value will do.
Wanted = Callable[[Any], str]

_LONGEST_TEXT = 2_048
_YEAR_MINUTES = 366 * 24 * 60


def _text(value: Any) -> str:
    fits = isinstance(value, str) and value.strip() and len(value) <= _LONGEST_TEXT and value.isprintable()
    return "" if fits else "a word or a name"


def _number(low: float, high: float, unit: str, *, whole: bool = False) -> Wanted:
    kinds = int if whole else (int, float)

    def wanted(value: Any) -> str:
        fits = isinstance(value, kinds) and not isinstance(value, bool) and low <= value <= high
        what = "a whole number" if whole else "a number"
        return "" if fits and math.isfinite(value) else f"{what} of {unit} from {low:,} to {high:,}"

    return wanted


def _is(kind: type, words: str) -> Wanted:
    return lambda value: "" if isinstance(value, kind) else words


def _texts(value: Any) -> str:
    # A single text is a sequence too, of letters: never what was meant.
    fits = isinstance(value, (list, tuple, set, frozenset)) and not any(map(_text, value))
    return "" if fits else "a list of names"


_WANTED: Mapping[str, Wanted] = MappingProxyType(
    {
        "concept": lambda value: "" if value == "" else _text(value),
        "count": _number(1, 1_000, "questions", whole=True),
        "difficulty": _number(1, 3, "difficulty", whole=True),
        "domain": lambda value: "" if value == "" else _text(value),
        "error": _is(BaseException, "an error that a call raised"),
        "exercise": _text,
        "folder": lambda value: "" if isinstance(value, Path) else _text(value),
        "framework": lambda value: "" if value == "" else _text(value),
        "gigabytes": _number(0, 1e9, "GB"),
        "hours": _number(0, 744, "hours", whole=True),
        "instance": _text,
        "internet_exit": _is(bool, "True or False"),
        "job": _text,
        "keys": _is(Keys, "keys, such as lab.keys(role) gives"),
        "level": _number(1, 5, "levels", whole=True),
        "minutes": _number(1, _YEAR_MINUTES, "minutes", whole=True),
        "on_premises": _is(bool, "True or False"),
        "port": _number(1, 65_535, "TCP ports", whole=True),
        "prediction": _text,
        "prefixes": _texts,
        "question": _text,
        "role": _text,
        "seconds": _number(0, 86_400, "seconds"),
        "security_groups": _texts,
        "seed": _number(0, 2**63, "seeds", whole=True),
        "session": _is(PlacedSession, "a session, such as lab.session_in(…) gives"),
        "subnet": _text,
        "timed": _is(bool, "True or False"),
        "to": _text,
        "trace": _is(bool, "True or False"),
        "zones": _number(1, 6, "Availability Zones", whole=True),
    }
)


def checked(kind: Value) -> Value:
    """Let every public verb of a class refuse what it cannot use; to be used as a decorator.

    Raises:
        InvalidInput: at a call: an argument that the verb does not take, lacks, or cannot use.
    """
    for name in dir(kind):
        verb = inspect.getattr_static(kind, name)
        if name.startswith("_"):
            continue
        if isinstance(verb, classmethod):
            setattr(kind, name, classmethod(_checked(verb.__func__)))
        elif isinstance(verb, FunctionType):
            setattr(kind, name, _checked(verb))
    return kind


def _checked(verb: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(verb)

    @wraps(verb)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise InvalidInput(
                f"{error}.", where=f"lab.{verb.__name__}", do=f"It takes {_shown(signature)}."
            ) from None
        for name, value in bound.arguments.items():
            default = signature.parameters[name].default
            wanted = _WANTED.get(name)
            if wanted is None or value is default:
                continue
            if missing := wanted(value):
                place = f"lab.{verb.__name__}({name}=…)"
                raise InvalidInput(f"{_short(value)} cannot be used.", where=place, do=f"Give {missing}.")
        return verb(*args, **kwargs)

    return call


def _shown(signature: inspect.Signature) -> str:
    names = [
        f"{one.name}=" if one.kind is one.KEYWORD_ONLY else one.name for one in signature.parameters.values()
    ][1:]
    return ", ".join(names) or "nothing"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else type(value).__name__
    return f"{text[:40]!r}" if isinstance(value, str) else f"a value of type {text}"
