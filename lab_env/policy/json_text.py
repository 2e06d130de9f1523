"""JSON as policies need it: strict, no name twice, and the line of any place in it."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from lab_env.policy.findings import Code, Finding, MalformedPolicy

Path = tuple[str | int, ...]
"""From the outermost value to a part of it: names of members and numbers of elements."""

_DECODER = json.JSONDecoder()
_SPACE = " \t\n\r"


def read_json(text: str, source: str = "") -> Any:
    """The value that ``text`` holds.

    Args:
        text: a JSON document.
        source: its name in messages.

    Raises:
        MalformedPolicy: it is not JSON, names a member twice, or is nested beyond any policy's need.
    """
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        return value
    except json.JSONDecodeError as error:
        fault = Finding(Code.SYNTAX, f"column {error.colno}", f"not JSON: {error.msg}.", line=error.lineno)
    except _Twice as error:
        name = str(error)
        fault = Finding(Code.DUPLICATE, "", f"{name!r} stands twice in one object.", line=_twice(text, name))
    except UnicodeEncodeError:
        fault = Finding(
            Code.SYNTAX, "", "a \\u escape is half of a surrogate pair: it stands for no character."
        )
    except RecursionError:
        fault = Finding(Code.SYNTAX, "", "nested too deeply.")
    except ValueError as error:
        fault = Finding(Code.SYNTAX, "", f"not JSON: {error}.")
    raise MalformedPolicy((fault,), source) from None


class _Twice(ValueError):
    """A name that stands twice in one object: JSON readers differ on which counts."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return found


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _twice(text: str, name: str) -> int:
    """The line of the second ``"name"``; 1 when it is spelled with escapes."""
    quoted = json.dumps(name, ensure_ascii=False)
    second = text.find(quoted, text.find(quoted) + 1)
    return text.count("\n", 0, max(second, 0)) + 1


def line_of(text: str, path: Path) -> int:
    """The line on which a part of a valid JSON text begins: for a member, the line of its name."""
    _, found = _find(text, path)
    return text.count("\n", 0, max(found, 0)) + 1


def span(text: str, path: Path) -> tuple[tuple[int, int], tuple[int, int]]:
    """Line and column (from 1) right after the first character of a part of a valid JSON text, and after its last."""
    place, _ = _find(text, path)
    _, end = _DECODER.raw_decode(text, max(place, 0))
    return _line_and_column(text, place + 1), _line_and_column(text, end)


def _line_and_column(text: str, place: int) -> tuple[int, int]:
    return text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)


def _find(text: str, path: Path) -> tuple[int, int]:
    """Where a part begins, and where its name does; -1 when it is not there."""
    place = found = _skip(text, 0)
    for step in path:
        inside = _members(text, place) if isinstance(step, str) else _elements(text, place)
        place, found = inside.get(step, (-1, -1))
        if place < 0:
            break
    return place, found


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in _SPACE:
        place += 1
    return place


def _members(text: str, place: int) -> dict[str | int, tuple[int, int]]:
    """For each member's name: where its value and where its name begins."""
    found: dict[str | int, tuple[int, int]] = {}
    if not text.startswith("{", place):
        return found
    place = _skip(text, place + 1)
    while text[place] != "}":
        name, after = _DECODER.raw_decode(text, place)
        value = _skip(text, _skip(text, after) + 1)
        found.setdefault(name, (value, place))
        place = _next(text, value)
    return found


def _elements(text: str, place: int) -> dict[str | int, tuple[int, int]]:
    found: dict[str | int, tuple[int, int]] = {}
    if not text.startswith("[", place):
        # A policy may write a list of one as its element alone.
        return {0: (place, place)}
    place = _skip(text, place + 1)
    while text[place] != "]":
        found[len(found)] = (place, place)
        place = _next(text, place)
    return found


def _next(text: str, value: int) -> int:
    """Past a value and the comma after it."""
    _, after = _DECODER.raw_decode(text, value)
    after = _skip(text, after)
    return _skip(text, after + 1) if text[after] == "," else after


def written(path: Path) -> str:
    """A path as people read it: ``Statement[0].Condition.StringEquals``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
