"""Recorded boto3 calls, written as the Python that makes them: an id by its name, or by the answer that told it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from botocore import xform_name

from lab_env import scenario

_READS = ("describe_", "get_", "list_", "head_")
# What AWS makes up: nobody could have written it into a program beforehand.
_MADE_UP = re.compile(r'(?:^|[-/:"])[0-9a-f]{8,}[-0-9a-f]*"?$|^[\w+/=.-]{40,}$|^dx')
# What botocore adds to a call by itself.
_ADDED = frozenset({"ClientToken"})
_BYTES = "# bytes"
_WIDTH = 100
_ALIKE = 3


@dataclass(frozen=True, slots=True)
class Call:
    """One call that succeeded.

    Attributes:
        service: boto3's name of the service.
        operation: the API's name of the operation.
        parameters: what was given.
        answer: what came back.
        known: Python expressions for values that stood when it was made, by value.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    answer: Mapping[str, Any]
    known: Mapping[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """The client's method."""
        return str(xform_name(self.operation))

    @property
    def reads(self) -> bool:
        """Whether it only looks."""
        return self.method.startswith(_READS)


class Raw(str):
    """Text that is Python already."""

    __slots__ = ()


def python(value: Any, indent: int = 0, width: int = _WIDTH) -> str:
    """A value as Python, over several lines where one is too narrow.

    Args:
        value: what boto3 takes: texts, numbers, lists, mappings, `Raw` expressions. Bytes are told by their length.
        indent: columns that stand before it.
        width: columns of a line.
    """
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        parts = [(f"{python(key)}: ", item) for key, item in value.items()]
        return _bracketed("{", parts, "}", indent, width)
    if isinstance(value, (list, tuple)):
        return _bracketed("[", [("", item) for item in value], "]", indent, width)
    return repr(value)


def _bracketed(begin: str, parts: list[tuple[str, Any]], end: str, indent: int, width: int) -> str:
    flat = begin + ", ".join(f"{name}{python(item, 0, 10**6)}" for name, item in parts) + end
    if indent + len(flat) <= width and "\n" not in flat:
        return flat
    inner = indent + 4
    lines = [f"{' ' * inner}{name}{python(item, inner, width)},\n" for name, item in parts]
    return f"{begin}\n{''.join(lines)}{' ' * indent}{end}"


def written(calls: Sequence[Call], *, inside: bool) -> str:
    """The calls as Python, without those that only looked and told nothing that was needed.

    Args:
        calls: in their order.
        inside: whether the calls to S3 come from a host in subnet A.
    """
    writer = _Writer(calls)
    needed = [number for number, call in enumerate(calls) if not call.reads]
    lines: list[str] = []
    # A line may need an earlier answer, and that call another one before it.
    while len(lines) != len(needed) or not writer.sources <= {*needed}:
        needed = sorted({*needed, *writer.sources})
        lines = [writer.line(number) for number in needed]
    lines = [writer.line(number) for number in needed]
    text = "\n".join(_shortened(lines, [calls[number].method for number in needed]))
    services = sorted({calls[number].service for number in needed})
    # A comment ends its line, so the comma goes before it.
    text = text.replace(f"...  {_BYTES}\n   ,", f"...,  {_BYTES}")
    return "\n".join([*_opening(text, services, inside=inside), text])


def _opening(text: str, services: list[str], *, inside: bool) -> Iterator[str]:
    if "json.dumps" in text:
        yield "import json"
        yield ""
    yield "import boto3"
    yield ""
    for service in services:
        if inside and service == "s3":
            yield (
                f'host = lab.session_in(lab.names.subnet_a, role="{scenario.OPERATOR_ROLE}",\n'
                "                      security_groups=[lab.names.training_security_group])"
            )
            yield 's3 = host.client("s3")'
        else:
            yield f'{service} = boto3.client("{service}")'


def _shortened(lines: list[str], methods: list[str]) -> Iterator[str]:
    """Many calls of one kind in a row: the first, and how many follow."""
    for method, group in groupby(zip(methods, lines, strict=True), key=lambda pair: pair[0]):
        of_kind = [line for _, line in group]
        if len(of_kind) <= _ALIKE or any(line.startswith("answer") for line in of_kind):
            yield from of_kind
        else:
            yield of_kind[0]
            yield f"# … and {len(of_kind) - 1} more calls of {method} like it"


class _Writer:
    """Writes one call a line, and remembers whose answers it used."""

    def __init__(self, calls: Sequence[Call]) -> None:
        self._calls = calls
        self.sources: set[int] = set()

    def line(self, number: int) -> str:
        """The call as one statement."""
        call = self._calls[number]
        given = {name: self._value(value, number) for name, value in call.parameters.items()}
        given = {name: value for name, value in given.items() if name not in _ADDED}
        begin = f"answer_{number} = " if number in self.sources else ""
        parts = [(f"{name}=", value) for name, value in given.items()]
        return begin + _bracketed(f"{call.service}.{call.method}(", parts, ")", 0, _WIDTH - len(begin))

    def _value(self, value: Any, number: int) -> Any:
        if isinstance(value, str):
            return self._string(value, number)
        if isinstance(value, Mapping):
            return {key: self._value(item, number) for key, item in value.items() if item not in ([], {})}
        if isinstance(value, (list, tuple)):
            return [self._value(item, number) for item in value]
        if isinstance(value, (int, float)) or value is None:
            return value
        return Raw(f"...  {_BYTES}\n   ")

    def _string(self, value: str, number: int) -> Any:
        if value in self._calls[number].known:
            return Raw(self._calls[number].known[value])
        if _MADE_UP.search(value):
            earlier = ((n, _path(self._calls[n].answer, value)) for n in range(number))
            told = [(len(path), -n, path) for n, path in earlier if path]
            if told:
                _, source, path = min(told)
                self.sources.add(-source)
                return Raw(f"answer_{-source}{path}")
        if value.startswith("{"):
            return Raw(f"json.dumps(\n        {python(self._value(json.loads(value), number), 8)}\n    )")
        return value


def _path(answer: Any, value: str) -> str:
    """The subscripts that lead to a value; empty when it is not there."""
    pairs: Any = ()
    if isinstance(answer, Mapping):
        pairs = answer.items()
    elif isinstance(answer, (list, tuple)):
        pairs = enumerate(answer)
    inner = [(f'["{key}"]' if isinstance(key, str) else f"[{key}]", item) for key, item in pairs]
    own = next((step for step, item in inner if item == value), "")
    deeper = (step + further for step, item in inner if (further := _path(item, value)))
    return own or min(deeper, key=len, default="")
